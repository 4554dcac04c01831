/**
 * Per day: of a space, an inviter, and one address on the whole site. Counted in the batch that writes the mails; a mail that
 * fails, or is replaced before it was sent, gives its count back.
 */
import { and, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import { changed, must, type Ctx, type Statement, type SignedIn } from '../context';
import * as rateLimit from '../rate-limit';
import { invitation, isOpenInvitation, mail, throttle } from '../schema';

const MOST_A_DAY = 2_000;
/** From all spaces and the site. */
const MOST_TO_ONE = 5;

const spaceKey = (ctx: Ctx, spaceId: number) => rateLimit.key(ctx, 'invite', `space:${spaceId}`);
const inviterKey = (ctx: SignedIn) => rateLimit.key(ctx, 'invite', `inviter:${ctx.actor.id}`);
const addressKey = (ctx: Ctx, email: string) => rateLimit.key(ctx, 'invite', `to:${email}`);

export const countersOf = (ctx: SignedIn, spaceId: number | null, email: string): rateLimit.ThrottleKey[] => [
  ...(spaceId === null ? [] : [spaceKey(ctx, spaceId)]),
  inviterKey(ctx),
  addressKey(ctx, email),
];

export const countedQuery = (ctx: SignedIn, spaceId: number | null, emails: string[]) => {
  const keys = emails.flatMap((email) => countersOf(ctx, spaceId, email)).flat();
  return ctx.db
    .select({ key: throttle.key, count: throttle.count, since: throttle.windowStartedAt })
    .from(throttle)
    .where(
      and(
        sql`key in (select value from json_each(${JSON.stringify([...new Set(keys)])}))`,
        gt(throttle.windowStartedAt, ctx.now - DAY),
      ),
    );
};

/** As `outbox.dropWaiting` would replace them. For a batch. */
export const waitingQuery = (ctx: Ctx, spaceId: number | null, emails: string[]) =>
  ctx.db
    .select({ email: invitation.email, countedOn: mail.countedOn, createdAt: mail.createdAt })
    .from(invitation)
    .innerJoin(mail, eq(mail.invitationId, invitation.id))
    .where(
      and(
        spaceId === null ? isNull(invitation.spaceId) : eq(invitation.spaceId, spaceId),
        isOpenInvitation(),
        sql`invitation.email in (select value from json_each(${JSON.stringify(emails)}))`,
        eq(mail.status, 'queued'),
        eq(mail.unknowns, 0),
        isNotNull(mail.countedOn),
      ),
    );

export interface Allowance {
  /** Null: one more fits. */
  exceeded(
    email: string,
  ): 'invite.over-limit-address' | 'invite.over-limit' | 'invite.over-limit-inviter' | null;
  use(email: string): void;
}

export function allowanceOf(
  ctx: SignedIn,
  spaceId: number | null,
  counted: Awaited<ReturnType<typeof countedQuery>>,
  waiting: Awaited<ReturnType<typeof waitingQuery>>,
): Allowance {
  const counters = new Map(counted.map((counter) => [counter.key, counter]));
  const replaced = new Map<string, string[]>();
  for (const { email, countedOn, createdAt } of waiting) {
    const keys = replaced.get(email) ?? [];
    for (const key of JSON.parse(countedOn!) as string[])
      if ((counters.get(key)?.since ?? Infinity) <= createdAt) keys.push(key);
    replaced.set(email, keys);
  }
  const refunded = (keys: rateLimit.ThrottleKey, email: string) =>
    (replaced.get(email) ?? []).filter((key) => keys.includes(key)).length;
  const left = (keys: rateLimit.ThrottleKey, most: number) =>
    keys.reduce((rest, key) => rest - (counters.get(key)?.count ?? 0), most);
  const space = spaceId === null ? null : spaceKey(ctx, spaceId);
  const inviter = inviterKey(ctx);
  let spaceLeft = space ? left(space, MOST_A_DAY) : Infinity;
  let inviterLeft = left(inviter, MOST_A_DAY);
  return {
    exceeded(email) {
      const address = addressKey(ctx, email);
      if (left(address, MOST_TO_ONE) + refunded(address, email) <= 0) return 'invite.over-limit-address';
      if (space && spaceLeft + refunded(space, email) <= 0) return 'invite.over-limit';
      return inviterLeft + refunded(inviter, email) <= 0 ? 'invite.over-limit-inviter' : null;
    },
    use(email) {
      if (space) spaceLeft += refunded(space, email) - 1;
      inviterLeft += refunded(inviter, email) - 1;
    },
  };
}

/** Undoes the batch if a limit would be exceeded. */
export const count = (ctx: SignedIn, spaceId: number | null, emails: string[]): Statement[] => [
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
