/** Who is in a space: add, make administrator, remove, leave. Nobody who acts in a space leaves it without an administrator. */
import { and, asc, eq, sql } from 'drizzle-orm';
import * as audit from './audit';
import { guard, type Ctx, type Statement } from './context';
import { LostRace, Refusal } from './errors';
import * as folded from './folded';
import * as language from './language';
import * as outbox from './mail/outbox';
import * as paging from './paging';
import { allow } from './policy';
import { invitation, membership, space, user } from './schema';
import * as settings from './settings';
import * as spaces from './spaces';
import { type MessageKey } from '../messages';

/** The statement that puts an account into a space; nothing happens when it is there already. */
export const join = (ctx: Ctx, spaceId: number, userId: string, invitedBy: string): Statement =>
  ctx.db
    .insert(membership)
    .values({ spaceId, userId, invitedBy, joinedAt: ctx.now, lastReadAt: 0 })
    .onConflictDoNothing();

/** Members a page, and people found at a time. */
const MEMBERS = 100;
const FOUND = 20;

/**
 * Members tab: the users in the space, administrators first, and the users found by name or address who could be added.
 * @param filter `after`: where the page before ended; `find`: what was typed, empty finds nobody
 */
export async function members(ctx: Ctx, spaceId: number, filter: { find?: string; after?: string } = {}) {
  const find = (filter.find ?? '').trim().slice(0, 200);
  const last = paging.read(filter.after, 'number', 'text', 'text');
  const [reach, people, found] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    ctx.db
      .select({
        id: user.id,
        name: user.name,
        email: user.email,
        administrator: membership.administrator,
        status: user.status,
      })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.kind, 'user')))
      .where(
        and(
          eq(membership.spaceId, spaceId),
          last
            ? sql`(1 - ${membership.administrator}, ${user.name} collate nocase, ${user.id}) > (${last[0]}, ${last[1]}, ${last[2]})`
            : undefined,
        ),
      )
      .orderBy(asc(sql`1 - ${membership.administrator}`), asc(sql`${user.name} collate nocase`), asc(user.id))
      .limit(MEMBERS + 1),
    ctx.db
      .select({ id: user.id, name: user.name, email: user.email })
      .from(user)
      .where(
        and(
          eq(user.kind, 'user'),
          eq(user.status, 'active'),
          folded.isPerson(find) ?? sql`0`,
          sql`not exists (select 1 from membership m where m.space_id = ${spaceId} and m.user_id = ${user.id})`,
        ),
      )
      .orderBy(asc(user.email))
      .limit(FOUND + 1),
  ]);
  allow(ctx, 'space.administer', spaces.reached(ctx, reach).standing);
  const page = paging.paged(people, MEMBERS, (p) => [p.administrator ? 0 : 1, p.name, p.id]);
  return {
    members: page.rows,
    next: page.next,
    find,
    found: found.slice(0, FOUND),
    /** There are more than are shown: more letters will help. */
    more: found.length > FOUND,
  };
}

