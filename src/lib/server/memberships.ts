/** Who is in a space: add, make administrator, remove, leave. Nobody who acts in a space leaves it without an administrator. */
import { and, asc, eq, lt, sql, type SQL } from 'drizzle-orm';
import * as access from './access';
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
import { type MessageKey } from '../messages';

/** SQL: what a membership is put in order by, of its account (`user`). */
const place = sql`iif(user.kind = 'guest', 2, 1 - membership.administrator), ${folded.nameKey}`;

/** The statements that put accounts into a space; nothing happens to who is there already. */
export const join = (ctx: Ctx, spaceId: number, userId: string, invitedBy: string): Statement[] => [
  ctx.db
    .insert(membership)
    .values({ spaceId, userId, invitedBy, joinedAt: ctx.now, lastReadAt: 0 })
    .onConflictDoNothing(),
  ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
  counted(ctx, sql`${spaceId}`),
];

/** Companies of guests that a space says by name. */
const COMPANIES = 8;

/**
 * Counts the people of spaces anew, for the batch of whatever changes them: so no page has to count three thousand. It
 * counts, it does not add: done twice is done once, and no number is off for long (see `tidy`). Comes after `ordered`.
 * @param spaceIds a subquery or value
 */
const counted = (ctx: Pick<Ctx, 'db'>, spaceIds: SQL): Statement => {
  const people = sql`from membership m join user u on u.id = m.user_id
    where m.space_id = space.id and u.status = 'active'`;
  const companies = sql`${people} and m.rank = 2 and u.company <> ''`;
  return ctx.db.run(sql`
    update space set
      (users, guests) = (select coalesce(sum(m.rank < 2), 0), coalesce(sum(m.rank = 2), 0) ${people}),
      guest_companies = (select json_group_array(company) from (
        select u.company ${companies} group by u.company order by count(*) desc, u.company limit ${COMPANIES})),
      more_companies = max(0, (select count(distinct u.company) ${companies}) - ${COMPANIES})
    where id in (${spaceIds})`);
};

/** The place of memberships among the people of their space. For the batch that makes or changes them. */
const ordered = (ctx: Pick<Ctx, 'db'>, which: SQL): Statement =>
  ctx.db.run(sql`
    update membership set (rank, name_key) = (select ${place} from user where user.id = membership.user_id)
    where ${which}`);

/** For the batch that changes an account's name, company, kind or status: all its spaces know. */
export const accountChanged = (ctx: Pick<Ctx, 'db'>, userId: string): Statement[] => [
  ordered(ctx, sql`user_id = ${userId}`),
  counted(ctx, sql`select space_id from membership where user_id = ${userId}`),
];

/** The same for everybody of a space, for the batch that makes it. */
export const allOrdered = (ctx: Pick<Ctx, 'db'>, spaceId: SQL): Statement[] => [
  ordered(ctx, sql`space_id = ${spaceId}`),
  counted(ctx, spaceId),
];

/** Minutes in which every space was looked at once. */
const ROUND = 24 * 60;

/**
 * Cron: looks at every space once a day: the places of its people, and its numbers, are made anew. That matters only after
 * rows were changed by hand.
 */
export const tidy = (ctx: Ctx): Statement[] => {
  const first = Math.floor(ctx.now / 60_000) % ROUND;
  const those = sql`with recursive every(id) as (
    select ${first} union all select id + ${ROUND} from every where id < (select max(id) from space))
    select id from every`;
  return [
    ctx.db.run(sql`
      update membership set (rank, name_key) = (select ${place} from user where user.id = membership.user_id)
      where space_id in (${those})
        and (rank, name_key) is not (select ${place} from user where user.id = membership.user_id)`),
    counted(ctx, those),
  ];
};

/** The order of a space's people: administrators, users, guests, each by name. Its index holds it. */
export const inOrder = [asc(membership.rank), asc(membership.nameKey), asc(membership.userId)] as const;
/** Those behind the last one of a page: its rank, name and id. */
export const behind = ([rank, name, id]: [number, string, string]): SQL =>
  sql`(${membership.rank}, ${membership.nameKey}, ${membership.userId}) > (${rank}, ${name}, ${id})`;

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
    access.spaceQuery(ctx, spaceId),
    ctx.db
      .select({
        id: user.id,
        name: user.name,
        email: user.email,
        administrator: membership.administrator,
        nameKey: membership.nameKey,
        status: user.status,
      })
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(and(eq(membership.spaceId, spaceId), lt(membership.rank, 2), last ? behind(last) : undefined))
      .orderBy(...inOrder)
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
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach).spaceRole);
  const page = paging.paged(people, MEMBERS, (p) => [p.administrator ? 0 : 1, p.nameKey, p.id]);
  return {
    members: page.rows.map(({ nameKey: _, ...member }) => member),
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
  await access.requireAdministrator(ctx, spaceId);
  try {
    await ctx.commit([
      ...stillIn(ctx, spaceId, true),
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        select ${spaceId}, id, ${administrator ? 1 : 0}, ${ctx.actor!.id}, ${ctx.now}, 0
        from user where id = ${userId} and kind = 'user' and status = 'active'
        on conflict do nothing`),
      guard(ctx),
      ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
      counted(ctx, sql`${spaceId}`),
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
  await access.requireAdministrator(ctx, spaceId);
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
    ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
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
  counted(ctx, sql`${spaceId}`),
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
  await access.requireSpace(ctx, spaceId);
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
  await access.requireAdministrator(ctx, spaceId);
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
  const found = await access.requireSpace(ctx, spaceId);
  if (!access.mayLeave(ctx, found)) throw new Refusal('forbidden');
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
  const found = await access.requireAdministrator(ctx, spaceId);
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
      counted(ctx, sql`${spaceId}`),
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
      key: folded.spaceKey.as('key'),
      mayLeave: sql<number>`(${space.blockJoining} = 0 or ${membership.administrator} = 1)`,
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), sql`${space.deletedAt} is null`))
    .where(
      and(
        eq(membership.userId, ctx.actor!.id),
        last ? sql`(${folded.spaceKey}, ${space.id}) > (${last[0]}, ${last[1]})` : undefined,
      ),
    )
    .orderBy(asc(folded.spaceKey), asc(space.id))
    .limit(OWN + 1);
};

export const pageOfActor = (found: Awaited<ReturnType<typeof ofActor>>) =>
  paging.paged(found, OWN, (row) => [row.key, row.id]);
