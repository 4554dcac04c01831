/** Accounts: set-up, login, password, profile, permissions, deactivation. Users and guests alike. */
import { and, asc, eq, gt, isNull, ne, not, or, sql } from 'drizzle-orm';
import { parseAddress } from '../addresses';
import * as audit from './audit';
import { changed, must, type Ctx, type SignedIn, type Statement } from './context';
import * as csv from './csv';
import { hashToken, randomId, randomToken, sameText } from './crypto';
import { LostRace, Refusal } from './errors';
import { nobody, record } from './events';
import * as folded from './folded';
import * as language from './language';
import * as outbox from './mail/outbox';
import * as memberships from './memberships';
import { nextMorning } from './notifications/mornings';
import * as paging from './paging';
import * as passwords from './passwords';
import { allow } from './policy';
import * as rateLimit from './rate-limit';
import { passwordReset, user, type CredentialPolicy, type Settings } from './schema';
import * as sessions from './sessions';
import * as settings from './settings';
import { parse, presets, settingsColumn } from './settings';
import * as verification from './verification';

const MINUTE = 60_000;
const RESET_MINUTES = 60;

type User = typeof user.$inferSelect;

/** The canonical form of what somebody typed as login name; a malformed one is nobody's. */
const loginName = (typed: string): string => parseAddress(typed)?.email ?? typed.trim().toLowerCase();