/** Members tab: adds a user of the company. */
export async function addMember(
  ctx: Ctx,
  spaceId: number,
  userId: string,
  administrator: boolean,
): Promise<void> {
  await spaces.administer(ctx, spaceId);
  try {
    await ctx.commit([
      ...stillIn(ctx, spaceId, true),
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        select ${spaceId}, id, ${administrator ? 1 : 0}, ${ctx.actor!.id}, ${ctx.now}, 0
        from user where id = ${userId} and kind = 'user' and status = 'active'
        on conflict do nothing`),
      guard(ctx),
      audit.entry(ctx, 'space.member-added', `user:${userId}`, { administrator }, spaceId),
    ]);
  } catch (error) {
    throw await refusalOf(ctx, spaceId, error, 'members.not-added');
  }
}

/** Another administrator of the space, who is an active user, exists. */
const anotherAdministrator = (spaceId: number, userId: string) => sql`exists (
  select 1 from membership m join user u on u.id = m.user_id
  where m.space_id = ${spaceId} and m.administrator = 1 and m.user_id <> ${userId}
    and u.kind = 'user' and u.status = 'active')`;

/** Members tab: makes a member an administrator of the space, or no more. */
export async function setAdministrator(
  ctx: Ctx,
  spaceId: number,
  userId: string,
  to: boolean,
): Promise<void> {
  await spaces.administer(ctx, spaceId);
  await commitUnlessLast(ctx, spaceId, [
    ...stillIn(ctx, spaceId, true),
    ctx.db
      .update(membership)
      .set({ administrator: to })
      .where(
        and(
          eq(membership.spaceId, spaceId),
          eq(membership.userId, userId),
          sql`exists (select 1 from user where id = ${userId} and kind = 'user')`,
          to ? undefined : anotherAdministrator(spaceId, userId),
        ),
      ),
    guard(ctx),
    audit.entry(ctx, 'space.member-changed', `user:${userId}`, { administrator: to }, spaceId),
  ]);
}

/** The membership ends, unless that would leave the space without an administrator. */
const end = (ctx: Ctx, spaceId: number, userId: string): Statement[] => [
  ctx.db
    .delete(membership)
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, userId),
        sql`(administrator = 0 or ${anotherAdministrator(spaceId, userId)})`,
      ),
    ),
  guard(ctx),
];

async function commitUnlessLast(ctx: Ctx, spaceId: number, statements: Statement[]): Promise<void> {
  try {
    await ctx.commit(statements);
  } catch (error) {
    throw await refusalOf(ctx, spaceId, error, 'members.last-administrator');
  }
}

/** Why a batch was undone: the actor has lost the space or the right in that moment, else the sentence. */
async function refusalOf(ctx: Ctx, spaceId: number, error: unknown, key: MessageKey): Promise<unknown> {
  if (!(error instanceof LostRace)) return error;
  await spaces.reach(ctx, spaceId);
  return new Refusal('conflict', { key });
}

/**
 * For the batch that ends a membership: notification mail that has not left yet may hold words of the space. (Of other
 * spaces too; those are told in the portal all the same.)
 */
const keepBack = (ctx: Ctx, userId: string): Statement =>
  ctx.db.run(sql`
    update mail set status = 'dropped', sealed = null, finished_at = ${ctx.now}
    where user_id = ${userId} and status = 'queued' and kind in ('notification', 'digest')`);

/** Members tab: removes a user from the space. */
export async function removeMember(ctx: Ctx, spaceId: number, userId: string): Promise<void> {
  await spaces.administer(ctx, spaceId);
  await commitUnlessLast(ctx, spaceId, [
    ...stillIn(ctx, spaceId, true),
    ...end(ctx, spaceId, userId),
    keepBack(ctx, userId),
    audit.entry(ctx, 'space.member-removed', `user:${userId}`, {}, spaceId),
  ]);
}

/**
 * Undoes the batch unless the actor is in the space still (and administers it, where that is asked): who was removed
 * while they wrote has written nothing.
 */
export const stillIn = (ctx: Ctx, spaceId: number, administrator = false): Statement[] => [
  ctx.db
    .update(membership)
    .set({ lastReadAt: sql`last_read_at` })
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, ctx.actor!.id),
        administrator ? eq(membership.administrator, true) : undefined,
        sql`exists (select 1 from space where id = ${spaceId} and deleted_at is null)`,
      ),
    ),
  guard(ctx),
];

/** What the actor has seen of the space counts as read, up to when their page was made. */
export async function markRead(ctx: Ctx, spaceId: number, until: number): Promise<void> {
  await ctx.commit([
    ctx.db
      .update(membership)
      .set({ lastReadAt: sql`max(last_read_at, ${Math.min(until, ctx.now)})` })
      .where(and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor!.id))),
  ]);
}

/** "Leave Space". */
export async function leave(ctx: Ctx, spaceId: number): Promise<void> {
  const found = await spaces.reach(ctx, spaceId);
  if (!spaces.mayLeave(ctx, found)) throw new Refusal('forbidden');
  await commitUnlessLast(ctx, spaceId, [
    ...end(ctx, spaceId, ctx.actor!.id),
    keepBack(ctx, ctx.actor!.id),
    audit.entry(ctx, 'space.left', `user:${ctx.actor!.id}`, {}, spaceId),
  ]);
}

/**
 * Guests tab, "Delete": a guest leaves this space at once; the account and other spaces stay. An invitation that is
 * open for the same address (none should be) is cancelled besides. Done twice is done once.
 */
export async function removeGuest(ctx: Ctx, spaceId: number, userId: string): Promise<void> {
  const found = await spaces.administer(ctx, spaceId);
  const site = await settings.read(ctx);
  const [guest] = await ctx.db
    .select()
    .from(user)
    .innerJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
    .where(and(eq(user.id, userId), eq(user.kind, 'guest')));
  if (!guest) return;
  const mail = await outbox.queue(ctx, {
    to: guest.user.emailOriginal,
    locale: language.ofPerson(guest.user),
    message: { kind: 'removed', siteName: site.siteName, spaceName: found.name },
    userId,
  });
  try {
    await ctx.commit([
      ...stillIn(ctx, spaceId, true),
      ctx.db.delete(membership).where(and(eq(membership.spaceId, spaceId), eq(membership.userId, userId))),
      guard(ctx),
      keepBack(ctx, userId),
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(
          and(
            eq(invitation.spaceId, spaceId),
            eq(invitation.email, guest.user.email),
            sql`status in ('invited', 'expired')`,
          ),
        ),
      mail.statement,
      audit.entry(ctx, 'space.guest-removed', `user:${userId}`, { email: guest.user.email }, spaceId),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
  }
}

/** Own spaces a page of /me. */
const OWN = 100;

/** Own spaces by name, for /me, each with whether the actor may leave it. For a batch; `pageOfActor` reads it. */
export const ofActor = (ctx: Ctx, after: string | null = null) => {
  const last = paging.read(after, 'text', 'number');
  return ctx.db
    .select({
      id: space.id,
      name: space.name,
      mayLeave: sql<number>`(${space.blockJoining} = 0 or ${membership.administrator} = 1)`,
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), sql`${space.deletedAt} is null`))
    .where(
      and(
        eq(membership.userId, ctx.actor!.id),
        last ? sql`(${space.name} collate nocase, ${space.id}) > (${last[0]}, ${last[1]})` : undefined,
      ),
    )
    .orderBy(asc(sql`${space.name} collate nocase`), asc(space.id))
    .limit(OWN + 1);
};

export const pageOfActor = (found: Awaited<ReturnType<typeof ofActor>>) =>
  paging.paged(found, OWN, (row) => [row.name, row.id]);
