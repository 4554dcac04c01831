/** Spaces, people and files that are found by their names, in what the viewer may see of their spaces. */
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import { viewerOf } from '../access';
import type { Rows, SignedIn } from '../context';
import { isCurrent } from '../files/current';
import * as rows from '../files/rows';
import * as folded from '../folded';
import * as paging from '../paging';
import { membership, space } from '../schema';
import { SPACES } from './hits';
import { unquoted } from './terms';

/** So many people and files are looked through for their names. The page says if there are more. */
const LOOKED_THROUGH = 10_000;

/** A size of 0 reads nothing. */
interface Window {
  after?: string | null;
  size: number;
}

/** SQL: the spaces that one search covers, as `s`; "cross join" keeps this order. */
const covered = (ctx: SignedIn): SQL => sql`(
  select m.space_id from membership m join space on space.id = m.space_id
    where m.user_id = ${ctx.actor.id} and space.deleted_at is null and ${access.lasting(ctx, 'm')}
    order by m.last_read_at desc limit ${SPACES}) mine
  cross join space s on s.id = mine.space_id`;

/** SQL: 0 if it begins with what was typed. These come first. */
const place = (key: SQL, typed: string): SQL<number> =>
  sql<number>`iif(instr(${key}, ${folded.sought(typed)}) = 1, 0, 1)`;

