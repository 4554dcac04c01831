import { eq, sql } from 'drizzle-orm';
import * as access from '../access';
import type { Audience } from '../access';
import { must, type SignedIn, type Statement } from '../context';
import { hashToken } from '../crypto';
import { checkAll, Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as limits from '../limits';
import { greeted } from '../memberships/own';
import { nameableQuery, namedBeforeQuery, recognised } from '../mentions/people';
import { allow } from '../policy';
import { comment, thread, threadPerson } from '../schema';
import { newId } from './id';
import { withSeveral } from './prepare';
import { seenLater, seenUntil } from './seen';
import { requireRow, threadQuery } from './visible';
import { commentOf, showsNothing, threadOf } from './text';

export interface TextForm {
  body: string;
  /** So that a second post writes nothing twice. */
  requestKey: string;
  fileIds?: string[];
  files?: File[];
  /** Only of the demo's texts, which have short addresses. */
  id?: number;
  /** Comments of a thread that is only for the company always are, too. */
  audience?: Audience;
}

const authorOf = (ctx: SignedIn) => ({ authorId: ctx.actor.id, authorKind: ctx.actor.kind });

const keyOf = (ctx: SignedIn, form: TextForm, audience: Audience, ...words: (string | number)[]): string =>
  `${ctx.actor.id}:${form.requestKey}:${hashToken(JSON.stringify([...words, form.body, audience ?? ''])).slice(0, 24)}`;

/** @param thread what the thread of a comment is */
function audienceFor(
  ctx: SignedIn,
  found: access.FoundSpace,
  form: TextForm,
  thread: Audience = null,
): Audience {
  const audience = thread ?? form.audience ?? null;
  if (audience !== null) allow(ctx, 'text.confide', found);
  return audience;
}

/**
 * Authors follow their threads, unless they chose otherwise, and have read them.
 * @param unnoticed guests see the thread, but not what is written: so not that it was read, either
 */
const takePart = (
  ctx: SignedIn,
  spaceId: number,
  threadId: number | ReturnType<typeof sql>,
  unnoticed = false,
): Statement[] => [
  ctx.db
    .insert(threadPerson)
    .values({
      ...{ spaceId, threadId: sql`${threadId}`, userId: ctx.actor.id, following: true, readAt: ctx.now },
      ...seenUntil(ctx, unnoticed ? null : ctx.now),
    })
    .onConflictDoUpdate({
      target: [threadPerson.threadId, threadPerson.userId],
      set: {
        following: sql`coalesce(following, 1)`,
        readAt: sql`max(read_at, excluded.read_at)`,
        ...seenLater,
      },
    }),
  // The creator's greeting is about guests, not about writing.
  ...(ctx.actor.kind === 'guest' ? [greeted(ctx, spaceId)] : []),
];

/**
 * Files in the form itself (without scripts). If the form is refused, cron deletes them.
 * @returns `writing`: the context of what is written after the upload. It must be newer than what others have read meanwhile.
 */
export async function filesOf(ctx: SignedIn, spaceId: number, form: Pick<TextForm, 'fileIds' | 'files'>) {
  const sent = form.files ?? [];
  const ids = [...(form.fileIds ?? []), ...(await files.uploadAll(ctx, spaceId, sent))];
  const writing = sent.length > 0 ? { ...ctx, now: ctx.now + ctx.elapsed() } : ctx;
  return { ids, names: await files.names(ctx, ids), writing };
}

/** What is wrong with a new thread: all of it at once. */
export const judgeThread = (
  ctx: SignedIn,
  { title, files: list = [] }: { title?: string; files?: File[] },
): Promise<void> =>
  checkAll(
    () => {
      if (title === '') throw new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });
    },
    () => files.checkFiles(ctx, list),
  );

/** The same of a comment, which may be only files. */
export const judgeComment = (
  ctx: SignedIn,
  { body, files: list = [], fileIds = [] }: Partial<TextForm>,
): Promise<void> =>
  checkAll(
    () => {
      if (body !== undefined && list.length + fileIds.length === 0 && showsNothing(body))
        throw new Refusal('invalid', { key: 'comment.missing', field: 'body' });
    },
    () => files.checkFiles(ctx, list),
  );

