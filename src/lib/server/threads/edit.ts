import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import { safeName } from '../blobs';
import { changed, must, type SignedIn } from '../context';
import { checkAll, Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as limits from '../limits';
import { nameableQuery, namedBeforeQuery, recognised, toldBy } from '../mentions/people';
import { comment, thread } from '../schema';
import { bodyFor, titleFor } from '../mentions/redaction';
import { merge } from '../stale';
import { fields } from './fields';
import { ownQueries, ownText } from './own';
import { commentQuery, threadQuery } from './visible';
import { showsNothing } from './text';
import { filesOf, type TextForm } from './write';

const titleMissing = () => new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });

const isWider = (promised: { audience?: access.Audience }, now: { audience: access.Audience }): boolean =>
  promised.audience === 'company' && now.audience === null;

/** The form then says so, and its next Save decides. */
const opened = () =>
  new Refusal('conflict', {
    key: 'audience.opened-since',
    newer: { values: { audience: 'everyone' }, saved: [] },
  });

/** For a form whose other fields are refused. */
export async function judgeEdit(
  ctx: SignedIn,
  spaceId: number,
  { text, title, files: list = [] }: { text?: number | null; title?: string; files?: File[] },
) {
  const { severalThreads } = await access.requireSpace(ctx, spaceId);
  await checkAll(
    () => {
      if (text === null && title === '' && severalThreads) throw titleMissing();
    },
    () => files.checkFiles(ctx, list),
  );
}

/**
 * Notifies people newly named. @param form `editedAt` as shown (0: never edited): a stale form overwrites nothing. Of the files
 * that it showed (`had`), those that are not in `keep` go. `audience` is whom it promised: a form that was only for the company
 * does not write for guests.
 */
export async function edit(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  form: Pick<TextForm, 'body' | 'fileIds' | 'files' | 'audience'> & {
    title?: string;
    editedAt: number;
    was?: string;
    had?: string[];
    keep?: string[];
  },
): Promise<void> {
  const words = [form.title ?? '', form.body];
  const rows = await ctx.read({
    ...ownQueries(ctx, spaceId, threadId, commentId),
    people: nameableQuery(ctx, spaceId, ...words),
    // Includes this text: somebody who has left since is still named, and hidden.
    before: namedBeforeQuery(ctx, threadId, ...words),
  });
  const { found, first, text } = ownText(ctx, rows, commentId);
  const titled = commentId === null && found.severalThreads;
  const mine = { title: titled ? (form.title ?? '') : '', body: form.body };
  const shown = { title: titled ? titleFor(found.reader, first) : '', body: bodyFor(found.reader, text) };
  const editedAt = text.editedAt ?? 0;
  const { title, body } =
    editedAt === form.editedAt && form.was === undefined
      ? mine
      : // A box may have been ticked since, which is no edit.
        merge(mine, shown, fields, { was: form.was, now: { editedAt } });
  if (titled && !title) throw titleMissing();
  const { had = [], keep = [] } = form;
  // A form that comes twice finds its files here.
  const since = editedAt === form.editedAt ? [] : rows.files.filter(({ id }) => !had.includes(id));
  const fileIds = form.fileIds?.filter((id) => !since.some((file) => file.id === id)) ?? [];
  const sent = form.files?.filter(({ name }) => !since.some((file) => file.name === safeName(name))) ?? [];
  const removed = rows.files.map((file) => file.id).filter((id) => had.includes(id) && !keep.includes(id));
  const kept = rows.files.filter((file) => !removed.includes(file.id));
  const added = fileIds.length + sent.length;
  if (added > 0) files.refuseTooMany(kept.length + added);
  if (commentId !== null && showsNothing(body) && kept.length + added === 0)
    throw new Refusal('invalid', { key: 'comment.missing', field: 'body' });
  const sameWords = body === text.body && (commentId !== null || title === first.title);
  if (sameWords && removed.length + added === 0) return;
  if (isWider(form, text)) throw opened();
  const { writing, ...attached } = await filesOf(ctx, spaceId, { fileIds, files: sent });
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
    text: { title, body, mentions, files: [...kept.map((file) => file.name), ...attached.names] },
    notify: { mentioned, onlyMentioned: true },
  };
  const [table, id] = commentId === null ? [sql`thread`, threadId] : [sql`comment`, commentId];
  await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      ctx.db.run(sql`
        insert into revision (space_id, thread_id, comment_id, title, body, replaced_at)
        select space_id, ${threadId}, ${commentId}, ${commentId === null ? sql`title` : sql`''`}, body, ${writing.now}
        from ${table} where id = ${id} and author_id = ${ctx.actor.id} and coalesce(edited_at, 0) = ${editedAt}
          and body = ${text.body}
          and ${access.isFor(text.audience)} and exists (select 1 from thread t where t.id = ${threadId} and t.closed_at is null)`),
      must(ctx, changed()),
      commentId === null
        ? ctx.db
            .update(thread)
            .set({ title, body, mentions, editedAt: writing.now })
            .where(eq(thread.id, threadId))
        : ctx.db
            .update(comment)
            .set({ body, mentions, editedAt: writing.now })
            .where(eq(comment.id, commentId)),
      removed.length > 0 && files.release(writing, { ids: removed, threadId, commentId }),
      files.attach(writing, spaceId, attached.ids, { threadId, commentId }),
      record(
        writing,
        commentId === null
          ? { kind: 'space.thread-edited', ...edited }
          : { kind: 'space.comment-edited', commentId, ...edited },
      ),
      limits.count(writing, counts),
    ],
    {
      refusal: async () => {
        const exceeded = await limits.exceeded(ctx, { ...counts, told: 1 });
        const now = await ctx.read({
          thread: threadQuery(ctx, spaceId, threadId),
          comment: commentQuery(ctx, spaceId, threadId, commentId ?? 0),
        });
        const [same] = commentId === null ? now.thread : now.comment;
        if (exceeded) return exceeded;
        if (now.thread[0]?.closedAt) return new Refusal('conflict', { key: 'thread.closed' });
        if (same && isWider(form, same)) return opened();
        return (same?.editedAt ?? 0) === editedAt && same?.body === text.body
          ? new Refusal('conflict', { key: 'file.gone', field: 'files' })
          : new Refusal('conflict', { key: 'form.stale' });
      },
    },
  );
}
