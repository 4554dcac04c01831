/** Open invitations: listed, sent again, copied, withdrawn, expired. */
import { and, asc, eq, gt, isNull, lte, or, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import * as access from '../access';
import type { MessageKey } from '../../messages';
import { changed, must, type Ctx, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record, recordRows } from '../events';
import * as folded from '../folded';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';
import { invitation, isOpenInvitation, loginChallenge, mail, membership, user } from '../schema';
import { urlOf } from './links';
import { actorMay, domainMay, inviterMay, stillTakeable, takeable } from './rule';
import { sendAgain, sendUserAgain } from './send';

/** What the Guests tab says about an invitation or guest, by the state of things: a row may not know yet that it is over. */
export const guestStatuses = ['invited', 'expired', 'active', 'inactive'] as const;
export type GuestStatus = (typeof guestStatuses)[number];

export interface GuestRow {
  /** `invitation:<id>` or `guest:<user id>`. */
  ref: string;
  email: string;
  name: string | null;
  company: string;
  status: GuestStatus;
  expiresAt: number | null;
  /** Why an invitation is over before its time: who invited may not any more, or the domain is not allowed any more. */
  over: 'inviter' | 'domain' | null;
  /** When the guest asked for a new link, if none was sent since. */
  askedAt: number | null;
  /** When a guest was last seen on the site. */
  lastVisitAt: number | null;
  /** Delivery of the last mail of an open invitation. */
  delivery: { state: ReturnType<typeof outbox.deliveryState>; failure: MessageKey | null } | null;
}

const PAGE = 100;

/** What of the Guests tab is asked for. */
export interface GuestFilter {
  /** A part of a name or address. */
  find?: string;
  status?: GuestStatus | null;
}

/**
 * Guests tab: guests and open invitations by address, `PAGE` a page.
 * @param after `next` of the page before
 */
export async function guestsTab(ctx: SignedIn, spaceId: number, after = '', filter: GuestFilter = {}) {
  const find = (filter.find ?? '').trim().slice(0, 100);
  const { status } = filter;
  // An address can be a guest's and an invitation's: the row's ref decides between them.
  const [last, lastRef] = paging.read(after, 'text', 'text') ?? ['', ''];
  const behind = (email: SQLWrapper, ref: SQL) =>
    and(sql`${email} >= ${last}`, sql`(${email}, ${ref}) > (${last}, ${lastRef})`);
  const lastMail = (column: string) =>
    sql`(select ${sql.raw(column)} from mail where mail.invitation_id = invitation.id
      order by mail.created_at desc limit 1)`;
  const openHere = and(eq(invitation.spaceId, spaceId), isOpenInvitation());
  const { reach, guests, open, counts, waiting } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    guests: ctx.db
      .select({
        id: user.id,
        email: user.email,
        name: user.name,
        company: user.company,
        status: user.status,
        lastVisitAt: sql<
          number | null
        >`max(coalesce(${user.lastLoginAt}, 0), coalesce((select max(s.last_seen_at) from session s where s.user_id = ${user.id}), 0))`,
      })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.kind, 'guest')))
      .where(
        and(
          eq(membership.spaceId, spaceId),
          behind(user.email, sql`'guest:' || ${user.id}`),
          or(folded.isPerson(find), folded.isAddress(find, user.email, user.emailOriginal)),
          status === 'active' || status === 'inactive'
            ? eq(user.status, status)
            : status
              ? sql`0`
              : undefined,
        ),
      )
      .orderBy(asc(user.email))
      .limit(PAGE + 1),
    open: ctx.db
      .select({
        id: invitation.id,
        email: invitation.email,
        expiresAt: invitation.expiresAt,
        askedAt: sql<number | null>`iif(asked_at > sent_at, asked_at, null)`,
        takeable: sql<number>`${takeable(ctx)}`.as('takeable'),
        inviterMay: sql<number>`${inviterMay()}`.as('inviter_may'),
        domainMay: sql<number>`${domainMay()}`.as('domain_may'),
        mailStatus: lastMail('status') as SQL<typeof mail.$inferSelect.status | null>,
        failure: lastMail('failure') as SQL<string | null>,
      })
      .from(invitation)
      .where(
        and(
          openHere,
          behind(invitation.email, sql`'invitation:' || ${invitation.id}`),
          folded.isAddress(find, invitation.email, invitation.emailOriginal),
          status === 'invited'
            ? takeable(ctx)
            : status === 'expired'
              ? sql`not ${takeable(ctx)}`
              : status
                ? sql`0`
                : undefined,
        ),
      )
      .orderBy(asc(invitation.email))
      .limit(PAGE + 1),
    counts: ctx.db
      .select({
        open: sql<number>`count(*)`,
        waiting: sql<number>`coalesce(sum(${takeable(ctx)}), 0)`,
        active: sql<number>`(select count(*) from membership m join user u on u.id = m.user_id
          where m.space_id = ${spaceId} and u.kind = 'guest' and u.status = 'active')`,
        inactive: sql<number>`(select count(*) from membership m join user u on u.id = m.user_id
          where m.space_id = ${spaceId} and u.kind = 'guest' and u.status = 'inactive')`,
      })
      .from(invitation)
      .where(openHere),
    // Mails that have not left, through the index of what is due, which is short; since when, to say "so many of all".
    waiting: ctx.db
      .select({
        count: sql<number>`count(*)`,
        of: sql<number>`iif(count(*) = 0, 0, (select count(*) from mail a join invitation b on b.id = a.invitation_id
          where b.space_id = ${spaceId} and a.status <> 'dropped' and a.created_at >= min(mail.created_at)))`,
      })
      .from(mail)
      .innerJoin(invitation, and(eq(invitation.id, mail.invitationId), eq(invitation.spaceId, spaceId)))
      .where(sql`mail.status in ('queued', 'sending')`),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach).spaceRole);
  const rows: GuestRow[] = [
    ...guests.map((g) => ({
      ref: `guest:${g.id}`,
      email: g.email,
      name: g.name,
      company: g.company,
      status: g.status,
      expiresAt: null,
      over: null,
      askedAt: null,
      lastVisitAt: g.lastVisitAt || null,
      delivery: null,
    })),
    ...open.map((i): GuestRow => ({
      ref: `invitation:${i.id}`,
      email: i.email,
      name: null,
      company: '',
      status: i.takeable ? 'invited' : 'expired',
      expiresAt: i.expiresAt,
      over: !i.domainMay ? 'domain' : !i.inviterMay ? 'inviter' : null,
      askedAt: i.askedAt,
      lastVisitAt: null,
      delivery: i.mailStatus && {
        state: outbox.deliveryState({ status: i.mailStatus }),
        failure: outbox.failureKey({ failure: i.failure }),
      },
    })),
  ].sort((a, b) => (a.email < b.email ? -1 : a.email > b.email ? 1 : a.ref < b.ref ? -1 : 1));
  const { open: all, ...count } = counts[0]!;
  return {
    ...paging.paged(rows, PAGE, (row) => [row.email, row.ref]),
    find,
    status: status ?? null,
    open: all,
    expired: all - count.waiting,
    ...count,
    /** Mails on their way, and of how many that were sent together. */
    sending: waiting[0]?.count ?? 0,
    sendingOf: waiting[0]?.of ?? 0,
  };
}

