import { sql, type SQL } from 'drizzle-orm';
import { person } from '../access';
import type { Ctx } from '../context';
import type { Reason } from '../mail/messages/activity';
import { isSilenced, whyTold } from './recipients';
import { attachedFiles, columns, joins, visible, type Row } from './rows';

const PEOPLE = 100;
const ROWS = 1_000;

export const LONGEST = 4_000;

export interface Due extends Row {
  visible: number;
  userId: string;
  /** Who did it. */
  actorId: string;
  email: string;
  locale: string | null;
  timeZone: string | null;
  /** On the page, or by writing below it. */
  seen: number;
  wanted: number;
  reason: Reason;
  digest: number;
  digestAt: number;
  files: string;
  mailAt: number;
}

const recipient = person('u');

/** What is due, and what still waits in the same spaces (`mailsTo` decides whether it goes along). A mention goes alone, at once. */
export const due = (ctx: Ctx, those?: SQL): Promise<Due[]> =>
  ctx.db.all<Due>(sql`
    with first as materialized (
        select user_id, space_id, kind, mail_at from notification indexed by notification_mail_due
        where mail_at <= ${ctx.now} ${those ? sql`and ${those}` : sql``}
        order by mail_at limit ${ROWS}),
      person as materialized (
        select user_id from first group by user_id order by min(mail_at) limit ${PEOPLE})
    select ${columns(recipient, LONGEST + 400)}, ${attachedFiles} "files",
      (u.status = 'active' and ${visible(ctx, recipient)}) "visible",
      (n.read_at is not null or coalesce(tp.read_at, 0) >= n.created_at) "seen",
      (u.mail_about <> 'nothing' and (n.kind = 'mention' or (u.mail_about = 'all' and not coalesce(${isSilenced}, 0)))) "wanted",
      ${whyTold} "reason", u.id "userId", n.actor_id "actorId", u.email_original "email", u.locale, coalesce(u.time_zone, u.browser_time_zone) "timeZone",
      u.digest, u.digest_at "digestAt", n.mail_at "mailAt"
    from person
      cross join notification n indexed by notification_waiting on n.user_id = person.user_id and n.mail_at is not null
      join user u on u.id = n.user_id
      ${joins}
      left join thread_person tp on tp.thread_id = n.thread_id and tp.user_id = n.user_id
    where n.mail_at <= ${ctx.now} or (u.digest = 0 and (n.user_id, n.space_id) in (
      select user_id, space_id from first where kind <> 'mention'))
    order by n.user_id, s.name, n.space_id, n.thread_id, n.id
    limit ${ROWS}`);

/** A person cut off by the limit waits for the next run, unless they fill it alone. */
export function grouped(rows: Due[]): Due[][] {
  const people = [...Map.groupBy(rows, (row) => row.userId).values()];
  return rows.length === ROWS && people.length > 1 ? people.slice(0, -1) : people;
}
