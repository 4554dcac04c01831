/** What an administrator of the site does to somebody's account. Its owner is told by mail. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { HOUR, MINUTE } from '../../time';
import { today } from '../../zones';
import * as access from '../access';
import { changed, must, type Batch, type SignedIn } from '../context';
import { hashToken, randomToken } from '../crypto';
import { Refusal, refuseAll } from '../errors';
import { record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as passwords from '../passwords';
import { allow } from '../policy';
import * as rateLimit from '../rate-limit';
import { passwordReset, user } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import * as verification from '../verification';
import { becomesUser } from './kind';
import { unchanged } from './login';
import { endAddressChanges, endResets, passwordChangedMail } from './password';
import { RESET_MINUTES } from './reset';

const activePerson = async (ctx: SignedIn, userId: string, kind?: 'guest' | 'user') => {
  allow(ctx, 'site.administer');
  const [person] = await ctx.db
    .select()
    .from(user)
    .where(and(eq(user.id, userId), isNull(user.erasedAt), kind ? eq(user.kind, kind) : undefined));
  if (!person) throw new Refusal('missing');
  if (person.id === ctx.actor.id) throw new Refusal('conflict', { key: 'users.not-yourself' });
  if (person.status !== 'active') throw new Refusal('conflict', { key: 'guest-admin.not-active' });
  return person;
};
const activeGuest = (ctx: SignedIn, userId: string) => activePerson(ctx, userId, 'guest');

/** Ends one session of a guest, or all with the browsers that skip the second step. None is fine. */
export async function endSessionsOf(ctx: SignedIn, userId: string, id: string | null): Promise<void> {
  await access.commitForSite(
    ctx,
    [
      must(ctx, sql`exists (select 1 from user where id = ${userId} and kind = 'guest')`),
      ...(id
        ? [sessions.endOne(ctx, userId, id), must(ctx, sql`changes() > 0`)]
        : [
            must(
              ctx,
              sql`exists (select 1 from session where user_id = ${userId})
                or exists (select 1 from trusted_browser where user_id = ${userId})`,
            ),
            sessions.endAll(ctx, userId),
            verification.endTrust(ctx, userId),
          ]),
      record(ctx, { kind: 'account.sessions-ended', subject: `user:${userId}`, detail: { all: !id } }),
    ],
    { refusal: () => null },
  );
}

/** Mails a link by which a guest chooses a new password. @param requestKey of the form: posted twice, it mails once */
export async function mailReset(ctx: SignedIn, userId: string, requestKey: string): Promise<void> {
  await sendReset(ctx, await activeGuest(ctx, userId), requestKey, []);
}

/** As for a guest, and ends every session and pending login of the user. */
export async function resetUser(ctx: SignedIn, userId: string, requestKey: string): Promise<void> {
  await sendReset(ctx, await activePerson(ctx, userId, 'user'), requestKey, [
    sessions.endAll(ctx, userId),
    verification.endAll(ctx, userId),
    record(ctx, { kind: 'account.sessions-ended', subject: `user:${userId}`, detail: { all: true } }),
  ]);
}

async function sendReset(
  ctx: SignedIn,
  person: typeof user.$inferSelect,
  requestKey: string,
  also: Batch,
): Promise<void> {
  const token = randomToken();
  const mail = await outbox.queue(ctx, {
    to: person.emailOriginal,
    locale: language.ofPerson(person),
    message: {
      kind: 'reset',
      siteName: (await settings.read(ctx)).siteName,
      url: `${ctx.config.origin}/reset/${token}`,
      minutes: RESET_MINUTES,
    },
    userId: person.id,
  });
  await access.commitForSite(
    ctx,
    [
      rateLimit.onlyOnce(ctx, requestKey, person.id),
      unchanged(ctx, person),
      // The same counter as on /forgot.
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'forgot', person.email), 5, HOUR),
      must(ctx, changed(), 'guest-admin.reset-often'),
      ...also,
      ctx.db.insert(passwordReset).values({
        tokenHash: hashToken(token),
        userId: person.id,
        createdAt: ctx.now,
        expiresAt: ctx.now + RESET_MINUTES * MINUTE,
      }),
      mail.statement,
      record(ctx, { kind: 'account.reset-asked', subject: `user:${person.id}` }),
    ],
    {
      refusal: async () => {
        await activePerson(ctx, person.id);
        return new Refusal('conflict', { key: 'guest-admin.account-changed' });
      },
      duplicate: 'done',
    },
  );
}

const CODES_AN_HOUR = 10;

