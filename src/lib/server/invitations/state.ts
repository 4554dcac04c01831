import { and, eq, sql } from 'drizzle-orm';
import { isLocale, type Locale } from '../../messages';
import { DAY } from '../../time';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import { invitation, isOpenInvitation, membership, space, user, type Settings } from '../schema';
import { hostOf, parse, settingsColumn } from '../settings';
import { recognise, type Invitation, type LinkKind } from './links';
import { somebodyMayInvite, domainStillAllowed, inviterMayInvite } from './rule';

/** Opening the page changes nothing. */
export type InvitationState = {
  email: string;
  spaceId: number | null;
  spaceName: string | null;
  inviterName: string;
  /** For guests, who may know nobody by that name. */
  inviterCompany: string | null;
  expiresAt: number;
  asked: boolean;
} & (
  | { state: 'open'; linkKind: LinkKind; policy: Settings['policy'] }
  | { state: 'other-account'; actorEmail: string }
  /** `removed`: of the space, after they had joined. `renewedBy`: who may send a new link. */
  | { state: 'expired' | 'removed'; renewedBy: 'inviter' | 'others' | 'nobody' }
  | {
      state: 'cancelled' | 'replaced' | 'used' | 'has-account' | 'join' | 'member' | 'inactive' | 'domain';
    }
);

export async function findByToken(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      invitation,
      spaceName: space.name,
      spaceDeletedAt: space.deletedAt,
      inviterName: sql<string>`(select name from user where id = ${invitation.invitedBy})`,
      inviterMayInvite: sql<number>`${inviterMayInvite()}`.as('inviter_may_invite'),
      domainStillAllowed: sql<number>`${domainStillAllowed()}`.as('domain_still_allowed'),
      somebodyMayInvite: sql<number>`${somebodyMayInvite()}`.as('somebody_may_invite'),
      invitedAgain: sql<number>`exists (select 1 from invitation newer where newer.email = invitation.email
        and newer.space_id is invitation.space_id and newer.id <> invitation.id
        and ${isOpenInvitation('newer')})`.as('invited_again'),
      account: user,
      memberOf: membership.spaceId,
      settings: settingsColumn,
    })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    // Who has accepted it, whatever their address is by now; else whose address it is.
    .leftJoin(
      user,
      sql`${user.id} = coalesce(${invitation.acceptedBy}, (select id from user where email = ${invitation.email}))`,
    )
    .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, invitation.spaceId)))
    .where(eq(invitation.id, token.slice(0, 16)));
  const linkKind = row && recognise(ctx, row.invitation, token);
  if (!row || !linkKind) throw new Refusal('missing');
  return { ...row, linkKind, site: parse(row.settings) };
}

export async function languageOf(ctx: Ctx, token: string): Promise<Locale | null> {
  const [row] = await ctx.db
    .select({ locale: invitation.locale })
    .from(invitation)
    .where(eq(invitation.id, token.slice(0, 16)));
  return isLocale(row?.locale) ? row.locale : null;
}

export type Found = Awaited<ReturnType<typeof findByToken>>;

/** 404 for a token that never existed. */
export async function stateOf(ctx: Ctx, token: string): Promise<InvitationState> {
  return stateFrom(ctx, await findByToken(ctx, token));
}

/** One ask a day, and a new one for each time they were invited or let in. */
export const askedSince = (ctx: Ctx, i: Pick<Invitation, 'acceptedAt' | 'sentAt'>): number =>
  Math.max(ctx.now - DAY, i.acceptedAt ?? i.sentAt);

export function stateFrom(ctx: Ctx, found: Found): InvitationState {
  const { invitation: i, account } = found;
  ctx.settings ??= found.site;
  const common = {
    email: i.email,
    spaceId: i.spaceId,
    spaceName: found.spaceName,
    inviterName: found.inviterName,
    inviterCompany: i.spaceId === null ? null : hostOf(found.site),
    expiresAt: i.expiresAt,
    asked: i.askedAt !== null && i.askedAt > askedSince(ctx, i),
  };
  const renewedBy = found.inviterMayInvite ? 'inviter' : found.somebodyMayInvite ? 'others' : 'nobody';
  // Whoever has the mailed link reads the mailbox. A copied one may be anybody's.
  const own = ctx.actor !== null && ctx.actor.id === account?.id;
  const theirs = own || found.linkKind === 'mail';
  const inside = i.spaceId === null ? i.status === 'accepted' && account !== null : found.memberOf !== null;
  if (found.spaceDeletedAt !== null) return { ...common, state: 'cancelled' };
  if (i.status === 'cancelled')
    return { ...common, state: found.invitedAgain && theirs ? 'replaced' : 'cancelled' };
  if (found.linkKind === 'replaced') return { ...common, state: 'replaced' };
  if (own && inside) return { ...common, state: 'member' };
  if (i.status === 'accepted') {
    if (ctx.actor && !own) return { ...common, state: 'other-account', actorEmail: ctx.actor.email };
    if (!theirs) return { ...common, state: 'used' };
    if (account?.status === 'inactive') return { ...common, state: 'inactive' };
    if (inside) return { ...common, state: 'used' };
    return found.invitedAgain ? { ...common, state: 'replaced' } : { ...common, state: 'removed', renewedBy };
  }
  if (i.status === 'expired' || i.expiresAt <= ctx.now || !found.inviterMayInvite)
    return { ...common, state: 'expired', renewedBy };
  if (!found.domainStillAllowed) return { ...common, state: 'domain' };
  if (ctx.actor && !own) return { ...common, state: 'other-account', actorEmail: ctx.actor.email };
  if (account?.status === 'inactive') return { ...common, state: 'inactive' };
  if (ctx.actor) return { ...common, state: 'join' };
  if (account) return { ...common, state: inside ? 'member' : 'has-account' };
  return { ...common, state: 'open', linkKind: found.linkKind, policy: found.site.policy };
}