/** @param form `everybody`: everybody in the space is notified. @returns the thread's id */
export async function begin(
  ctx: SignedIn,
  spaceId: number,
  form: TextForm & { title: string; everybody?: boolean },
): Promise<number> {
  const { space, people } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    people: nameableQuery(ctx, spaceId, form.title, form.body),
  });
  const found = withSeveral(access.foundSpace(ctx, space));
  allow(ctx, 'space.write', found);
  const audience = audienceFor(ctx, found, form);
  await judgeThread(ctx, form);
  const { writing, ...attached } = await filesOf(ctx, spaceId, form);
  const { mentions, told } = recognised(ctx, { ...form, audience }, people, []);
  const { title, body, everybody = false } = form;
  const counts = { text: 1, everybody: everybody ? 1 : 0, named: told.length };
  const requestKey = keyOf(ctx, form, audience, spaceId, title);
  const threadId = threadOf(requestKey);
  const insert = ctx.db
    .insert(thread)
    .values({
      id: form.id ?? newId('thread', writing.now),
      spaceId,
      title,
      body,
      mentions,
      audience,
      authorId: ctx.actor.id,
      requestKey,
      createdAt: writing.now,
      lastActivityAt: writing.now,
      publicActivityAt: writing.now,
      staffActivityAt: writing.now,
    })
    .returning({ id: thread.id });
  const made = await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      insert,
      files.attach(writing, spaceId, attached.ids, { threadId, commentId: null }),
      takePart(writing, spaceId, threadId),
      record(writing, {
        kind: 'space.thread-created',
        spaceId,
        threadId,
        authors: [authorOf(ctx)],
        detail: { title },
        text: { title, body, mentions, files: attached.names },
        notify: { mentioned: told, everybody },
      }),
      limits.count(writing, counts),
    ],
    { refusal: () => whyRefused(ctx, spaceId, null, counts), duplicate: 'done' },
  );
  if (made.done) return made.of(insert)[0]!.id;
  const [first] = await ctx.db
    .select({ id: thread.id })
    .from(thread)
    .where(eq(thread.requestKey, requestKey));
  return first!.id;
}

/** A second post of the same form writes nothing. @returns the comment's id */
export async function addComment(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  form: TextForm,
): Promise<number> {
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    people: nameableQuery(ctx, spaceId, form.body),
    before: namedBeforeQuery(ctx, threadId, form.body),
    thread: threadQuery(ctx, spaceId, threadId),
  });
  const found = access.foundSpace(ctx, rows.space);
  allow(ctx, 'space.write', found);
  const topic = requireRow(rows.thread);
  if (topic.closedAt !== null) throw new Refusal('conflict', { key: 'thread.closed' });
  // No thread becomes narrower, so this holds when it is written.
  const audience = audienceFor(ctx, found, form, topic.audience);
  await judgeComment(ctx, form);
  const { writing, ...attached } = await filesOf(ctx, spaceId, form);
  const { mentions, told } = recognised(ctx, { ...form, audience }, rows.people, rows.before);
  const { body } = form;
  const counts = { text: 1, named: told.length };
  const requestKey = keyOf(ctx, form, audience, threadId);
  const commentId = commentOf(requestKey);
  const insert = ctx.db
    .insert(comment)
    .values({
      id: form.id ?? newId('comment', writing.now),
      spaceId,
      threadId,
      authorId: ctx.actor.id,
      body,
      mentions,
      audience,
      requestKey,
      createdAt: writing.now,
    })
    .returning({ id: comment.id });
  const made = await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      must(
        ctx,
        sql`exists (select 1 from thread where id = ${threadId} and space_id = ${spaceId} and closed_at is null)`,
      ),
      insert,
      ctx.db
        .update(thread)
        .set(access.counterChanges({ id: commentId, authorKind: ctx.actor.kind }, 1, writing.now))
        .where(eq(thread.id, threadId)),
      files.attach(writing, spaceId, attached.ids, { threadId, commentId }),
      takePart(writing, spaceId, threadId, audience !== null && topic.audience === null),
      record(writing, {
        kind: 'space.comment-created',
        spaceId,
        threadId,
        commentId,
        authors: [topic, authorOf(ctx)],
        text: { body, mentions, files: attached.names },
        notify: { mentioned: told },
      }),
      limits.count(writing, counts),
    ],
    { refusal: () => whyRefused(ctx, spaceId, threadId, counts), duplicate: 'done' },
  );
  if (made.done) return made.of(insert)[0]!.id;
  const [first] = await ctx.db
    .select({ id: comment.id })
    .from(comment)
    .where(eq(comment.requestKey, requestKey));
  return first!.id;
}

/** The space or thread is out of reach, the thread was closed, a limit was passed, or a file is gone or used. */
async function whyRefused(
  ctx: SignedIn,
  spaceId: number,
  threadId: number | null,
  counts: limits.Counts,
): Promise<Refusal> {
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    thread: threadQuery(ctx, spaceId, threadId ?? 0),
  });
  access.foundSpace(ctx, rows.space);
  if (threadId !== null && requireRow(rows.thread).closedAt !== null)
    return new Refusal('conflict', { key: 'thread.closed' });
  return (
    (await limits.exceeded(ctx, { ...counts, told: 1 })) ??
    new Refusal('conflict', { key: 'file.gone', field: 'files' })
  );
}
