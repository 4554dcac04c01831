import { inArray, sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import type { Ctx, Statement } from '../context';
import { keyedHashes } from '../crypto';
import { throttle } from '../schema';

export const FORGET_AFTER = DAY;

export type ThrottleKind = 'name' | 'device' | 'ip' | 'forgot' | 'code' | 'invite' | 'post' | 'author';

/** A counter's key under the current secret, and under previous ones. */
export type ThrottleKey = readonly [current: string, ...previous: string[]];

export const key = (ctx: Ctx, kind: ThrottleKind, value: string): ThrottleKey =>
  keyedHashes(ctx.config.secret, 'throttle', `${kind}:${value}`).map(
    (hash) => `${kind}:${hash}`,
  ) as unknown as ThrottleKey;

export const rows = (of: ThrottleKey): SQL => inArray(throttle.key, [...of]);

/** Existing counters keep their key; new ones use the current secret. */
export const rowOf = ([current, ...previous]: ThrottleKey): string | SQL =>
  previous.length
    ? sql`coalesce((select key from throttle where key in ${previous} limit 1), ${current})`
    : current;

export const reset = (ctx: Ctx, of: ThrottleKey): Statement => ctx.db.delete(throttle).where(rows(of));

export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from throttle where key in
    (select key from throttle where updated_at < ${ctx.now - 2 * FORGET_AFTER} limit 500)`);
