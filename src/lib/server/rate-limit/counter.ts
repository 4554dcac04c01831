/** A counter: its key, its row, and how it ends. */
import { inArray, sql, type SQL } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { keyedHashes } from '../crypto';
import { throttle } from '../schema';

export const MINUTE = 60_000;

/** An unused counter starts again after a day. */
export const FORGET_AFTER = 24 * 60 * MINUTE;

/** What a counter counts: attempts by login name, known browser or client address; mails, codes, … */
export type ThrottleKind = 'name' | 'device' | 'ip' | 'forgot' | 'code' | 'invite' | 'post' | 'author';

/** The key of a counter under the current secret, and under the previous ones. */
export type ThrottleKey = readonly [current: string, ...previous: string[]];

export const key = (ctx: Ctx, kind: ThrottleKind, value: string): ThrottleKey =>
  keyedHashes(ctx.config.secret, 'throttle', `${kind}:${value}`).map(
    (hash) => `${kind}:${hash}`,
  ) as unknown as ThrottleKey;

export const rows = (of: ThrottleKey): SQL => inArray(throttle.key, [...of]);

/** The key under which a counter continues. A new counter uses the current secret. */
export const rowOf = ([current, ...previous]: ThrottleKey): string | SQL =>
  previous.length
    ? sql`coalesce((select key from throttle where key in ${previous} limit 1), ${current})`
    : current;

/** Resets a counter: a login was completed, or a password reset. */
export const succeed = (ctx: Ctx, of: ThrottleKey): Statement => ctx.db.delete(throttle).where(rows(of));

/** Cron: deletes some of the counters that were not used for two days. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from throttle where key in
    (select key from throttle where updated_at < ${ctx.now - 2 * FORGET_AFTER} limit 500)`);
