/** All files in a space that its viewer may see, page by page. */
import { and, sql, type SQL } from 'drizzle-orm';
import { FILE_CATEGORIES, FILE_ORDERS } from '../../files';
import * as access from '../access';
import { viewerOf } from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import * as paging from '../paging';
import { isCurrent } from './current';
import * as rows from './rows';

const PAGE = 50;

/** As in the address. What is unknown filters nothing. */
export interface Filter {
  category?: string | null;
  /** The id of whoever attached it. */
  by?: string | null;
  find?: string | null;
  order?: string | null;
}

const known = <T extends string>(all: readonly T[], given?: string | null): T | undefined =>
  all.find((one) => one === given);

/** Each has an index that goes on with the id. */
const orders = {
  newest: { key: (of: string) => sql`${sql.raw(of)}.attached_at`, down: true, kind: 'number' },
  name: { key: (of: string) => sql`${sql.raw(of)}.folded`, down: false, kind: 'text' },
  size: { key: (of: string) => sql`${sql.raw(of)}.size`, down: true, kind: 'number' },
} as const satisfies Record<(typeof FILE_ORDERS)[number], unknown>;

function readFilter({ category, by, find, order }: Filter) {
  return {
    category: known(FILE_CATEGORIES, category),
    by: by && /^[a-z2-7]{16}$/.test(by) ? by : undefined,
    find: (find ?? '').trim().slice(0, 100),
    order: known(FILE_ORDERS, order) ?? 'newest',
  };
}
type Read = ReturnType<typeof readFilter>;

interface Window {
  /** Where it begins, in the list's order or against it. */
  after: paging.Key | null;
  back?: boolean;
  limit: number;
}

/** SQL: the ids of a window of the list, or one. Which guests may see is stored with the files, so that each index is read only where it counts. */
function idsOf(
  ctx: SignedIn,
  spaceId: number,
  { category, by, find, order }: Read,
  window: Window | { only: string },
) {
  const { key, down } = orders[order];
  const { after, back, limit } = 'only' in window ? { after: null, back: false, limit: 1 } : window;
  const [compare, way] = down !== Boolean(back) ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  const where = and(
    'only' in window ? sql`f.id = ${window.only}` : undefined,
    category ? sql`f.category = ${category}` : undefined,
    by ? sql`f.uploader_id = ${by}` : undefined,
    find
      ? sql`(${folded.isFile(find, 'f')} or exists (select 1 from user where user.id = f.uploader_id and ${folded.isCalled(find)}))`
      : undefined,
    after ? sql`(${key('f')}, f.id) ${compare} (${after[0]}, ${after[1]})` : undefined,
  );
  const parts = access.inParts(
    viewerOf(ctx),
    { space: 's' },
    'f',
    (visible): SQL => sql`select * from (
      select f.id, ${key('f')} as key from space s cross join file f on f.space_id = s.id
      where s.id = ${spaceId} and ${visible} and ${isCurrent('f')} and ${where ?? sql`1`}
      order by key ${way}, f.id ${way} limit ${limit})`,
  );
  return sql`(select id from (${sql.join(parts, sql` union all `)}) order by key ${way}, id ${way} limit ${limit})`;
}

const rowsQuery = (ctx: SignedIn, spaceId: number, filter: Read, window: Window | { only: string }) => {
  const { key, down } = orders[filter.order];
  const way = down ? sql`desc` : sql`asc`;
  return rows.listed(ctx, {
    ids: idsOf(ctx, spaceId, filter, window),
    key: key('file'),
    order: sql`${key('file')} ${way}, file.id ${way}`,
  });
};

/** 404 if the space is out of reach. @param after where the previous page ended */
export async function browse(
  ctx: SignedIn,
  spaceId: number,
  given: Filter = {},
  after: string | null = null,
) {
  const filter = readFilter(given);
  const found = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    shared: access.sharedQuery(ctx, spaceId),
    newest: changes.newestQuery(ctx, spaceId),
    files: rowsQuery(ctx, spaceId, filter, {
      after: paging.read(after, orders[filter.order].kind, 'text'),
      limit: PAGE + 1,
    }),
  });
  const space = access.foundSpace(ctx, found.space);
  const page = paging.paged(found.files, PAGE, (row) => [row.key, row.id]);
  return {
    space: { id: space.id, name: space.name },
    ...access.shared(found.shared),
    seq: changes.newestPlace(ctx, found.newest),
    filter,
    filtered: Boolean(filter.category ?? filter.by ?? filter.find),
    files: page.rows.map((row) => rows.present(ctx, space, row)),
    next: page.next,
  };
}

/** A picture of the list, and those before and after it. Null if there is none that the viewer may see. */
export async function look(ctx: SignedIn, spaceId: number, id: string, given: Filter = {}) {
  const filter = readFilter({ ...given, category: 'picture' });
  const { space, files } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    // In this order, but whatever else is filtered.
    files: rowsQuery(ctx, spaceId, readFilter({ category: 'picture', order: given.order }), { only: id }),
  });
  const found = access.foundSpace(ctx, space);
  const [row] = files;
  if (!row) return null;
  const beside = (back: boolean) =>
    rowsQuery(ctx, spaceId, filter, { after: [row.key, row.id], back, limit: 1 });
  const { previous, next } = await ctx.read({ previous: beside(true), next: beside(false) });
  return { ...rows.present(ctx, found, row), previous: previous[0]?.id ?? null, next: next[0]?.id ?? null };
}
