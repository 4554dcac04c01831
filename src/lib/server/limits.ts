/** Limits for one person, counted in the batch of the act: failures do not count, and parallel posts cannot pass a limit. */
import { inArray } from 'drizzle-orm';
import type { MessageKey } from '../messages';
import { HOUR, MINUTE } from '../time';
import { changed, must, type Statement, type SignedIn } from './context';
import { Refusal } from './errors';
import { countChanges, countInWindow, key } from './rate-limit';
import { throttle } from './schema';

const LIMITS = {
  text: {
    says: 'limit.texts',
    within: [
      [MINUTE, 150],
      [HOUR, 1_500],
    ],
  },
  everybody: { says: 'limit.told', within: [[HOUR, 10]] },
  named: { says: 'limit.told', within: [[HOUR, 1_000]] },
  told: { says: 'limit.told', within: [[HOUR, 100_000]] },
  upload: {
    says: 'limit.uploads',
    within: [
      [MINUTE, 100],
      [HOUR, 1_000],
    ],
  },
  /** Of 8 MB. */
  part: {
    says: 'limit.uploads',
    within: [
      [MINUTE, 300],
      [HOUR, 6_000],
    ],
  },
  reaction: { says: 'limit.often', within: [[MINUTE, 120]] },
  tick: { says: 'limit.often', within: [[MINUTE, 120]] },
  preview: { says: 'limit.often', within: [[MINUTE, 120]] },
  search: { says: 'limit.often', within: [[MINUTE, 120]] },
  suggestion: { says: 'limit.often', within: [[MINUTE, 240]] },
} as const satisfies Record<string, { says: MessageKey; within: readonly (readonly [number, number])[] }>;
export type Counted = keyof typeof LIMITS;
export type Counts = Partial<Record<Counted, number>>;

const counters = (ctx: SignedIn, what: Counted) =>
  LIMITS[what].within.map(([windowMs, most]) => ({
    of: key(ctx, 'author', `${what}:${windowMs}:${ctx.actor.id}`),
    windowMs,
    most,
  }));

const asked = (ctx: SignedIn, counts: Counts) =>
  (Object.keys(counts) as Counted[])
    .filter((what) => counts[what]! > 0)
    .flatMap((what) => counters(ctx, what).map((counter) => ({ ...counter, what, by: counts[what]! })));

/** `exceeded` then says which limit. */
export const count = (ctx: SignedIn, counts: Counts): Statement[] =>
  asked(ctx, counts).flatMap(({ of, windowMs, most, by }) => [
    countInWindow(ctx, of, most, windowMs, by),
    must(ctx, changed()),
  ]);

/** Right behind the statement that notifies people: counts its rows. */
export const countTold = (ctx: SignedIn): Statement[] =>
  counters(ctx, 'told').flatMap(({ of, windowMs, most }) => [
    countChanges(ctx, of, most, windowMs),
    must(ctx, changed()),
  ]);

/** The limit that undid a batch with `count`, if any. */
export async function exceeded(ctx: SignedIn, counts: Counts): Promise<Refusal | null> {
  const bounds = asked(ctx, counts);
  if (bounds.length === 0) return null;
  const rows = await ctx.db
    .select({ key: throttle.key, count: throttle.count, since: throttle.windowStartedAt })
    .from(throttle)
    .where(
      inArray(
        throttle.key,
        bounds.flatMap(({ of }) => [...of]),
      ),
    );
  for (const { of, windowMs, most, what, by } of bounds) {
    const row = rows.find(({ key }) => of.includes(key));
    const left = row ? row.since + windowMs - ctx.now : 0;
    if (row && left > 0 && row.count + by > most) return refusal(what, left);
  }
  return null;
}

export async function take(ctx: SignedIn, what: Counted): Promise<void> {
  const [first, ...others] = counters(ctx, what).map(({ of, windowMs, most }) =>
    countInWindow(ctx, of, most, windowMs),
  );
  const results = await ctx.db.batch([first!, ...others]);
  if (results.some((rows) => rows.length === 0))
    throw (await exceeded(ctx, { [what]: 1 })) ?? refusal(what, MINUTE);
}

const refusal = (what: Counted, left: number): Refusal =>
  new Refusal('throttled', { key: LIMITS[what].says, params: { minutes: Math.ceil(left / MINUTE) } });
