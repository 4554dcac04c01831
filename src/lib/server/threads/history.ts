import { and, desc, eq, lt, sql } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import { unveil, veil } from '../crypto';
import * as files from '../files';
import * as markdown from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import * as paging from '../paging';
import { revision } from '../schema';
import { wasOf } from '../stale';
import { fields } from './fields';
import { mayOf } from './may';
import { commentQuery, requireRow, threadQuery, type ThreadId } from './visible';

const VERSIONS = 20;

/** What was replaced before guests could see the text stays with the company. */
const openedSince = (threadId: ThreadId, commentId: number | null) =>
  sql`replaced_at > coalesce((select opened_at from ${commentId === null ? sql`thread where id = ${threadId}` : sql`comment where id = ${commentId}`}), 0)`;

/** As typed, to be edited (own texts only) or quoted. */
export async function source(ctx: SignedIn, spaceId: number, threadId: ThreadId, commentId: number | null) {
  const { reach, threads, comments, attached } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
    comments: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    attached:
      commentId === null ? files.ofThreadQuery(ctx, threadId) : files.ofCommentsQuery(ctx, `[${commentId}]`),
  });
  const found = access.foundSpace(ctx, reach);
  const first = requireRow(threads);
  const row = commentId === null ? first : requireRow(comments);
  const title = commentId === null ? titleFor(found.reader, first) : '';
  const body = bodyFor(found.reader, row);
  return {
    id: row.id,
    title,
    body,
    // Where guests are hidden, a quotation must not show a guest's name to the others.
    author: access.everybodySees(found, row.authorKind)
      ? { name: row.author, guest: row.authorKind === 'guest', company: row.company }
      : null,
    files: attached,
    editedAt: row.editedAt ?? 0,
    was: wasOf({ title, body }, fields),
    forCompany: row.audience !== null,
    // Also if the space was archived meanwhile: what was typed must not disappear.
    mayEdit: mayOf(ctx, { ...found, archivedAt: null }, first, commentId === null ? null : row).edit,
  };
}

/** Where guests are hidden, a guest reads only their own: whom old versions named is not stored. */
export async function history(
  ctx: SignedIn,
  spaceId: number,
  threadId: ThreadId,
  commentId: number | null,
  after: string | null = null,
) {
  const last = paging.read(after, 'text');
  const { reach, threads, comments, revisions } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
    comments: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    revisions: ctx.db
      .select({ id: revision.id, title: revision.title, body: revision.body, at: revision.replacedAt })
      .from(revision)
      .where(
        and(
          eq(revision.threadId, threadId),
          commentId === null ? sql`${revision.commentId} is null` : eq(revision.commentId, commentId),
          last ? lt(revision.id, unveil(ctx.config.secret, 'revision', last[0]) ?? 0) : undefined,
          ctx.actor.kind === 'guest' ? openedSince(threadId, commentId) : undefined,
        ),
      )
      .orderBy(desc(revision.id))
      .limit(VERSIONS + 1),
  });
  const veiled = (id: number) => veil(ctx.config.secret, 'revision', id);
  const found = access.foundSpace(ctx, reach);
  const first = requireRow(threads);
  const row = commentId === null ? first : requireRow(comments);
  if (!access.readsAllNames(found.reader, row.authorId)) return { rows: [], next: null };
  const { rows, next } = paging.paged(revisions, VERSIONS, (r) => [veiled(r.id)]);
  return {
    rows: rows.map(({ id, body, ...rest }) => ({ ...rest, id: veiled(id), html: markdown.render(body) })),
    next,
  };
}
