/** A new password ends other ways to sign in, and its owner is told by mail. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal, refuseAll } from '../errors';
import { record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { addressChange, passwordReset, user, type Settings } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import * as verification from '../verification';
import { proved } from './proof';

type User = typeof user.$inferSelect;

/** Reset links end with the password that they were to replace. */
export const endResets = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(passwordReset).where(and(eq(passwordReset.userId, userId), isNull(passwordReset.usedAt)));

/** With a new password or address, what was asked for before it ends, whoever asked. The last statement says how many there were. */
export const endAddressChanges = (ctx: Ctx, userId: string): Statement[] => {
  const open = sql`user_id = ${userId} and used_at is null`;
  return [
    ...outbox.dropReplaced(ctx, sql`select mail_id from address_change where ${open}`),
    ctx.db.delete(addressChange).where(open),
  ];
};

export const passwordChangedMail = (
  ctx: Ctx,
  person: User,
  site: Settings,
  locale = language.ofVisitor(ctx, person),
) =>
  outbox.queue(ctx, {
    to: person.emailOriginal,
    locale,
    message: {
      kind: 'password-changed',
      siteName: site.siteName,
      loginName: person.email,
      url: `${ctx.config.origin}/forgot`,
    },
    userId: person.id,
  });

export const withNextEpoch = ({ id, credentialEpoch }: Pick<User, 'id' | 'credentialEpoch'>) => ({
  id,
  credentialEpoch: credentialEpoch + 1,
});

type Typed = { current: string; password: string; formKey?: string };

async function checkBoth(ctx: SignedIn, { current, password, formKey }: Partial<Typed>) {
  const site = await settings.read(ctx);
  return proved(
    ctx,
    { field: 'current', password: current, formKey },
    async () =>
      password !== undefined &&
      refuseAll(await passwords.refusalOf(ctx, site.policy, password, { site, person: ctx.actor })),
  );
}

/** What can be said of a form whose other field is empty. */
export async function judgePassword(ctx: SignedIn, form: Partial<Typed>): Promise<void> {
  await (await checkBoth(ctx, form)).giveBack();
}

export async function changePassword(ctx: SignedIn, form: Typed): Promise<void> {
  const { person, site, tried } = (await checkBoth(ctx, form)).right!;
  const mail = await passwordChangedMail(ctx, person, site);
  await ctx.commit(
    [
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
      ...endAddressChanges(ctx, person.id),
      ...rateLimit.settleSuccess(ctx, tried),
      mail.statement,
      record(ctx, { kind: 'account.password-changed', subject: `user:${person.id}`, detail: { by: 'me' } }),
    ],
    // It has just been changed by another request.
    { refusal: new Refusal('invalid', { key: 'me.wrong-password', field: 'current' }) },
  );
  sessions.remember(ctx, withNextEpoch(person));
}
