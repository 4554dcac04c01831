/** Guest spaces: made, reached, shown, shaped. Everything about a space is found only through its members. */
import { and, asc, desc, eq, isNull, lt, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Standing } from '../roles';
import * as administrators from './administrators';
import * as audit from './audit';
import * as changes from './changes';
import { guard, isDuplicate, type Ctx } from './context';
import { hashToken } from './crypto';
import { LostRace, Refusal } from './errors';
import * as files from './files';
import * as folded from './folded';
import { takeable } from './invitations/rule';
import * as markdown from './markdown';
import * as memberships from './memberships';
import * as paging from './paging';
import { allow, can } from './policy';
import * as named from './named';
import { invitation, membership, space, user, type Mention } from './schema';
import * as starter from './space-templates/starter';
import * as threadList from './threads/list';
import { nameableQuery, recognised, titleForGuest } from './threads/text';

type SpaceRow = typeof space.$inferSelect;

/** A related link: to the web only. */
export interface Link {
  title: string;
  url: string;
}

/** What the form of a new space and its settings hold. */
export interface SpaceForm {
  name: string;
  cover: string;
  severalThreads: boolean;
  blockJoining: boolean;
  blockFollowing: boolean;
  showAnnouncement: boolean;
  showThreads: boolean;
  showPeople: boolean;
  showLinks: boolean;
  guestsHidden: boolean;
}

/**
 * Makes a space with its creator as space administrator, and its first members.
 * @param requestKey a random key of the form: the same form posted twice leads to the same space; with other words it is
 * another space (a page that Back brought up again)
 * @param start what its template gives it to begin with
 * @returns the space's id
 */
