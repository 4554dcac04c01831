import { sql } from 'drizzle-orm';
import { MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';
import { Refusal } from '../errors';
import { CLIENT_IP_FAILURES, clientIpKey, countClientIp, FAILURE_WINDOW } from './client-ip';
import { key, reset, type ThrottleKey } from './counter';
import { countInARow, refund, lockedUntil } from './lockout';
import { forgetPost, type Posted } from './post';
import { countInWindow } from './window';

export interface Attempt extends Posted {
  inARow: ThrottleKey;
  /** The counter of all known browsers of the name. Null if the browser is unknown, or treated as such. */
  together: ThrottleKey | null;
  /** Null for known browsers: others at their address do not block them, nor the reverse. */
  clientIp: ThrottleKey | null;
}

/** Failures of all known browsers of a name in 15 minutes. Beyond that, they count like any other. */
const KNOWN_FAILURES = 50;

/**
 * A known browser has its own counter: others' failures do not lock it, nor the reverse. Whoever had the password once can make
 * any number of known browsers, so they also share a limit. @param whose a login name or other subject
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

/** Runs before anything is compared. `decide` reads the results. */
export const counting = (ctx: Ctx, of: Attempt) =>
  [
    countInARow(ctx, of.inARow),
    of.clientIp ? countClientIp(ctx) : ctx.db.select({ count: sql<number>`0` }).from(sql`(select 1)`),
  ] as const;

type Counted = { count: number; lockedUntil: number }[];

/** Refuses an attempt over a limit. @returns what it locks if it fails */
export async function decide(
  ctx: Ctx,
  of: Attempt,
  inARow: Counted,
  clientIps: { count: number }[],
): Promise<('name' | 'address')[]> {
  if (inARow.length && clientIps.length)
    return [
      ...(inARow[0]!.lockedUntil > ctx.now ? ['name' as const] : []),
      ...(of.clientIp && clientIps[0]!.count === CLIENT_IP_FAILURES ? ['address' as const] : []),
    ];
  const undo = [
    // An address over its limit must not lock anybody's name.
    ...(inARow.length ? [refund(ctx, of.inARow)] : []),
    ...(clientIps.length && of.clientIp ? [refund(ctx, of.clientIp)] : []),
    ...(of.together ? [refund(ctx, of.together)] : []),
    ...forgetPost(ctx, of),
  ];
  if (undo.length) await ctx.db.batch(undo as [Statement, ...Statement[]]);
  const until = inARow.length ? ctx.now + FAILURE_WINDOW : await lockedUntil(ctx, of.inARow);
  throw new Refusal('throttled', {
    key: 'login.throttled',
    params: { minutes: Math.max(1, Math.ceil((until - ctx.now) / MINUTE)) },
  });
}

const refundShared = (ctx: Ctx, of: Attempt): Statement[] =>
  [of.clientIp, of.together].flatMap((counter) => (counter ? [refund(ctx, counter)] : []));

/** The login is complete: failures in a row end. */
export const settleSuccess = (ctx: Ctx, of: Attempt): Statement[] => [
  reset(ctx, of.inARow),
  ...refundShared(ctx, of),
  ...forgetPost(ctx, of),
];

/** It was right, but the login is not complete: failures in a row go on. */
export const settleNeutral = (ctx: Ctx, of: Attempt): Statement[] => [
  refund(ctx, of.inARow),
  ...refundShared(ctx, of),
  ...forgetPost(ctx, of),
];
