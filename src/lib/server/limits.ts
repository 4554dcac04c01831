/** Limits for one person, counted in the batch of the act: failures do not count, and parallel requests cannot pass a limit. */
import { inArray } from 'drizzle-orm';
import type { MessageKey } from '../messages';
import { HOUR, MINUTE } from '../time';
import { changed, isUndone, must, type Rows, type Statement, type SignedIn } from './context';
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
  /** Mails about a new e-mail address, also for somebody else. */
  address: { says: 'limit.often', within: [[HOUR, 10]] },
  /** Of one's own data. */
  download: { says: 'limit.often', within: [[HOUR, 20]] },
  reaction: { says: 'limit.often', within: [[MINUTE, 120]] },
  tick: { says: 'limit.often', within: [[MINUTE, 120]] },
  preview: { says: 'limit.often', within: [[MINUTE, 120]] },
  search: { says: 'limit.often', within: [[MINUTE, 120]] },
  /** E-mails to oneself. */
  test: { says: 'limit.often', within: [[HOUR, 20]] },
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

/**
 * A read that counts, in one round trip: beyond the limit nothing behind the count is read.
 * @param what null: it does not count
 * @param reach asked before a limit is told: what is out of reach is 404 first
 */
export async function read<Q extends Record<string, Statement>>(
  ctx: SignedIn,
  what: Counted | null,
  queries: Q,
  reach?: () => Promise<unknown>,
): Promise<Rows<Q>> {
  if (what === null) return ctx.read(queries);
  const counts = Object.fromEntries(count(ctx, { [what]: 1 }).map((one, i) => [`count ${i}`, one]));
  try {
    return await ctx.read({ ...counts, ...queries });
  } catch (error) {
    if (!isUndone(error)) throw error;
    await reach?.();
    throw (await exceeded(ctx, { [what]: 1 })) ?? refusal(what, MINUTE);
  }
}

const refusal = (what: Counted, left: number): Refusal =>
  new Refusal('throttled', { key: LIMITS[what].says, params: { minutes: Math.ceil(left / MINUTE) } });
