/** Login and logout: password, second step if needed, session. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { parseAddress } from '../../addresses';
import * as audit from '../audit';
import { hasEnded, must, type Batch, type Ctx, type Statement } from '../context';
import { Refusal } from '../errors';
import { nobody, record, recordLocks } from '../events';
import * as language from '../language';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { user } from '../schema';
import * as sessions from '../sessions';
import * as networks from '../networks';
import * as settings from '../settings';
import { parse, settingsColumn } from '../settings';
import * as typedAddress from '../typed-address';
import * as verification from '../verification';
import * as newBrowser from './new-browser';

type User = typeof user.$inferSelect;

/** A malformed login name matches no account. */
export const loginName = (typed: string): string => parseAddress(typed)?.email ?? typed.trim().toLowerCase();

export const byLoginName = (ctx: Ctx, email: string) =>
  ctx.db.select({ user, settings: settingsColumn }).from(user).where(eq(user.email, email));

export async function login(
  ctx: Ctx,
  form: { email: string; password: string; next: string; formKey?: string },
): Promise<string> {
  await typedAddress.keep(ctx, form.email);
  const { person, site, tried } = await checkPassword(ctx, form, 'login.wrong');
  const keepOut = (detail: Record<string, unknown>, settled: Statement[]) =>
    ctx.commit([
      ...settled,
      record(ctx, { kind: 'account.sign-in-failed', subject: `user:${person.id}`, detail, by: nobody }),
    ]);
  if (person.status !== 'active') {
    // The password was right, but nobody was signed in: it still counts as an attempt.
    await keepOut({ inactive: true }, rateLimit.forgetPost(ctx, tried));
    throw new Refusal('forbidden', { key: 'login.inactive' });
  }
  // Before a code is mailed.
  if (!networks.isAllowed(site, person, ctx.ip))
    await keepOut({ outside: true }, rateLimit.settleNeutral(ctx, tried));
  networks.refuseOutside(site, person, ctx.ip);
  const rehashed = passwords.isOutdated(person.passwordHash) ? await passwords.hash(form.password) : null;
  const rehash = rehashed
    ? [
        ctx.db
          .update(user)
          .set({ passwordHash: rehashed })
          .where(and(eq(user.id, person.id), eq(user.passwordHash, person.passwordHash))),
      ]
    : [];
  const needed = verification.needsCode(person, site);
  const skipped = needed ? await verification.skip(ctx, person) : null;
  if (needed && !skipped) {
    const room = await verification.reserveMail(ctx, 'login', person.email).catch(async (error) => {
      // The password was right, whatever became of the mail.
      if (error instanceof Refusal) await ctx.commit(rateLimit.settleNeutral(ctx, tried));
      throw error;
    });
    await verification.begin(
      ctx,
      room,
      {
        purpose: 'login',
        userId: person.id,
        to: person.emailOriginal,
        locale: language.ofVisitor(ctx, person),
        next: form.next,
        siteName: site.siteName,
        codeMinutes: site.codeMinutes,
      },
      {
        first: [unchanged(ctx, person)],
        together: [...rehash, ...rateLimit.settleNeutral(ctx, tried)],
        refusal: new Refusal('conflict', { key: 'verify.gone' }),
      },
    );
    return '/verify';
  }
  await enter(ctx, person, {
    first: skipped ?? [],
    together: [...rehash, ...rateLimit.settleSuccess(ctx, tried)],
    detail: { step: skipped ? 'trusted browser' : 'password' },
  });
  return form.next;
}

/**
 * Undoes the batch if the account has another password or address than it was read with, or was deactivated or erased. In every batch that
 * begins a session, or mails a link or a code to the address that was read: until then it may have become somebody else's mailbox.
 */
export const unchanged = (ctx: Ctx, person: Pick<User, 'id' | 'credentialEpoch'>): Statement =>
  must(
    ctx,
    sql`exists (select 1 from user where id = ${person.id} and status = 'active' and credential_epoch = ${person.credentialEpoch})`,
  );

/** Known and unknown login names take the same time and get the same answer. */
export async function checkPassword(
  ctx: Ctx,
  form: { email: string; password: string; formKey?: string },
  wrong: 'login.wrong' | 'me.wrong-password',
  field: 'password' | 'current' | 'ownPassword' = 'password',
) {
  const email = loginName(form.email);
  const post = rateLimit.postKey(ctx, form.formKey, wrong, email, form.password);
  const refusal = new Refusal('invalid', { key: wrong, field });
  if (await rateLimit.isRepeated(ctx, { post })) throw refusal;
  const device = await sessions.knownDevice(ctx, email);
  const tried = await rateLimit.attemptOf(ctx, { kind: 'name', value: email, device }, post);
  const [tries, clientIps, rows] = await ctx.db.batch([
    ...rateLimit.counting(ctx, tried),
    byLoginName(ctx, email),
  ]);
  const locks = await rateLimit.decide(ctx, tried, tries, clientIps);
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
      ...recordLocks(ctx, subject, locks),
      row && locks.includes('name') && rateLimit.locksOut(ctx, tried.inARow, row.user.id),
    ]);
    throw refusal;
  }
  const site = parse(row.settings);
  ctx.settings ??= site;
  return { person: row.user, site, tried };
}