export async function create(
  ctx: Ctx,
  form: SpaceForm,
  members: { id: string; administrator: boolean }[],
  requestKey: string,
  start: starter.Starter = starter.nothing,
): Promise<number> {
  allow(ctx, 'space.create');
  const actor = ctx.actor!;
  const others = JSON.stringify(members.filter((m) => m.id !== actor.id));
  // Without scripts an own cover is uploaded by each post anew: which one it is tells no two posts apart.
  const words = JSON.stringify([{ ...form, cover: form.cover.replace(/^file:.*/, 'file') }, others, start]);
  const key = `${actor.id}:${requestKey}:${hashToken(words).slice(0, 24)}`;
  const spaceId = sql`(select id from space where request_key = ${key})`;
  try {
    const insert = ctx.db
      .insert(space)
      .values({
        ...form,
        folded: folded.name(form.name),
        announcement: start.announcement,
        links: start.links,
        requestKey: key,
        createdBy: actor.id,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      })
      .returning({ id: space.id });
    const made = await ctx.commit([
      insert,
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        values (${spaceId}, ${actor.id}, 1, null, ${ctx.now}, ${ctx.now})`),
      ctx.db.run(sql`
        insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
        select ${spaceId}, user.id, json_extract(value, '$.administrator'), ${actor.id}, ${ctx.now}, ${ctx.now}
        from json_each(${others}) join user on user.id = json_extract(value, '$.id')
        where user.kind = 'user' and user.status = 'active'
        on conflict do nothing`),
      ...memberships.allOrdered(ctx, spaceId),
      ...files.useCover(ctx, form.cover, spaceId),
      ...starter.begin(ctx, spaceId, key, form.severalThreads, start.threads),
      audit.entry(
        ctx,
        'space.created',
        sql`'space:' || ${spaceId}`,
        { name: form.name, members: members.length },
        spaceId,
      ),
    ]);
    return made.of(insert)[0]!.id;
  } catch (error) {
    if (error instanceof LostRace) throw new Refusal('conflict', { key: 'cover.gone', field: 'cover' });
    if (!isDuplicate(error)) throw error;
    const [row] = await ctx.db.select({ id: space.id }).from(space).where(eq(space.requestKey, key));
    return row!.id;
  }
}

/** A space as its people reach it, with the actor's standing. */
export type Reached = SpaceRow & {
  standing: Standing;
  /** Whether the actor sees other guests and what they wrote (`guestsHidden` is for guests alone). */
  seesGuests: boolean;
};

/** The one way to a space: through a membership of the actor; else 404. For a batch: see `reachQuery`. */
export async function reach(ctx: Ctx, spaceId: number): Promise<Reached> {
  return reached(ctx, await reachQuery(ctx, spaceId));
}

/** The query of `reach`, to ride in a page's batch; its rows go through `reached`. */
export const reachQuery = (ctx: Ctx, spaceId: number) =>
  ctx.db
    .select({ space, administrator: membership.administrator })
    .from(membership)
    .innerJoin(space, eq(space.id, membership.spaceId))
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, ctx.actor?.id ?? ''),
        isNull(space.deletedAt),
      ),
    );

/** Whether the actor may leave: where that is blocked, only space administrators, who could lift the block anyway. */
export const mayLeave = (ctx: Ctx, found: Reached): boolean =>
  can(ctx.actor, 'space.leave', found.standing) &&
  (!found.blockJoining || found.standing === 'space-administrator');

/** What `reachQuery` found, or 404. */
export function reached(ctx: Ctx, rows: { space: SpaceRow; administrator: boolean }[]): Reached {
  const row = rows[0];
  if (!row || !ctx.actor) throw new Refusal('missing');
  const standing: Standing =
    ctx.actor.kind === 'guest' ? 'guest' : row.administrator ? 'space-administrator' : 'member';
  return { ...row.space, standing, seesGuests: standing !== 'guest' || !row.space.guestsHidden };
}

/**
 * SQL: whether a person exists for the viewer. Where guests are hidden, a guest sees the company and themselves.
 * @param kind,id columns of the person
 */
export const visible = (
  ctx: Ctx,
  spaceId: number | SQL,
  kind: SQL | SQLWrapper,
  id: SQL | SQLWrapper,
): SQL =>
  ctx.actor?.kind === 'guest'
    ? sql`(${kind} = 'user' or ${id} = ${ctx.actor.id} or (select guests_hidden from space where id = ${spaceId}) = 0)`
    : sql`1`;

/** Reaches a space and asks for the right to administer it (settings, members, guests). */
export async function administer(ctx: Ctx, spaceId: number): Promise<Reached> {
  const found = await reach(ctx, spaceId);
  allow(ctx, 'space.administer', found.standing);
  return found;
}

/** Spaces a page of the portal. */
const CARDS = 60;
/** Faces on a card; of guests at least two, where there are as many. */
const FACES = 5;
/** Open invitations are counted up to here on a card: beyond it stands "99+". */
const INVITED_COUNTED = 100;
/** Unread threads likewise, so that somebody who never reads costs no more than others. */
const UNREAD_COUNTED = 100;

/** A few of the company and a few guests. */
function mixed(people: { name: string; guest: number }[]): { name: string; guest: boolean }[] {
  const [company, guests] = [people.filter((p) => !p.guest), people.filter((p) => p.guest)];
  const first = company.slice(0, FACES - Math.min(2, guests.length));
  return [...first, ...guests.slice(0, FACES - first.length)].map(({ name, guest }) => ({
    name,
    guest: guest === 1,
  }));
}

/**
 * The portal: the viewer's spaces by last activity, each with its people, unread threads and last words. One query: first it
 * finds out which spaces stand on the page, then what their cards say.
 * @param before where the page before ended
 */
export async function portal(ctx: Ctx, before: string | null = null) {
  const actor = ctx.actor!;
  const last = paging.read(before, 'number', 'number');
  // Where guests are hidden, the viewer's own are the only words and faces of guests that count.
  const blind = actor.kind === 'guest' ? sql`space.guests_hidden` : sql`0`;
  const seen = sql`(not ${blind} or u.kind = 'user' or u.id = ${actor.id})`;
  // Each kind of activity has its index: chosen within one query, by neither could be sorted.
  const newest = (what: SQL, activity: SQL) => sql`(select ${what} from thread
    join user u on u.id = thread.author_id
    where thread.space_id = space.id and ${seen} order by ${activity} desc limit 1)`;
  const byActivity = (query: (activity: SQL) => SQL) =>
    actor.kind === 'guest'
      ? sql`iif(${blind}, ${query(sql`thread.company_activity_at`)}, ${query(sql`thread.last_activity_at`)})`
      : query(sql`thread.last_activity_at`);
  const faces = sql.raw(`from membership m join user u on u.id = m.user_id
    where m.space_id = space.id and u.status = 'active'`);
  const shown = sql`(select * from (
      select space.id as space_id, coalesce(${byActivity((activity) => newest(activity, activity))}, space.created_at) as activity
      from membership join space on space.id = membership.space_id
      where membership.user_id = ${actor.id} and space.deleted_at is null)
    ${last ? sql`where (activity, space_id) < (${last[0]}, ${last[1]})` : sql``}
    order by activity desc, space_id desc limit ${CARDS + 1}) shown`;
  const [found] = await ctx.db.batch([
    ctx.db
      .select({
        id: space.id,
        name: space.name,
        cover: space.cover,
        unread: sql<number>`${byActivity(
          (activity) => sql`(select count(*) from (
          select ${activity} as activity, thread.id, thread.author_id from thread
          where thread.space_id = space.id and ${activity} > membership.last_read_at
          order by ${activity} desc limit ${UNREAD_COUNTED}) t
        left join thread_person p on p.thread_id = t.id and p.user_id = ${actor.id}
        join user u on u.id = t.author_id
        where t.activity > max(membership.last_read_at, coalesce(p.read_at, 0)) and ${seen})`,
        )}`.as('unread'),
        latest: sql<
          string | null
        >`${byActivity((activity) => newest(sql`json_array(thread.title, thread.mentions, thread.author_id, ${blind})`, activity))}`.as(
          'latest',
        ),
        lastActivityAt: sql<number>`shown.activity`.as('activity'),
        // By the order of people: the company's first, then guests; of both a few.
        faces: sql<string>`(select json_group_array(json_object('name', name, 'guest', guest)) from (
          select * from (select u.name, 0 as guest ${faces} and m.rank < 2
            order by m.rank, m.name_key, m.user_id limit ${FACES})
          union all
          select * from (select u.name, 1 as guest ${faces} and m.rank = 2 and not ${blind}
            order by m.rank, m.name_key, m.user_id limit ${FACES})))`.as('faces'),
        users: sql<number>`space.users`.as('users'),
        guestCount: sql<number>`iif(${blind}, 1, space.guests)`.as('guest_count'),
        // Who is invited but not in yet is for space administrators only.
        invitedCount:
          sql<number>`iif(${membership.administrator}, (select count(*) from (select 1 from invitation i
          where i.space_id = ${space.id} and ${takeable(ctx, 'i')}
          limit ${INVITED_COUNTED})), 0)`.as('invited_count'),
      })
      .from(shown)
      .innerJoin(space, sql`${space.id} = shown.space_id`)
      .innerJoin(membership, and(eq(membership.spaceId, space.id), eq(membership.userId, actor.id)))
      .orderBy(desc(sql`shown.activity`), desc(space.id)),
  ]);
  const { rows, next } = paging.paged(found, CARDS, (row) => [row.lastActivityAt, row.id]);
  return {
    mayCreate: can(actor, 'space.create'),
    spacesNext: next,
    spaces: rows.map(({ faces, latest, ...row }) => ({
      ...row,
      latest: latest === null ? null : titleOf(ctx, latest),
      invitedMore: row.invitedCount >= INVITED_COUNTED,
      unreadMore: row.unread >= UNREAD_COUNTED,
      people: mixed(JSON.parse(faces) as { name: string; guest: number }[]),
    })),
  };
}

/** The title of a thread as the viewer may read it. `row`: as the portal's query put it together. */
function titleOf(ctx: Ctx, row: string): string {
  const [title, mentions, authorId, hidden] = JSON.parse(row) as [string, string, string, number];
  return hidden
    ? titleForGuest(ctx.actor!.id, { title, mentions: JSON.parse(mentions) as Mention[], authorId })
    : title;
}

/** What its administrators wrote of a space, as the viewer may read it: where guests are hidden, it names no other guest. */
function wordsOf(ctx: Ctx, found: Reached): { announcement: string; links: Link[] } {
  const hidden = (m: Mention) => !found.seesGuests && m.guest === true && m.id !== ctx.actor!.id;
  const titles = named.without(titlesOf(found.links), found.mentions, hidden, 'title').text.split('\n');
  return {
    announcement: named.without(found.announcement, found.mentions, hidden).text,
    links: found.links.map((link, i) => ({ ...link, title: titles[i] ?? '' })),
  };
}
/** The titles of the links as one text: `mentions` of a space knows places in it. */
export const titlesOf = (links: Link[]): string =>
  links.map(({ title }) => title.replaceAll('\n', ' ')).join('\n');

/**
 * Which guests a space is shared with, as the viewer sees it: how many, and of which companies. Where guests do not see each
 * other, a guest knows of nobody but themselves. For a batch.
 */
export const sharedQuery = (ctx: Ctx, spaceId: number) => {
  const blind = sql`(${ctx.actor?.kind === 'guest' ? 1 : 0} and ${space.guestsHidden})`;
  return ctx.db
    .select({
      count: sql<number>`iif(${blind}, 1, ${space.guests})`.as('count'),
      companies: sql<string>`iif(${blind}, json_array(${user.company}), ${space.guestCompanies})`.as(
        'companies',
      ),
      more: sql<number>`iif(${blind}, 0, ${space.moreCompanies})`.as('more'),
      users: sql<number>`${space.users}`.as('users'),
    })
    .from(space)
    .innerJoin(user, eq(user.id, ctx.actor?.id ?? ''))
    .where(eq(space.id, spaceId));
};

/** What `sharedQuery` found. `peopleCount`: with the people of the company. */
export const shared = ([row]: { count: number; companies: string; more: number; users: number }[]) => ({
  guestCount: row?.count ?? 0,
  guestCompanies: (JSON.parse(row?.companies ?? '[]') as string[]).filter(Boolean),
  moreCompanies: row?.more ?? 0,
  peopleCount: (row?.users ?? 0) + (row?.count ?? 0),
});

/** People of the company, and guests, whom the space page shows at once; all of them have a page of their own. */
const SHOWN = 12;
/** People a page of theirs. */
const PEOPLE = 50;

/**
 * SQL: the rank of guests (see `membership.rank`) for who sees them; none where guests do not see each other. As a value, so
 * that an index is not even looked into.
 */
export const rankOfGuests = (ctx: Ctx, spaceId: number): SQL =>
  ctx.actor?.kind === 'guest'
    ? sql`(select iif(guests_hidden, null, 2) from space where id = ${spaceId})`
    : sql`2`;

/** People of a space in their order, as far as a condition lets them. For a batch. */
const inOrderQuery = (ctx: Ctx, spaceId: number, which: SQL | undefined, limit: number) =>
  ctx.db
    .select({
      id: user.id,
      name: user.name,
      company: user.company,
      kind: user.kind,
      rank: membership.rank,
      nameKey: membership.nameKey,
    })
    .from(membership)
    .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
    .where(and(eq(membership.spaceId, spaceId), which))
    .orderBy(...memberships.inOrder)
    .limit(limit);

const presentPerson = ({
  kind,
  rank,
  nameKey: _,
  ...person
}: Awaited<ReturnType<typeof inOrderQuery>>[number]) => ({
  ...person,
  guest: kind === 'guest',
  administrator: rank === 0,
});

/**
 * Everybody in the space whom the viewer sees: administrators, users, guests, each by name, a page at a time. Not where the
 * space shows no people.
 * @param filter `find`: a part of a name or company
 */
export async function people(
  ctx: Ctx,
  spaceId: number,
  filter: { find?: string; after?: string | null } = {},
) {
  const find = (filter.find ?? '').trim().slice(0, 100);
  const last = paging.read(filter.after, 'number', 'text', 'text');
  const me = ctx.actor?.id ?? '';
  const [reach, found] = await ctx.db.batch([
    reachQuery(ctx, spaceId),
    inOrderQuery(
      ctx,
      spaceId,
      and(
        sql`(${membership.rank} < 2 or ${membership.rank} = ${rankOfGuests(ctx, spaceId)} or ${membership.userId} = ${me})`,
        folded.isCalled(find),
        last ? memberships.behind(last) : undefined,
      ),
      PEOPLE + 1,
    ),
  ]);
  if (!reached(ctx, reach).showPeople) throw new Refusal('missing');
  const { rows, next } = paging.paged(found, PEOPLE, (p) => [p.rank, p.nameKey, p.id]);
  return { rows: rows.map(presentPerson), next, find };
}

/** A space as a page within it needs it: its name, and with whom it is shared. One batch. */
export async function place(ctx: Ctx, spaceId: number) {
  const [reach, guests] = await ctx.db.batch([reachQuery(ctx, spaceId), sharedQuery(ctx, spaceId)]);
  const { id, name } = reached(ctx, reach);
  return { space: { id, name }, ...shared(guests) };
}

/**
 * The space page: the space, its threads by last activity, its people. One batch.
 * @param before,pinnedBefore where the page before of the threads, or of the pinned ones, ended
 */
export async function room(
  ctx: Ctx,
  spaceId: number,
  before: string | null = null,
  pinnedBefore: string | null = null,
) {
  const [reach, company, outside, myself, guests, invited, newest, pinned, page, blindPage, inCharge] =
    await ctx.db.batch([
      reachQuery(ctx, spaceId),
      inOrderQuery(ctx, spaceId, lt(membership.rank, 2), SHOWN),
      inOrderQuery(ctx, spaceId, sql`${membership.rank} = ${rankOfGuests(ctx, spaceId)}`, SHOWN),
      inOrderQuery(ctx, spaceId, eq(membership.userId, ctx.actor?.id ?? ''), 1),
      sharedQuery(ctx, spaceId),
      // Who is invited but not in yet is for space administrators only.
      ctx.db
        .select({ id: invitation.id, email: invitation.emailOriginal })
        .from(invitation)
        .innerJoin(
          membership,
          and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor?.id ?? '')),
        )
        .where(and(eq(invitation.spaceId, spaceId), takeable(ctx), eq(membership.administrator, true)))
        .orderBy(asc(invitation.email))
        .limit(SHOWN + 1),
      changes.newestQuery(ctx, spaceId),
      threadList.pinnedQuery(ctx, spaceId, pinnedBefore),
      threadList.query(ctx, spaceId, before, false),
      threadList.query(ctx, spaceId, before, true),
      administrators.query(ctx, spaceId),
    ]);
  const found = reached(ctx, reach);
  const written = wordsOf(ctx, found);
  const { threads, next } = threadList.present(ctx, found.seesGuests ? page : blindPage, found.seesGuests);
  const first = threadList.present(ctx, pinned, found.seesGuests);
  const shown = [...company, ...(found.seesGuests ? outside : myself)];
  const showsPinned = found.showThreads && (before === null || pinnedBefore !== null);
  return {
    space: {
      id: found.id,
      name: found.name,
      cover: found.cover,
      links: found.showLinks ? written.links : [],
      severalThreads: found.severalThreads,
      showAnnouncement: found.showAnnouncement,
      showThreads: found.showThreads,
      showPeople: found.showPeople,
      showLinks: found.showLinks,
    },
    announcementHtml:
      found.showAnnouncement && found.announcement ? markdown.render(written.announcement) : null,
    standing: found.standing,
    may: {
      administer: can(ctx.actor, 'space.administer', found.standing),
      leave: mayLeave(ctx, found),
    },
    people: found.showPeople ? shown.map(presentPerson) : [],
    administrators: administrators.present(ctx, inCharge),
    invited: found.showPeople ? invited.slice(0, SHOWN) : [],
    invitedMore: invited.length > SHOWN,
    ...shared(guests),
    seq: newest[0]?.seq ?? 0,
    until: ctx.now,
    next: found.showThreads ? next : null,
    pinned: showsPinned ? first.threads : [],
    pinnedNext: showsPinned ? first.next : null,
    threads: found.showThreads ? threads : [],
  };
}

/** Space Settings → General, before it is changed. */
export async function settingsOf(
  ctx: Ctx,
  spaceId: number,
): Promise<SpaceForm & { announcement: string; links: Link[]; updatedAt: number }> {
  const found = await administer(ctx, spaceId);
  const { name, cover, severalThreads, blockJoining, blockFollowing, announcement, links, updatedAt } = found;
  const { showAnnouncement, showThreads, showPeople, showLinks, guestsHidden } = found;
  return {
    name,
    cover,
    severalThreads,
    blockJoining,
    blockFollowing,
    announcement,
    links,
    updatedAt,
    showAnnouncement,
    showThreads,
    showPeople,
    showLinks,
    guestsHidden,
  };
}

/**
 * Space Settings → General. Several threads can be switched on, never off again.
 * @param updatedAt of the settings that the form showed: what somebody else saved since is not overwritten unseen
 */
export async function change(
  ctx: Ctx,
  spaceId: number,
  form: SpaceForm & { announcement: string; links?: Link[] },
  updatedAt?: number,
): Promise<void> {
  const before = await administer(ctx, spaceId);
  if (form.cover !== before.cover) await files.checkCover(ctx, form.cover);
  const now = { title: titlesOf(form.links ?? before.links), body: form.announcement };
  const people = await nameableQuery(ctx, spaceId, now.title, now.body);
  const { mentions } = recognised(ctx, now, people, [
    { title: titlesOf(before.links), body: before.announcement, mentions: before.mentions },
  ]);
  const save = ctx.commit([
    ...memberships.stillIn(ctx, spaceId, true),
    ctx.db
      .update(space)
      .set({
        ...form,
        mentions,
        folded: folded.name(form.name),
        severalThreads: sql`several_threads or ${form.severalThreads ? 1 : 0}`,
        updatedAt: ctx.now,
      })
      .where(
        and(
          eq(space.id, spaceId),
          isNull(space.deletedAt),
          updatedAt === undefined ? undefined : eq(space.updatedAt, updatedAt),
        ),
      ),
    guard(ctx),
    changes.note(ctx, spaceId, 'space'),
    ...(form.cover === before.cover ? [] : files.useCover(ctx, form.cover, spaceId)),
    audit.entry(ctx, 'space.changed', `space:${spaceId}`, { name: form.name, cover: form.cover }, spaceId),
    before.announcement !== form.announcement &&
      audit.entry(
        ctx,
        'space.announcement-changed',
        `space:${spaceId}`,
        { before: before.announcement },
        spaceId,
      ),
  ]);
  await save.catch((error) => {
    throw error instanceof LostRace ? new Refusal('conflict', { key: 'form.stale' }) : error;
  });
}

/** For `form`: only who reaches the space of the route may post, … */
export const reaches = (ctx: Ctx, params: { id?: string }) => reach(ctx, Number(params.id));
/** … only who administers it. */
export const administers = (ctx: Ctx, params: { id?: string }) => administer(ctx, Number(params.id));
