/** The same form posted twice with the same content is one attempt. */
import { and, gt, sql } from 'drizzle-orm';
import { HOUR, MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';
import { throttle } from '../schema';
import { key, rowOf, rows, type ThrottleKey } from './counter';
import { countInWindow } from './window';

export interface Posted {
  post: ThrottleKey | null;
}

/** Form keys are long and random, so nobody can try passwords on the hash. Another guess is other content. */
export const postKey = (ctx: Ctx, formKey: string | undefined, ...content: string[]): ThrottleKey | null =>
  formKey ? key(ctx, 'post', JSON.stringify([formKey, ...content])) : null;

const SAME_POST = 10 * MINUTE;
const BROKE_OFF = 10_000;
/** How long a second post waits for the first one's outcome, and how often it looks. */
const PATIENCE = 4_000;
const STEP = 100;

/**
 * A form refused a moment ago (double click, reload, retry) is neither counted nor compared again. Later posts wait for the
 * first. One gets `false` and must record its outcome: `failed`, `settleSuccess`, `settleNeutral` or `forgetPost`.
 */
export async function isRepeated(ctx: Ctx, { post }: Posted): Promise<boolean> {
  if (!post) return false;
  for (let waited = 0; waited < PATIENCE; waited += STEP) {
    const now = ctx.now + waited;
    const [mine, found] = await ctx.db.batch([
      ctx.db
        .insert(throttle)
        .values({ key: rowOf(post), count: 0, windowStartedAt: now, updatedAt: now })
        .onConflictDoUpdate({
          target: throttle.key,
          set: { count: 0, windowStartedAt: now, updatedAt: now },
          setWhere: sql`updated_at <= ${now - SAME_POST} or (failures = 0 and updated_at <= ${now - BROKE_OFF})`,
        })
        .returning({ key: throttle.key }),
      ctx.db.select({ refused: throttle.count }).from(throttle).where(rows(post)),
    ]);
    if (mine.length) return false;
    if (found[0]?.refused) return true;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
  return false;
}

/** The attempt failed. The same form again is not a new failure. */
export const failed = (ctx: Ctx, { post }: Posted): Statement[] =>
  post ? [ctx.db.update(throttle).set({ count: 1, updatedAt: ctx.now }).where(rows(post))] : [];

export const forgetPost = (ctx: Ctx, { post }: Posted): Statement[] =>
  post ? [ctx.db.delete(throttle).where(rows(post))] : [];

const outcomeKey = (ctx: Ctx, token: string, content: string[]): ThrottleKey =>
  key(ctx, 'post', JSON.stringify([token, 'carried out', ...content]));

/**
 * Of a post that ends its own right to be sent (a link, a code), in the batch that carries it out: the same post again (double
 * click) can then lead where the first did.
 * @param token as random as a form key
 */
export const carriedOut = (ctx: Ctx, token: string, ...content: string[]): Statement =>
  ctx.db
    .insert(throttle)
    .values({
      key: rowOf(outcomeKey(ctx, token, content)),
      count: 1,
      windowStartedAt: ctx.now,
      updatedAt: ctx.now,
    })
    .onConflictDoUpdate({ target: throttle.key, set: { updatedAt: ctx.now } });

/** Undoes the batch as a duplicate (`CommitOptions.duplicate`) if this post has been carried out before. */
export const onlyOnce = (ctx: Ctx, token: string, ...content: string[]): Statement =>
  ctx.db.insert(throttle).values({
    key: rowOf(outcomeKey(ctx, token, content)),
    count: 1,
    windowStartedAt: ctx.now,
    updatedAt: ctx.now,
  });

const ASKS = 5;

/** Counted for each token before it is compared. Ask only for tokens that exist. */
export async function wasCarriedOut(
  ctx: Ctx,
  token: string,
  withinMs: number,
  ...content: string[]
): Promise<boolean> {
  const room = await countInWindow(ctx, key(ctx, 'post', `again:${token}`), ASKS, HOUR);
  if (!room.length) return false;
  const of = rows(outcomeKey(ctx, token, content));
  return (await ctx.db.$count(throttle, and(of, gt(throttle.updatedAt, ctx.now - withinMs)))) > 0;
}
