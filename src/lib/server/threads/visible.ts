import { and, eq, sql, type SQL } from 'drizzle-orm';
import { viewerOf, visibleTo } from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { comment, thread, user } from '../schema';
import { textColumns } from './text';

/** SQL finds it in the batch that reads it. */
export type ThreadId = number | SQL;

/** SQL: the one thread of a space without several, which is the space's page. Null for any other. */
export const onlyThread = (spaceId: number): SQL => sql`(select only_thread.id from space of_it
  join thread only_thread on only_thread.space_id = of_it.id
  where of_it.id = ${spaceId} and of_it.several_threads = 0 and of_it.show_threads = 1 limit 1)`;

/** For a batch; `requireRow` refuses if it found nothing. */
export const threadQuery = (ctx: SignedIn, spaceId: number, threadId: ThreadId) =>
  ctx.db
    .select({
      ...textColumns.thread,
      pinnedAt: thread.pinnedAt,
      closedAt: thread.closedAt,
      lastActivityAt: thread.lastActivityAt,
      publicActivityAt: thread.publicActivityAt,
      staffActivityAt: thread.staffActivityAt,
    })
    .from(thread)
    .innerJoin(user, eq(user.id, thread.authorId))
    .where(
      and(
        eq(thread.id, threadId),
        eq(thread.spaceId, spaceId),
        visibleTo(viewerOf(ctx), { spaceId }, { text: 'thread', author: 'user' }),
      ),
    );

export const commentQuery = (ctx: SignedIn, spaceId: number, threadId: ThreadId, commentId: number) =>
  ctx.db
    .select(textColumns.comment)
    .from(comment)
    .innerJoin(user, eq(user.id, comment.authorId))
    .innerJoin(thread, and(eq(thread.id, comment.threadId), eq(thread.spaceId, spaceId)))
    .where(
      and(
        eq(comment.id, commentId),
        eq(comment.threadId, threadId),
        visibleTo(viewerOf(ctx), { spaceId }, { text: 'comment', author: 'user' }),
      ),
    );

export const required = <T>(found: T | null): T => requireRow(found === null ? [] : [found]);

export function requireRow<T>([row]: T[]): T {
  if (!row) throw new Refusal('missing');
  return row;
}
