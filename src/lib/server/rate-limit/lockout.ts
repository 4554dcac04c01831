import { sql } from 'drizzle-orm';
import { MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';
import { throttle } from '../schema';
import { FORGET_AFTER, rowOf, rows, type ThrottleKey } from './counter';

const FAILURES_IN_A_ROW = 10;

/** Returns no row while locked. The tenth failure in a row locks for 3 minutes, the next ten for 6, then 12, then always 15. */
export const countInARow = (ctx: Ctx, of: ThrottleKey) => {
  const old = sql`updated_at < ${ctx.now - FORGET_AFTER}`;
  const tenth = sql`(failures + 1) % ${FAILURES_IN_A_ROW} = 0`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), count: 1, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        count: sql`case when ${old} then 1 else (failures + 1) % ${FAILURES_IN_A_ROW} end`,
        locks: sql`case when ${old} then 0 when ${tenth} then locks + 1 else locks end`,
        lockedUntil: sql`case when not ${old} and ${tenth}
          then ${ctx.now} + ${MINUTE} * min(15, 3 * (1 << min(locks, 3))) else 0 end`,
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
      count: sql`case when failures = 0 and locked_until > ${ctx.now} then ${FAILURES_IN_A_ROW - 1} else max(0, failures - 1) end`,
    })
    .where(rows(of));

/** 0 if it is not locked. */
export async function lockedUntil(ctx: Ctx, of: ThrottleKey): Promise<number> {
  const [row] = await ctx.db.select({ lockedUntil: throttle.lockedUntil }).from(throttle).where(rows(of));
  return row?.lockedUntil ?? 0;
}
