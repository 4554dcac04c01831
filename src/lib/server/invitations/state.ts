import { and, eq, sql } from 'drizzle-orm';
import { isLocale, type Locale } from '../../messages';
import { DAY } from '../../time';
import * as audit from '../audit';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import { invitation, isOpenInvitation, membership, space, user, type Settings } from '../schema';
import { ofGuests, type Terms } from '../terms/rule';
import { hostOf, parse, settingsColumn } from '../settings';
import { recognise, type LinkKind } from './links';
import { somebodyMayInvite, domainStillAllowed, inviterMayInvite } from './rule';

interface Who {
  email: string;
}
/** Only where the link still works, or leads its own person into the space: a dead one tells nothing that is so today. */
interface Where {
  spaceId: number | null;
  spaceName: string | null;
}
interface By {
  inviterName: string;
  /** For guests, who may know nobody by that name. */
  inviterCompany: string | null;
}
/** By the mailed link alone. */
interface Declinable {
  declinable: boolean;
}
type RenewedBy = 'inviter' | 'others' | 'nobody';

/** How long after a removal its person may ask for a new invitation. */
const ASKABLE_FOR = 30 * DAY;
const ENDED = ['space.guest-removed', 'space.member-removed', 'space.left'];

/** Each state holds what its page says, and no more. Opening the page changes nothing. */
export type InvitationState = Partial<Who & Where & By> &
  (
    | ({
        state: 'open';
        linkKind: LinkKind;
        policy: Settings['policy'];
        terms: Terms | null;
        expiresAt: number;
        name: string;
      } & Who &
        Where &
        By &
        Declinable)
    | ({ state: 'other-account'; actorEmail: string } & Who)
    | ({ state: 'expired'; renewedBy: RenewedBy; asked: boolean; days: number } & Who & By)
    /** After they had joined. `late`: too long ago to ask. */
    | ({ state: 'removed'; renewedBy: RenewedBy | 'late'; asked: boolean } & Who & By)
    | ({ state: 'domain' } & Who & By)
    /** The link works again once the space is brought back, if it has not expired by then. */
    | ({ state: 'archived' } & Who & Where & By)
    | ({ state: 'has-account' } & Who & Where & By & Declinable)
    | ({ state: 'join' } & Where & By & Declinable)
    | ({ state: 'used' } & Who & Pick<Where, 'spaceId'>)
    | ({ state: 'member' } & Where)
    | ({ state: 'inactive' } & Who)
    | { state: 'cancelled' | 'declined' | 'replaced' }
  );

