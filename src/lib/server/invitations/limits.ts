/**
 * How much may be invited: a space's and an inviter's day, and one address's over the whole site. Counted in the batch that
 * writes the mails, each with a guard: what is not sent is not counted, and of two at the same time one looks again.
 */
import { and, gt, sql } from 'drizzle-orm';
import { changed, must, type Ctx, type Statement } from '../context';
import * as rateLimit from '../rate-limit';
import { throttle } from '../schema';
import { DAY } from './links';

/** Invitations of one space, and of one inviter, in a day. */
const MOST_A_DAY = 2_000;
/** Invitations to one address in a day, of all spaces and the site. */
const MOST_TO_ONE = 5;

const spaceKey = (ctx: Ctx, spaceId: number) => rateLimit.key(ctx, 'invite', `space:${spaceId}`);
const inviterKey = (ctx: Ctx) => rateLimit.key(ctx, 'invite', `inviter:${ctx.actor!.id}`);
const addressKey = (ctx: Ctx, email: string) => rateLimit.key(ctx, 'invite', `to:${email}`);

/** What is counted already: for a batch. */
export const countedQuery = (ctx: Ctx, spaceId: number | null, emails: string[]) => {
  const keys = [inviterKey(ctx), ...emails.map((email) => addressKey(ctx, email))];
  if (spaceId !== null) keys.push(spaceKey(ctx, spaceId));
  return ctx.db
    .select({ key: throttle.key, count: throttle.failures })
    .from(throttle)
    .where(
      and(
        sql`key in (select value from json_each(${JSON.stringify(keys.flat())}))`,
        gt(throttle.windowStartedAt, ctx.now - DAY),
      ),
    );
};

/** How much is left of a day. */
export interface Room {
  space: number;
  inviter: number;
  /** Whether this address has had all that it may have. */
  full(email: string): boolean;
}

export function roomOf(ctx: Ctx, spaceId: number | null, rows: { key: string; count: number }[]): Room {
  const counted = new Map(rows.map(({ key, count }) => [key, count]));
  const left = (keys: rateLimit.ThrottleKey, most: number) =>
    keys.reduce((rest, key) => rest - (counted.get(key) ?? 0), most);
  return {
    space: spaceId === null ? Infinity : left(spaceKey(ctx, spaceId), MOST_A_DAY),
    inviter: left(inviterKey(ctx), MOST_A_DAY),
    full: (email) => left(addressKey(ctx, email), MOST_TO_ONE) <= 0,
  };
}

/** Counts what is about to be sent; the batch is undone where a limit would be passed. */
export const count = (ctx: Ctx, spaceId: number | null, emails: string[]): Statement[] => [
  ...[spaceId !== null && spaceKey(ctx, spaceId), inviterKey(ctx)]
    .filter((key) => key !== false)
    .flatMap((key) => [
      rateLimit.countInWindow(ctx, key, MOST_A_DAY, DAY, emails.length),
      must(ctx, changed()),
    ]),
  rateLimit.countEach(
    ctx,
    emails.map((email) => addressKey(ctx, email)),
    MOST_TO_ONE,
    DAY,
  ),
  must(ctx, changed(emails.length)),
];
