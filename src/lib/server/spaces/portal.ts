import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import { compiled } from '../context/compiled';
import { acceptable } from '../invitations/rule';
import { titleFor } from '../mentions/redaction';
import * as paging from '../paging';
import { can } from '../policy';
import { membership, space, type Mention } from '../schema';

const CARDS = 60;
const ARCHIVED = 30;
/** At least two are guests, if there are as many. */
const FACES = 5;
/** Beyond it a card says "99+". */
const INVITED_COUNTED = 100;
/** Bounds the cost for somebody who never reads. */
const UNREAD_COUNTED = 100;

interface Face {
  name: string;
  avatar: string | null;
}

function mixed(people: (Face & { guest: number })[]): (Face & { guest: boolean })[] {
  const [company, guests] = [people.filter((p) => !p.guest), people.filter((p) => p.guest)];
  const first = company.slice(0, FACES - Math.min(2, guests.length));
  return [...first, ...guests.slice(0, FACES - first.length)].map(({ guest, ...face }) => ({
    ...face,
    guest: guest === 1,
  }));
}

/** One query: the spaces of the page first, then their cards. */
const reads = compiled(
  (
    ctx,
    { activity: beforeActivity, id: beforeId }: { activity: number; id: number },
    { first }: { first: boolean },
  ) => {
    const { actor } = ctx;
    const within = { space: 'space' } as const;
    const seen = access.visibleTo(actor, within, { text: 'thread', author: 'u' });
    // One query choosing between the two indexes could sort by neither.
    const newest = (what: SQL, activity: SQL) => sql`(select ${what} from thread
    join user u on u.id = thread.author_id
    where thread.space_id = space.id and ${seen} order by ${activity} desc limit 1)`;
    const byActivity = (query: (activity: SQL) => SQL) =>
      access.byView(actor, within, (view) => query(access.countersIn(view, actor).activity));
    const faces = sql.raw(`from membership m join user u on u.id = m.user_id
    where m.space_id = space.id and u.status = 'active'`);
    const shown = sql`(select * from (
      select space.id as space_id, coalesce(${byActivity((activity) => newest(activity, activity))}, space.created_at) as activity
      from membership join space on space.id = membership.space_id
      where membership.user_id = ${actor.id} and space.deleted_at is null and space.archived_at is null and ${access.lasting(ctx)})
    ${first ? sql`` : sql`where (activity, space_id) < (${beforeActivity}, ${beforeId})`}
    order by activity desc, space_id desc limit ${CARDS + 1}) shown`;
    return {
      found: ctx.db
        .select({
          id: space.id,
          name: space.name,
          cover: space.cover,
          unread: sql<number>`${byActivity(
            (activity) => sql`(select count(*) from (
          select 1 from thread
          join user u on u.id = thread.author_id
          left join thread_person p on p.thread_id = thread.id and p.user_id = ${actor.id}
          where thread.space_id = space.id and ${activity} > membership.last_read_at
            and ${activity} > coalesce(p.read_at, 0) and ${seen}
          limit ${UNREAD_COUNTED}))`,
          )}`.as('unread'),
          latest: sql<
            string | null
          >`${byActivity((activity) => newest(sql`json_array(thread.title, thread.mentions, thread.author_id, ${access.seesGuests(actor, within)}, ${access.isForCompany('thread')})`, activity))}`.as(
            'latest',
          ),
          lastActivityAt: sql<number>`shown.activity`.as('activity'),
          // A few users, then a few guests.
          faces:
            sql<string>`(select json_group_array(json_object('name', name, 'avatar', avatar, 'guest', guest)) from (
          select * from (select u.name, u.avatar, 0 as guest ${faces} and m.rank < 2
            order by m.rank, m.name_key, m.user_id limit ${FACES})
          union all
          select * from (select u.name, u.avatar, 1 as guest ${faces} and m.rank = ${access.rankOfGuests(actor, within)}
            order by m.rank, m.name_key, m.user_id limit ${FACES})))`.as('faces'),
          users: sql<number>`space.user_count`.as('users'),
          guestCount: access.guestsOf(actor, within).count.as('guest_count'),
          // Only space administrators see who is invited but has not joined.
          invitedCount:
            sql<number>`iif(${access.administersHere(ctx)}, (select count(*) from (select 1 from invitation i
          where i.space_id = ${space.id} and ${acceptable(ctx, 'i')}
          limit ${INVITED_COUNTED})), 0)`.as('invited_count'),
        })
        .from(shown)
        .innerJoin(space, sql`${space.id} = shown.space_id`)
        .innerJoin(membership, and(eq(membership.spaceId, space.id), eq(membership.userId, actor.id)))
        .orderBy(desc(sql`shown.activity`), desc(space.id)),
    };
  },
);

