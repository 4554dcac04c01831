/** Words: beginning a thread, commenting, editing, deleting. Two people who write at once lose nothing. */
import { and, eq, sql } from 'drizzle-orm';
import * as access from '../access';
import * as audit from '../audit';
import * as changes from '../changes';
import { guard, isDuplicate, type SignedIn, type Statement } from '../context';
import { hashToken } from '../crypto';
import { LostRace, Refusal } from '../errors';
import * as files from '../files';
import * as limits from '../limits';
import * as notifications from '../notifications';
import { allow } from '../policy';
import { comment, reaction, thread } from '../schema';
import * as search from '../search';
import { commentQuery, seen, threadQuery } from './read';
import { namedBeforeQuery, nameableQuery, recognised, toldBy } from '../mentions/people';
import { commentOf, showsNothing, threadOf } from './text';

/** What the forms of a thread and a comment share. */
export interface TextForm {
  body: string;
  /** A random key of the form: a second post of it writes nothing twice. */
  requestKey: string;
  /** Uploads of the actor, made before by a script. */
  fileIds?: string[];
  /** Files that came with the form itself. */
  files?: File[];
}

const byGuest = (ctx: SignedIn) => ctx.actor.kind === 'guest';
const actorOf = (ctx: SignedIn) => ({ authorId: ctx.actor.id, authorKind: ctx.actor.kind });

/**
 * The key of a post: the same form with the same words is the same post (a double click), with others it is another (a
 * page that the browser brought back).
 */
const keyOf = (ctx: SignedIn, form: TextForm, ...words: (string | number)[]): string =>
  `${ctx.actor.id}:${form.requestKey}:${hashToken(JSON.stringify([...words, form.body])).slice(0, 24)}`;

/** What somebody writes in they follow, unless they said otherwise; and they have read it. */
const takePart = (ctx: SignedIn, threadId: number | ReturnType<typeof sql>): Statement =>
  ctx.db.run(sql`
    insert into thread_person (thread_id, user_id, following, read_at)
    values (${threadId}, ${ctx.actor.id}, 1, ${ctx.now})
    on conflict do update set following = coalesce(following, 1), read_at = max(read_at, excluded.read_at)`);

/** Files that came with a form without scripts are uploaded first; what a refused form leaves behind, cron clears away. */
async function filesOf(ctx: SignedIn, spaceId: number, form: TextForm) {
  const began = Date.now();
  const ids = [...(form.fileIds ?? []), ...(await files.uploadAll(ctx, spaceId, form.files ?? []))];
  // What is written now is newer than what others have read while the files were on their way.
  ctx.now += Date.now() - began;
  return { ids, names: await files.names(ctx, ids) };
}

/**
 * Begins a thread.
 * @param form `everybody`: all people of the space are told
 * @returns the thread's id
 */
export async function begin(
  ctx: SignedIn,
  spaceId: number,
  form: TextForm & { title: string; everybody?: boolean },
): Promise<number> {
  const [reach, people] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    nameableQuery(ctx, spaceId, form.title, form.body),
  ]);
  const found = access.foundSpace(ctx, reach);
  allow(ctx, 'space.write', found.spaceRole);
  if (!found.severalThreads) throw new Refusal('forbidden');
  if (!form.title) throw new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });
  const attached = await filesOf(ctx, spaceId, form);
  const { mentions, told } = recognised(ctx, form, people, []);
  const counts = { text: 1, everybody: form.everybody ? 1 : 0, named: told.length };
  const key = keyOf(ctx, form, spaceId, form.title);
  const id = threadOf(key);
  try {
    const insert = ctx.db
      .insert(thread)
      .values({
        spaceId,
        title: form.title,
        body: form.body,
        mentions,
        authorId: ctx.actor.id,
        requestKey: key,
        createdAt: ctx.now,
        lastActivityAt: ctx.now,
        companyActivityAt: ctx.now,
      })
      .returning({ id: thread.id });
    const made = await ctx.commit([
      access.stillIn(ctx, spaceId),
      insert,
      ...files.attach(ctx, spaceId, attached.ids, { threadId: id, commentId: null }),
      ...search.put(
        ctx,
        { thread: id },
        {
          spaceId,
          authors: [actorOf(ctx)],
          title: form.title,
          body: form.body,
          mentions,
          files: attached.names,
        },
      ),
      takePart(ctx, id),
      ...notifications.notify(ctx, {
        spaceId,
        threadId: id,
        commentId: null,
        kind: 'thread',
        mentioned: told,
        everybody: form.everybody ?? false,
      }),
      ...limits.countTold(ctx),
      changes.note(ctx, spaceId, 'thread', id),
      audit.entry(ctx, 'space.thread-created', `space:${spaceId}`, { title: form.title }, spaceId),
      ...limits.count(ctx, counts),
    ]);
    return made.of(insert)[0]!.id;
  } catch (error) {
    if (error instanceof LostRace) throw await whyLost(ctx, spaceId, null, counts);
    if (!isDuplicate(error)) throw error;
    const [row] = await ctx.db.select({ id: thread.id }).from(thread).where(eq(thread.requestKey, key));
    return row!.id;
  }
}