/** A sign-up posted twice: the right password starts one more session. */
export async function enterAgain(
  ctx: Ctx,
  form: { email: string; password: string; formKey?: string },
): Promise<void> {
  const { person, tried } = await checkPassword(ctx, form, 'login.wrong');
  await enter(ctx, person, {
    first: [],
    together: rateLimit.settleSuccess(ctx, tried),
    detail: { step: 'sign-up posted twice' },
    again: true,
  });
}

/** Counts the login and starts the session in one batch, if the account is still active and unchanged. */
async function enter(
  ctx: Ctx,
  person: User,
  batch: {
    first: Batch;
    together: Batch;
    detail: Record<string, unknown>;
    /** A post that came twice: the first has said what there is to say. */
    again?: boolean;
  },
): Promise<void> {
  const setCookies = await sessions.begin(ctx, person);
  const mail = batch.again ? null : await newBrowser.mailOf(ctx, person, await settings.read(ctx));
  await ctx.commit(
    [
      ...batch.first,
      unchanged(ctx, person),
      ctx.db
        .update(user)
        .set({ loginCount: sql`login_count + 1`, lastLoginAt: ctx.now })
        .where(eq(user.id, person.id)),
      ...batch.together,
      mail?.statement,
      record(ctx, {
        kind: 'account.signed-in',
        subject: `user:${person.id}`,
        detail: { ...batch.detail, ...(mail && { newBrowser: true }) },
        by: person,
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'verify.gone' }) },
  );
  setCookies();
  typedAddress.forget(ctx);
}

/** The right code also proves the mailbox, if it was mailed. @param trust this browser, if the site allows it. @returns where to go */
export async function finishLogin(
  ctx: Ctx,
  passed: verification.Passed,
  { trust = false }: { trust?: boolean } = {},
): Promise<string> {
  const [row] = await ctx.db
    .select({ user, settings: settingsColumn })
    .from(user)
    .where(eq(user.id, passed.challenge.userId!));
  if (!row) throw new Refusal('conflict', { key: 'verify.gone' });
  const person = row.user;
  const site = parse(row.settings);
  ctx.settings ??= site;
  const trusted = trust && !passed.handed ? verification.trust(ctx, person, site) : null;
  const device = await sessions.knownDevice(ctx, person.email);
  await enter(ctx, person, {
    first: passed.consume,
    together: [
      rateLimit.reset(
        ctx,
        device ? rateLimit.key(ctx, 'device', device) : rateLimit.key(ctx, 'name', person.email),
      ),
      !passed.handed &&
        ctx.db
          .update(user)
          .set({ emailVerifiedAt: ctx.now })
          .where(and(eq(user.id, person.id), isNull(user.emailVerifiedAt))),
      trusted?.batch,
    ],
    detail: { step: passed.handed ? 'code from an administrator' : 'code' },
  });
  trusted?.keep();
  verification.endStep(ctx);
  return passed.challenge.next;
}

/** A code posted twice starts one more session, unless this browser has got the first one. @returns where to go */
export async function finishAgain(
  ctx: Ctx,
  passed: { userId: string; next: string },
  { trust = false }: { trust?: boolean } = {},
): Promise<string> {
  if (ctx.actor?.id === passed.userId) return passed.next;
  const [row] = await ctx.db
    .select({ user, settings: settingsColumn })
    .from(user)
    .where(eq(user.id, passed.userId));
  if (!row) throw new Refusal('conflict', { key: 'verify.gone' });
  const person = row.user;
  const trusted = trust ? verification.trust(ctx, person, parse(row.settings)) : null;
  const detail = { step: 'code posted twice' };
  await enter(ctx, person, { first: [], together: [trusted?.batch], detail, again: true });
  trusted?.keep();
  return passed.next;
}

export async function signOut(ctx: Ctx): Promise<void> {
  await ctx
    .commit(
      [
        sessions.endCurrent(ctx),
        ctx.actor && record(ctx, { kind: 'account.signed-out', subject: `user:${ctx.actor.id}` }),
      ],
      { always: true },
    )
    .catch((thrown) => {
      if (!hasEnded(thrown)) throw thrown;
    });
  ctx.cookies.delete('foyer');
  ctx.cookies.delete('foyer-step');
}
