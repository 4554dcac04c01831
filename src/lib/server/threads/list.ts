import { and, desc, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import {
  byView,
  countersIn,
  inView,
  isForCompany,
  isPresent,
  viewerOf,
  visibleTo,
  type Reader,
  type View,
} from '../access';
import type { SignedIn } from '../context';
import * as markdown from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import * as paging from '../paging';
import { space, thread, user } from '../schema';

const PAGE = 30;

const text = { text: 'thread', author: 'user' };

const row = (ctx: SignedIn, spaceId: number, { activity, comments }: ReturnType<typeof countersIn>) => {
  const me = ctx.actor.id;
  return {
    id: thread.id,
    title: thread.title,
    body: sql<string>`substr(${thread.body}, 1, 1000)`,
    mentions: thread.mentions,
    authorId: thread.authorId,
    commentCount: comments,
    lastActivityAt: activity,
    pinnedAt: thread.pinnedAt,
    closed: sql<number>`${thread.closedAt} is not null`,
    forCompany: isForCompany('thread'),
    author: user.name,
    authorKind: user.kind,
    company: user.company,
    avatar: sql<string | null>`iif(${isPresent(spaceId)}, user.avatar, null)`.as('avatar'),
    unread: sql<number>`${activity} > max(
      coalesce((select last_read_at from membership where space_id = ${spaceId} and user_id = ${me}), 0),
      coalesce((select read_at from thread_person where thread_id = ${thread.id} and user_id = ${me}), 0))`,
  };
};

/** A batch runs it in both views; the one that is not the viewer's reads nothing. @param before from `present` */
export const query = (ctx: SignedIn, spaceId: number, before: string | null, view: View) => {
  const last = paging.read(before, 'number', 'number');
  const counters = countersIn(view, ctx.actor);
  const { activity } = counters;
  return (
    ctx.db
      .select(row(ctx, spaceId, counters))
      // Joined to the space's one row: if this query does not apply, no thread is read.
      .from(space)
      .innerJoin(thread, eq(thread.spaceId, space.id))
      .innerJoin(user, eq(user.id, thread.authorId))
      .where(
        and(
          eq(space.id, spaceId),
          inView(view, viewerOf(ctx), { space: 'space' }, text),
          isNull(thread.pinnedAt),
          last ? sql`(${activity}, ${thread.id}) < (${last[0]}, ${last[1]})` : undefined,
        ),
      )
      .orderBy(desc(activity), desc(thread.id))
      .limit(PAGE + 1)
  );
};

/** The last pinned first. For a batch. */
export const pinnedQuery = (ctx: SignedIn, spaceId: number, before: string | null = null) => {
  const last = paging.read(before, 'number', 'number');
  const counter = (name: 'activity' | 'comments') =>
    byView(viewerOf(ctx), { spaceId }, (view) => countersIn(view, ctx.actor)[name]) as SQL<number>;
  return ctx.db
    .select(row(ctx, spaceId, { activity: counter('activity'), comments: counter('comments') }))
    .from(thread)
    .innerJoin(user, eq(user.id, thread.authorId))
    .where(
      and(
        eq(thread.spaceId, spaceId),
        isNotNull(thread.pinnedAt),
        visibleTo(viewerOf(ctx), { spaceId }, text),
        last ? sql`(${thread.pinnedAt}, ${thread.id}) < (${last[0]}, ${last[1]})` : undefined,
      ),
    )
    .orderBy(desc(thread.pinnedAt), desc(thread.id))
    .limit(PAGE + 1);
};

type Row = Awaited<ReturnType<typeof query>>[number];

export function present(found: Row[], reader: Reader) {
  const { rows, next } = paging.paged(found, PAGE, (row) => [row.pinnedAt ?? row.lastActivityAt, row.id]);
  return {
    next,
    threads: rows.map(
      ({ authorKind, unread, pinnedAt, closed, forCompany, title, body, mentions, authorId, ...rest }) => ({
        ...rest,
        title: titleFor(reader, { title, mentions, authorId }),
        excerpt: markdown.excerpt(bodyFor(reader, { body, mentions, authorId }), 140),
        guest: authorKind === 'guest',
        unread: unread === 1,
        pinned: pinnedAt !== null,
        closed: closed === 1,
        forCompany: forCompany === 1,
      }),
    ),
  };
}