/**
 * Why a batch was undone: the space or thread is out of reach, the thread was closed, it was too much for an hour, or a
 * file is gone or used.
 */
async function whyLost(
  ctx: SignedIn,
  spaceId: number,
  threadId: number | null,
  counts: limits.Counts,
): Promise<Refusal> {
  const [reach, threads] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    threadQuery(ctx, spaceId, threadId ?? 0),
  ]);
  access.foundSpace(ctx, reach);
  if (threadId !== null && seen(threads).closedAt !== null)
    return new Refusal('conflict', { key: 'thread.closed' });
  return (
    (await limits.passed(ctx, { ...counts, told: 1 })) ??
    new Refusal('conflict', { key: 'file.gone', field: 'files' })
  );
}

/**
 * Writes a comment; the thread moves up. A second post of the same form writes nothing.
 * @returns the comment's id
 */
export async function addComment(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  form: TextForm,
): Promise<number> {
  const [reach, people, before, threads] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    nameableQuery(ctx, spaceId, form.body),
    namedBeforeQuery(ctx, threadId, form.body),
    threadQuery(ctx, spaceId, threadId),
  ]);
  const found = access.foundSpace(ctx, reach);
  allow(ctx, 'space.write', found.spaceRole);
  const topic = seen(threads);
  if (topic.closedAt !== null) throw new Refusal('conflict', { key: 'thread.closed' });
  const attached = await filesOf(ctx, spaceId, form);
  if (showsNothing(form.body) && attached.ids.length === 0)
    throw new Refusal('invalid', { key: 'comment.missing', field: 'body' });
  const { mentions, told } = recognised(ctx, form, people, before);
  const counts = { text: 1, named: told.length };
  const key = keyOf(ctx, form, threadId);
  const id = commentOf(key);
  try {
    await ctx.commit([
      access.stillIn(ctx, spaceId),
      ctx.db
        .update(thread)
        .set({
          lastActivityAt: sql`max(last_activity_at, ${ctx.now})`,
          commentCount: sql`comment_count + 1`,
          ...(!byGuest(ctx) && {
            companyActivityAt: sql`max(company_activity_at, ${ctx.now})`,
            companyCommentCount: sql`company_comment_count + 1`,
          }),
        })
        .where(and(eq(thread.id, threadId), eq(thread.spaceId, spaceId), sql`closed_at is null`)),
      guard(ctx),
      ctx.db.insert(comment).values({
        threadId,
        authorId: ctx.actor.id,
        body: form.body,
        mentions,
        requestKey: key,
        createdAt: ctx.now,
      }),
      ...files.attach(ctx, spaceId, attached.ids, { threadId, commentId: id }),
      ...search.put(
        ctx,
        { comment: id },
        {
          spaceId,
          authors: [topic, actorOf(ctx)],
          body: form.body,
          mentions,
          files: attached.names,
        },
      ),
      takePart(ctx, threadId),
      ...notifications.notify(ctx, {
        spaceId,
        threadId,
        commentId: id,
        kind: 'comment',
        mentioned: told,
      }),
      ...limits.countTold(ctx),
      changes.note(ctx, spaceId, 'comment', threadId, id, [topic]),
      ...limits.count(ctx, counts),
    ]);
  } catch (error) {
    if (error instanceof LostRace) throw await whyLost(ctx, spaceId, threadId, counts);
    if (!isDuplicate(error)) throw error;
  }
  const [row] = await ctx.db.select({ id: comment.id }).from(comment).where(eq(comment.requestKey, key));
  return row!.id;
}

/**
 * Changes own words; what they were is kept as a revision. Who is named anew is told.
 * @param commentId null: the thread's first text
 * @param form `editedAt`: of the text that the form showed (0: never), so that a stale form overwrites nothing
 */
