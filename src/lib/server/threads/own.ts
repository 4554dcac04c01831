/** An own text, before it is edited or ticked. */
import * as access from '../access';
import type { Rows, SignedIn } from '../context';
import { Refusal } from '../errors';
import * as files from '../files';
import { allow } from '../policy';
import { mayOf } from './may';
import { commentQuery, requireRow, threadQuery } from './visible';

/** For a batch. @param commentId null: the thread's first text */
export const ownQueries = (ctx: SignedIn, spaceId: number, threadId: number, commentId: number | null) => ({
  space: access.spaceQuery(ctx, spaceId),
  thread: threadQuery(ctx, spaceId, threadId),
  comment: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
  files:
    commentId === null ? files.ofThreadQuery(ctx, threadId) : files.ofCommentsQuery(ctx, `[${commentId}]`),
});

/** Refused unless the text is the actor's, who may still write, in an open thread. */
export function ownText(
  ctx: SignedIn,
  rows: Rows<Pick<ReturnType<typeof ownQueries>, 'space' | 'thread' | 'comment'>>,
  commentId: number | null,
) {
  const found = access.foundSpace(ctx, rows.space);
  const first = requireRow(rows.thread);
  const text = commentId === null ? first : requireRow(rows.comment);
  const may = mayOf(ctx, found, first, commentId === null ? null : text);
  if (!may.own) throw new Refusal('forbidden');
  allow(ctx, 'space.write', found);
  if (!may.edit) throw new Refusal('conflict', { key: 'thread.closed' });
  return { found, first, text };
}
