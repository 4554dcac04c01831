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
import type { ThreadFilter } from '../../thread-filters';
import type { SignedIn } from '../context';
import * as markdown from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import * as paging from '../paging';
import { space, thread, user } from '../schema';

const PAGE = 30;

/** Which threads, and where the previous page of them, or of those that are pinned, ended. */
export interface Asked {
  show?: ThreadFilter;
  before?: string | null;
  pinnedBefore?: string | null;
}

const text = { text: 'thread', author: 'user' };

/** SQL: until when the viewer has read everything in the space. What a guest has read is nobody else's affair. */
const readAll = ({ actor }: SignedIn, spaceId: number): SQL =>
  actor.viewedBy !== undefined
    ? sql`${Number.MAX_SAFE_INTEGER}`
    : sql`coalesce((select last_read_at from membership where space_id = ${spaceId} and user_id = ${actor.id}), 0)`;

/** SQL: and until when this thread. */
const readThread = (ctx: SignedIn): SQL =>
  sql`coalesce((select read_at from thread_person where thread_id = thread.id and user_id = ${ctx.actor.id}), 0)`;

/** SQL. Each is a range of an index, or costs a row for each thread of the space that is passed over. */
function fits(ctx: SignedIn, spaceId: number, show: ThreadFilter, activity: SQL): SQL | undefined {
  const me = ctx.actor.id;
  switch (show) {
    case 'all':
      return undefined;
    case 'unread':
      return sql`${activity} > ${readAll(ctx, spaceId)} and ${activity} > ${readThread(ctx)}`;
    case 'mine':
      return sql`(thread.author_id = ${me} or exists (
        select 1 from comment where comment.author_id = ${me} and comment.thread_id = thread.id))`;
    default:
      return sql`(thread.closed_at is null) = ${show === 'open' ? 1 : 0}`;
  }
}

const row = (ctx: SignedIn, spaceId: number, { activity, comments }: ReturnType<typeof countersIn>) => ({
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
  unread: sql<number>`${activity} > max(${readAll(ctx, spaceId)}, ${readThread(ctx)})`,
});

/** A batch runs it in both views; the one that is not the viewer's reads nothing. @param before from `present` */
export const query = (ctx: SignedIn, spaceId: number, { before = null, show = 'all' }: Asked, view: View) => {
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
          fits(ctx, spaceId, show, activity),
          last ? sql`(${activity}, ${thread.id}) < (${last[0]}, ${last[1]})` : undefined,
        ),
      )
      .orderBy(desc(activity), desc(thread.id))
      .limit(PAGE + 1)
  );
};

/** The last pinned first. For a batch. */
export const pinnedQuery = (ctx: SignedIn, spaceId: number, { pinnedBefore = null, show = 'all' }: Asked) => {
  const last = paging.read(pinnedBefore, 'number', 'number');
  const counter = (name: 'activity' | 'comments') =>
    byView(viewerOf(ctx), { spaceId }, (view) => countersIn(view, ctx.actor)[name]) as SQL<number>;
  // A few rows of their own index, so that no index of all threads is taken for the filter.
  const fitting = fits(ctx, spaceId, show, counter('activity'));
  return ctx.db
    .select(row(ctx, spaceId, { activity: counter('activity'), comments: counter('comments') }))
    .from(thread)
    .innerJoin(user, eq(user.id, thread.authorId))
    .where(
      and(
        eq(thread.spaceId, spaceId),
        isNotNull(thread.pinnedAt),
        fitting && sql`iif(${fitting}, 1, 0)`,
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
