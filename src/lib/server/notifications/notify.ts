/** Who is notified of events in a thread. For the batch of the change. */
import { sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import { person, visibleTo, type LookUp, type Person } from '../access';
import type { SignedIn, Statement } from '../context';
import { mailDue } from './mailing';

/** `commentId` is null for a new thread. Ids may be subqueries on what the batch writes. */
export interface Activity {
  spaceId: number;
  threadId: number | SQL;
  commentId: number | SQL | null;
  kind: 'comment' | 'thread';
  mentioned: string[];
  /** "Notify everybody". If following is blocked, everybody is notified anyway. */
  everybody?: boolean;
}

/** People named, followers, or everybody; never the actor, nobody twice. */
export function notify(ctx: SignedIn, event: Activity): Statement[] {
  const follows = event.kind === 'comment' ? sql`tp.following = 1` : sql`0`;
  const statement = insert(
    ctx,
    event,
    sql`(${named(event)} or ${event.everybody ? 1 : 0} or s.block_following = 1 or ${follows})`,
  );
  mailSoon(ctx);
  return [statement];
}

/** For an edit. A follower's notification becomes a mention, without a second mail. */
export function notifyMentioned(ctx: SignedIn, event: Omit<Activity, 'everybody'>): Statement[] {
  if (event.mentioned.length === 0) return [];
  const same = sql`thread_id = ${event.threadId} and comment_id is ${event.commentId}`;
  const statements = [
    ctx.db.run(sql`
      update notification set kind = 'mention'
      where ${same} and kind <> 'mention' and user_id in (select value from json_each(${JSON.stringify(event.mentioned)}))`),
    insert(
      ctx,
      event,
      sql`${named(event)} and not exists (select 1 from notification n where n.user_id = u.id
        and n.thread_id = ${event.threadId} and n.comment_id is ${event.commentId})`,
    ),
  ];
  mailSoon(ctx);
  return statements;
}

const named = (event: Pick<Activity, 'mentioned'>): SQL =>
  sql`u.id in (select value from json_each(${JSON.stringify(event.mentioned)}))`;

/** Nobody hears of somebody who is hidden from them. */
const recipient = person('u');
const actorOf = (ctx: SignedIn): Person => ({ kind: sql`${ctx.actor.kind}`, id: sql`${ctx.actor.id}` });

const commentOf = ({ commentId }: Pick<Activity, 'commentId'>): LookUp => ({
  from: sql`from comment c where c.id = ${commentId}`,
  shows: { audienceOf: 'c' },
});

const insert = (ctx: SignedIn, event: Omit<Activity, 'everybody'>, whom: SQL): Statement =>
  ctx.db.run(sql`
    insert into notification (user_id, space_id, thread_id, comment_id, kind, actor_id, created_at, mail_at)
    select u.id, s.id, t.id, ${event.commentId}, iif(${named(event)}, 'mention', ${event.kind}),
      ${ctx.actor.id}, ${ctx.now}, ${mailAt(ctx, event)}
    from space s
      join membership m on m.space_id = s.id
      join user u on u.id = m.user_id and u.status = 'active'
      join thread t on t.id = ${event.threadId} and t.space_id = s.id
      join user w on w.id = t.author_id
      left join thread_person tp on tp.thread_id = t.id and tp.user_id = u.id
    where s.id = ${event.spaceId} and s.deleted_at is null and u.id <> ${ctx.actor.id}
      and ${visibleTo(recipient, { space: 's' }, actorOf(ctx), { text: 't', author: 'w' }, commentOf(event))}
      and ${whom}`);

/** Never, now, or `digest_at` plus whole days. D1 binds numbers as reals, so the quotient is cast to an integer. */
const mailAt = (ctx: SignedIn, event: Pick<Activity, 'mentioned'>): SQL => sql`case
  when u.notify = 'never' or (u.notify = 'mentions' and not ${named(event)}) then null
  when u.digest = 0 then ${ctx.now}
  when u.digest_at = 0 then ${ctx.now + DAY}
  when u.digest_at > ${ctx.now} then u.digest_at
  else u.digest_at + (cast((${ctx.now} - u.digest_at) / ${DAY} as integer) + 1) * ${DAY} end`;

/** After the commit; cron does what this misses. */
const mailSoon = (ctx: SignedIn): void =>
  ctx.afterCommit((system) =>
    mailDue({ ...system, now: ctx.now }, sql`actor_id = ${ctx.actor.id} and created_at = ${ctx.now}`),
  );
