import { and, eq, gt, sql } from 'drizzle-orm';
import { MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';
import { storedNumber, throttle } from '../schema';
import { FORGET_AFTER, rowOf, rows, type ThrottleKey } from './counter';

/** Of the first lock. Each further one takes twice as long, up to the longest. */
const FIRST_MINUTES = 3;
/** Beyond, the longest that can be set is reached. */
const DOUBLINGS = 9;

/**
 * Returns no row while locked. By default the tenth failure in a row locks for 3 minutes, the next ten for 6, then 12, then
 * always 15: the site's settings, as they are at that moment.
 */
export const countInARow = (ctx: Ctx, of: ThrottleKey) => {
  const old = sql`updated_at < ${ctx.now - FORGET_AFTER}`;
  const last = sql`failures + 1 >= ${storedNumber('lockAfter')}`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), count: 1, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        count: sql`case when ${old} then 1 when ${last} then 0 else failures + 1 end`,
        locks: sql`case when ${old} then 0 when ${last} then locks + 1 else locks end`,
        lockedUntil: sql`case when not ${old} and ${last} then ${ctx.now} + ${MINUTE} *
          min(${storedNumber('lockMinutes')}, ${FIRST_MINUTES} * (1 << min(locks, ${DOUBLINGS}))) else 0 end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`locked_until <= ${ctx.now} or ${old}`,
    })
    .returning({ count: throttle.count, lockedUntil: throttle.lockedUntil });
};

/** Takes back an attempt that was not a failure, and its lock. */
export const refund = (ctx: Ctx, of: ThrottleKey): Statement =>
  ctx.db
    .update(throttle)
    .set({
      locks: sql`case when failures = 0 and locked_until > ${ctx.now} then max(0, locks - 1) else locks end`,
      lockedUntil: sql`case when failures = 0 then 0 else locked_until end`,
      count: sql`case when failures = 0 and locked_until > ${ctx.now} then ${storedNumber('lockAfter')} - 1 else max(0, failures - 1) end`,
    })
    .where(rows(of));

/** Whom the lock keeps out: for the list of what is locked. */
export const locksOut = (ctx: Ctx, of: ThrottleKey, userId: string): Statement =>
  ctx.db.update(throttle).set({ userId }).where(rows(of));

/** Ends all locks of a person: of the name, of its known browsers, and of codes. */
export const release = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(throttle).where(and(eq(throttle.userId, userId), gt(throttle.lockedUntil, ctx.now)));

/** 0 if it is not locked. */
export async function lockedUntil(ctx: Ctx, of: ThrottleKey): Promise<number> {
  const [row] = await ctx.db.select({ lockedUntil: throttle.lockedUntil }).from(throttle).where(rows(of));
  return row?.lockedUntil ?? 0;
}
