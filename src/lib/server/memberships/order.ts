import { asc, sql, type SQL } from 'drizzle-orm';
import { MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';
import * as folded from '../folded';
import { membership } from '../schema';

/** SQL: a membership's sort keys, and what they are from its account (`user`). */
const keys = sql`(rank, name_key, company_key, address)`;
const place = sql`(select iif(user.kind = 'guest', 2, 1 - membership.administrator), ${folded.nameKey}, ${folded.companyKey},
    iif(user.kind = 'guest', user.email, '')
  from user where user.id = membership.user_id)`;

const COMPANIES = 8;

/** Recounts instead of adding, so no number stays wrong. Comes after `ordered`. */
export const counted = (ctx: Pick<Ctx, 'db'>, spaceIds: SQL): Statement => {
  const all = sql`from membership m join user u on u.id = m.user_id where m.space_id = space.id`;
  const companies = sql`${all} and u.status = 'active' and m.rank = 2 and u.company <> ''`;
  return ctx.db.run(sql`
    update space set
      (user_count, guest_count, inactive_guest_count) = (select
        coalesce(sum(m.rank < 2 and u.status = 'active'), 0), coalesce(sum(m.rank = 2 and u.status = 'active'), 0),
        coalesce(sum(m.rank = 2 and u.status <> 'active'), 0) ${all}),
      guest_companies = (select json_group_array(json_object('name', company, 'count', n)) from (
        select u.company, count(*) n ${companies} group by u.company order by n desc, u.company limit ${COMPANIES})),
      more_companies = max(0, (select count(distinct u.company) ${companies}) - ${COMPANIES})
    where id in (${spaceIds})`);
};

export const ordered = (ctx: Pick<Ctx, 'db'>, which: SQL): Statement =>
  ctx.db.run(sql`
    update membership set ${keys} = ${place}
    where ${which}`);

export const accountChanged = (ctx: Pick<Ctx, 'db'>, userId: string): Statement[] => [
  ordered(ctx, sql`user_id = ${userId}`),
  counted(ctx, sql`select space_id from membership where user_id = ${userId}`),
];

export const allOrdered = (ctx: Pick<Ctx, 'db'>, spaceId: SQL): Statement[] => [
  ordered(ctx, sql`space_id = ${spaceId}`),
  counted(ctx, spaceId),
];

/** In minutes: every space is checked once per round. */
const ROUND = 24 * 60;

/** Cron. Only matters after rows were changed by hand. */
export const tidy = (ctx: Ctx): Statement[] => {
  const first = Math.floor(ctx.now / MINUTE) % ROUND;
  const those = sql`with recursive every(id) as (
    select ${first} union all select id + ${ROUND} from every where id < (select max(id) from space))
    select id from every`;
  return [
    ctx.db.run(sql`
      update membership set ${keys} = ${place}
      where space_id in (${those}) and ${keys} is not ${place}`),
    counted(ctx, those),
  ];
};

/** Administrators, users, guests, each by name. There is an index. */
export const inOrder = [asc(membership.rank), asc(membership.nameKey), asc(membership.userId)] as const;
export const afterKey = ([rank, name, id]: [number, string, string]): SQL =>
  sql`(${membership.rank}, ${membership.nameKey}, ${membership.userId}) > (${rank}, ${name}, ${id})`;

/** The company's people in that order, then guests by company. There is an index, too. */
export const byCompany = [asc(membership.companyKey), ...inOrder] as const;
export const afterInCompany = ([company, rank, name, id]: [string, number, string, string]): SQL =>
  sql`(${membership.companyKey}, ${membership.rank}, ${membership.nameKey}, ${membership.userId}) > (${company}, ${rank}, ${name}, ${id})`;
