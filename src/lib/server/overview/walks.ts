/**
 * What is counted over whole tables: too much for a page, so cron walks through each table in pieces, by rowid, and publishes the sums at the
 * end. A walk of 100,000 guests takes ten minutes, then an hour passes until the next.
 */
import { sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import { isOpenInvitation } from '../schema';

export type Sums = Record<string, number>;

export interface Walk {
  /** Rows in one minute. */
  piece: number;
  /** @returns a select of `name` and `sum`, grouped by name, from the rows of `piece` */
  sums: (piece: SQL, now: number) => SQL;
  table: 'user' | 'invitation' | 'space' | 'file';
}

export const WEEK = 7 * DAY;
/** Weeks of invitations that are shown, this one included. */
export const WEEKS = 8;
/** 5 January 1970 was a Monday. */
const FIRST_MONDAY = 4 * DAY;
export const weekOf = (at: number): number => Math.floor((at - FIRST_MONDAY) / WEEK);
export const weekBegins = (week: number): number => week * WEEK + FIRST_MONDAY;

/** How long ago something was last written in a space. */
export const AGES = ['week', 'month', 'quarter', 'older', 'never'] as const;
const [MONTH, QUARTER] = [30 * DAY, 90 * DAY];

export const walks = {
  guests: {
    table: 'user',
    piece: 10_000,
    sums: (piece) => sql`
      select status name, count(*) sum from ${piece} u where u.kind = 'guest' and u.status in ('active', 'inactive') group by 1
      union all select 'outside', count(*) from ${piece} u where u.kind = 'guest' and u.status = 'active'
        and not exists (select 1 from membership m where m.user_id = u.id)`,
  },
  invitations: {
    table: 'invitation',
    piece: 5_000,
    sums: (piece, now) => {
      const since = weekBegins(weekOf(now) - WEEKS + 1);
      const week = sql`cast((i.created_at - ${FIRST_MONDAY}) / ${WEEK} as integer)`;
      const recent = sql`i.space_id is not null and i.created_at >= ${since}`;
      const delivered = sql`exists (select 1 from mail m where m.invitation_id = i.id and m.delivered_at is not null)`;
      return sql`
        select iif(i.status = 'invited' and i.expires_at > ${now}, 'waiting', 'expired') name, count(*) sum
          from ${piece} i where i.space_id is not null and ${isOpenInvitation('i')} group by 1
        union all select 'sent ' || ${week}, count(*) from ${piece} i where ${recent} group by 1
        union all select 'joined ' || ${week}, count(*) from ${piece} i where ${recent} and i.status = 'accepted' group by 1
        union all select 'delivered ' || ${week}, count(*) from ${piece} i where ${recent} and ${delivered} group by 1`;
    },
  },
  spaces: {
    table: 'space',
    piece: 1_000,
    sums: (piece, now) => {
      const last = sql`(select max(t.last_activity_at) from thread t where t.space_id = s.id)`;
      return sql`
        select case when s.archived_at is not null then 'archived' when ${last} is null then 'never'
            when ${last} >= ${now - WEEK} then 'week' when ${last} >= ${now - MONTH} then 'month'
            when ${last} >= ${now - QUARTER} then 'quarter' else 'older' end name, count(*) sum
          from ${piece} s where s.deleted_at is null group by 1`;
    },
  },
  storage: {
    table: 'file',
    piece: 10_000,
    sums: (piece) => sql`
      select iif(f.kind = 'attachment', coalesce(f.category, 'other'), 'site') name, sum(f.size + f.thumb_size) sum
        from ${piece} f where f.released_at is null group by 1
      union all select 'files', count(*) from ${piece} f where f.released_at is null and f.kind = 'attachment'`,
  },
} as const satisfies Record<string, Walk>;

export type WalkName = keyof typeof walks;
export const walkNames = Object.keys(walks) as WalkName[];
