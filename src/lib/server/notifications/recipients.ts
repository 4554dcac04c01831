/** Who is told of a new text: the one condition behind notifications (notify.ts) and the words beside the button (told.ts). */
import { sql, type SQL } from 'drizzle-orm';
import {
  activeAdministratorsOf,
  hasActiveAdministrator,
  isActiveAdministratorOf,
  person,
  stranger,
  visibleTo,
  type LookUp,
  type Person,
} from '../access';
import type { SignedIn } from '../context';

/** `commentId` is null for a new thread. Ids may be subqueries on what the batch writes. */
export interface Activity {
  spaceId: number;
  threadId: number | SQL | null;
  commentId: number | SQL | null;
  kind: 'comment' | 'thread';
  mentioned: string[];
  /** "Notify everyone in this space". If following is blocked, everybody is told anyway. */
  everybody?: boolean;
}

/** Somebody who accepted an invitation of `inviterId`. */
export interface Joined {
  id: string;
  kind: 'user' | 'guest';
  inviterId: string;
}

/** An invitation that was declined, or whose mail came back. */
export interface InvitationOver {
  id: string;
  kind: 'decline' | 'bounce';
  inviterId: string;
}

/** A guest who leaves. */
export interface Left {
  id: string;
  kind: 'guest';
}

export const named = ({ mentioned }: Pick<Activity, 'mentioned'>): SQL =>
  sql`u.id in (select value from json_each(${JSON.stringify(mentioned)}))`;

const runs: SQL = sql`(s.created_by = u.id or ${isActiveAdministratorOf(sql`s.id`, sql`u.id`)})`;

/** SQL, with a space `s`: its administrators and its creator have left or are deactivated. */
const runByNobody: SQL = sql`(not ${hasActiveAdministrator(sql`s.id`)} and not exists (
  select 1 from membership cm join user cu on cu.id = cm.user_id
  where cm.space_id = s.id and cm.user_id = s.created_by and cu.status = 'active'))`;

/** SQL, with rows `s` and `u`: who hears of what a guest writes if nobody else does. */
const hosts: SQL = sql`(${runs} or (u.kind = 'user' and ${runByNobody}))`;

/**
 * SQL: of a comment, whoever follows the thread; of a thread, who runs the space. Guests hear of everything. A guest's thread
 * reaches who runs the space although they have muted it (without mail): somebody must hear, and muting is nobody else's business.
 */
const follows = (ctx: SignedIn, { kind }: Activity): SQL => {
  const unlessChosen = kind === 'comment' ? sql`0` : ctx.actor.kind === 'guest' ? hosts : runs;
  const anyway = kind === 'thread' && ctx.actor.kind === 'guest' ? runs : sql`0`;
  return sql`(${anyway} or (m.muted = 0 and coalesce(tp.following, u.kind = 'guest' or ${unlessChosen}) = 1))`;
};

/** SQL, with rows `s`, `m` and `tp`: they only want mail that names them. */
export const isSilenced: SQL = sql`(m.muted = 1 or (s.block_following = 0 and tp.following is 0))`;

/** SQL, with a notification `n` and rows `s`, `u` and `tp`: the `Reason` why they hear of it, as `follows` decides, or because everybody does. */
export const whyTold: SQL = sql`case
  when n.kind = 'mention' then 'named'
  when n.kind = 'join' then 'invited'
  when n.kind = 'leave' then iif(${isActiveAdministratorOf(sql`s.id`, sql`u.id`)}, 'runs', 'left')
  when s.block_following = 1 then 'space'
  when n.kind = 'thread' and u.kind = 'user' then
    iif(${runs}, 'runs', 'space')
  else iif(coalesce(tp.following, n.kind = 'comment' and u.kind = 'guest') = 1, 'follows', 'space') end`;

const actorOf = (ctx: SignedIn): Person => ({ kind: sql`${ctx.actor.kind}`, id: sql`${ctx.actor.id}` });

const threadOf = ({ threadId }: Activity): LookUp => ({
  from: sql`from thread t join user w on w.id = t.author_id where t.id = ${threadId}`,
  shows: { text: 't', author: 'w' },
});

const commentOf = ({ commentId }: Activity): LookUp => ({
  from: sql`from comment c where c.id = ${commentId}`,
  shows: { audienceOf: 'c' },
});

/** SQL: whether a guest who knows nobody may see it, and so everybody in the space `s`. */
export const isOpen = (ctx: SignedIn, event: Activity): SQL =>
  visibleTo(stranger, { space: 's' }, actorOf(ctx), threadOf(event), commentOf(event));

const members = (condition: SQL): SQL =>
  sql`select m.user_id from space s cross join membership m on m.space_id = s.id where ${condition}`;

