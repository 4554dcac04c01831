/** Who is told of a text, for the batch that writes it. */
import { sql, type SQL } from 'drizzle-orm';
import { DAY, MINUTE } from '../../time';
import type { Ctx, SignedIn, Statement } from '../context';
import { mailDue } from './mailing';
import {
  awaited,
  hearsOfInvitations,
  hostsOf,
  inviterOf,
  isSilenced,
  named,
  recipients,
  sources,
  told,
  type Activity,
  type InvitationOver,
  type Joined,
  type Left,
} from './recipients';

/** Followers have this long to see it on the page, before they are mailed. */
const GATHERED = 10 * MINUTE;

/** The last statement adds the notifications: its rows are counted. */
export function notify(ctx: SignedIn, event: Activity): Statement[] {
  mailSoon(ctx, event);
  const { hosting, ...from } = sources(ctx, event);
  const ids = sql.join(Object.values(from), sql` union `);
  return [
    ...(event.mentioned.length > 0 ? [follow(ctx, event, named(event), from.named)] : []),
    ...(ctx.actor.kind === 'guest' ? [follow(ctx, event, awaited(event), hosting)] : []),
    insert(ctx, event, recipients(ctx, event, told(ctx, event), ids)),
  ];
}

/** For an edit. A follower's notification becomes a mention, without a second mail. */
export function notifyMentioned(ctx: SignedIn, event: Omit<Activity, 'everybody'>): Statement[] {
  if (event.mentioned.length === 0) return [];
  mailSoon(ctx, event);
  const neverMailed = sql`(u.mail_about = 'mentions' or ${isSilenced})`;
  const whom = sql`${named(event)} and not exists (select 1 from notification n where n.user_id = u.id
    and n.thread_id = ${event.threadId} and n.comment_id is ${event.commentId})`;
  return [
    follow(ctx, event, named(event), sources(ctx, event).named),
    ctx.db.run(sql`
      update notification as n set kind = 'mention', mail_at = (
        select iif(n.mail_at is null and not ${neverMailed}, null, ${mailAt(ctx, sql`1`)})
        from user u join space s on s.id = n.space_id
          join membership m on m.user_id = u.id and m.space_id = s.id
          left join thread_person tp on tp.thread_id = n.thread_id and tp.user_id = u.id
        where u.id = n.user_id)
      where n.thread_id = ${event.threadId} and n.comment_id is ${event.commentId} and n.kind <> 'mention'
        and n.user_id in (select value from json_each(${JSON.stringify(event.mentioned)}))`),
    insert(ctx, event, recipients(ctx, event, whom, sources(ctx, event).named)),
  ];
}

export interface OnlyGuests {
  /** Whose text it is: the notification says that they wrote, whoever has made it visible. */
  of: string;
}

/** For a text that guests can see from now on. Who can already read it was told when it was written. */
export const notifyGuests = (ctx: SignedIn, event: Activity, { of }: OnlyGuests): Statement[] => [
  insert(
    ctx,
    event,
    recipients(ctx, event, sql`(u.kind = 'guest' and ${told(ctx, event)})`, sources(ctx, event).guests),
    of,
  ),
];

/** They follow the thread from then on, unless they chose otherwise. */
const follow = (ctx: SignedIn, event: Activity, whom: SQL, ids: SQL): Statement =>
  ctx.db.run(sql`
    insert into thread_person (space_id, thread_id, user_id, following)
    select s.id, ${event.threadId}, u.id, 1 ${recipients(ctx, event, whom, ids)}
    on conflict do update set following = coalesce(following, 1)`);

export const notifyInviter = (ctx: Ctx, spaceId: number | null, joined: Joined): Statement =>
  insertWithoutText(ctx, 'join', spaceId, joined.id, inviterOf(spaceId, joined));

export const notifyHosts = (ctx: Ctx, spaceId: number, left: Left): Statement =>
  insertWithoutText(ctx, 'leave', spaceId, left.id, hostsOf(spaceId, left));

/** In the portal; the mail about it is written with it (invitations/over.ts). */
export const notifyOfInvitation = (
  ctx: Ctx,
  spaceId: number | null,
  { id, kind, inviterId }: InvitationOver,
) =>
  ctx.db.run(sql`
    insert into notification (user_id, space_id, kind, actor_id, invitation_id, created_at)
    select u.id, ${spaceId}, ${kind}, u.id, ${id}, ${ctx.now} from user u
    where u.id = ${inviterId} and ${hearsOfInvitations(sql`u.id`, sql`${spaceId}`)}`);

/** Somebody has joined or left: mailed together with what followers are told. */
const insertWithoutText = (
  ctx: Ctx,
  kind: 'join' | 'leave',
  spaceId: number | null,
  actorId: string,
  whom: SQL,
): Statement =>
  ctx.db.run(sql`
    insert into notification (user_id, space_id, kind, actor_id, created_at, mail_at)
    select u.id, ${spaceId}, ${kind}, ${actorId}, ${ctx.now}, ${mailAt(ctx, sql`0`, sql`0`)} ${whom}`);

const insert = (ctx: SignedIn, event: Activity, whom: SQL, author = ctx.actor.id): Statement =>
  ctx.db.run(sql`
    insert into notification (user_id, space_id, thread_id, comment_id, kind, actor_id, created_at, mail_at)
    select u.id, s.id, ${event.threadId}, ${event.commentId}, iif(${named(event)}, 'mention', ${event.kind}),
      ${author}, ${ctx.now}, ${mailAt(ctx, named(event))} ${whom}`);

/**
 * Never; at once if they are named, else a little later; or `digest_at` plus whole days. D1 binds numbers as reals, so the quotient
 * is cast to an integer.
 */
const mailAt = (ctx: Ctx, isNamed: SQL, silenced: SQL = isSilenced): SQL => sql`case
  when u.mail_about = 'nothing' or (not ${isNamed} and (u.mail_about = 'mentions' or ${silenced})) then null
  when u.digest = 0 then iif(${isNamed}, ${ctx.now}, ${ctx.now + GATHERED})
  when u.digest_at = 0 then ${ctx.now + DAY}
  when u.digest_at > ${ctx.now} then u.digest_at
  else u.digest_at + (cast((${ctx.now} - u.digest_at) / ${DAY} as integer) + 1) * ${DAY} end`;

/** After the commit, and only of this text: nobody's mail leaves earlier for something else. Cron does what is missed or gathered. */
const mailSoon = (ctx: SignedIn, { threadId, commentId }: Activity): void =>
  ctx.afterCommit((system) =>
    mailDue(
      { ...system, now: ctx.now },
      sql`actor_id = ${ctx.actor.id} and mail_at = ${ctx.now} and thread_id = ${threadId} and comment_id is ${commentId}`,
    ),
  );
