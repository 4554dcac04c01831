import { and, eq } from 'drizzle-orm';
import { viewerOf, visibleTo } from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { comment, thread, user } from '../schema';
import { textColumns } from './text';

/** For a batch; `requireRow` refuses if it found nothing. */
export const threadQuery = (ctx: SignedIn, spaceId: number, threadId: number) =>
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

export const commentQuery = (ctx: SignedIn, spaceId: number, threadId: number, commentId: number) =>
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

export function requireRow<T>([row]: T[]): T {
  if (!row) throw new Refusal('missing');
  return row;
}
