/** One attempt at a password or a code, and the counters it counts on. */
import { sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { Refusal } from '../errors';
import { CLIENT_IP_FAILURES, clientIpKey, countClientIp, FAILURE_WINDOW } from './client-ip';
import { key, MINUTE, succeed, type ThrottleKey } from './counter';
import { countInARow, giveBack, lockedUntil } from './lockout';
import { release, type Posted } from './post';
import { countInWindow } from './window';

export interface Attempt extends Posted {
  inARow: ThrottleKey;
  /** All known browsers of the name together. Null: the browser is unknown, or counts as unknown. */
  together: ThrottleKey | null;
  /** Null: a known browser is not blocked by others at its address, and does not block them. */
  clientIp: ThrottleKey | null;
}

/** Failures of all known browsers of one login name in 15 minutes. Beyond that, they count like any other browser. */
const KNOWN_FAILURES = 50;

/**
 * Decides what an attempt counts on. A known browser has its own counter: the failures of others do not lock it, and its
 * own lock nobody else. Whoever had the password once can make any number of known browsers, so these also share a limit.
 * @param whose the login name or other subject; `device` is the id of a known browser, which is counted here
 */
export async function attemptOf(
  ctx: Ctx,
  whose: { kind: 'name' | 'code'; value: string; device: string | null },
  post: ThrottleKey | null,
): Promise<Attempt> {
  const { kind, value, device } = whose;
  if (device !== null) {
    const together = key(ctx, 'device', `all of ${value}`);
    const room = await countInWindow(ctx, together, KNOWN_FAILURES, FAILURE_WINDOW);
    if (room.length)
      return {
        inARow: key(ctx, kind === 'name' ? 'device' : 'code', device),
        together,
        clientIp: null,
        post,
      };
  }
  return { inARow: key(ctx, kind, value), together: null, clientIp: clientIpKey(ctx), post };
}

/** The two statements that count an attempt before anything is compared. `decide` reads their results. */
export const counting = (ctx: Ctx, of: Attempt) =>
  [
    countInARow(ctx, of.inARow),
    of.clientIp ? countClientIp(ctx) : ctx.db.select({ failures: sql<number>`0` }).from(sql`(select 1)`),
  ] as const;

type Counted = { failures: number; lockedUntil: number }[];

/** Refuses an attempt that is over a limit. @returns what it locks if it fails */
export async function decide(
  ctx: Ctx,
  of: Attempt,
  inARow: Counted,
  clientIps: { failures: number }[],
): Promise<('name' | 'address')[]> {
  if (inARow.length && clientIps.length)
    return [
      ...(inARow[0]!.lockedUntil > ctx.now ? ['name' as const] : []),
      ...(of.clientIp && clientIps[0]!.failures === CLIENT_IP_FAILURES ? ['address' as const] : []),
    ];
  const undo = [
    // An address over its limit must not lock anybody's name.
    ...(inARow.length ? [giveBack(ctx, of.inARow)] : []),
    ...(clientIps.length && of.clientIp ? [giveBack(ctx, of.clientIp)] : []),
    ...(of.together ? [giveBack(ctx, of.together)] : []),
    ...release(ctx, of),
  ];
  if (undo.length) await ctx.db.batch(undo as [Statement, ...Statement[]]);
  const until = inARow.length ? ctx.now + FAILURE_WINDOW : await lockedUntil(ctx, of.inARow);
  throw new Refusal('throttled', {
    key: 'login.throttled',
    params: { minutes: Math.max(1, Math.ceil((until - ctx.now) / MINUTE)) },
  });
}

const noFailureOf = (ctx: Ctx, of: Attempt): Statement[] =>
  [of.clientIp, of.together].flatMap((counter) => (counter ? [giveBack(ctx, counter)] : []));

/** It was right, and the login is complete: the failures in a row end. */
export const succeeded = (ctx: Ctx, of: Attempt): Statement[] => [
  succeed(ctx, of.inARow),
  ...noFailureOf(ctx, of),
  ...release(ctx, of),
];

/** It was right, but the login is not complete: it does not count, and the failures in a row go on. */
export const noFailure = (ctx: Ctx, of: Attempt): Statement[] => [
  giveBack(ctx, of.inARow),
  ...noFailureOf(ctx, of),
  ...release(ctx, of),
];
