import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Batch, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as notifications from '../notifications';
import { refused } from '../policy';
import { thread, threadPerson } from '../schema';
import { mayOf } from './may';
import { seenLater, seenUntil } from './seen';
import { requireRow, threadQuery } from './visible';

async function reach(ctx: SignedIn, spaceId: number, threadId: number) {
  const { rows, threads } = await ctx.read({
    rows: access.spaceQuery(ctx, spaceId),
    threads: threadQuery(ctx, spaceId, threadId),
  });
  const found = access.foundSpace(ctx, rows);
  const row = requireRow(threads);
  return { found, row, may: mayOf(ctx, found, row) };
}

/** 404 if the thread or the membership has just ended. */
async function commit(ctx: SignedIn, statements: Batch): Promise<void> {
  await ctx.commit(statements, { refusal: new Refusal('missing') });
}

/** Refused if the space decides it for everybody. */
export async function follow(ctx: SignedIn, spaceId: number, threadId: number, on: boolean): Promise<void> {
  const { may } = await reach(ctx, spaceId, threadId);
  if (!may.follow) throw new Refusal('forbidden');
  await commit(ctx, [
    access.stillMember(ctx, spaceId, { archived: true }),
    ctx.db
      .insert(threadPerson)
      .values({ spaceId, threadId, userId: ctx.actor.id, following: on })
      .onConflictDoUpdate({ target: [threadPerson.threadId, threadPerson.userId], set: { following: on } }),
  ]);
}

export async function markRead(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  until: number,
): Promise<void> {
  await reach(ctx, spaceId, threadId);
  const at = Math.min(until, ctx.now);
  await commit(ctx, [
    access.stillMember(ctx, spaceId, { archived: true }),
    ctx.db
      .insert(threadPerson)
      .values({ spaceId, threadId, userId: ctx.actor.id, readAt: at, ...seenUntil(ctx, at) })
      .onConflictDoUpdate({
        target: [threadPerson.threadId, threadPerson.userId],
        set: { readAt: sql`max(read_at, excluded.read_at)`, ...seenLater },
      }),
    notifications.readThread(ctx, threadId, at),
  ]);
}

/** For space administrators. */
export async function setPinned(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  on: boolean,
): Promise<void> {
  const { found, row, may } = await reach(ctx, spaceId, threadId);
  if (!may.pin) throw refused(found);
  await ctx.commit([access.stillAdministers(ctx, spaceId), set(ctx, spaceId, row, 'pinnedAt', on)], {
    refusal: unlessDone(ctx, spaceId, threadId, 'pinnedAt', on),
  });
}

/** A closed thread takes no comments. For its author and space administrators. */
export async function setClosed(
  ctx: SignedIn,
  spaceId: number,
  threadId: number,
  on: boolean,
): Promise<void> {
  const { found, row, may } = await reach(ctx, spaceId, threadId);
  if (!may.close) throw refused(found);
  await ctx.commit(
    [
      may.own ? access.stillMember(ctx, spaceId) : access.stillAdministers(ctx, spaceId),
      set(ctx, spaceId, row, 'closedAt', on),
    ],
    {
      refusal: unlessDone(ctx, spaceId, threadId, 'closedAt', on),
    },
  );
}

/** What is already so is not changed, and the batch is undone. */
const set = (
  ctx: SignedIn,
  spaceId: number,
  row: { id: number; authorId: string; authorKind: 'user' | 'guest' },
  column: 'pinnedAt' | 'closedAt',
  on: boolean,
): Batch => {
  const values = { [column]: on ? ctx.now : null };
  return [
    ctx.db
      .update(thread)
      .set(values)
      .where(
        and(eq(thread.id, row.id), eq(thread.spaceId, spaceId), (on ? isNull : isNotNull)(thread[column])),
      ),
    must(ctx, changed()),
    record(ctx, {
      kind: 'space.thread-changed',
      spaceId,
      threadId: row.id,
      authors: [row],
      detail: { thread: row.id, ...values },
    }),
  ];
};

/** Why `set` was undone: 404, unless somebody else has just done the same. */
const unlessDone =
  (ctx: SignedIn, spaceId: number, threadId: number, column: 'pinnedAt' | 'closedAt', on: boolean) =>
  async () => {
    const { row } = await reach(ctx, spaceId, threadId);
    return (row[column] !== null) === on ? null : new Refusal('missing');
  };
