import { and, eq, sql } from 'drizzle-orm';
import { fitsDomains } from '../../addresses';
import type { MessageKey } from '../../messages';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { invitation, isOpenInvitation, membership, user, type Settings } from '../schema';
import { declinedQuery } from './decline';
import * as limits from './limits';

/** The end of a sentence that begins with the address. */
export type Reason = Extract<MessageKey, `invite.${string}`>;

export const conflictRefusal = () => new Refusal('conflict', { key: 'invitation.changed' });

export async function lookUp(ctx: SignedIn, spaceId: number, emails: string[]) {
  const json = JSON.stringify(emails);
  const among = (column: typeof user.email | typeof invitation.email) =>
    sql`${column} in (select value from json_each(${json}))`;
  const { people, open, declined, counted, waiting } = await ctx.read({
    declined: declinedQuery(ctx, spaceId, emails),
    people: ctx.db
      .select({ id: user.id, email: user.email, kind: user.kind, status: user.status, in: membership.userId })
      .from(user)
      .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
      .where(among(user.email)),
    open: ctx.db
      .select({
        id: invitation.id,
        email: invitation.email,
        version: invitation.version,
        requestKey: invitation.requestKey,
      })
      .from(invitation)
      .where(and(eq(invitation.spaceId, spaceId), isOpenInvitation(), among(invitation.email))),
    counted: limits.countedQuery(ctx, spaceId, emails),
    waiting: limits.waitingQuery(ctx, spaceId, emails),
  });
  return {
    people: new Map(people.map((p) => [p.email, p])),
    open: new Map(open.map((i) => [i.email, i])),
    declined: new Map(declined.map((i) => [i.email, i.at])),
    allowance: limits.allowanceOf(ctx, spaceId, counted, waiting),
  };
}

type Known = Awaited<ReturnType<typeof lookUp>>;

export function refusalReason(site: Settings, { people, allowance }: Known, email: string): Reason | null {
  const person = people.get(email);
  if (!domainAllowed(site, email)) return 'invite.domain';
  if (person?.kind === 'user') return person.in ? 'invite.is-member' : 'invite.is-user';
  if (person?.status === 'inactive') return 'invite.suspended';
  return allowance.exceeded(email);
}

const domainAllowed = (site: Settings, email: string): boolean =>
  site.allowedDomains.length === 0 || fitsDomains(site.allowedDomains, email);

/** The same reasons for one invitation that is sent again. */
const sentences: Partial<Record<Reason, MessageKey>> = {
  'invite.domain': 'guests.not-domain',
  'invite.is-user': 'guests.not-user',
  'invite.is-member': 'guests.not-user',
  'invite.suspended': 'guests.not-suspended',
  'invite.over-limit-address': 'guests.not-address-limit',
  'invite.over-limit-inviter': 'guests.not-inviter-limit',
  'invite.over-limit': 'guests.not-space-limit',
};

export const refusalOf = (reason: Reason, email: string): Refusal =>
  new Refusal(reason.startsWith('invite.over') ? 'throttled' : 'conflict', {
    key: sentences[reason] ?? 'invitation.changed',
    params: { email },
  });
