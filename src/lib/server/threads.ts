/** Threads of a space and their comments: begin, read, comment. Reached only through the space. */
import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import * as audit from './audit';
import { guard, isDuplicate, type Ctx } from './context';
import { LostRace, Refusal } from './errors';
import * as markdown from './markdown';
import { allow } from './policy';
import * as memberships from './memberships';
import { comment, thread, user } from './schema';
import * as spaces from './spaces';

const PAGE = 100;

/**
 * Begins a thread.
 * @param form `requestKey`: a random key of the form; a second post of it leads to the same thread
 * @returns the thread's id
 */
export async function begin(
  ctx: Ctx,
  spaceId: number,
  form: { title: string; body: string; requestKey: string },
): Promise<number> {
  const found = await spaces.reach(ctx, spaceId);
  allow(ctx, 'space.write', found.standing);
  if (!found.severalThreads) throw new Refusal('forbidden');
  if (!form.title) throw new Refusal('invalid', { key: 'thread.title-missing', field: 'title' });
  const key = `${ctx.actor!.id}:${form.requestKey}`;
  try {
    const [, , made] = (await ctx.commit([
      ...memberships.stillIn(ctx, spaceId),
      ctx.db
        .insert(thread)
        .values({
          spaceId,
          title: form.title,
          body: form.body,
          authorId: ctx.actor!.id,
          requestKey: key,
          createdAt: ctx.now,
          lastActivityAt: ctx.now,
        })
        .returning({ id: thread.id }),
      audit.entry(ctx, 'space.thread-created', `space:${spaceId}`, { title: form.title }, spaceId),
      readUnlessOthers(ctx, spaceId, sql`t.request_key <> ${key}`),
    ])) as [unknown, unknown, { id: number }[]];
    return made[0]!.id;
  } catch (error) {
    if (error instanceof LostRace) throw new Refusal('missing');
    if (!isDuplicate(error)) throw error;
    const [row] = await ctx.db.select({ id: thread.id }).from(thread).where(eq(thread.requestKey, key));
    return row!.id;
  }
}

/** What somebody writes, they have read; the marks of other threads stay. */
const readUnlessOthers = (ctx: Ctx, spaceId: number, other: SQL) =>
  ctx.db.run(sql`
    update membership set last_read_at = ${ctx.now}
    where space_id = ${spaceId} and user_id = ${ctx.actor!.id} and not exists (select 1 from thread t
      where t.space_id = ${spaceId} and ${other} and t.last_activity_at > membership.last_read_at)`);

/** A thread with its comments from the first on, `PAGE` a page (`after`: the last comment's id of the page before). */
export async function read(ctx: Ctx, spaceId: number, threadId: number, after = 0) {
  const [reach, threads, comments] = await ctx.db.batch([
    spaces.reachQuery(ctx, spaceId),
    ctx.db
      .select({
        id: thread.id,
        title: thread.title,
        body: thread.body,
        createdAt: thread.createdAt,
        commentCount: thread.commentCount,
        author: user.name,
        authorKind: user.kind,
      })
      .from(thread)
      .innerJoin(user, eq(user.id, thread.authorId))
      .where(and(eq(thread.id, threadId), eq(thread.spaceId, spaceId))),
    ctx.db
      .select({
        id: comment.id,
        body: comment.body,
        createdAt: comment.createdAt,
        author: user.name,
        authorKind: user.kind,
      })
      .from(comment)
      .innerJoin(user, eq(user.id, comment.authorId))
      .where(and(eq(comment.threadId, threadId), gt(comment.id, after)))
      .orderBy(asc(comment.id))
      .limit(PAGE + 1),
  ]);
  const found = spaces.reached(ctx, reach);
  const first = threads[0];
  if (!first) throw new Refusal('missing');
  const present = <T extends { body: string; authorKind: string }>({ body, authorKind, ...rest }: T) => ({
    ...rest,
    guest: authorKind === 'guest',
    html: markdown.render(body),
  });
  const page = comments.slice(0, PAGE);
  return {
    space: { id: found.id, name: found.name },
    thread: present(first),
    comments: page.map(present),
    next: comments.length > PAGE ? page[PAGE - 1]!.id : null,
  };
}

/**
 * Writes a comment; the thread moves up. A second post of the same form writes nothing.
 * @returns after which comment the thread's last page begins (0: it is the only one)
 */
export async function addComment(
  ctx: Ctx,
  spaceId: number,
  threadId: number,
  form: { body: string; requestKey: string },
): Promise<number> {
  const found = await spaces.reach(ctx, spaceId);
  allow(ctx, 'space.write', found.standing);
  try {
    await ctx.commit([
      ...memberships.stillIn(ctx, spaceId),
      ctx.db
        .update(thread)
        .set({ lastActivityAt: ctx.now, commentCount: sql`comment_count + 1` })
        .where(and(eq(thread.id, threadId), eq(thread.spaceId, spaceId))),
      guard(ctx),
      ctx.db.insert(comment).values({
        threadId,
        authorId: ctx.actor!.id,
        body: form.body,
        requestKey: `${ctx.actor!.id}:${form.requestKey}`,
        createdAt: ctx.now,
      }),
      readUnlessOthers(ctx, spaceId, sql`t.id <> ${threadId}`),
    ]);
  } catch (error) {
    if (error instanceof LostRace) throw new Refusal('missing');
    if (!isDuplicate(error)) throw error;
  }
  const [last] = await ctx.db
    .select({ id: sql<number>`min(id)`, count: sql<number>`count(*)` })
    .from(sql`(select id from comment where thread_id = ${threadId} order by id desc limit ${PAGE + 1})`);
  return last && last.count > PAGE ? last.id : 0;
}
