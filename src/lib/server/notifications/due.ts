import { sql, type SQL } from 'drizzle-orm';
import { person, seesGuests, visibleTo } from '../access';
import type { Ctx } from '../context';

const PEOPLE = 100;
const ROWS = 1_000;

export const LONGEST = 4_000;

export interface Due {
  id: number;
  kind: 'mention' | 'comment' | 'thread';
  createdAt: number;
  readAt: number | null;
  spaceId: number;
  space: string;
  threadId: number;
  commentId: number | null;
  thread: string;
  actor: string;
  /** The company of a guest, empty if unknown; null for a user. */
  guestOf: string | null;
  text: string;
  visible: number;
  mentions: string | null;
  threadMentions: string;
  threadAuthorId: string;
  authorId: string;
  seesGuests: number;
  userId: string;
  email: string;
  locale: string | null;
  timeZone: string | null;
  notify: 'never' | 'mentions' | 'all';
  digest: number;
  digestAt: number;
}

const recipient = person('u');

export const due = (ctx: Ctx, those?: SQL): Promise<Due[]> =>
  ctx.db.all<Due>(sql`
    with person as (
      select user_id from (
        select user_id, mail_at from notification indexed by notification_mail_due
        where mail_at <= ${ctx.now} ${those ? sql`and ${those}` : sql``}
        order by mail_at limit ${ROWS})
      group by user_id order by min(mail_at) limit ${PEOPLE})
    select n.id, n.kind, n.created_at "createdAt", n.read_at "readAt",
      s.id "spaceId", s.name "space", t.id "threadId", t.title "thread", n.comment_id "commentId", a.name "actor",
      iif(a.kind = 'guest', a.company, null) "guestOf",
      substr(iif(n.comment_id is null, t.body, c.body), 1, ${LONGEST + 400}) "text",
      iif(n.comment_id is null, t.mentions, c.mentions) "mentions", t.mentions "threadMentions", t.author_id "threadAuthorId",
      iif(n.comment_id is null, t.author_id, c.author_id) "authorId",
      ${seesGuests(recipient, { space: 's' })} "seesGuests",
      (u.status = 'active' and s.deleted_at is null and m.user_id is not null
        and ${visibleTo(recipient, { space: 's' }, { text: 't', author: 'w' }, { text: 'c', author: 'a' })}) "visible",
      u.id "userId", u.email_original "email", u.locale, coalesce(u.time_zone, u.browser_time_zone) "timeZone", u.notify, u.digest, u.digest_at "digestAt"
    from notification n indexed by notification_mail_due
      join user u on u.id = n.user_id
      join space s on s.id = n.space_id
      join thread t on t.id = n.thread_id
      join user w on w.id = t.author_id
      join user a on a.id = n.actor_id
      left join comment c on c.id = n.comment_id
      left join membership m on m.space_id = n.space_id and m.user_id = n.user_id
    where n.mail_at <= ${ctx.now} and n.user_id in (select user_id from person)
    order by n.user_id, s.name, n.space_id, n.thread_id, n.id
    limit ${ROWS}`);

/** A person cut off by the limit waits for the next run, unless they fill it alone. */
export function grouped(rows: Due[]): Due[][] {
  const people = [...Map.groupBy(rows, (row) => row.userId).values()];
  return rows.length === ROWS && people.length > 1 ? people.slice(0, -1) : people;
}