/** Administration → Users: the open invitations of users by address, `PAGE` a page. */
export async function openOfUsers(ctx: SignedIn, after = '') {
  allow(ctx, 'site.administer');
  const [last] = paging.read(after, 'text') ?? [''];
  const found = await ctx.db
    .select({
      id: invitation.id,
      email: invitation.email,
      takeable: sql<number>`${takeable(ctx)}`.as('takeable'),
      expiresAt: invitation.expiresAt,
      administrator: invitation.administrator,
      canCreateSpaces: invitation.canCreateSpaces,
    })
    .from(invitation)
    .where(and(isNull(invitation.spaceId), isOpenInvitation(), gt(invitation.email, last)))
    .orderBy(asc(invitation.email))
    .limit(PAGE + 1);
  return paging.paged(found, PAGE, (row) => [row.email]);
}

/** An open invitation that the actor may manage: of the given space, or (without one) of a user. */
async function manage(ctx: SignedIn, spaceId: number | null, id: string) {
  const target = spaceId === null ? null : await access.requireAdministrator(ctx, spaceId);
  if (!target) allow(ctx, 'site.administer');
  const [found] = await ctx.db
    .select()
    .from(invitation)
    .where(
      and(
        eq(invitation.id, id),
        spaceId === null ? isNull(invitation.spaceId) : eq(invitation.spaceId, spaceId),
      ),
    );
  if (!found) throw new Refusal('missing');
  return { found, target };
}

