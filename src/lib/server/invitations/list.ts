/** The Guests tab of a space, and the invited users of the site. */
import { and, asc, eq, gt, isNull, or, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { MessageKey } from '../../messages';
import * as access from '../access';
import type { SignedIn } from '../context';
import { compiled } from '../context/compiled';
import * as folded from '../folded';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';
import { endedAccess, invitation, isOpenInvitation, membership, space, user, type mail } from '../schema';
import { lastVisit } from '../sessions';
import * as settings from '../settings';
import { answersIn, invitationsSponsor, sponsorOf } from '../sponsors';
import { askersQuery } from './askers';
import { acceptable, domainStillAllowed, inviterMayInvite, standing } from './rule';

/** What is true now; an invitation's row may not say yet that it has expired. */
export const guestStatuses = ['invited', 'expired', 'declined', 'active', 'inactive'] as const;
export type GuestStatus = (typeof guestStatuses)[number];
/** Of the Guests tab. */
export const tabStatuses = [...guestStatuses, 'ended'] as const;
type TabStatus = (typeof tabStatuses)[number];
/** Besides, whoever has nobody who answers for them. */
export const tabFilters = [...tabStatuses, 'unsponsored'] as const;
type TabFilter = (typeof tabFilters)[number];

export interface GuestRow {
  ref: string;
  /** Null before they have joined. */
  id: string | null;
  avatar: string | null;
  email: string;
  name: string | null;
  company: string;
  status: TabStatus;
  expiresAt: number | null;
  /** The inviter lost the right, or the domain is no longer allowed. */
  over: 'inviter' | 'domain' | null;
  askedAt: number | null;
  lastVisitAt: number | null;
  /** The name of whoever answers for them; null: nobody. */
  sponsor: string | null;
  accessEndsAt: number | null;
  accessOver: boolean;
  renewalAskedAt: number | null;
  /** In the words of whoever declined, and when. */
  declined: { at: number; reason: string } | null;
  delivery: {
    state: ReturnType<typeof outbox.deliveryState>;
    failure: MessageKey | null;
    detail: string;
  } | null;
}

const PAGE = 100;

/** Filters that rows of guests who are in the space may fit. */
const ofPresent: TabFilter[] = ['active', 'inactive', 'ended', 'unsponsored'];

export interface GuestFilter {
  find?: string;
  status?: TabFilter | null;
}

/** A guest and an invitation can have the same address; the ref decides. */
const reads = compiled(
  (
    ctx,
    { spaceId, last, lastRef }: { spaceId: number; last: string; lastRef: string },
    { find, status }: { find: string; status: TabFilter | null },
  ) => {
    const behind = (email: SQLWrapper, ref: SQL) =>
      and(sql`${email} >= ${last}`, sql`(${email}, ${ref}) > (${last}, ${lastRef})`);
    const lastMail = (column: string) =>
      sql`(select ${sql.raw(column)} from mail where mail.invitation_id = invitation.id
      order by mail.created_at desc limit 1)`;
    const openHere = and(eq(invitation.spaceId, spaceId), isOpenInvitation());
    return {
      reach: access.spaceQuery(ctx, spaceId),
      guests: ctx.db
        .select({
          id: user.id,
          email: user.email,
          name: user.name,
          company: user.company,
          status: user.status,
          avatar: user.avatar,
          lastVisitAt: lastVisit,
          sponsor: sponsorOf(sql`${spaceId}`, sql`membership.sponsor_id`).as('sponsor'),
          accessEndsAt: sql<number | null>`membership.ends_at`.as('access_ends'),
          renewalAskedAt: sql<number | null>`membership.renewal_asked_at`.as('renewal_asked'),
        })
        // Not the guests of the whole site, in search of those of this space.
        .from(sql`membership indexed by membership_guests_by_address`)
        .innerJoin(user, eq(user.id, membership.userId))
        .where(
          and(
            sql`membership.space_id = ${spaceId} and membership.rank = 2`,
            behind(membership.address, sql`'guest:' || ${user.id}`),
            or(folded.isPerson(find), folded.isAddress(find, user.email, user.emailOriginal)),
            status === 'active' || status === 'inactive'
              ? and(eq(user.status, status), access.lasting(ctx))
              : undefined,
            // What cron has not written down yet is over as well.
            status === 'ended' ? sql`not ${access.lasting(ctx)}` : undefined,
            status === 'unsponsored'
              ? sql`not ${answersIn(sql`${spaceId}`, sql`membership.sponsor_id`)}`
              : undefined,
          ),
        )
        .orderBy(asc(membership.address))
        .limit(status === null || ofPresent.includes(status) ? PAGE + 1 : 0),
      open: ctx.db
        .select({
          id: invitation.id,
          email: invitation.email,
          expiresAt: invitation.expiresAt,
          askedAt: sql<number | null>`iif(asked_at > sent_at, asked_at, null)`,
          acceptable: sql<number>`${acceptable(ctx)}`.as('acceptable'),
          sponsor: sponsorOf(sql`${spaceId}`, invitationsSponsor()).as('sponsor'),
          accessEndsAt: invitation.accessEndsAt,
          inviterMayInvite: sql<number>`${inviterMayInvite()}`.as('inviter_may_invite'),
          domainStillAllowed: sql<number>`${domainStillAllowed()}`.as('domain_still_allowed'),
          mailStatus: lastMail('status') as SQL<typeof mail.$inferSelect.status | null>,
          failure: lastMail('failure') as SQL<string | null>,
          detail: lastMail("iif(failure = 'bounced', failure_detail, null)") as SQL<string | null>,
          deliveredAt: lastMail('delivered_at') as SQL<number | null>,
        })
        .from(invitation)
        .where(
          and(
            openHere,
            behind(invitation.email, sql`'invitation:' || ${invitation.id}`),
            folded.isAddress(find, invitation.email, invitation.emailOriginal),
            status === 'invited'
              ? acceptable(ctx)
              : status === 'expired'
                ? sql`not ${acceptable(ctx)}`
                : undefined,
          ),
        )
        .orderBy(asc(invitation.email))
        .limit(status === null || status === 'invited' || status === 'expired' ? PAGE + 1 : 0),
      ended: ctx.db
        .select({
          id: user.id,
          email: user.email,
          name: user.name,
          company: user.company,
          avatar: user.avatar,
          lastVisitAt: lastVisit,
          sponsor: sponsorOf(sql`${spaceId}`, sql`ended_access.sponsor_id`).as('sponsor'),
          endedAt: sql<number>`ended_access.ended_at`.as('access_ended'),
          renewalAskedAt: sql<number | null>`ended_access.renewal_asked_at`.as('renewal_asked'),
        })
        .from(sql`ended_access indexed by ended_access_by_address`)
        .innerJoin(user, eq(user.id, endedAccess.userId))
        .where(
          and(
            sql`ended_access.space_id = ${spaceId}`,
            behind(endedAccess.address, sql`'ended:' || ${user.id}`),
            or(folded.isPerson(find), folded.isAddress(find, user.email, user.emailOriginal)),
          ),
        )
        .orderBy(asc(endedAccess.address))
        .limit(status === null || status === 'ended' ? PAGE + 1 : 0),
      declined: ctx.db
        .select({
          id: invitation.id,
          email: invitation.email,
          declinedAt: invitation.declinedAt,
          declineReason: invitation.declineReason,
        })
        .from(invitation)
        .where(
          and(
            eq(invitation.spaceId, spaceId),
            eq(invitation.status, 'declined'),
            behind(invitation.email, sql`'invitation:' || ${invitation.id}`),
            folded.isAddress(find, invitation.email, invitation.emailOriginal),
          ),
        )
        .orderBy(asc(invitation.email))
        .limit(status === null || status === 'declined' ? PAGE + 1 : 0),
      // Whether an inviter may is asked once, however many they have invited.
      counts: ctx.db
        .select({
          open: sql<number>`coalesce(sum(i.open), 0)`,
          waiting: sql<number>`coalesce(sum(iif(${inviterMayInvite('i')}, i.standing, 0)), 0)`,
        })
        .from(
          sql`(select space_id, invited_by, count(*) as open, sum(${standing(ctx)}) as standing
            from invitation indexed by invitation_open_by_inviter where ${openHere} group by invited_by) i`,
        ),
      guestCounts: ctx.db
        .select({ active: space.guestCount, inactive: space.inactiveGuestCount })
        .from(space)
        .where(eq(space.id, spaceId)),
      // Mails on their way, through their short index, out of all since the earliest of them.
      waiting: ctx.db
        .select({
          count: sql<number>`count(*)`,
          of: sql<number>`iif(count(*) = 0, 0, (select count(*) from mail a join invitation b on b.id = a.invitation_id
          where b.space_id = ${spaceId} and a.status <> 'dropped' and a.created_at >= min(mail.created_at)))`,
        })
        .from(sql`mail indexed by mail_under_way_in_space`)
        .where(
          sql`mail.space_id = ${spaceId} and mail.status in ('queued', 'sending') and mail.invitation_id is not null`,
        ),
    };
  },
);

const isOver = (ctx: SignedIn, endsAt: number | null): boolean => endsAt !== null && endsAt <= ctx.now;

/** By address. @param after `next` of the page before */
export async function guestsTab(ctx: SignedIn, spaceId: number, after = '', filter: GuestFilter = {}) {
  const find = (filter.find ?? '').trim().slice(0, 100);
  const status = filter.status ?? null;
  const [last, lastRef] = paging.read(after, 'text', 'text') ?? ['', ''];
  const { reach, guests, open, ended, declined, counts, guestCounts, waiting, askers } = await ctx.read({
    ...(find ? reads.anew : reads)(ctx, { spaceId, last, lastRef }, { find, status }),
    askers: askersQuery(ctx, spaceId),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach));
  const rows: GuestRow[] = [
    ...guests.map((g) => ({
      ref: `guest:${g.id}`,
      id: g.id,
      avatar: g.avatar,
      email: g.email,
      name: g.name,
      company: g.company,
      status: isOver(ctx, g.accessEndsAt) ? ('ended' as const) : g.status,
      expiresAt: null,
      over: null,
      askedAt: null,
      lastVisitAt: g.lastVisitAt,
      sponsor: g.sponsor,
      accessEndsAt: g.accessEndsAt,
      accessOver: isOver(ctx, g.accessEndsAt),
      renewalAskedAt: g.renewalAskedAt,
      declined: null,
      delivery: null,
    })),
    ...open.map((i): GuestRow => ({
      ref: `invitation:${i.id}`,
      id: null,
      avatar: null,
      email: i.email,
      name: null,
      company: '',
      status: i.acceptable ? 'invited' : 'expired',
      expiresAt: i.expiresAt,
      over: !i.domainStillAllowed ? 'domain' : !i.inviterMayInvite ? 'inviter' : null,
      askedAt: i.askedAt,
      lastVisitAt: null,
      sponsor: i.sponsor,
      accessEndsAt: i.accessEndsAt,
      accessOver: isOver(ctx, i.accessEndsAt),
      renewalAskedAt: null,
      declined: null,
      delivery: i.mailStatus && {
        state: outbox.deliveryState({ status: i.mailStatus, deliveredAt: i.deliveredAt }),
        failure: outbox.failureKey({ failure: i.failure }),
        detail: i.detail ?? '',
      },
    })),
    ...ended.map((e): GuestRow => ({
      ref: `ended:${e.id}`,
      id: e.id,
      avatar: e.avatar,
      email: e.email,
      name: e.name,
      company: e.company,
      status: 'ended',
      expiresAt: null,
      over: null,
      askedAt: null,
      lastVisitAt: e.lastVisitAt,
      sponsor: e.sponsor,
      accessEndsAt: e.endedAt,
      accessOver: true,
      renewalAskedAt: e.renewalAskedAt,
      declined: null,
      delivery: null,
    })),
    ...declined.map((i): GuestRow => ({
      ref: `invitation:${i.id}`,
      id: null,
      avatar: null,
      email: i.email,
      name: null,
      company: '',
      status: 'declined',
      expiresAt: null,
      over: null,
      askedAt: null,
      lastVisitAt: null,
      sponsor: null,
      accessEndsAt: null,
      accessOver: false,
      renewalAskedAt: null,
      declined: { at: i.declinedAt ?? 0, reason: i.declineReason ?? '' },
      delivery: null,
    })),
  ].sort((a, b) => (a.email < b.email ? -1 : a.email > b.email ? 1 : a.ref < b.ref ? -1 : 1));
  const { open: all, waiting: canJoin } = counts[0]!;
  const { active, inactive } = guestCounts[0]!;
  return {
    ...paging.paged(rows, PAGE, (row) => [row.email, row.ref]),
    find,
    status,
    open: all,
    waiting: canJoin,
    expired: all - canJoin,
    active,
    inactive,
    sending: waiting[0]?.count ?? 0,
    sendingOf: waiting[0]?.of ?? 0,
    days: (await settings.read(ctx)).invitationDays,
    askers,
  };
}

export async function openOfUsers(ctx: SignedIn, after = '') {
  allow(ctx, 'site.administer');
  const [last] = paging.read(after, 'text') ?? [''];
  const found = await ctx.db
    .select({
      id: invitation.id,
      email: invitation.email,
      acceptable: sql<number>`${acceptable(ctx)}`.as('acceptable'),
      expiresAt: invitation.expiresAt,
      administrator: invitation.administrator,
      canCreateSpaces: invitation.canCreateSpaces,
      name: invitation.name,
    })
    .from(invitation)
    .where(and(isNull(invitation.spaceId), isOpenInvitation(), gt(invitation.email, last)))
    .orderBy(asc(invitation.email))
    .limit(PAGE + 1);
  return paging.paged(found, PAGE, (row) => [row.email]);
}
