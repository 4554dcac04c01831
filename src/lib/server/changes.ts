/** Changes in a space, in order, so that open pages can show them: their rooms say when to ask, `since` what it was. */
import { and, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { DAY } from '../time';
import {
  audienceOf,
  hearersOf,
  inParts,
  ownerOf,
  viewerOf,
  visibleTo,
  type Author,
  type Hearers,
  type Within,
  lasting,
} from './access';
import { followed, type Ctx, type SignedIn, type Statement } from './context';
import { unveil, veil } from './crypto';
import { Refusal } from './errors';
import * as folded from './folded';
import * as live from './live';
import { membership, space, spaceEvent } from './schema';

export type ChangeKind =
  | 'thread'
  | 'thread-changed'
  | 'thread-deleted'
  | 'comment'
  | 'comment-changed'
  | 'comment-deleted'
  | 'reaction'
  | 'file'
  | 'space';

export interface Change {
  kind: ChangeKind;
  thread: number | null;
  comment: number | null;
  own: boolean;
}

const KEEP = 7 * DAY;
const AT_ONCE = 50;

/**
 * For the batch of the change, while its text exists. Where guests are hidden, a guest only hears of what users did, or they themselves, to texts whose
 * `authors` are users or themselves.
 */
export const note = (
  ctx: SignedIn,
  spaceId: number | SQL,
  kind: ChangeKind,
  thread: Id = null,
  comment: Id = null,
  authors: Author[] = [],
): Statement =>
  followed(
    ctx.db.all<{ spaceId: number; hearers: Hearers }>(sql`
      insert into space_event (space_id, kind, thread_id, comment_id, audience, actor_id, owner_id, at)
      values (${spaceId}, ${kind}, ${thread}, ${comment}, ${audienceOf(thread, comment)}, ${ctx.actor.id},
        ${ownerOf([...authors, { authorId: ctx.actor.id, authorKind: ctx.actor.kind }])}, ${ctx.now})
      returning space_id as "spaceId", ${hearersOf('space_event', sql`space_event.space_id`)} as "hearers"`),
    async (system, [row]) => row && live.moved(system, row.spaceId, row.hearers),
  );
type Id = number | SQL | null;

/**
 * SQL: what the viewer may hear of, in parts. @param query for rows `e`
 */
const audible = (ctx: SignedIn, within: Within, query: (where: SQL) => SQL): SQL[] =>
  inParts(viewerOf(ctx), within, 'e', query);

const newest = (ctx: SignedIn, spaceId: number | SQL, within: Within): SQL<number | null> => {
  const each = audible(
    ctx,
    within,
    (where) =>
      sql`select (select e.seq from space_event e where e.space_id = ${spaceId} and ${where} order by e.seq desc limit 1) as seq`,
  );
  return sql`(select max(seq) from (${sql.join(each, sql` union all `)}))`;
};

/** A page's place among the changes, as its viewer gets it: numbers would tell how many there are that they do not hear of. */
const placeOf = (ctx: SignedIn, seq: number): string => veil(ctx.config.secret, 'change', seq);

export const newestPlace = (ctx: SignedIn, [row]: { seq: number | null }[]): string =>
  placeOf(ctx, row?.seq ?? 0);

/** From the row of the space: what it says of hidden guests is then asked once, not for each change that is passed over. */
export const newestQuery = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({ seq: newest(ctx, sql`space.id`, { space: 'space' }) })
    .from(space)
    .where(eq(space.id, spaceId));

/** The actor's spaces with the newest change in each. */
export const newestInEachQuery = (ctx: SignedIn) =>
  ctx.db
    .select({
      spaceId: membership.spaceId,
      name: space.name,
      joinedAt: membership.joinedAt,
      key: folded.spaceKey.as('key'),
      archived: sql<number>`space.archived_at is not null`.as('archived'),
      seq: newest(ctx, sql`membership.space_id`, { space: 'space' }),
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .where(and(eq(membership.userId, ctx.actor.id), lasting(ctx)))
    .orderBy(membership.spaceId);

/**
 * Null if nothing happened. One indexed read, which also checks the membership: 404 without it.
 * @param place of the page, or anything else to ask only whether the space can still be reached
 */
export async function since(
  ctx: SignedIn,
  spaceId: number,
  place: string,
): Promise<{ seq: string; changes: Change[] } | null> {
  const me = ctx.actor;
  const seq = unveil(ctx.config.secret, 'change', place) ?? Number.MAX_SAFE_INTEGER;
  const heard = audible(
    ctx,
    { spaceId },
    (where) =>
      sql`select seq from (select e.seq from space_event e where e.space_id = ${spaceId} and e.seq > ${seq} and ${where}
        order by e.seq limit ${AT_ONCE})`,
  );
  const rows = await ctx.db.all<{
    seq: number | null;
    kind: ChangeKind;
    thread: number | null;
    comment: number | null;
    own: number;
  }>(sql`
    select e.seq, e.kind, e.thread_id as thread, e.comment_id as comment, e.actor_id = m.user_id as own
    from membership m
    join space s on s.id = m.space_id and s.deleted_at is null
    left join space_event e on e.seq in (${sql.join(heard, sql` union all `)})
    where m.space_id = ${spaceId} and m.user_id = ${me.id} and ${lasting(ctx, 'm')}
    order by e.seq limit ${AT_ONCE}`);
  if (rows.length === 0) throw new Refusal('missing');
  const newest = rows.at(-1)!.seq;
  if (newest === null) return null;
  return {
    seq: placeOf(ctx, newest),
    changes: rows.map(({ kind, thread, comment, own }) => ({ kind, thread, comment, own: own === 1 })),
  };
}

/** So deleting twice is no error. 404 for things in other spaces, or of which the viewer may not know. */
export async function requireDeleted(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null = null,
): Promise<void> {
  const [found] = await ctx.db
    .select({ seq: spaceEvent.seq })
    .from(spaceEvent)
    .where(
      and(
        eq(spaceEvent.spaceId, spaceId),
        eq(spaceEvent.threadId, threadId),
        sql`(kind = 'thread-deleted' or (kind = 'comment-deleted' and comment_id = ${commentId}))`,
        visibleTo(viewerOf(ctx), { spaceId }, { owned: 'space_event' }, { audienceOf: 'space_event' }),
      ),
    )
    .limit(1);
  if (!found) throw new Refusal('missing');
}

export const purge = (ctx: Ctx): Statement =>
  ctx.db.delete(spaceEvent).where(lt(spaceEvent.at, ctx.now - KEEP));