/**
 * A code for the next second step of this person, instead of one that was handed out before. Nobody but the caller sees it, once.
 * @param formKey posted twice, it is the same code
 */
export async function handCode(
  ctx: SignedIn,
  userId: string,
  formKey: string,
): Promise<{ code: string; expiresAt: number }> {
  const person = await activePerson(ctx, userId);
  const site = await settings.read(ctx);
  const { code, expiresAt, statement } = await verification.makeHanded(ctx, userId, formKey, site);
  const mail = await outbox.queue(ctx, {
    to: person.emailOriginal,
    locale: language.ofPerson(person),
    message: {
      kind: 'code-handed',
      siteName: site.siteName,
      administrator: ctx.actor.name,
      at: ctx.now,
      timeZone: today(person.timeZone) ?? today(person.browserTimeZone) ?? ctx.timeZone,
      url: `${ctx.config.origin}/forgot`,
    },
    userId,
  });
  await access.commitForSite(
    ctx,
    [
      rateLimit.onlyOnce(ctx, formKey, userId, 'handed code'),
      must(ctx, sql`exists (select 1 from user where id = ${userId} and status = 'active')`),
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'code', `handed:${userId}`), CODES_AN_HOUR, HOUR),
      must(ctx, changed(), 'handed.often'),
      statement,
      mail.statement,
      record(ctx, { kind: 'account.code-handed', subject: `user:${userId}` }),
    ],
    { refusal: new Refusal('conflict', { key: 'guest-admin.not-active' }), duplicate: 'done' },
  );
  return { code, expiresAt };
}

/** Ends every session, pending login and open link of the guest. */
export async function setPassword(
  ctx: SignedIn,
  userId: string,
  password: string,
  requestKey: string,
): Promise<void> {
  const guest = await activeGuest(ctx, userId);
  const site = await settings.read(ctx);
  refuseAll(await passwords.refusalOf(ctx, site.policy, password, { site, person: guest }));
  const mail = await passwordChangedMail(ctx, guest, site, language.ofPerson(guest));
  await access.commitForSite(
    ctx,
    [
      rateLimit.onlyOnce(ctx, requestKey, userId, password),
      unchanged(ctx, guest),
      ctx.db
        .update(user)
        .set({
          passwordHash: await passwords.hash(password),
          credentialEpoch: sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(eq(user.id, userId)),
      sessions.endAll(ctx, userId),
      verification.endAll(ctx, userId),
      endResets(ctx, userId),
      ...endAddressChanges(ctx, userId),
      rateLimit.reset(ctx, rateLimit.key(ctx, 'name', guest.email)),
      rateLimit.reset(ctx, rateLimit.key(ctx, 'code', guest.email)),
      mail.statement,
      record(ctx, {
        kind: 'account.password-changed',
        subject: `user:${userId}`,
        detail: { by: 'administrator' },
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'guest-admin.account-changed' }), duplicate: 'done' },
  );
}

/**
 * The guest is a user from then on, without any permission: a member of their spaces, who also reads what is only for the company. Ends every
 * session, pending login and open link. Done twice, nothing changes.
 */
export async function makeUser(ctx: SignedIn, userId: string): Promise<void> {
  allow(ctx, 'site.administer');
  const [person] = await ctx.db.select().from(user).where(eq(user.id, userId));
  if (person?.kind === 'user' && person.erasedAt === null) return;
  const guest = await activeGuest(ctx, userId);
  const site = await settings.read(ctx);
  const mail = await outbox.queue(ctx, {
    to: guest.emailOriginal,
    locale: language.ofPerson(guest),
    message: {
      kind: 'made-user',
      siteName: site.siteName,
      actorName: ctx.actor.name,
      url: `${ctx.config.origin}/login`,
    },
    userId,
  });
  await access.commitForSite(
    ctx,
    [
      ...becomesUser(ctx, userId, { administrator: false, canCreateSpaces: false }),
      ctx.db
        .update(user)
        .set({ credentialEpoch: sql`credential_epoch + 1`, updatedAt: ctx.now })
        .where(eq(user.id, userId)),
      sessions.endAll(ctx, userId),
      verification.endAll(ctx, userId),
      endResets(ctx, userId),
      ...endAddressChanges(ctx, userId),
      mail.statement,
    ],
    {
      refusal: async () => {
        const [now] = await ctx.db.select({ kind: user.kind }).from(user).where(eq(user.id, userId));
        return now?.kind === 'user' ? null : new Refusal('conflict', { key: 'guest-admin.not-active' });
      },
    },
  );
}
