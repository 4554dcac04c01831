/** Files as lists show them: with who attached them, when, and in which text. */
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import * as access from '../access';
import { viewerOf, visibleTo } from '../access';
import type { SignedIn } from '../context';
import { titleFor } from '../mentions/redaction';
import { can } from '../policy';
import { comment, file, space, thread, user } from '../schema';

const author = alias(user, 'author');
const commenter = alias(user, 'commenter');

/** @param ids SQL: which. What is stored with a file only finds it and makes it narrower; its texts decide */
export const listed = (ctx: SignedIn, { ids, key, order }: { ids: SQL; key: SQL; order: SQL }) =>
  ctx.db
    .select({
      id: file.id,
      name: file.name,
      type: file.type,
      category: file.category,
      size: file.size,
      version: ctx.actor.kind === 'guest' ? file.publicVersion : file.version,
      at: sql<number>`file.attached_at`.as('at'),
      key: sql<string | number>`${key}`.as('key'),
      spaceId: sql<number>`space.id`.as('space_id'),
      spaceName: sql<string>`space.name`.as('space_name'),
      thumb: sql<number>`file.thumb_key is not null`.mapWith(Boolean).as('thumb'),
      // A batch tells columns apart by their names.
      uploaderId: file.uploaderId,
      uploader: sql<string>`user.name`.as('uploader'),
      uploaderKind: user.kind,
      company: user.company,
      threadId: file.threadId,
      title: thread.title,
      mentions: thread.mentions,
      closedAt: thread.closedAt,
      authorId: thread.authorId,
      commentId: file.commentId,
      commenterId: sql<string | null>`comment.author_id`.as('commenter_id'),
      forCompany: access.isForCompany('thread', 'comment').mapWith(Boolean).as('for_company'),
    })
    .from(file)
    .innerJoin(space, eq(space.id, file.spaceId))
    .innerJoin(user, eq(user.id, file.uploaderId))
    .innerJoin(thread, eq(thread.id, file.threadId))
    .innerJoin(author, eq(author.id, thread.authorId))
    .leftJoin(comment, eq(comment.id, file.commentId))
    .leftJoin(commenter, eq(commenter.id, comment.authorId))
    .where(
      and(
        sql`file.id in ${ids}`,
        visibleTo(
          viewerOf(ctx),
          { space: 'space' },
          access.person('user'),
          { text: 'thread', author: 'author' },
          { text: 'comment', author: 'commenter' },
          { audienceOf: 'file' },
        ),
      ),
    )
    .orderBy(order);

type Row = Awaited<ReturnType<typeof listed>>[number];

export const present = (
  ctx: SignedIn,
  found: access.FoundSpace,
  {
    key: _key,
    spaceId: _space,
    spaceName: _name,
    uploaderId,
    uploader,
    uploaderKind,
    company,
    threadId,
    title,
    mentions,
    closedAt,
    authorId,
    commenterId,
    ...row
  }: Row,
) => ({
  ...row,
  by: { id: uploaderId, name: uploader, company, guest: uploaderKind === 'guest' },
  thread: { id: threadId!, title: titleFor(found.reader, { title, mentions, authorId }) },
  /** By a new version: whoever wrote the text, or runs the space. */
  mayReplace:
    closedAt === null && can(ctx.actor, 'file.replace', found, (commenterId ?? authorId) === ctx.actor.id),
});

/** In a list of several spaces, which says where each is. */
export const presentAnywhere = (row: Row) => ({
  id: row.id,
  name: row.name,
  size: row.size,
  thumb: row.thumb,
  at: row.at,
  by: { name: row.uploader, company: row.company, guest: row.uploaderKind === 'guest' },
  space: { id: row.spaceId, name: row.spaceName },
  threadId: row.threadId!,
  commentId: row.commentId,
  forCompany: row.forCompany,
});
