/** Open invitations: listed, sent again, copied, withdrawn, expired. */
import { and, asc, eq, gt, inArray, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { MessageKey } from '../../messages';
import * as audit from '../audit';
import { guard, type Ctx } from '../context';
import { LostRace, Refusal } from '../errors';
import * as outbox from '../mail/outbox';
import * as paging from '../paging';
import { allow } from '../policy';
import { invitation, loginChallenge, mail, membership, user } from '../schema';
import * as settings from '../settings';
import * as spaces from '../spaces';
import { urlOf } from './links';
import { sendAgain } from './send';

/** What the Guests tab says about an invitation or guest. `overdue` rows show as expired before Cron ran. */
export type GuestStatus = 'invited' | 'expired' | 'active' | 'inactive';

export interface GuestRow {
  /** `invitation:<id>` or `guest:<user id>`. */
  ref: string;
  email: string;
  name: string | null;
  company: string;
  status: GuestStatus;
  expiresAt: number | null;
  /** Delivery of the last mail of an open invitation. */
  delivery: { state: ReturnType<typeof outbox.deliveryState>; failure: MessageKey | null } | null;
}

const PAGE = 100;

/** Guests tab: guests and open invitations by address, `PAGE` a page (`after`: the last address of the page before). */
export async function guestsTab(ctx: Ctx, spaceId: number, after = '') {
  const lastMail = (column: string) =>
    sql`(select ${sql.raw(column)} from mail where mail.invitation_id = invitation.id
      order by mail.created_at desc limit 1)`;
  const [reach, guests, open, counts] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    ctx.db
      .select({ id: user.id, email: user.email, name: user.name, company: user.company, status: user.status })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.kind, 'guest')))
      .where(and(eq(membership.spaceId, spaceId), gt(user.email, after)))
      .orderBy(asc(user.email))
      .limit(PAGE + 1),
    ctx.db
      .select({
        id: invitation.id,
        email: invitation.email,
        status: invitation.status,
        expiresAt: invitation.expiresAt,
        mailStatus: lastMail('status') as SQL<typeof mail.$inferSelect.status | null>,
        failure: lastMail('failure') as SQL<string | null>,
      })
      .from(invitation)
      .where(
        and(
          eq(invitation.spaceId, spaceId),
          inArray(invitation.status, ['invited', 'expired']),
          gt(invitation.email, after),
        ),
      )
      .orderBy(asc(invitation.email))
      .limit(PAGE + 1),
    ctx.db
      .select({
        open: sql<number>`count(*)`,
        waiting: sql<number>`coalesce(sum(status = 'invited' and expires_at > ${ctx.now}), 0)`,
        active: sql<number>`(select count(*) from membership m join user u on u.id = m.user_id
          where m.space_id = ${spaceId} and u.kind = 'guest' and u.status = 'active')`,
        // Through the index of what is due, which is short.
        sending: sql<number>`(select count(distinct i.id) from mail join invitation i on i.id = mail.invitation_id
          where mail.status in ('queued', 'sending') and i.space_id = ${spaceId} and i.status = 'invited')`,
      })
      .from(invitation)
      .where(and(eq(invitation.spaceId, spaceId), inArray(invitation.status, ['invited', 'expired']))),
  ]);
  allow(ctx, 'space.administer', spaces.reached(ctx, reach).standing);
  const rows: GuestRow[] = [
    ...guests.map((g) => ({
      ref: `guest:${g.id}`,
      email: g.email,
      name: g.name,
      company: g.company,
      status: g.status,
      expiresAt: null,
      delivery: null,
    })),
    ...open.map((i): GuestRow => ({
      ref: `invitation:${i.id}`,
      email: i.email,
      name: null,
      company: '',
      status: i.status === 'expired' || i.expiresAt <= ctx.now ? 'expired' : 'invited',
      expiresAt: i.expiresAt,
      delivery: i.mailStatus && {
        state: outbox.deliveryState({ status: i.mailStatus }),
        failure: outbox.failureKey({ failure: i.failure }),
      },
    })),
  ].sort((a, b) => (a.email < b.email ? -1 : a.email > b.email ? 1 : 0));
  return {
    rows: rows.slice(0, PAGE),
    next: rows.length > PAGE ? rows[PAGE - 1]!.email : null,
    ...(counts[0] ?? { open: 0, waiting: 0, active: 0, sending: 0 }),
  };
}

/** Administration → Users: the open invitations of users by address, `PAGE` a page. */
export async function openOfUsers(ctx: Ctx, after = '') {
  allow(ctx, 'site.administer');
  const [last] = paging.read(after, 'text') ?? [''];
  const found = await ctx.db
    .select({
      id: invitation.id,
      email: invitation.email,
      status: invitation.status,
      expiresAt: invitation.expiresAt,
      administrator: invitation.administrator,
      canCreateSpaces: invitation.canCreateSpaces,
    })
    .from(invitation)
    .where(
      // In the words of the index of open invitations, of which an address has one.
      and(isNull(invitation.spaceId), sql`status in ('invited', 'expired')`, gt(invitation.email, last)),
    )
    .orderBy(asc(invitation.email))
    .limit(PAGE + 1);
  return paging.paged(found, PAGE, (row) => [row.email]);
}

/** An open invitation that the actor may manage: of the given space, or (without one) of a user. */
async function manage(ctx: Ctx, spaceId: number | null, id: string) {
  const target = spaceId === null ? null : await spaces.administer(ctx, spaceId);
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
  return { found, target, site: await settings.read(ctx) };
}

/** Resend: a new link, a new week; the old links die. Also for an expired one. */
export async function resend(ctx: Ctx, spaceId: number | null, id: string): Promise<void> {
  const { found, target, site } = await manage(ctx, spaceId, id);
  await sendAgain(ctx, found, target, site);
}

/** "Copy link": a link of its own, that completes only after a code mailed to the invited address. */
export async function copyLink(ctx: Ctx, spaceId: number | null, id: string): Promise<string> {
  const { found } = await manage(ctx, spaceId, id);
  if (found.status !== 'invited' || found.expiresAt <= ctx.now)
    throw new Refusal('conflict', { key: 'invitation.changed' });
  await ctx.commit([
    audit.entry(
      ctx,
      'invitation.link-copied',
      `invitation:${id}`,
      { email: found.email, version: found.version },
      spaceId,
    ),
  ]);
  return urlOf(ctx, id, found.version, 'copy');
}

/** "Delete" of an invitation: its links are dead at once. Done twice is done once. */
export async function cancel(ctx: Ctx, spaceId: number | null, id: string): Promise<void> {
  const { found } = await manage(ctx, spaceId, id);
  try {
    await ctx.commit([
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(and(eq(invitation.id, id), inArray(invitation.status, ['invited', 'expired']))),
      guard(ctx),
      outbox.dropWaiting(ctx, [id]),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, id)),
      audit.entry(ctx, 'invitation.cancelled', `invitation:${id}`, { email: found.email }, spaceId),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    const now = await manage(ctx, spaceId, id);
    // Cancelled twice is cancelled; accepted meanwhile is not.
    if (now.found.status !== 'cancelled') throw new Refusal('conflict', { key: 'invitation.changed' });
  }
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
    ctx.db.run(sql`
      insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
      select ${ctx.now}, 'invitation.expired', null, 'Foyer', 'invitation:' || id, space_id, json_object('email', email), ''
      from invitation where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
    ctx.db.run(sql`
      update invitation set status = 'expired' where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
  ]);
  return overdue.length;
}