/** Resend: a new link, a new week; the old links die. Also for an expired one. */
export async function resend(ctx: SignedIn, spaceId: number | null, id: string): Promise<void> {
  const { found, target } = await manage(ctx, spaceId, id);
  if (target) await sendAgain(ctx, found, target);
  else await sendUserAgain(ctx, found);
}

/** "Copy link": a link of its own, that completes only after a code mailed to the invited address. */
export async function copyLink(ctx: SignedIn, spaceId: number | null, id: string): Promise<string> {
  const { found } = await manage(ctx, spaceId, id);
  await ctx.commit(
    [
      actorMay(ctx, spaceId),
      stillTakeable(ctx, id, found.version),
      record(ctx, {
        kind: 'invitation.link-copied',
        subject: `invitation:${id}`,
        detail: { email: found.email, version: found.version },
        spaceId,
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'invitation.changed' }) },
  );
  return urlOf(ctx, id, found.version, 'copy');
}

/** "Delete" of an invitation: its links are dead at once. A second time changes nothing. */
export async function cancel(ctx: SignedIn, spaceId: number | null, id: string): Promise<void> {
  const { found } = await manage(ctx, spaceId, id);
  await ctx.commit(
    [
      actorMay(ctx, spaceId),
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(and(eq(invitation.id, id), isOpenInvitation())),
      must(ctx, changed()),
      outbox.dropWaiting(ctx, [id]),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, id)),
      record(ctx, {
        kind: 'invitation.cancelled',
        subject: `invitation:${id}`,
        detail: { email: found.email },
        spaceId,
      }),
    ],
    {
      refusal: async () => {
        const now = await manage(ctx, spaceId, id);
        // Cancelled twice is cancelled; accepted meanwhile is not.
        return now.found.status === 'cancelled'
          ? null
          : new Refusal('conflict', { key: 'invitation.changed' });
      },
    },
  );
}

/** Writes down which invitations are overdue: at most `limit` a run, and again next minute. @returns how many */
export async function expireOverdue(ctx: Ctx, limit = 500): Promise<number> {
  const overdue = await ctx.db
    .select({ id: invitation.id, email: invitation.email, spaceId: invitation.spaceId })
    .from(invitation)
    .where(and(eq(invitation.status, 'invited'), lte(invitation.expiresAt, ctx.now)))
    .orderBy(asc(invitation.expiresAt))
    .limit(limit);
  if (overdue.length === 0) return 0;
  const json = JSON.stringify(overdue);
  await ctx.commit([
    // The audit first, by the same condition: what was resent meanwhile is in neither.
    recordRows(
      ctx,
      'invitation.expired',
      sql`select 'invitation:' || id as subject, space_id, json_object('email', email) as detail
        from invitation where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`,
    ),
    ctx.db.run(sql`
      update invitation set status = 'expired' where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
  ]);
  return overdue.length;
}
