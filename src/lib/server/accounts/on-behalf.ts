/** What an administrator of the site does to a guest's account. Its owner is told by mail. */
import { and, eq, sql } from 'drizzle-orm';
import { HOUR, MINUTE } from '../../time';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
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
import { endAddressChanges, endResets, passwordChangedMail } from './password';
import { RESET_MINUTES } from './reset';

const activeGuest = async (ctx: SignedIn, userId: string) => {
  allow(ctx, 'site.administer');
  const [guest] = await ctx.db
    .select()
    .from(user)
    .where(and(eq(user.id, userId), eq(user.kind, 'guest')));
  if (!guest) throw new Refusal('missing');
  if (guest.status !== 'active') throw new Refusal('conflict', { key: 'guest-admin.not-active' });
  return guest;
};

/** Ends one session of a guest, or all. None is fine. */
export async function endSessionsOf(ctx: SignedIn, userId: string, id: string | null): Promise<void> {
  await access.commitForSite(
    ctx,
    [
      must(ctx, sql`exists (select 1 from user where id = ${userId} and kind = 'guest')`),
      id ? sessions.endOne(ctx, userId, id) : sessions.endAll(ctx, userId),
      must(ctx, sql`changes() > 0`),
      record(ctx, { kind: 'account.sessions-ended', subject: `user:${userId}`, detail: { all: !id } }),
    ],
    { refusal: () => null },
  );
}

/** Mails a link by which a guest chooses a new password. @param requestKey of the form: posted twice, it mails once */
export async function mailReset(ctx: SignedIn, userId: string, requestKey: string): Promise<void> {
  const guest = await activeGuest(ctx, userId);
  const token = randomToken();
  const mail = await outbox.queue(ctx, {
    to: guest.emailOriginal,
    locale: language.ofPerson(guest),
    message: {
      kind: 'reset',
      siteName: (await settings.read(ctx)).siteName,
      url: `${ctx.config.origin}/reset/${token}`,
      minutes: RESET_MINUTES,
    },
    userId,
  });
  await access.commitForSite(
    ctx,
    [
      rateLimit.onlyOnce(ctx, requestKey, userId),
      must(ctx, sql`exists (select 1 from user where id = ${userId} and status = 'active')`),
      // The same counter as on /forgot.
      rateLimit.countInWindow(ctx, rateLimit.key(ctx, 'forgot', guest.email), 5, HOUR),
      must(ctx, changed(), 'guest-admin.reset-often'),
      ctx.db.insert(passwordReset).values({
        tokenHash: hashToken(token),
        userId,
        createdAt: ctx.now,
        expiresAt: ctx.now + RESET_MINUTES * MINUTE,
      }),
      mail.statement,
      record(ctx, { kind: 'account.reset-asked', subject: `user:${userId}` }),
    ],
    { refusal: new Refusal('conflict', { key: 'guest-admin.not-active' }), duplicate: 'done' },
  );
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
      ctx.db
        .update(user)
        .set({
          passwordHash: await passwords.hash(password),
          credentialEpoch: sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(
          and(eq(user.id, userId), eq(user.status, 'active'), eq(user.passwordHash, guest.passwordHash)),
        ),
      must(ctx, changed()),
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
    { refusal: new Refusal('conflict', { key: 'guest-admin.password-changed' }), duplicate: 'done' },
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