/** Out of the way: by name and date alone, the last archived first. What is unread in them is not counted. For a batch. */
const archivedReads = compiled(
  (ctx, { at, id }: { at: number; id: number }, { first }: { first: boolean }) => ({
    put: ctx.db
      .select({
        id: sql<number>`space.id`.as('archived_id'),
        name: sql<string>`space.name`.as('archived_name'),
        at: sql<number>`space.archived_at`.as('archived_at'),
      })
      .from(membership)
      .innerJoin(space, eq(space.id, membership.spaceId))
      .where(
        and(
          eq(membership.userId, ctx.actor.id),
          sql`space.deleted_at is null and space.archived_at is not null`,
          access.lasting(ctx),
          first ? undefined : sql`(space.archived_at, space.id) < (${at}, ${id})`,
        ),
      )
      .orderBy(desc(space.archivedAt), desc(space.id))
      .limit(ARCHIVED + 1),
  }),
);

/** @param before where the page before ended, and `archivedBefore` that of archived spaces */
export async function portal(
  ctx: SignedIn,
  before: string | null = null,
  archivedBefore: string | null = null,
) {
  const { actor } = ctx;
  const last = paging.read(before, 'number', 'number');
  const [activity, id] = last ?? [0, 0];
  const lastArchived = paging.read(archivedBefore, 'number', 'number');
  const [archivedAt, archivedId] = lastArchived ?? [0, 0];
  const { found, put } = await ctx.read({
    ...reads(ctx, { activity, id }, { first: last === null }),
    ...archivedReads(ctx, { at: archivedAt, id: archivedId }, { first: lastArchived === null }),
  });
  const archived = paging.paged(put, ARCHIVED, (row) => [row.at, row.id]);
  const { rows, next } = paging.paged(found, CARDS, (row) => [row.lastActivityAt, row.id]);
  return {
    mayCreate: can(actor, 'space.create'),
    archived: archived.rows,
    archivedNext: archived.next,
    spacesNext: next,
    spaces: rows.map(({ faces, latest, ...row }) => ({
      ...row,
      ...(latest === null ? { latest, latestForCompany: false } : newestOf(ctx, latest)),
      invitedMore: row.invitedCount >= INVITED_COUNTED,
      unreadMore: row.unread >= UNREAD_COUNTED,
      people: mixed(JSON.parse(faces) as (Face & { guest: number })[]),
    })),
  };
}

/** For the viewer. `row`: JSON from the portal's query. */
function newestOf(ctx: SignedIn, row: string): { latest: string; latestForCompany: boolean } {
  const [title, mentions, authorId, seesGuests, forCompany] = JSON.parse(row) as [
    ...[title: string, mentions: string, authorId: string],
    ...[seesGuests: number, forCompany: number],
  ];
  const reader = access.readerOf(ctx.actor.id, seesGuests);
  return {
    latest: titleFor(reader, { title, mentions: JSON.parse(mentions) as Mention[], authorId }),
    latestForCompany: forCompany === 1,
  };
}
