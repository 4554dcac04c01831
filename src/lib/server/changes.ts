/**
 * Changes in a space, in order, so that open pages show them within seconds. A page asks for what is newer than the
 * number it knows; a push channel could replace `since` without other changes.
 */
import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import { viewerOf, visibleTo, type Within } from './access';
import type { Ctx, SignedIn, Statement } from './context';
import { Refusal } from './errors';
import { spaceEvent } from './schema';

export type ChangeKind =
  | 'thread'
  | 'thread-changed'
  | 'thread-deleted'
  | 'comment'
  | 'comment-changed'
  | 'comment-deleted'
  | 'reaction'
  | 'space';

export interface Change {
  kind: ChangeKind;
  thread: number | null;
  comment: number | null;
  /** Whether the viewer caused it, perhaps in another tab. */
  own: boolean;
}

const KEEP = 7 * 24 * 3_600_000;
const AT_ONCE = 50;

/**
 * The statement that informs open pages, for the batch of the change. Ids that the same batch generates are SQL.
 * @param authors of the thread and of the comment: where guests are hidden, a guest only hears of texts by users and
 * by themselves
 */
export const note = (
  ctx: SignedIn,
  spaceId: number | SQL,
  kind: ChangeKind,
  thread: Id = null,
  comment: Id = null,
  authors: Author[] = [],
): Statement =>
  ctx.db.run(sql`
    insert into space_event (space_id, kind, thread_id, comment_id, actor_id, by_guest, owner_id, at)
    values (${spaceId}, ${kind}, ${thread}, ${comment}, ${ctx.actor.id}, ${ctx.actor.kind === 'guest' ? 1 : 0},
      ${ownerOf(authors)}, ${ctx.now})`);
type Id = number | SQL | null;
/** An author of the thread or comment that a change is about. */
export interface Author {
  authorId: string;
  authorKind: 'user' | 'guest';
}

/** The guest among the authors; null if all are users. With two guests it is `NOBODY`, because neither sees both texts. */
export const ownerOf = (authors: Author[]): string | null => {
  const guests = new Set(authors.flatMap((a) => (a.authorKind === 'guest' ? [a.authorId] : [])));
  return guests.size > 1 ? NOBODY : ([...guests][0] ?? null);
};
/** Nobody has this id. */
export const NOBODY = '-';

/** SQL: whether the viewer may hear of a change. `event`: the table or its alias. */
const audible = (ctx: SignedIn, event: 'e' | 'space_event', within: Within): SQL => {
  const column = (name: string) => sql.raw(`${event}.${name}`);
  const actor = { kind: sql`iif(${column('by_guest')}, 'guest', 'user')`, id: column('actor_id') };
  const owner = { kind: sql`iif(${column('owner_id')} is null, 'user', 'guest')`, id: column('owner_id') };
  return visibleTo(viewerOf(ctx), within, actor, owner);
};

/** The newest number of a space that the viewer may hear of, for the batch of a page. */
export const newestQuery = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({ seq: spaceEvent.seq })
    .from(spaceEvent)
    .where(and(eq(spaceEvent.spaceId, spaceId), audible(ctx, 'space_event', { spaceId })))
    .orderBy(desc(spaceEvent.seq))
    .limit(1);

/**
 * What happened after `seq` that the viewer may see; null if nothing did. One indexed read, which also finds the space
 * through the viewer's membership, so somebody who lost it gets 404.
 */
export async function since(
  ctx: SignedIn,
  spaceId: number,
  seq: number,
): Promise<{ seq: number; changes: Change[] } | null> {
  const me = ctx.actor;
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
    left join space_event e on e.space_id = m.space_id and e.seq > ${seq}
      and ${audible(ctx, 'e', { space: 's' })}
    where m.space_id = ${spaceId} and m.user_id = ${me.id}
    order by e.seq limit ${AT_ONCE}`);
  if (rows.length === 0) throw new Refusal('missing');
  const newest = rows.at(-1)!.seq;
  if (newest === null) return null;
  return {
    seq: newest,
    changes: rows.map(({ kind, thread, comment, own }) => ({ kind, thread, comment, own: own === 1 })),
  };
}

/**
 * Refuses with 404 unless this thread or comment was in this space and the viewer may know that it was deleted. So
 * deleting twice is no error, and things in other spaces do not exist.
 */
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
        audible(ctx, 'space_event', { spaceId }),
      ),
    )
    .limit(1);
  if (!found) throw new Refusal('missing');
}

/** Cron: a page that was hidden for longer loads everything again anyway. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.delete(spaceEvent).where(lt(spaceEvent.at, ctx.now - KEEP));
