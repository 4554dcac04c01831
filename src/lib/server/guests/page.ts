/**
 * The SQL of one page of "Guest Management". Guests and invitations are read from five sources, each through an index that
 * has the order already, and merged (D1 joins at most five selects by `union`). Filters that no index knows look through a bounded number of rows, and the page says so.
 */
import { sql, type SQL } from 'drizzle-orm';
import { parseAddress } from '../../addresses';
import type { Ctx } from '../context';
import * as folded from '../folded';
import { acceptable } from '../invitations/rule';
import type { GuestStatus } from '../invitations';
import { guestKeys, invitation, isOpenInvitation } from '../schema';
import { answersIn, invitationsSponsor } from '../sponsors';

export const ORDERS = ['name', 'company', 'login', 'longest', 'invited'] as const;
export type Order = (typeof ORDERS)[number];

export interface Filter {
  search: string;
  status: GuestStatus | null;
  space: string;
  company: string;
  /** The name of whoever answers for them. */
  sponsor: string;
  /** Nobody answers for them in some space. */
  unsponsored: boolean;
  order: Order;
}

/** Where a page ends: a value of its order, and an id. */
export type Last = [string, string] | [number, string] | null;

/** Rows of each source that a filtered page looks through, and what a space or company is at most to be sorted as a whole. */
export const LOOKED_THROUGH = 2_500;
/** Spaces that a name may mean. */
export const MEANT = 10;

const upTo = sql.raw(String(LOOKED_THROUGH));

type Source = 'active' | 'inactive' | 'invited' | 'expired' | 'declined';
const isGuest = (source: Source) => source === 'active' || source === 'inactive';

/** Newest or latest first. */
export const isDown = (order: Order): boolean => order === 'login' || order === 'invited';

const NO_COMPANY = '\u{10ffff}\n';
/** Who is only invited has never logged in: last, in both directions. */
const never = (order: Order): number => (order === 'login' ? 0 : Number.MAX_SAFE_INTEGER);

interface Key {
  /** The value of the order. */
  shown: SQL;
  /** What the index has. */
  by: SQL;
  last: Last;
}

const guestKey = (order: Order, last: Last): Key => {
  const by = sql.raw(guestKeys[order === 'longest' ? 'login' : order]);
  return { shown: by, by, last };
};

function invitationKey(order: Order, last: Last): Key {
  if (order === 'name') return { shown: sql`email`, by: sql`email`, last };
  if (order === 'invited') return { shown: sql`sent_at`, by: sql`sent_at`, last };
  const [value, id] = last ?? [null, ''];
  if (order === 'company') {
    const email = typeof value === 'string' && value.startsWith(NO_COMPANY) ? value.slice(3) : null;
    return {
      shown: sql`char(1114111) || char(10) || email`,
      by: sql`email`,
      last: email === null ? null : [email, id],
    };
  }
  return {
    shown: sql.raw(String(never(order))),
    by: sql`id`,
    last: value === never(order) ? [id, id] : null,
  };
}

const behind = ({ by, last }: Key, down: boolean, at: SQL): SQL =>
  last === null
    ? sql`1`
    : sql`${by} ${sql.raw(down ? '<=' : '>=')} (select k from ${at}) and (${by}, id) ${sql.raw(down ? '<' : '>')} (select k, id from ${at})`;

const inOrder = (by: SQL, down: boolean): SQL =>
  down ? sql`order by ${by} desc, id desc` : sql`order by ${by}, id`;

/** The spaces that a typed name means: those called exactly so, otherwise those that contain its words. */
export const spacesMeant = (typed: string): SQL => sql`
  select id from (select id, ${folded.spaceKey} = ${folded.sought(typed)} exact, max(${folded.spaceKey} = ${folded.sought(typed)}) over () best
    from space where deleted_at is null and ${folded.isSpace(typed) ?? sql`0`})
  where exact = best order by id limit ${MEANT + 1}`;

/** The users that a typed name may mean. */
export const sponsorsMeant = (typed: string): SQL => sql`
  select id from user where kind = 'user' and ${folded.isPerson(typed) ?? sql`0`} order by id limit ${MEANT + 1}`;

const company = sql.raw(guestKeys.company);
/** The company of exactly this name, otherwise all that begin so. Null: nobody's. */
const companyMeant = (typed: string): SQL => sql`
  select typed low, typed || iif(exists (select 1 from user indexed by guest_by_company where kind = 'guest' and status in ('active', 'inactive')
    and ${company} >= typed || char(10) and ${company} < typed || char(11)), char(11), char(1114111)) high
  from (select nullif(${folded.sought(typed)}, '') typed)`;
