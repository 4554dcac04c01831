import { and, eq, sql } from 'drizzle-orm';
import { isLocale, type Locale } from '../../messages';
import { DAY } from '../../time';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import { invitation, membership, space, user, type Settings } from '../schema';
import { hostOf, parse, settingsColumn } from '../settings';
import { recognise, type LinkKind } from './links';
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
  /** Who may send a new link. */
  | { state: 'expired'; renewedBy: 'inviter' | 'others' | 'nobody' }
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
      account: user,
      memberOf: membership.spaceId,
      settings: settingsColumn,
    })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    .leftJoin(user, eq(user.email, invitation.email))
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
    asked: i.askedAt !== null && i.askedAt > ctx.now - DAY,
  };
  const inside = i.spaceId === null ? i.status === 'accepted' && account !== null : found.memberOf !== null;
  if (i.status === 'cancelled' || found.spaceDeletedAt !== null) return { ...common, state: 'cancelled' };
  if (found.linkKind === 'replaced') return { ...common, state: 'replaced' };
  if (i.status === 'accepted')
    return { ...common, state: inside && ctx.actor?.email === i.email ? 'member' : 'used' };
  if (inside && ctx.actor?.email === i.email) return { ...common, state: 'member' };
  if (i.status === 'expired' || i.expiresAt <= ctx.now || !found.inviterMayInvite) {
    const renewedBy = found.inviterMayInvite ? 'inviter' : found.somebodyMayInvite ? 'others' : 'nobody';
    return { ...common, state: 'expired', renewedBy };
  }
  if (!found.domainStillAllowed) return { ...common, state: 'domain' };
  if (ctx.actor && ctx.actor.email !== i.email)
    return { ...common, state: 'other-account', actorEmail: ctx.actor.email };
  if (account?.status === 'inactive') return { ...common, state: 'inactive' };
  if (ctx.actor) return { ...common, state: 'join' };
  if (account) return { ...common, state: inside ? 'member' : 'has-account' };
  return { ...common, state: 'open', linkKind: found.linkKind, policy: found.site.policy };
}