/** SQL: user ids, each by an index. `recipients` decides. A guest's own thread is in the followers' index. */
export const sources = (ctx: SignedIn, event: Activity) => {
  const here = sql`s.id = ${event.spaceId}`;
  const running = sql`select created_by user_id from space where id = ${event.spaceId}
    union select id from ${activeAdministratorsOf(event.spaceId)}`;
  const hosting =
    ctx.actor.kind === 'guest'
      ? // A compound of more than five selects is refused by D1.
        sql`select user_id from (${running} union ${members(sql`${here} and m.rank < 2 and ${runByNobody}`)})`
      : running;
  return {
    named: sql`select value user_id from json_each(${JSON.stringify(event.mentioned)})`,
    everybody: members(sql`${here} and (${event.everybody ? 1 : 0} or s.block_following = 1)`),
    guests: members(sql`${here} and m.rank = iif(${isOpen(ctx, event)}, 2, null)`),
    company:
      event.kind === 'comment'
        ? sql`select f.user_id from thread_person f where f.thread_id = ${event.threadId} and f.following = 1`
        : hosting,
    hosting,
  };
};

/**
 * SQL, for a guest's text: the hosts, who follow the thread from then on. Of a comment only while nobody at the company follows
 * it who would hear.
 */
export const awaited = ({ threadId, kind }: Activity): SQL =>
  kind === 'thread'
    ? hosts
    : sql`(${hosts} and not exists (
        select 1 from thread_person f
          join membership fm on fm.space_id = s.id and fm.user_id = f.user_id and fm.muted = 0
          join user fu on fu.id = f.user_id and fu.kind = 'user' and fu.status = 'active'
        where f.thread_id = ${threadId} and f.following = 1))`;

/** SQL: `from … where …` with `s`, `u`, their `m` and `tp`. Never the actor, nobody twice, and nobody hears of somebody hidden from them. */
export const recipients = (ctx: SignedIn, event: Activity, whom: SQL, ids: SQL): SQL => sql`
  from (${ids}) r
    cross join space s on s.id = ${event.spaceId}
    join membership m on m.space_id = s.id and m.user_id = r.user_id
    join user u on u.id = m.user_id and u.status = 'active'
    left join thread_person tp on tp.thread_id = ${event.threadId} and tp.user_id = u.id
  where s.deleted_at is null and u.id <> ${ctx.actor.id}
    and ${visibleTo(person('u'), { space: 's' }, actorOf(ctx), threadOf(event), commentOf(event))}
    and ${whom}`;

export const told = (ctx: SignedIn, event: Activity): SQL =>
  sql`(${named(event)} or ${event.everybody ? 1 : 0} or s.block_following = 1 or ${follows(ctx, event)})`;

/** SQL: `from … where …` with `u`: whoever invited them, while they see the person, and have not muted the space. Null is the site. */
export const inviterOf = (spaceId: number | null, { id, kind, inviterId }: Joined): SQL => {
  const inviter = sql`u.id = ${inviterId} and u.status = 'active' and u.id <> ${id}`;
  if (spaceId === null)
    return sql`from user u where ${inviter} and ${isActiveAdministratorOf('site', sql`u.id`)}`;
  const newcomer: Person = { id: sql`${id}`, kind: sql`${kind}` };
  return sql`
    from user u join membership m on m.space_id = ${spaceId} and m.user_id = u.id join space s on s.id = m.space_id
    where ${inviter} and m.muted = 0 and s.deleted_at is null and ${visibleTo(person('u'), { space: 's' }, newcomer)}`;
};

/** SQL, of a person and a space, or the site (null): whether they hear of its invitations and their addresses. */
export const hearsOfInvitations = (id: SQL, spaceId: SQL): SQL =>
  sql`iif(${spaceId} is null, ${isActiveAdministratorOf('site', id)}, ${isActiveAdministratorOf(spaceId, id)})`;

/**
 * SQL: `from … where …` with `u`: a space's administrators, and whoever invited the guest, while they are in the space and have not
 * muted it. Only before the membership ends.
 */
export const hostsOf = (spaceId: number, { id, kind }: Left): SQL => sql`
  from membership m join user u on u.id = m.user_id and u.status = 'active' join space s on s.id = m.space_id
  where m.space_id = ${spaceId} and m.rank < 2 and m.muted = 0 and s.deleted_at is null
    and (${isActiveAdministratorOf(sql`s.id`, sql`u.id`)}
      or u.id = (select g.invited_by from membership g where g.space_id = ${spaceId} and g.user_id = ${id}))
    and ${visibleTo(person('u'), { space: 's' }, { id: sql`${id}`, kind: sql`${kind}` })}`;
