/**
 * Throttles: a counter rises conditionally *before* a password or code is compared, so a hundred parallel tries
 * are a hundred counted tries. Keys are keyed hashes; no address stands in the table readable.
 */
import { inArray, sql, type SQL } from 'drizzle-orm';
import type { Ctx, Statement } from './context';
import { keyedHashes } from './crypto';
import { throttle } from './schema';

const MINUTE = 60_000;
/** Failures in a row that lock, and for how long: the first lock, the second, …, every later one. */
const FAILURES_IN_A_ROW = 10;
/** A counter that nobody touched for a day starts anew. */
const FORGET_AFTER = 24 * 60 * MINUTE;

/** What a counter counts: tries of a login name, of a known browser, of an address of origin; mails asked for, codes, … */
export type ThrottleKind = 'name' | 'device' | 'ip' | 'forgot' | 'code' | 'invite' | 'post' | 'lift';

/** Where a counter stands: under the current secret, or since before the secret was changed. */
export type ThrottleKey = readonly [current: string, ...previous: string[]];

/** The key of a login name, a device, an address of origin, … */
export const key = (ctx: Ctx, kind: ThrottleKind, value: string): ThrottleKey =>
  keyedHashes(ctx.config.secret, 'throttle', `${kind}:${value}`).map(
    (hash) => `${kind}:${hash}`,
  ) as unknown as ThrottleKey;

/** The rows of a counter. */
const rows = (of: ThrottleKey): SQL => inArray(throttle.key, [...of]);

/** The row that a counter goes on in: a new one stands under the current secret. */
const rowOf = ([current, ...previous]: ThrottleKey): string | SQL =>
  previous.length
    ? sql`coalesce((select key from throttle where key in ${previous} limit 1), ${current})`
    : current;

/** The address of origin as it is counted: IPv4 whole (also written as ::ffff:192.0.2.7), IPv6 by its /64. */
export function originOf(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip.slice(ip.lastIndexOf(':') + 1);
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/**
 * Counts one try of a login name or device; returns no row while it is locked. The tenth failure in a row locks for
 * 3 minutes, the next ten for 6, then 12, then 15 at most. `succeed` starts it anew.
 */
export const countInARow = (ctx: Ctx, of: ThrottleKey) =>
  ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), failures: 1, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        failures: sql`case when updated_at < ${ctx.now - FORGET_AFTER} then 1 else (failures + 1) % ${FAILURES_IN_A_ROW} end`,
        locks: sql`case when updated_at < ${ctx.now - FORGET_AFTER} then 0 when (failures + 1) % ${FAILURES_IN_A_ROW} = 0 then locks + 1 else locks end`,
        lockedUntil: sql`case when updated_at >= ${ctx.now - FORGET_AFTER} and (failures + 1) % ${FAILURES_IN_A_ROW} = 0
          then ${ctx.now} + ${MINUTE} * min(15, 3 * (1 << min(locks, 3))) else 0 end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`locked_until <= ${ctx.now}`,
    })
    .returning({ failures: throttle.failures, lockedUntil: throttle.lockedUntil });

/** Counts `by` within a window; returns no row when that would pass the limit. */
export const countInWindow = (ctx: Ctx, of: ThrottleKey, limit: number, windowMs: number, by = 1) => {
  const fresh = sql`window_started_at <= ${ctx.now - windowMs}`;
  return ctx.db
    .insert(throttle)
    .values({ key: rowOf(of), failures: by, windowStartedAt: ctx.now, updatedAt: ctx.now })
    .onConflictDoUpdate({
      target: throttle.key,
      set: {
        failures: sql`case when ${fresh} then ${by} else failures + ${by} end`,
        windowStartedAt: sql`case when ${fresh} then ${ctx.now} else window_started_at end`,
        updatedAt: sql`${ctx.now}`,
      },
      setWhere: sql`${fresh} or failures + ${by} <= ${limit}`,
    })
    .returning({ failures: throttle.failures });
};

/** Failures of one address of origin: 100 in 15 minutes. Counted before, given back by `giveBack` on success. */
export const countOrigin = (ctx: Ctx) => countInWindow(ctx, originKey(ctx), 100, 15 * MINUTE);
export const originKey = (ctx: Ctx): ThrottleKey => key(ctx, 'ip', originOf(ctx.ip));

/** Takes one counted try back: it was no failure (and lifts the lock that this very try had set). */
export const giveBack = (ctx: Ctx, of: ThrottleKey): Statement =>
  ctx.db
    .update(throttle)
    .set({
      locks: sql`case when failures = 0 and locked_until > ${ctx.now} then max(0, locks - 1) else locks end`,
      lockedUntil: sql`case when failures = 0 then 0 else locked_until end`,
      failures: sql`case when failures = 0 and locked_until > ${ctx.now} then ${FAILURES_IN_A_ROW - 1} else max(0, failures - 1) end`,
    })
    .where(rows(of));

/** The row ends: a login was completed, or a password reset. */
export const succeed = (ctx: Ctx, of: ThrottleKey): Statement => ctx.db.delete(throttle).where(rows(of));

/** When a locked key may be tried again; 0 when it is not locked. */
export async function lockedUntil(ctx: Ctx, of: ThrottleKey): Promise<number> {
  const [row] = await ctx.db.select({ lockedUntil: throttle.lockedUntil }).from(throttle).where(rows(of));
  return row?.lockedUntil ?? 0;
}

/** Cron: forgets counters that nobody touched for two days, some at a time. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from throttle where key in
    (select key from throttle where updated_at < ${ctx.now - 2 * FORGET_AFTER} limit 500)`);