export async function findByToken(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      invitation,
      spaceName: space.name,
      spaceDeletedAt: space.deletedAt,
      spaceArchivedAt: space.archivedAt,
      inviterName: sql<string>`(select name from user where id = ${invitation.invitedBy})`,
      inviterMayInvite: sql<number>`${inviterMayInvite()}`.as('inviter_may_invite'),
      domainStillAllowed: sql<number>`${domainStillAllowed()}`.as('domain_still_allowed'),
      somebodyMayInvite: sql<number>`${somebodyMayInvite()}`.as('somebody_may_invite'),
      invitedAgain: sql<number>`exists (select 1 from invitation newer where newer.email = invitation.email
        and newer.space_id is invitation.space_id and newer.id <> invitation.id
        and ${isOpenInvitation('newer')})`.as('invited_again'),
      letInAgain:
        sql<number>`exists (select 1 from invitation newer where newer.accepted_by = invitation.accepted_by
        and newer.space_id is invitation.space_id and newer.accepted_at > invitation.accepted_at)`.as(
          'let_in_again',
        ),
      removedAt: sql<number | null>`iif(${membership.spaceId} is null,
        ${audit.lastOf(sql`invitation.space_id`, ENDED, sql`'user:' || invitation.accepted_by`)}, null)`.as(
        'removed_at',
      ),
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

/** An invitation that has expired can be asked for once a day, and again after it was sent again; after a removal, once. */
export const askedSince = (ctx: Ctx, { invitation: i, removedAt }: Found): number =>
  i.status === 'accepted' ? (removedAt ?? i.acceptedAt ?? 0) : Math.max(ctx.now - DAY, i.sentAt);

/** How long it was valid, which its mail said. */
const daysOf = ({ sentAt, expiresAt }: Found['invitation']): number =>
  Math.max(1, Math.round((expiresAt - sentAt) / DAY));

export function stateFrom(ctx: Ctx, found: Found): InvitationState {
  const { invitation: i, account } = found;
  ctx.settings ??= found.site;
  const who = { email: i.email };
  const where = { spaceId: i.spaceId, spaceName: found.spaceName };
  const inviterCompany = i.spaceId === null ? null : hostOf(found.site);
  const by = { inviterName: found.inviterName, inviterCompany };
  const all = { ...who, ...where, ...by };
  const since = askedSince(ctx, found);
  const asked = i.askedAt !== null && i.askedAt > since;
  // In an archived space nobody invites, so nobody can be asked.
  const renewedBy =
    found.spaceArchivedAt !== null
      ? 'nobody'
      : found.inviterMayInvite
        ? 'inviter'
        : found.somebodyMayInvite
          ? 'others'
          : 'nobody';
  // Whoever has the mailed link reads the mailbox. A copied one may be anybody's, and tells nothing of the person.
  const own = ctx.actor !== null && ctx.actor.id === account?.id;
  const theirs = own || found.linkKind === 'mail';
  const inside = i.spaceId === null ? i.status === 'accepted' && account !== null : found.memberOf !== null;
  if (found.spaceDeletedAt !== null) return { state: 'cancelled' };
  if (i.status === 'cancelled') return { state: found.invitedAgain && theirs ? 'replaced' : 'cancelled' };
  if (i.status === 'declined')
    return { state: found.invitedAgain && theirs ? 'replaced' : theirs ? 'declined' : 'cancelled' };
  if (found.linkKind === 'replaced') return { state: 'replaced' };
  if (own && inside) return { ...where, state: 'member' };
  if (i.status === 'accepted') {
    if (ctx.actor && !own) return { ...who, state: 'other-account', actorEmail: ctx.actor.email };
    if (theirs && account?.status === 'inactive') return { ...who, state: 'inactive' };
    if (!theirs || inside) return { ...who, spaceId: i.spaceId, state: 'used' };
    if (found.invitedAgain || found.letInAgain) return { state: 'replaced' };
    const late = since <= ctx.now - ASKABLE_FOR;
    return { ...who, ...by, state: 'removed', renewedBy: late ? 'late' : renewedBy, asked };
  }
  if (i.status === 'expired' || i.expiresAt <= ctx.now || !found.inviterMayInvite)
    return { ...who, ...by, state: 'expired', renewedBy, asked, days: daysOf(i) };
  if (!found.domainStillAllowed) return { ...who, ...by, state: 'domain' };
  if (ctx.actor && !own) return { ...who, state: 'other-account', actorEmail: ctx.actor.email };
  if (theirs && account?.status === 'inactive') return { ...who, state: 'inactive' };
  if (found.spaceArchivedAt !== null && !(theirs && inside)) return { ...all, state: 'archived' };
  const declinable = found.linkKind === 'mail';
  if (ctx.actor) return { ...all, state: 'join', declinable };
  if (account)
    return theirs && inside ? { ...where, state: 'member' } : { ...all, state: 'has-account', declinable };
  const { policy } = found.site;
  const terms = i.kind === 'guest' ? ofGuests(found.site) : null;
  return {
    ...all,
    state: 'open',
    linkKind: found.linkKind,
    policy,
    terms,
    expiresAt: i.expiresAt,
    name: found.linkKind === 'mail' ? i.name : '',
    declinable,
  };
}
