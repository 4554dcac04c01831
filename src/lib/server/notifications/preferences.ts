/** What a person wants mailed, and the link in each such mail that stops it. */
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import { eq, sql } from 'drizzle-orm';
import * as audit from '../audit';
import { guard, type Ctx } from '../context';
import { isMadeBy, keyedBytes, type Secret } from '../crypto';
import { LostRace, Refusal } from '../errors';
import { user } from '../schema';
import { nextMorning } from './mornings';

export type Notify = 'never' | 'mentions' | 'all';

/** /me: what is mailed, and when. What waits for a daily mail that will not come any more is mailed now, or never. */
export async function setPreferences(ctx: Ctx, form: { notify: Notify; digest: boolean }): Promise<void> {
  const id = ctx.actor!.id;
  const waiting = sql`where user_id = ${id} and mail_at is not null`;
  await ctx.commit([
    ctx.db
      .update(user)
      .set({ ...form, digestAt: nextMorning(ctx.timeZone, ctx.now), updatedAt: ctx.now })
      .where(eq(user.id, id)),
    form.notify === 'never'
      ? ctx.db.run(sql`update notification set mail_at = null ${waiting}`)
      : !form.digest && ctx.db.run(sql`update notification set mail_at = ${ctx.now} ${waiting}`),
    audit.entry(ctx, 'account.changed', `user:${id}`, { ...form }),
  ]);
}

/**
 * The token of somebody's link: id, then a MAC of it. Nothing of it is stored, it never expires (the mails do not
 * either), and all that it can do is to stop these mails.
 */
const tokenOf = (secret: Secret, userId: string): string =>
  userId + encodeBase32LowerCaseNoPadding(keyedBytes(secret, 'unsubscribe', userId).slice(0, 20));

export const unsubscribeUrl = (ctx: Pick<Ctx, 'config'>, userId: string): string =>
  `${ctx.config.origin}/unsubscribe/${tokenOf(ctx.config.secret, userId)}`;

/** Whose link it is; null when it is none of ours. */
function owner(ctx: Ctx, token: string): string | null {
  const id = token.slice(0, 16);
  return isMadeBy(ctx.config.secret, (secret) => tokenOf(secret, id), token) ? id : null;
}

/** The page behind the link: whose mails it stops (not in full: mails are passed on), and whether they are stopped. */
export async function unsubscribeTarget(
  ctx: Ctx,
  token: string,
): Promise<{ email: string; stopped: boolean } | null> {
  const id = owner(ctx, token);
  if (!id) return null;
  const [row] = await ctx.db
    .select({ email: user.emailOriginal, notify: user.notify })
    .from(user)
    .where(eq(user.id, id));
  return row ? { email: masked(row.email), stopped: row.notify === 'never' } : null;
}

const masked = (email: string): string => {
  const at = email.lastIndexOf('@');
  return `${[...email][0]}•••${email.slice(at)}`;
};

/** Stops somebody's notification mail. The token is the right to it; whoever is signed in here does not matter. */
export async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  const id = owner(ctx, token);
  if (!id) throw new Refusal('missing');
  try {
    await ctx.commit([
      ctx.db.update(user).set({ notify: 'never', updatedAt: ctx.now }).where(eq(user.id, id)),
      guard(ctx),
      ctx.db.run(sql`update notification set mail_at = null where user_id = ${id} and mail_at is not null`),
      audit.entry(ctx, 'account.changed', `user:${id}`, { notify: 'never', by: 'link' }, null, null),
    ]);
  } catch (error) {
    throw error instanceof LostRace ? new Refusal('missing') : error;
  }
}
