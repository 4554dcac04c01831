import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as limits from '../limits';
import { nameableQuery, namedBeforeQuery, recognised, toldBy } from '../mentions/people';
import { comment, thread } from '../schema';
import { bodyFor, titleFor } from '../mentions/redaction';
import { merge } from '../stale';
import { fields } from './fields';
import { mayOf } from './may';
import { commentQuery, requireRow, threadQuery } from './visible';
import { showsNothing } from './text';

const titleMissing = () => new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });

/** For a form whose other fields are refused. */
export async function judgeEdit(ctx: SignedIn, spaceId: number, commentId?: number | null, title?: string) {
  const { severalThreads } = await access.requireSpace(ctx, spaceId);
  if (commentId === null && title === '' && severalThreads) throw titleMissing();
}

/** Notifies people newly named. @param form `editedAt` as shown (0: never edited): a stale form overwrites nothing */
export async function edit(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  form: { title?: string; body: string; editedAt: number; was?: string },
): Promise<void> {
  const words = [form.title ?? '', form.body];
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    people: nameableQuery(ctx, spaceId, ...words),
    // Includes this text: somebody who has left since is still named, and hidden.
    before: namedBeforeQuery(ctx, threadId, ...words),
    thread: threadQuery(ctx, spaceId, threadId),
    comment: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    files:
      commentId === null ? files.ofThreadQuery(ctx, threadId) : files.ofCommentsQuery(ctx, `[${commentId}]`),
  });
  const found = access.foundSpace(ctx, rows.space);
  const first = requireRow(rows.thread);
  const text = commentId === null ? first : requireRow(rows.comment);
  const may = mayOf(ctx, found, first, commentId === null ? null : text);
  if (!may.own) throw new Refusal('forbidden');
  if (!may.edit) throw new Refusal('conflict', { key: 'thread.closed' });
  const titled = commentId === null && found.severalThreads;
  const mine = { title: titled ? (form.title ?? '') : '', body: form.body };
  const shown = { title: titled ? titleFor(found.reader, first) : '', body: bodyFor(found.reader, text) };
  const editedAt = text.editedAt ?? 0;
  const { title, body } =
    editedAt === form.editedAt ? mine : merge(mine, shown, fields, { was: form.was, now: { editedAt } });
  if (titled && !title) throw titleMissing();
  if (commentId !== null && showsNothing(body) && rows.files.length === 0)
    throw new Refusal('invalid', { key: 'comment.missing', field: 'body' });
  if (body === text.body && (commentId !== null || title === first.title)) return;
  const { mentions, told } = recognised(
    ctx,
    { title, body, audience: text.audience },
    rows.people,
    rows.before,
  );
  const already = new Set(toldBy(ctx, text));
  const mentioned = told.filter((id) => !already.has(id));
  const counts = { text: 1, named: mentioned.length };
  const edited = {
    spaceId,
    threadId,
    authors: [first, text],
    text: { title, body, mentions, files: rows.files.map((file) => file.name) },
    notify: { mentioned, onlyMentioned: true },
  };
  const [table, id] = commentId === null ? [sql`thread`, threadId] : [sql`comment`, commentId];
  await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      ctx.db.run(sql`
        insert into revision (space_id, thread_id, comment_id, title, body, replaced_at)
        select space_id, ${threadId}, ${commentId}, ${commentId === null ? sql`title` : sql`''`}, body, ${ctx.now}
        from ${table} where id = ${id} and author_id = ${ctx.actor.id} and coalesce(edited_at, 0) = ${editedAt}
          and exists (select 1 from thread t where t.id = ${threadId} and t.closed_at is null)`),
      must(ctx, changed()),
      commentId === null
        ? ctx.db
            .update(thread)
            .set({ title, body, mentions, editedAt: ctx.now })
            .where(eq(thread.id, threadId))
        : ctx.db.update(comment).set({ body, mentions, editedAt: ctx.now }).where(eq(comment.id, commentId)),
      record(
        ctx,
        commentId === null
          ? { kind: 'space.thread-edited', ...edited }
          : { kind: 'space.comment-edited', commentId, ...edited },
      ),
      limits.count(ctx, counts),
    ],
    {
      refusal: async () => {
        const exceeded = await limits.exceeded(ctx, { ...counts, told: 1 });
        const now = await threadQuery(ctx, spaceId, threadId);
        return (
          exceeded ?? new Refusal('conflict', { key: now[0]?.closedAt ? 'thread.closed' : 'form.stale' })
        );
      },
    },
  );
}
