/** Limits what one person changes. Every `commit` counts, so new verbs are limited too. */
import { sql } from 'drizzle-orm';
import { HOUR, MINUTE } from '../time';
import { says, type Ctx, type Statement } from './context';
import { Refusal } from './errors';
import { countInWindow, key, windowLeft } from './rate-limit';

const WINDOWS = [
  { windowMs: MINUTE, most: 240 },
  { windowMs: HOUR, most: 3_000 },
];

const counters = (ctx: Ctx, actorId: string) =>
  WINDOWS.map(({ windowMs, most }) => ({
    of: key(ctx, 'author', `change:${windowMs}:${actorId}`),
    windowMs,
    most,
  }));

/** With another error than `must` (`integer overflow`), so that it is not taken for a lost race. */
const withinLimit = (ctx: Ctx): Statement =>
  ctx.db.get(sql`select abs(case when changes() = 1 then 0 else -9223372036854775807 - 1 end)`);

/** For the end of a batch: what fails for another reason counts nothing. */
export const counted = (ctx: Ctx, actorId: string): Statement[] =>
  counters(ctx, actorId).flatMap(({ of, windowMs, most }) => [
    countInWindow(ctx, of, most, windowMs),
    withinLimit(ctx),
  ]);

export const undid = (error: unknown): boolean => says(error, 'integer overflow');

export async function refusal(ctx: Ctx, actorId: string): Promise<Refusal> {
  let left = 0;
  for (const { of, windowMs, most } of counters(ctx, actorId)) {
    const window = await windowLeft(ctx, of, windowMs, most);
    left = Math.max(left, window);
  }
  return new Refusal('throttled', {
    key: 'limit.often',
    params: { minutes: Math.max(1, Math.ceil(left / MINUTE)) },
  });
}