/** First run: makes the site and its first administrator, once (one conditional insert), and signs them in. */
export async function setUp(
  ctx: Ctx,
  form: {
    token: string;
    siteName: string;
    name: string;
    email: string;
    password: string;
    preset: CredentialPolicy['preset'];
    emailVerified?: boolean;
    formKey?: string;
  },
): Promise<void> {
  await setUpOpen(ctx);
  const wrong = new Refusal('invalid', { key: 'setup.wrong-token', field: 'token' });
  const post = rateLimit.postKey(ctx, form.formKey, 'set-up', form.token);
  if (await rateLimit.isRepeated(ctx, { post })) throw wrong;
  const [origins] = await ctx.db.batch([rateLimit.countOrigin(ctx)]);
  if (!origins.length) {
    await ctx.commit(rateLimit.release(ctx, { post }));
    throw new Refusal('throttled', { key: 'login.throttled', params: { minutes: 15 } });
  }
  if (!sameText(hashToken(form.token.trim()), hashToken(ctx.config.setupToken!.trim()))) {
    await ctx.commit(rateLimit.failed(ctx, { post }));
    throw wrong;
  }
  // The token was right: whatever else is wrong with the form is no failure.
  await ctx.commit([rateLimit.giveBack(ctx, rateLimit.originKey(ctx)), ...rateLimit.release(ctx, { post })]);
  const address = parseAddress(form.email);
  if (!address) throw new Refusal('invalid', { key: 'address.malformed', field: 'email' });
  const policy = presets[form.preset];
  const problem = await passwords.problem(policy, form.password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  const person = {
    id: randomId(),
    kind: 'user' as const,
    email: address.email,
    emailOriginal: address.original,
    name: form.name,
    folded: folded.person({ name: form.name, email: address.email }),
    passwordHash: await passwords.hash(form.password),
    credentialEpoch: 0,
    administrator: true,
    canCreateSpaces: true,
    locale: ctx.askedLocale,
    emailVerifiedAt: form.emailVerified ? ctx.now : null,
    loginCount: 1,
    lastLoginAt: ctx.now,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
  const handOver = await sessions.begin(ctx, person);
  await ctx.commit(
    [
      settings.putFirst(ctx, 'setUp', true),
      must(ctx, changed()),
      settings.put(ctx, 'siteName', form.siteName),
      settings.put(ctx, 'policy', policy),
      ctx.db.insert(user).values(person),
      record(ctx, { kind: 'site.set-up', subject: 'site', detail: { siteName: form.siteName }, by: person }),
    ],
    { refusal: new Refusal('missing') },
  );
  handOver();
}

/** Refuses (404) when the site is set up already, or no set-up token is configured. */
export async function setUpOpen(ctx: Ctx): Promise<void> {
  if (!ctx.config.setupToken || (await settings.read(ctx)).setUp) throw new Refusal('missing');
}

/** An account by login name, with the settings that decide its login: one query. */
const byLoginName = (ctx: Ctx, email: string) =>
  ctx.db.select({ user, settings: settingsColumn }).from(user).where(eq(user.email, email));

/** Whether this login needs a mailed code: guests from the second login on, and every mailbox that was never proved. */
const needsCode = (person: User, site: Settings): boolean =>
  site.twoStep && ((person.kind === 'guest' && person.loginCount > 0) || person.emailVerifiedAt === null);

/**
 * Login with e-mail and password.
 * @returns where to go: `/verify` when a second step is needed, else `next`
 */
export async function login(
  ctx: Ctx,
  form: { email: string; password: string; next: string; formKey?: string },
): Promise<string> {
  const { person, site, tried } = await checkPassword(ctx, form, 'login.wrong');
  if (person.status !== 'active') {
    // The password was right, and stays what somebody may type again: it counts as a try all the same.
    await ctx.commit([
      ...rateLimit.release(ctx, tried),
      record(ctx, {
        kind: 'account.sign-in-failed',
        subject: `user:${person.id}`,
        detail: { inactive: true },
        by: nobody,
      }),
    ]);
    throw new Refusal('forbidden', { key: 'login.inactive' });
  }
  const rehashed = passwords.isOutdated(person.passwordHash) ? await passwords.hash(form.password) : null;
  const rehash = rehashed
    ? [
        ctx.db
          .update(user)
          .set({ passwordHash: rehashed })
          .where(and(eq(user.id, person.id), eq(user.passwordHash, person.passwordHash))),
      ]
    : [];
  if (needsCode(person, site)) {
    try {
      await verification.begin(
        ctx,
        await verification.room(ctx, 'login', person.email),
        {
          purpose: 'login',
          userId: person.id,
          to: person.emailOriginal,
          locale: language.ofVisitor(ctx, person),
          next: form.next,
          siteName: site.siteName,
        },
        {
          first: unchanged(ctx, person),
          together: [...rehash, ...rateLimit.noFailure(ctx, tried)],
        },
      );
    } catch (error) {
      if (error instanceof Refusal) await ctx.commit(rateLimit.noFailure(ctx, tried));
      throw error instanceof LostRace ? new Refusal('conflict', { key: 'verify.gone' }) : error;
    }
    return '/verify';
  }
  await enter(ctx, person, {
    first: [],
    together: [...rehash, ...rateLimit.succeeded(ctx, tried)],
    detail: { step: 'password' },
  });
  return form.next;
}

/** Undoes the batch unless the account still is as it was when its password was compared: a reset ends what is pending. */
const unchanged = (ctx: Ctx, person: User): Statement[] => [
  ctx.db
    .update(user)
    .set({ updatedAt: sql`updated_at` })
    .where(
      and(eq(user.id, person.id), eq(user.status, 'active'), eq(user.passwordHash, person.passwordHash)),
    ),
  must(ctx, changed()),
];

/**
 * Compares a password, counted before it is compared. Known and unknown login names cost and say the same.
 * @returns the account (also an inactive one), the site's settings, and the try that was counted
 */
export async function checkPassword(
  ctx: Ctx,
  form: { email: string; password: string; formKey?: string },
  wrong: 'login.wrong' | 'me.wrong-password',
) {
  const email = loginName(form.email);
  const post = rateLimit.postKey(ctx, form.formKey, wrong, email, form.password);
  // On /me, `password` is the new one.
  const field = wrong === 'me.wrong-password' ? 'current' : 'password';
  const refusal = new Refusal('invalid', { key: wrong, field });
  if (await rateLimit.isRepeated(ctx, { post })) throw refusal;
  const device = await sessions.knownDevice(ctx, email);
  const tried = await rateLimit.tryOf(ctx, { kind: 'name', value: email, device }, post);
  const [tries, origins, rows] = await ctx.db.batch([
    ...rateLimit.counting(ctx, tried),
    byLoginName(ctx, email),
  ]);
  const locks = await rateLimit.decide(ctx, tried, tries, origins);
  const row = rows[0];
  if (!(await passwords.verify(row?.user.passwordHash, form.password)) || !row) {
    const subject = row ? `user:${row.user.id}` : audit.unknownName(ctx);
    await ctx.commit([
      ...rateLimit.failed(ctx, tried),
      record(ctx, {
        kind: 'account.sign-in-failed',
        subject,
        detail: { at: field },
        by: ctx.actor ?? nobody,
      }),
      ...audit.locks(ctx, subject, locks),
    ]);
    throw refusal;
  }
  return { person: row.user, site: parse(row.settings), tried };
}

/** A sign-up that was posted twice: the right password begins one more session of the account it has just made. */
export async function enterAgain(
  ctx: Ctx,
  form: { email: string; password: string; formKey?: string },
): Promise<void> {
  const { person, tried } = await checkPassword(ctx, form, 'login.wrong');
  await enter(ctx, person, {
    first: [],
    together: rateLimit.succeeded(ctx, tried),
    detail: { step: 'sign-up posted twice' },
  });
}

/** The end of every login: counts it and begins the session, in one batch, only while the account is active and unchanged. */
async function enter(
  ctx: Ctx,
  person: User,
  batch: { first: Statement[]; together: Statement[]; detail: Record<string, unknown> },
): Promise<void> {
  const handOver = await sessions.begin(ctx, person);
  await ctx.commit(
    [
      ...batch.first,
      ctx.db
        .update(user)
        .set({ loginCount: sql`login_count + 1`, lastLoginAt: ctx.now })
        .where(
          and(eq(user.id, person.id), eq(user.status, 'active'), eq(user.passwordHash, person.passwordHash)),
        ),
      must(ctx, changed()),
      ...batch.together,
      record(ctx, {
        kind: 'account.signed-in',
        subject: `user:${person.id}`,
        detail: batch.detail,
        by: person,
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'verify.gone' }) },
  );
  handOver();
}

/** The second step of a login: the right code proves the mailbox and begins the session. @returns where to go */
export async function finishLogin(ctx: Ctx, passed: verification.Passed): Promise<string> {
  const [person] = await ctx.db.select().from(user).where(eq(user.id, passed.challenge.userId!));
  if (!person) throw new Refusal('conflict', { key: 'verify.gone' });
  const device = await sessions.knownDevice(ctx, person.email);
  await enter(ctx, person, {
    first: passed.take,
    together: [
      rateLimit.succeed(
        ctx,
        device ? rateLimit.key(ctx, 'device', device) : rateLimit.key(ctx, 'name', person.email),
      ),
      ctx.db
        .update(user)
        .set({ emailVerifiedAt: ctx.now })
        .where(and(eq(user.id, person.id), isNull(user.emailVerifiedAt))),
    ],
    detail: { step: 'code' },
  });
  ctx.cookies.delete('foyer-step');
  return passed.challenge.next;
}

/** Ends the current session. */
export async function signOut(ctx: Ctx): Promise<void> {
  await ctx.commit(
    [
      sessions.endCurrent(ctx),
      ctx.actor && record(ctx, { kind: 'account.signed-out', subject: `user:${ctx.actor.id}` }),
    ],
    { always: true },
  );
  ctx.cookies.delete('foyer');
}

/** "Forgot your password?": answers first and works afterwards, so that nobody learns which addresses exist. */
export function askReset(ctx: Ctx, typedEmail: string): void {
  const email = loginName(typedEmail);
  const work = async () => {
    const [byName, byOrigin, rows] = await ctx.db.batch([
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'forgot', email), 5, 60 * MINUTE),
      rateLimit.countInWindow(
        ctx,
        rateLimit.key(ctx, 'forgot', rateLimit.originOf(ctx.ip)),
        100,
        60 * MINUTE,
      ),
      byLoginName(ctx, email),
    ]);
    const row = rows[0];
    if (!byName.length || !byOrigin.length || row?.user.status !== 'active') return;
    const token = randomToken();
    const mail = await outbox.queue(ctx, {
      to: row.user.emailOriginal,
      locale: language.ofVisitor(ctx, row.user),
      message: {
        kind: 'reset',
        siteName: parse(row.settings).siteName,
        url: `${ctx.config.origin}/reset/${token}`,
        minutes: RESET_MINUTES,
      },
      userId: row.user.id,
    });
    await ctx.commit([
      ctx.db.insert(passwordReset).values({
        tokenHash: hashToken(token),
        userId: row.user.id,
        createdAt: ctx.now,
        expiresAt: ctx.now + RESET_MINUTES * MINUTE,
      }),
      mail.statement,
      record(ctx, { kind: 'account.reset-asked', subject: `user:${row.user.id}`, by: null }),
    ]);
  };
  ctx.defer(work());
}