/** By name, of all the viewer's spaces. */
function spacesQuery(ctx: SignedIn, typed: string, { after, size }: Window) {
  const last = paging.read(after, 'number', 'text', 'number');
  const first = place(folded.spaceKey, typed);
  return ctx.db
    .select({
      id: space.id,
      name: space.name,
      cover: space.cover,
      place: first.as('place'),
      key: folded.spaceKey.as('key'),
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .where(
      and(
        eq(membership.userId, ctx.actor.id),
        access.lasting(ctx),
        folded.isSpace(typed) ?? sql`0`,
        last
          ? sql`(${first}, ${folded.spaceKey}, ${space.id}) > (${last[0]}, ${last[1]}, ${last[2]})`
          : undefined,
      ),
    )
    .orderBy(sql`place, key`, space.id)
    .limit(size && size + 1);
}

/** SQL: whom the viewer sees in the lists of their spaces' people. Who is hidden is not even read. */
const peopleSeen = (ctx: SignedIn): SQL => sql`
  select s.id as space_id, m.user_id, m.name_key, m.company_key
  from ${covered(ctx)} cross join membership m indexed by membership_by_company on m.space_id = s.id
  where s.show_people = 1
    and (m.rank < 2 or m.rank = ${access.rankOfGuests(viewerOf(ctx), { space: 's' })})
    and m.company_key <= ${access.lastCompany(viewerOf(ctx), { space: 's' })}
  limit ${LOOKED_THROUGH + 1}`;

/** By name, each once, with a space that has their card. Never the viewer. */
function peopleQuery(ctx: SignedIn, typed: string, { after, size }: Window) {
  const last = paging.read(after, 'number', 'text', 'text');
  const first = place(sql`p.name_key`, typed);
  return ctx.db
    .select({
      id: sql<string>`id`.as('id'),
      name: sql<string>`name`.as('name'),
      company: sql<string>`company`.as('company'),
      avatar: sql<string | null>`avatar`.as('avatar'),
      guest: sql<number>`guest`.as('guest'),
      spaceId: sql<number>`space_id`.as('space_id'),
      place: sql<number>`place`.as('place'),
      key: sql<string>`key`.as('key'),
    })
    .from(
      sql`(with p as materialized (${peopleSeen(ctx)})
        select u.id, u.name, u.company, u.avatar, u.kind = 'guest' as guest, min(p.space_id) as space_id,
          ${first} as place, p.name_key as key
        from p cross join user u on u.id = p.user_id
        where ${folded.isNamed(typed, 'p') ?? sql`0`} and p.user_id <> ${ctx.actor.id} and u.status = 'active'
          ${last ? sql`and (${first}, p.name_key, p.user_id) > (${last[0]}, ${last[1]}, ${last[2]})` : sql``}
        group by u.id) found`,
    )
    .orderBy(sql`place, key, id`)
    .limit(size && size + 1);
}

/** SQL: files in lists. Which guests may see is stored with them, as in files/browse.ts; `rows.listed` asks their texts. */
const filesSeen = (ctx: SignedIn): SQL => {
  const parts = access.inParts(
    viewerOf(ctx),
    { space: 's' },
    'f',
    (visible): SQL => sql`select * from (
      select f.id, f.folded, f.attached_at from ${covered(ctx)} cross join file f on f.space_id = s.id
      where ${visible} and ${isCurrent('f')}
      limit ${LOOKED_THROUGH + 1})`,
  );
  return sql.join(parts, sql` union all `);
};

/** Newest first. */
function filesQuery(ctx: SignedIn, typed: string, { after, size }: Window) {
  const last = paging.read(after, 'number', 'text');
  return rows.listed(ctx, {
    ids: sql`(select id from (${filesSeen(ctx)}) f
      where ${folded.isFile(typed, 'f') ?? sql`0`}
        ${last ? sql`and (f.attached_at, f.id) < (${last[0]}, ${last[1]})` : sql``}
      order by f.attached_at desc, f.id desc limit ${size && size + 1})`,
    key: sql`file.attached_at`,
    order: sql`file.attached_at desc, file.id desc`,
  });
}

/** SQL: 1 if there was more to look through, or there are more spaces than one search covers. */
const goesOn = (ctx: SignedIn, seen: SQL): SQL<number> =>
  sql<number>`((select count(*) > ${LOOKED_THROUGH} from (${seen}))
    or (select count(*) > ${SPACES} from membership m join space on space.id = m.space_id
      where m.user_id = ${ctx.actor.id} and space.deleted_at is null and ${access.lasting(ctx, 'm')}))`;

type Named = 'spaces' | 'people' | 'files';

type Windows = Partial<Record<Named, Window>>;

/** For a batch. @param windows what is wanted of each. `partial` is asked for where the answer is a page. */
export function namedQueries(ctx: SignedIn, given: string, windows: Windows, { page }: { page: boolean }) {
  const typed = unquoted(given);
  const { spaces = NONE, people = NONE, files = NONE } = windows;
  return {
    spaces: spacesQuery(ctx, typed, spaces),
    people: peopleQuery(ctx, typed, people),
    files: filesQuery(ctx, typed, files),
    partial: ctx.db
      .select({
        people: (page && people.size > 0 ? goesOn(ctx, peopleSeen(ctx)) : sql<number>`0`).as('people'),
        files: (page && files.size > 0 ? goesOn(ctx, filesSeen(ctx)) : sql<number>`0`).as('files'),
      })
      .from(sql`(select 1)`),
  };
}

/** What `namedQueries` found, with the same windows. */
export function named(found: Rows<ReturnType<typeof namedQueries>>, windows: Windows) {
  const { spaces = NONE, people = NONE, files = NONE } = windows;
  const spacesPage = paging.paged(found.spaces, spaces.size, (row) => [row.place, row.key, row.id]);
  const peoplePage = paging.paged(found.people, people.size, (row) => [row.place, row.key, row.id]);
  const filesPage = paging.paged(found.files, files.size, (row) => [row.key, row.id]);
  return {
    spaces: {
      rows: spacesPage.rows.map(({ place: _place, key: _key, ...row }) => row),
      next: spacesPage.next,
    },
    people: {
      rows: peoplePage.rows.map(({ place: _place, key: _key, guest, ...row }) => ({
        ...row,
        guest: guest === 1,
      })),
      next: peoplePage.next,
    },
    files: { rows: filesPage.rows.map(rows.presentAnywhere), next: filesPage.next },
    partial: found.partial.some((row) => row.people === 1 || row.files === 1),
  };
}
const NONE: Window = { size: 0 };