const companyFits = sql`${company} >= (select low from wanted) and ${company} < (select high from wanted)`;

/** SQLite would take the primary key for an order by id. */
const declinedIn = (order: Order): SQL =>
  sql.raw(
    `invitation indexed by invitation_declined_by_${order === 'name' || order === 'company' ? 'email' : order === 'invited' ? 'time' : 'id'}`,
  );

interface Way {
  from: SQL;
  where: SQL;
  /** SQL: whether this way is gone. It stands in a LIMIT, which SQLite asks first; a condition it would ask of each row. */
  when?: SQL;
}

const OPEN = sql`${isOpenInvitation()} and invitation.space_id is not null`;
const DECLINED = sql`invitation.status = 'declined' and invitation.space_id is not null`;

/** Through which index a source is read. A space or company that is not too large is read as a whole, and sorted. */
function waysTo(source: Source, { search, space, company, sponsor, order }: Filter): Way[] {
  const guest = isGuest(source);
  const table = guest ? sql`user` : sql`invitation`;
  const ordered = source === 'declined' ? declinedIn(order) : table;
  const own = guest
    ? sql`user.kind = 'guest' and user.status = ${sql.raw(`'${source}'`)}`
    : source === 'declined'
      ? DECLINED
      : sql`${OPEN} and invitation.status = ${sql.raw(`'${source}'`)}`;
  const address = parseAddress(search)?.email;
  // The beginning is enough while somebody types on.
  if (address !== undefined)
    return [
      {
        from: sql`${table} indexed by ${sql.raw(guest ? 'user_by_kind' : source === 'declined' ? 'invitation_declined_by_email' : 'invitation_open_by_email')}`,
        where: sql`${own} and email >= ${address} and email < ${address} || char(1114111)`,
      },
    ];
  const counted = guest ? 'people' : source === 'declined' ? 'declined' : 'invited';
  const small = sql`(select ${sql.raw(counted)} <= ${upTo} from size)`;
  const otherwise = { from: ordered, where: own, when: sql`not ${small}` };
  if (space) {
    const some: Way = guest
      ? {
          from: sql`(select distinct user_id from membership where space_id in (select id from meant) limit iif(${small}, ${upTo}, 0)) there
            cross join user on user.id = there.user_id`,
          where: own,
        }
      : {
          from: sql`invitation indexed by ${sql.raw(source === 'declined' ? 'invitation_by_space' : 'invitation_open_guest')}`,
          where: sql`${own} and invitation.space_id in (select id from meant)`,
        };
    return [{ ...some, when: small }, otherwise];
  }
  if (sponsor && guest) {
    const some: Way = {
      from: sql`(select distinct user_id from membership where sponsor_id in (select id from answering) limit iif(${small}, ${upTo}, 0)) there
        cross join user on user.id = there.user_id`,
      where: own,
    };
    return [{ ...some, when: small }, otherwise];
  }
  if (company) {
    const some = { from: sql`user indexed by guest_by_company`, where: sql`${own} and ${companyFits}` };
    return order === 'company' ? [some] : [{ ...some, when: small }, otherwise];
  }
  return [{ from: ordered, where: own }];
}

const sourcesOf = ({ status, company, unsponsored }: Filter): Source[] => {
  const sources: Source[] =
    status === 'expired'
      ? ['expired', 'invited']
      : status
        ? [status]
        : ['active', 'inactive', 'invited', 'expired', 'declined'];
  return company || unsponsored ? sources.filter(isGuest) : sources;
};

const isFiltered = ({ search, space, company, sponsor, unsponsored, status }: Filter): boolean =>
  !!(search || space || company || sponsor || unsponsored || status === 'invited' || status === 'expired');

/** How large a space or a company is, as far as it matters. */
const sizeOf = ({ space, company, sponsor }: Filter): SQL => {
  const counted = (from: SQL) =>
    sql`(select count(*) from (select 1 from ${from} limit ${sql.raw(String(LOOKED_THROUGH + 1))}))`;
  const people = space
    ? counted(sql`membership where space_id in (select id from meant)`)
    : sponsor
      ? counted(sql`membership where sponsor_id in (select id from answering)`)
      : company
        ? counted(
            sql`user indexed by guest_by_company where kind = 'guest' and status in ('active', 'inactive') and ${companyFits}`,
          )
        : sql`0`;
  const invited = space
    ? counted(
        sql`invitation indexed by invitation_open_guest where ${OPEN} and space_id in (select id from meant)`,
      )
    : sql`0`;
  const declined = space
    ? counted(
        sql`invitation indexed by invitation_by_space where ${DECLINED} and space_id in (select id from meant)`,
      )
    : sql`0`;
  return sql`select ${people} people, ${invited} invited, ${declined} declined`;
};

