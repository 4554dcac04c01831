/** A space with people who hear of things, for the tests of notifications. */
import { sql, type SQL } from 'drizzle-orm';
import { changed, must } from '../src/lib/server/context';
import { randomId } from '../src/lib/server/crypto';
import * as notifications from '../src/lib/server/notifications';
import { space as spaceTable, thread as threadTable, user as userTable } from '../src/lib/server/schema';
import * as threads from '../src/lib/server/threads';
import { as, testContext, type TestCtx, type User } from './contexts';
import { makeGuest, makeSpace, makeUser } from './factories';
import { joinSpace } from './invitations';
import { mailsTo } from './mailbox';

export const BODY = 'Hello,\n\nthe **pile** stands.';

export interface Stage {
  ava: User;
  ben: User;
  gil: User;
  spaceId: number;
  threadId: number;
}

/** Ava's space with Ben and the guest Gil, and a thread from before Gil came. Only guests follow it. */
export async function stage(form: { blockFollowing?: boolean; guestsHidden?: boolean } = {}): Promise<Stage> {
  const [ava, ben, gil] = [
    await makeUser({ name: 'Ava' }),
    await makeUser({ name: 'Ben' }),
    await makeGuest({ name: 'Gil' }),
  ];
  const spaceId = await makeSpace(ava, {}, [ben]);
  const threadId = await threads.begin(as(ava), spaceId, {
    title: 'Piles',
    body: BODY,
    requestKey: randomId(),
  });
  await joinSpace(ava, spaceId, gil);
  await change(spaceTable, sql`id = ${spaceId}`, {
    blockFollowing: form.blockFollowing ?? false,
    guestsHidden: form.guestsHidden ?? false,
  });
  // Ava has heard of Gil, and read it.
  await run(sql`delete from notification where space_id = ${spaceId}`);
  return { ava, ben, gil, spaceId, threadId };
}

/** Directly, not through the domain. */
export const change = (
  table: never | typeof spaceTable | typeof userTable | typeof threadTable,
  where: SQL,
  values: object,
) => testContext().db.update(table).set(values).where(where);

export const prefer = (who: User, values: Partial<User>) => change(userTable, sql`id = ${who.id}`, values);

export async function follow(who: User, threadId: number, following: boolean | null = true): Promise<void> {
  const ctx = testContext();
  await ctx.commit([
    ctx.db.run(sql`insert into thread_person (space_id, thread_id, user_id, following)
      select space_id, id, ${who.id}, ${following === null ? null : Number(following)} from thread where id = ${threadId}
      on conflict do update set following = excluded.following`),
  ]);
}

let keys = 0;

/** A comment with its notifications, in one batch. */
export async function say(
  s: Stage,
  who: User,
  options: {
    body?: string;
    mentioned?: User[];
    everybody?: boolean;
    now?: number;
    settle?: boolean;
    threadId?: number;
  } = {},
): Promise<{ ctx: TestCtx; commentId: number }> {
  const ctx = as(who, { now: options.now });
  // The Worker died between the commit and what follows.
  if (options.settle === false) ctx.afterCommit = () => {};
  const threadId = options.threadId ?? s.threadId;
  const key = `test:${++keys}`;
  await ctx.commit([
    ctx.db.run(sql`insert into comment (space_id, thread_id, author_id, body, request_key, created_at)
      values (${s.spaceId}, ${threadId}, ${who.id}, ${options.body ?? BODY}, ${key}, ${ctx.now})`),
    must(ctx, changed()),
    ...notifications.notify(ctx, {
      spaceId: s.spaceId,
      threadId,
      commentId: sql`(select id from comment where request_key = ${key})`,
      kind: 'comment',
      mentioned: (options.mentioned ?? []).map((person) => person.id),
      everybody: options.everybody,
    }),
  ]);
  if (options.settle !== false) await ctx.settle();
  const [row] = await ctx.db.all<{ id: number }>(sql`select id from comment where request_key = ${key}`);
  return { ctx, commentId: row!.id };
}

export const told = async (who: User, show: notifications.Shown = 'all') =>
  (await notifications.list(as(who), { show })).items;
/** Of texts, not of people who joined or left. */
export const kinds = async (who: User) =>
  (await told(who)).map((n) => n.kind).filter((kind) => kind !== 'join' && kind !== 'leave');
export const mailsOf = async (who: User) =>
  (await mailsTo(who.email)).filter((m) => m.headers['List-Unsubscribe']);
export const dueOf = async (who: User): Promise<(number | null)[]> =>
  (
    await testContext().db.all<{ at: number | null }>(
      sql`select mail_at at from notification where user_id = ${who.id} order by id`,
    )
  ).map((row) => row.at);

/** Directly, not through the domain. */
export async function run(statement: SQL): Promise<void> {
  const ctx = testContext();
  await ctx.commit([ctx.db.run(statement)]);
}

/** As cron does at that time. */
export async function mailsDueAt(now: number): Promise<void> {
  const ctx = testContext({ now });
  await notifications.mailDue(ctx);
  await ctx.settle();
}
