/** A new password ends other ways to sign in, and its owner is told by mail. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { passwordReset, user, type Settings } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import * as verification from '../verification';
import { checkPassword } from './login';

type User = typeof user.$inferSelect;

/** Reset links end with the password that they were to replace. */
export const endResets = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(passwordReset).where(and(eq(passwordReset.userId, userId), isNull(passwordReset.usedAt)));

export const passwordChangedMail = (ctx: Ctx, person: User, site: Settings) =>
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

export const withNextPassword = ({ email, credentialEpoch }: User) => ({
  email,
  credentialEpoch: credentialEpoch + 1,
});

export async function changePassword(
  ctx: SignedIn,
  form: { current: string; password: string; formKey?: string },
): Promise<void> {
  const { actor } = ctx;
  // Before the attempt is counted: an unsuitable new password is not a failed attempt.
  const problem = await passwords.problem((await settings.read(ctx)).policy, form.password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  const { person, site, tried } = await checkPassword(
    ctx,
    { email: actor.email, password: form.current, formKey: form.formKey },
    'me.wrong-password',
  );
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
      ...rateLimit.settleSuccess(ctx, tried),
      mail.statement,
      record(ctx, { kind: 'account.password-changed', subject: `user:${person.id}`, detail: { by: 'me' } }),
    ],
    // It has just been changed by another request.
    { refusal: new Refusal('invalid', { key: 'me.wrong-password', field: 'current' }) },
  );
  sessions.remember(ctx, withNextPassword(person));
}