export async function edit(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number | null,
  form: { title?: string; body: string; editedAt: number },
): Promise<void> {
  const words = [form.title ?? '', form.body];
  const [reach, people, named, threads, comments, attached] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    nameableQuery(ctx, spaceId, ...words),
    // Also of this very text: who has left is named by it still, and hidden still.
    namedBeforeQuery(ctx, threadId, ...words),
    threadQuery(ctx, spaceId, threadId),
    commentQuery(ctx, spaceId, threadId, commentId ?? 0),
    commentId === null ? files.ofThreadQuery(ctx, threadId) : files.ofCommentsQuery(ctx, `[${commentId}]`),
  ]);
  const found = access.foundSpace(ctx, reach);
  const first = seen(threads);
  const before = commentId === null ? first : seen(comments);
  allow(ctx, 'text.edit', found.spaceRole, before.authorId === ctx.actor.id);
  if (first.closedAt !== null) throw new Refusal('conflict', { key: 'thread.closed' });
  const title = commentId === null && found.severalThreads ? (form.title ?? '') : '';
  if (commentId === null && found.severalThreads && !title)
    throw new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });
  if (commentId !== null && showsNothing(form.body) && attached.length === 0)
    throw new Refusal('invalid', { key: 'comment.missing', field: 'body' });
  if (form.body === before.body && (commentId !== null || title === first.title)) return;
  const { mentions, told } = recognised(ctx, { title, body: form.body }, people, named);
  const already = new Set(toldBy(ctx, before));
  const tells = told.filter((id) => !already.has(id));
  const counts = { text: 1, named: tells.length };
  const me = ctx.actor.id;
  const table = commentId === null ? sql`thread` : sql`comment`;
  const textId = commentId ?? threadId;
  try {
    await ctx.commit([
      access.stillIn(ctx, spaceId),
      ctx.db.run(sql`
        insert into revision (thread_id, comment_id, title, body, at)
        select ${threadId}, ${commentId}, ${commentId === null ? sql`title` : sql`''`}, body, ${ctx.now}
        from ${table} where id = ${textId} and author_id = ${me} and coalesce(edited_at, 0) = ${form.editedAt}`),
      guard(ctx),
      commentId === null
        ? ctx.db
            .update(thread)
            .set({ title, body: form.body, mentions, editedAt: ctx.now })
            .where(eq(thread.id, threadId))
        : ctx.db
            .update(comment)
            .set({ body: form.body, mentions, editedAt: ctx.now })
            .where(eq(comment.id, commentId)),
      ...search.put(ctx, commentId === null ? { thread: threadId } : { comment: commentId }, {
        spaceId,
        authors: [first, before],
        title,
        body: form.body,
        mentions,
        files: attached.map((file) => file.name),
      }),
      ...notifications.notifyMentioned(ctx, {
        spaceId,
        threadId,
        commentId,
        kind: commentId === null ? 'thread' : 'comment',
        mentioned: tells,
      }),
      ...(tells.length > 0 ? limits.countTold(ctx) : []),
      changes.note(
        ctx,
        spaceId,
        commentId === null ? 'thread-changed' : 'comment-changed',
        threadId,
        commentId,
        [first, before],
      ),
      ...limits.count(ctx, counts),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    throw (
      (await limits.passed(ctx, { ...counts, told: 1 })) ?? new Refusal('conflict', { key: 'form.stale' })
    );
  }
}

/** Deletes a comment with its history, reactions and files: the author, or a space administrator. Twice is once. */
export async function removeComment(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  commentId: number,
): Promise<void> {
  const [reach, threads, comments] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    threadQuery(ctx, spaceId, threadId),
    commentQuery(ctx, spaceId, threadId, commentId),
  ]);
  const found = access.foundSpace(ctx, reach);
  const row = comments[0];
  if (!row) return;
  const own = row.authorId === ctx.actor.id;
  allow(ctx, 'text.delete', found.spaceRole, own);
  await unlessLost(
    ctx.commit([
      access.stillIn(ctx, spaceId, !own),
      files.release(ctx, { commentId }),
      ...search.drop(ctx, { comment: commentId }),
      ctx.db.delete(reaction).where(and(eq(reaction.threadId, threadId), eq(reaction.commentId, commentId))),
      ctx.db.delete(comment).where(and(eq(comment.id, commentId), eq(comment.threadId, threadId))),
      guard(ctx),
      ctx.db
        .update(thread)
        .set({
          commentCount: sql`comment_count - 1`,
          ...(row.authorKind === 'user' && { companyCommentCount: sql`company_comment_count - 1` }),
        })
        .where(eq(thread.id, threadId)),
      changes.note(ctx, spaceId, 'comment-deleted', threadId, commentId, [...threads, row]),
      audit.entry(ctx, 'space.comment-deleted', `space:${spaceId}`, { author: row.author, own }, spaceId),
    ]),
  );
}

/** Deletes a thread with all that was said in it: who began it, or a space administrator. Twice is once. */
export async function remove(ctx: SignedIn, spaceId: number, threadId: number): Promise<void> {
  const [reach, threads] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    threadQuery(ctx, spaceId, threadId),
  ]);
  const found = access.foundSpace(ctx, reach);
  const row = threads[0];
  if (!row) return;
  const own = row.authorId === ctx.actor.id;
  allow(ctx, 'text.delete', found.spaceRole, own);
  // The one conversation of a space without several threads stays.
  if (!found.severalThreads) throw new Refusal('forbidden');
  await unlessLost(
    ctx.commit([
      access.stillIn(ctx, spaceId, !own),
      files.release(ctx, { threadId }),
      ...search.drop(ctx, { threadWithComments: threadId }),
      ctx.db.delete(thread).where(and(eq(thread.id, threadId), eq(thread.spaceId, spaceId))),
      guard(ctx),
      changes.note(ctx, spaceId, 'thread-deleted', threadId, null, [row]),
      audit.entry(
        ctx,
        'space.thread-deleted',
        `space:${spaceId}`,
        { title: row.title, author: row.author, own },
        spaceId,
      ),
    ]),
  );
}

/** Somebody else was first, or the right is gone meanwhile: the next page shows which. */
async function unlessLost(commit: Promise<unknown>): Promise<void> {
  await commit.catch((error) => {
    if (!(error instanceof LostRace)) throw error;
  });
}
