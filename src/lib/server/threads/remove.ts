/** Deleting a text with its history, reactions and files. Twice is no error while `changes` are kept. */
import { and, eq } from 'drizzle-orm';
import * as access from '../access';
import * as changes from '../changes';
import { changed, must, type SignedIn } from '../context';
import { record } from '../events';
import * as files from '../files';
import { refused } from '../policy';
import { comment, reaction, thread } from '../schema';
import { mayOf } from './may';
import { commentQuery, threadQuery } from './visible';

/** Somebody else was faster, or the right has ended; the next page shows which. */
const lostRaceIsDone = { refusal: () => null };

/** For its author and space administrators. */
export async function removeComment(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number,
): Promise<void> {
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    thread: threadQuery(ctx, spaceId, threadId),
    comment: commentQuery(ctx, spaceId, threadId, commentId),
  });
  const found = access.foundSpace(ctx, rows.space);
  const [[first], [row]] = [rows.thread, rows.comment];
  if (!first || !row) return changes.requireDeleted(ctx, spaceId, threadId, commentId);
  const may = mayOf(ctx, found, first, row);
  if (!may.delete) throw refused(found);
  await ctx.commit(
    [
      may.own ? access.stillMember(ctx, spaceId) : access.stillAdministers(ctx, spaceId),
      files.release(ctx, { commentId }),
      record(ctx, {
        kind: 'space.comment-deleted',
        spaceId,
        threadId,
        commentId,
        authors: [first, row],
        detail: { author: row.author, own: may.own },
      }),
      ctx.db.delete(reaction).where(and(eq(reaction.threadId, threadId), eq(reaction.commentId, commentId))),
      ctx.db.update(thread).set(access.counterChanges(row, -1)).where(eq(thread.id, threadId)),
      ctx.db.delete(comment).where(and(eq(comment.id, commentId), eq(comment.threadId, threadId))),
      must(ctx, changed()),
    ],
    lostRaceIsDone,
  );
}

/** For its author and space administrators. */
export async function remove(ctx: SignedIn, spaceId: number, threadId: number): Promise<void> {
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    thread: threadQuery(ctx, spaceId, threadId),
  });
  const found = access.foundSpace(ctx, rows.space);
  const [row] = rows.thread;
  if (!row) return changes.requireDeleted(ctx, spaceId, threadId);
  const may = mayOf(ctx, found, row);
  if (!may.delete) throw refused(found);
  await ctx.commit(
    [
      may.own ? access.stillMember(ctx, spaceId) : access.stillAdministers(ctx, spaceId),
      files.release(ctx, { threadId }),
      record(ctx, {
        kind: 'space.thread-deleted',
        spaceId,
        threadId,
        authors: [row],
        detail: { title: row.title, author: row.author, own: may.own },
      }),
      ctx.db.delete(thread).where(and(eq(thread.id, threadId), eq(thread.spaceId, spaceId))),
      must(ctx, changed()),
    ],
    lostRaceIsDone,
  );
}
