import { sql, type SQL } from 'drizzle-orm';
import { person } from '../access';
import type { Ctx } from '../context';
import { attachedFiles, columns, joins, visible, type Row } from './rows';

const PEOPLE = 100;
const ROWS = 1_000;

export const LONGEST = 4_000;

export interface Due extends Row {
  visible: number;
  userId: string;
  email: string;
  locale: string | null;
  timeZone: string | null;
  notify: 'never' | 'mentions' | 'all';
  digest: number;
  digestAt: number;
  files: string;
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
    select ${columns(recipient, LONGEST + 400)}, ${attachedFiles} "files",
      (u.status = 'active' and ${visible(recipient)}) "visible",
      u.id "userId", u.email_original "email", u.locale, coalesce(u.time_zone, u.browser_time_zone) "timeZone", u.notify, u.digest, u.digest_at "digestAt"
    from notification n indexed by notification_mail_due
      join user u on u.id = n.user_id
      ${joins}
    where n.mail_at <= ${ctx.now} and n.user_id in (select user_id from person)
    order by n.user_id, s.name, n.space_id, n.thread_id, n.id
    limit ${ROWS}`);

/** A person cut off by the limit waits for the next run, unless they fill it alone. */
export function grouped(rows: Due[]): Due[][] {
  const people = [...Map.groupBy(rows, (row) => row.userId).values()];
  return rows.length === ROWS && people.length > 1 ? people.slice(0, -1) : people;
}