/** The account behind a reset link that still works, with the settings; null when it does not. */
export async function resetTarget(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({ user, settings: settingsColumn })
    .from(passwordReset)
    .innerJoin(user, and(eq(user.id, passwordReset.userId), eq(user.status, 'active')))
    .where(
      and(
        eq(passwordReset.tokenHash, hashToken(token)),
        isNull(passwordReset.usedAt),
        gt(passwordReset.expiresAt, ctx.now),
      ),
    );
  if (!row) return null;
  const site = parse(row.settings);
  ctx.settings ??= site;
  return { person: row.user, site };
}

/** A new password by a mailed link: ends all sessions and pending logins, lifts a lock, signs nobody in. */
export async function reset(ctx: Ctx, token: string, password: string): Promise<void> {
  const target = await resetTarget(ctx, token);
  if (!target) throw new Refusal('conflict', { key: 'reset.dead' });
  const { person, site } = target;
  const problem = await passwords.problem(site.policy, password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  const mail = await passwordChangedMail(ctx, person, site);
  await ctx.commit(
    [
      ctx.db
        .update(passwordReset)
        .set({ usedAt: ctx.now })
        .where(
          and(
            eq(passwordReset.tokenHash, hashToken(token)),
            isNull(passwordReset.usedAt),
            gt(passwordReset.expiresAt, ctx.now),
          ),
        ),
      must(ctx, changed()),
      ctx.db
        .update(user)
        .set({
          passwordHash: await passwords.hash(password),
          credentialEpoch: sql`credential_epoch + 1`,
          emailVerifiedAt: sql`coalesce(email_verified_at, ${ctx.now})`,
          updatedAt: ctx.now,
        })
        .where(eq(user.id, person.id)),
      endResets(ctx, person.id),
      sessions.endAll(ctx, person.id),
      verification.endAll(ctx, person.id),
      rateLimit.succeed(ctx, rateLimit.key(ctx, 'name', person.email)),
      rateLimit.succeed(ctx, rateLimit.key(ctx, 'code', person.email)),
      mail.statement,
      record(ctx, {
        kind: 'account.password-changed',
        subject: `user:${person.id}`,
        detail: { by: 'reset' },
        by: person,
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'reset.dead' }) },
  );
  // All browsers that were known are not any more, but for the one that has just shown the mailbox.
  sessions.remember(ctx, next(person));
}

/** Reset links that are still out die with the password that they were to replace. */
const endResets = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(passwordReset).where(and(eq(passwordReset.userId, userId), isNull(passwordReset.usedAt)));

const passwordChangedMail = (ctx: Ctx, person: User, site: Settings) =>
  outbox.queue(ctx, {
    to: person.emailOriginal,
    locale: language.ofVisitor(ctx, person),
    message: {
      kind: 'password-changed',
      siteName: site.siteName,
      loginName: person.email,
      url: `${ctx.config.origin}/forgot`,
    },
    userId: person.id,
  });

/** /me: a new password, after the current one; every other session ends. */
export async function changePassword(
  ctx: Ctx,
  form: { current: string; password: string; formKey?: string },
): Promise<void> {
  const actor = ctx.actor!;
  // Before the current one is counted: an unfit new password is no failure.
  const problem = await passwords.problem((await settings.read(ctx)).policy, form.password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  const { person, site, tried } = await checkPassword(
    ctx,
    { email: actor.email, password: form.current, formKey: form.formKey },
    'me.wrong-password',
  );
  const mail = await passwordChangedMail(ctx, person, site);
  try {
    await ctx.commit([
      ctx.db
        .update(user)
        .set({
          passwordHash: await passwords.hash(form.password),
          credentialEpoch: sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(and(eq(user.id, person.id), eq(user.passwordHash, person.passwordHash))),
      must(ctx, changed()),
      sessions.endAll(ctx, person.id, ctx.sessionHash),
      verification.endAll(ctx, person.id),
      endResets(ctx, person.id),
      ...rateLimit.succeeded(ctx, tried),
      mail.statement,
      record(ctx, { kind: 'account.password-changed', subject: `user:${person.id}`, detail: { by: 'me' } }),
    ]);
  } catch (error) {
    // It was changed a moment ago: what was typed is the current one no more.
    if (!(error instanceof LostRace)) throw error;
    throw new Refusal('invalid', { key: 'me.wrong-password', field: 'current' });
  }
  sessions.remember(ctx, next(person));
}

/** The account with its next password. */
const next = ({ email, credentialEpoch }: User) => ({ email, credentialEpoch: credentialEpoch + 1 });

/** /me: name, company, language, time zone. Empty language or zone: as the browser says. */
export async function changeProfile(
  ctx: Ctx,
  form: { name: string; company: string; locale: string | null; timeZone: string | null },
): Promise<void> {
  const actor = ctx.actor!;
  await ctx.commit([
    ctx.db
      .update(user)
      .set({
        ...form,
        folded: folded.person({ ...form, email: actor.email }),
        // The morning of their daily mail is another where their zone is.
        digestAt: nextMorning(form.timeZone ?? ctx.browserZone, ctx.now),
        updatedAt: ctx.now,
      })
      .where(eq(user.id, actor.id)),
    ...memberships.accountChanged(ctx, actor.id),
    record(ctx, { kind: 'account.changed', subject: `user:${actor.id}`, detail: { name: form.name } }),
  ]);
}

/**
 * The zone that the browser is in, as a script of ours tells it. The first one becomes a guest's own; whoever has chosen
 * one keeps it. The morning of a daily mail moves with it.
 */
export async function learnZone(ctx: Ctx, zone: string): Promise<void> {
  await ctx.commit([
    ctx.db.run(sql`
      update user set browser_time_zone = ${zone},
        time_zone = iif(kind = 'guest' and browser_time_zone is null, coalesce(time_zone, ${zone}), time_zone),
        digest_at = iif(digest and time_zone is null, ${nextMorning(zone, ctx.now)}, digest_at)
      where id = ${ctx.actor!.id} and browser_time_zone is not ${zone}`),
  ]);
}

/** /me: the own account, sessions and spaces, in one batch. The lists go by pages. */
export async function profile(
  ctx: SignedIn,
  after: { sessions?: string | null; spaces?: string | null } = {},
) {
  const actor = ctx.actor!;
  const [[person], list, own] = await ctx.db.batch([
    ctx.db
      .select({
        name: user.name,
        company: user.company,
        email: user.email,
        kind: user.kind,
        locale: user.locale,
        timeZone: user.timeZone,
        notify: user.notify,
        digest: user.digest,
      })
      .from(user)
      .where(eq(user.id, actor.id)),
    sessions.ofUser(ctx, actor.id, after.sessions),
    memberships.ofActor(ctx, after.spaces),
  ]);
  const begun = sessions.pageOfUser(list);
  const spaces = memberships.pageOfActor(own);
  return {
    profile: person!,
    spaces: spaces.rows,
    spacesNext: spaces.next,
    policy: ctx.settings!.policy,
    sessions: begun.rows,
    sessionsNext: begun.next,
  };
}

/** /me: ends one other session, or (without `id`) every other. */
export async function endSessions(ctx: Ctx, id: string | null): Promise<void> {
  const actor = ctx.actor!;
  await ctx.commit([
    id ? sessions.endOne(ctx, actor.id, id) : sessions.endAll(ctx, actor.id, ctx.sessionHash),
    record(ctx, { kind: 'account.sessions-ended', subject: `user:${actor.id}`, detail: { all: !id } }),
  ]);
}

const PAGE = 100;

/** Administration: people of one kind by address, a page at a time, filtered by a search. */
export async function list(
  ctx: Ctx,
  kind: 'user' | 'guest',
  { after = '', search = '' }: { after?: string; search?: string } = {},
) {
  allow(ctx, 'site.administer');
  const [last] = paging.read(after, 'text') ?? [''];
  const rows = await ctx.db
    .select({
      id: user.id,
      email: user.email,
      name: user.name,
      company: user.company,
      status: user.status,
      administrator: user.administrator,
      canCreateSpaces: user.canCreateSpaces,
      lastLoginAt: user.lastLoginAt,
    })
    .from(user)
    .where(and(eq(user.kind, kind), gt(user.email, last), folded.isPerson(search)))
    .orderBy(asc(user.email))
    .limit(PAGE + 1);
  return paging.paged(rows, PAGE, (row) => [row.email]);
}

/** Administration: every guest as CSV, page by page as it is read, so that memory does not grow with the table. */
export function guestsCsv(ctx: Ctx): ReadableStream<string> {
  allow(ctx, 'site.administer');
  let after: string | null = '';
  return new ReadableStream({
    async start(stream) {
      await ctx.commit([record(ctx, { kind: 'site.guests-exported', subject: 'site' })]);
      stream.enqueue('\ufeffe-mail,display name,company,status,last login\r\n');
    },
    async pull(stream) {
      const page = await list(ctx, 'guest', { after: after ?? '' });
      for (const row of page.rows) {
        const lastLogin = row.lastLoginAt ? new Date(row.lastLoginAt).toISOString() : '';
        stream.enqueue(csv.row([row.email, row.name, row.company, row.status, lastLogin]));
      }
      after = page.next;
      if (after === null) stream.close();
    },
  });
}

/** Another active administrator than this one exists: the site always keeps one. */
const anotherAdministrator = (id: string) =>
  sql`exists (select 1 from user u where u.administrator = 1 and u.status = 'active' and u.id <> ${id})`;

/** Administration: what a user may do. The last administrator stays one. */
export async function setPermissions(
  ctx: Ctx,
  userId: string,
  may: { administrator: boolean; canCreateSpaces: boolean },
): Promise<void> {
  allow(ctx, 'site.administer');
  try {
    await ctx.commit([
      ctx.db
        .update(user)
        .set({ ...may, updatedAt: ctx.now })
        .where(
          and(
            eq(user.id, userId),
            eq(user.kind, 'user'),
            may.administrator ? undefined : or(eq(user.administrator, false), anotherAdministrator(userId)),
          ),
        ),
      must(ctx, changed()),
      record(ctx, { kind: 'account.permission-changed', subject: `user:${userId}`, detail: may }),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    const [there] = await ctx.db.select({ kind: user.kind }).from(user).where(eq(user.id, userId));
    if (!there) throw new Refusal('missing');
    throw new Refusal('conflict', { key: 'users.last-administrator' });
  }
}

/** Administration: "Create Guest Spaces" for a page of users at once. */
export async function setSpaceCreators(ctx: Ctx, shown: string[], allowed: string[]): Promise<void> {
  allow(ctx, 'site.administer');
  const ids = JSON.stringify(shown);
  const yes = JSON.stringify(allowed);
  await ctx.commit([
    ctx.db
      .update(user)
      .set({
        canCreateSpaces: sql`id in (select value from json_each(${yes}))`,
        updatedAt: ctx.now,
      })
      .where(
        and(
          eq(user.kind, 'user'),
          eq(user.administrator, false),
          sql`id in (select value from json_each(${ids}))`,
          sql`can_create_spaces <> (id in (select value from json_each(${yes})))`,
        ),
      ),
    record(ctx, { kind: 'account.permission-changed', subject: 'site', detail: { allowed, shown } }),
  ]);
}

/**
 * Administration: a deactivated account is out at once, everywhere; what it wrote stays. A space that nobody administers
 * then is shown in Space Management: nobody becomes its administrator by this.
 */
export async function setActive(ctx: Ctx, userId: string, active: boolean): Promise<void> {
  allow(ctx, 'site.administer');
  if (userId === ctx.actor!.id) throw new Refusal('conflict', { key: 'users.not-yourself' });
  try {
    await ctx.commit([
      ctx.db
        .update(user)
        .set({
          status: active ? 'active' : 'inactive',
          credentialEpoch: active ? undefined : sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(
          and(
            eq(user.id, userId),
            active ? undefined : or(eq(user.administrator, false), anotherAdministrator(userId)),
          ),
        ),
      must(ctx, changed()),
      ...(active ? [] : [sessions.endAll(ctx, userId), verification.endAll(ctx, userId)]),
      ...memberships.accountChanged(ctx, userId),
      record(ctx, {
        kind: active ? 'account.reactivated' : 'account.deactivated',
        subject: `user:${userId}`,
      }),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    const [there] = await ctx.db.select({ kind: user.kind }).from(user).where(eq(user.id, userId));
    if (!there) throw new Refusal('missing');
    throw new Refusal('conflict', { key: 'users.last-administrator' });
  }
}

/** Colleagues that a form shows at once; more are found by searching. */
const COLLEAGUES = 30;

/**
 * The other active users of the company, for the first members of a space: those who are chosen, then those whose name or
 * address contains a text. For who may create spaces.
 * @returns `more`: there are others besides
 */
export async function colleagues(ctx: Ctx, search = '', chosen: string[] = []) {
  allow(ctx, 'space.create');
  const ids = JSON.stringify(chosen);
  const isChosen = sql`${user.id} in (select value from json_each(${ids}))`;
  const others = and(eq(user.kind, 'user'), eq(user.status, 'active'), ne(user.id, ctx.actor!.id));
  const columns = { id: user.id, name: user.name, email: user.email };
  const [first, found] = await ctx.db.batch([
    // All of them: a form that comes back keeps every choice (at most as many as its schema takes).
    ctx.db.select(columns).from(user).where(and(others, isChosen)).orderBy(asc(user.email)),
    ctx.db
      .select(columns)
      .from(user)
      .where(and(others, not(isChosen), folded.isPerson(search)))
      .orderBy(asc(user.email))
      .limit(COLLEAGUES + 1),
  ]);
  return { people: [...first, ...found.slice(0, COLLEAGUES)], more: found.length > COLLEAGUES };
}

/** Cron: forgets reset links that are over, some at a time. */
export const purgeResets = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from password_reset where token_hash in
    (select token_hash from password_reset where expires_at <= ${ctx.now - 24 * 60 * MINUTE} limit 500)`);
