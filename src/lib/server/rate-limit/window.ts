import { sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { throttle } from '../schema';
import { rowOf, rows, type ThrottleKey } from './counter';

/** Returns no row if that would exceed the limit. */
export const countInWindow = (ctx: Ctx, of: ThrottleKey, limit: number, windowMs: number, by = 1) => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), count: by, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        count: sql`case when ${fresh} then ${by} else failures + ${by} end`,
        windowStartedAt: sql`case when ${fresh} then ${ctx.now} else window_started_at end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`${fresh} or failures + ${by} <= ${limit}`,
    })
    .returning({ count: throttle.count });
};

export async function windowLeft(
  ctx: Ctx,
  of: ThrottleKey,
  windowMs: number,
  limit: number,
): Promise<number> {
  const [row] = await ctx.db
    .select({ since: throttle.windowStartedAt, counted: throttle.count })
    .from(throttle)
    .where(rows(of));
  return row && row.counted >= limit ? Math.max(0, row.since + windowMs - ctx.now) : 0;
}

/** One statement; counters at their limit do not change. */
export const countEach = (ctx: Ctx, of: ThrottleKey[], limit: number, windowMs: number): Statement => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db.run(sql`
    insert into throttle (key, failures, locks, window_started_at, locked_until, updated_at)
    select coalesce((select t.key from throttle t where t.key in (select k.value from json_each(r.value) k where k.key > 0) limit 1),
      json_extract(r.value, '$[0]')), 1, 0, ${ctx.now}, 0, ${ctx.now}
    from json_each(${JSON.stringify(of)}) r where true
    on conflict (key) do update set failures = iif(${fresh}, 1, failures + 1),
      window_started_at = iif(${fresh}, ${ctx.now}, window_started_at), updated_at = ${ctx.now}
    where ${fresh} or failures + 1 <= ${limit}`);
};

/** By the rows that the statement before it changed. At the limit none changes, so `must(ctx, changed())` undoes the batch. */
export const countChanges = (ctx: Ctx, of: ThrottleKey, limit: number, windowMs: number): Statement => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db.run(sql`
    insert into throttle (key, failures, window_started_at, updated_at)
    select ${rowOf(of)}, changes(), ${ctx.now}, ${ctx.now} where true
    on conflict do update set
      failures = case when ${fresh} then excluded.failures else failures + excluded.failures end,
      window_started_at = case when ${fresh} then ${ctx.now} else window_started_at end,
      updated_at = ${ctx.now}
    where ${fresh} or failures < ${limit}`);
};