const all = (conditions: (SQL | false | undefined)[]): SQL =>
  sql.join([sql`1`, ...conditions.filter((one) => one !== false && one !== undefined)], sql` and `);

/**
 * SQL: source, id and order of `size + 1` rows behind `last`. A row `more` says where it stopped looking.
 * @returns what goes behind `with`; the rows are in `page`
 */
export function pageWith(ctx: Ctx, filter: Filter, last: Last, size: number): SQL {
  const { search, space, status, order } = filter;
  const down = isDown(order);
  const look = isFiltered(filter) ? Math.max(LOOKED_THROUGH, size) : size;
  const most = sql.raw(String(look + 1));
  const [guests, invitations] = [guestKey(order, last), invitationKey(order, last)];
  const at = ({ last }: Key) => sql`select ${last?.[0] ?? null} k, ${last?.[1] ?? null} id`;
  const sources = sourcesOf(filter);
  const pieces = sources.map((source) => {
    const [key, place] = isGuest(source) ? [guests, sql`guests_at`] : [invitations, sql`invitations_at`];
    const ways = waysTo(source, filter).map(
      ({
        from,
        where,
        when,
      }) => sql`select * from (select ${sql.raw(`'${source}'`)} src, id, ${key.shown} k from ${from}
        where ${where} and ${behind(key, down, place)} ${inOrder(key.by, down)} limit ${when ? sql`iif(${when}, ${most}, 0)` : most})`,
    );
    return sql`${sql.raw(source)} as materialized (${sql.join(ways, sql` union all `)}),`;
  });
  const guestFits = all([
    folded.isPerson(search),
    space !== '' &&
      sql`exists (select 1 from membership m where m.user_id = user.id and m.space_id in (select id from meant))`,
    filter.company !== '' && companyFits,
    filter.sponsor !== '' &&
      sql`exists (select 1 from membership m where m.user_id = user.id and m.sponsor_id in (select id from answering))`,
    filter.unsponsored &&
      sql`exists (select 1 from membership m join space s on s.id = m.space_id and s.deleted_at is null
        where m.user_id = user.id and not ${answersIn(sql`m.space_id`, sql`m.sponsor_id`)})`,
  ]);
  const invitationFits = all([
    folded.isAddress(search, invitation.email, invitation.emailOriginal),
    space !== '' && sql`invitation.space_id in (select id from meant)`,
    filter.sponsor !== '' && sql`${invitationsSponsor()} in (select id from answering)`,
    status === 'invited' && acceptable(ctx),
    status === 'expired' && sql`not ${acceptable(ctx)}`,
  ]);
  const there = sql`(k, id) ${sql.raw(down ? '>=' : '<=')} (select k, id from edge)`;
  const turned = sql.raw(down ? 'desc' : 'asc');
  return sql`
    meant as materialized (select id from (${spacesMeant(space)}) limit ${MEANT}),
    answering as materialized (select id from (${sponsorsMeant(filter.sponsor)}) limit ${MEANT}),
    wanted as materialized (${companyMeant(filter.company)}),
    guests_at as materialized (${at(guests)}),
    invitations_at as materialized (${at(invitations)}),
    size as materialized (${sizeOf(filter)}),
    none(src, id, k) as (select '', '', 0 where 0),
    ${sql.join(pieces, sql` `)}
    looked as materialized (${sql.join(
      (sources.length > 0 ? sources : ['none']).map((source) => sql.raw(`select * from ${source}`)),
      sql` union all `,
    )}),
    edge as materialized (select k, id from (select k, id, count(*) over (partition by src) n,
        row_number() over (partition by src order by k ${sql.raw(down ? 'asc' : 'desc')}, id ${sql.raw(down ? 'asc' : 'desc')}) r from looked)
      where n > ${sql.raw(String(look))} and r = 1 order by k ${turned}, id ${turned} limit 1),
    fitting as materialized (
      select looked.* from looked cross join user on user.id = looked.id
        where src in ('active', 'inactive') and ${guestFits}
      union all
      select looked.* from looked cross join invitation on invitation.id = looked.id
        where src not in ('active', 'inactive') and ${invitationFits}),
    page as materialized (select * from (
        select src, id, k from fitting where not exists (select 1 from edge) or ${there}
        union all select 'more', id, k from edge)
      order by k ${turned}, id ${turned}, src = 'more' limit ${sql.raw(String(size + 1))})`;
}
