/** All files in a space that its viewer may see, page by page. */
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { FILE_CATEGORIES, FILE_ORDERS } from '../../files';
import * as access from '../access';
import { viewerOf, visibleTo } from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import { titleFor } from '../mentions/redaction';
import * as paging from '../paging';
import { comment, file, thread, user } from '../schema';

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
      where s.id = ${spaceId} and ${visible} and f.kind = 'attachment' and f.attached_at is not null
        and f.released_at is null and ${where ?? sql`1`}
      order by key ${way}, f.id ${way} limit ${limit})`,
  );
  return sql`(select id from (${sql.join(parts, sql` union all `)}) order by key ${way}, id ${way} limit ${limit})`;
}

const author = alias(user, 'author');

function rowsQuery(ctx: SignedIn, spaceId: number, filter: Read, window: Window | { only: string }) {
  const { key, down } = orders[filter.order];
  const way = down ? sql`desc` : sql`asc`;
  return (
    ctx.db
      .select({
        id: file.id,
        name: file.name,
        type: file.type,
        category: file.category,
        size: file.size,
        at: sql<number>`file.attached_at`.as('at'),
        key: sql<string | number>`${key('file')}`.as('key'),
        thumb: sql<number>`file.thumb_key is not null`.mapWith(Boolean).as('thumb'),
        // A batch tells columns apart by their names.
        uploaderId: file.uploaderId,
        uploader: sql<string>`user.name`.as('uploader'),
        uploaderKind: user.kind,
        company: user.company,
        threadId: file.threadId,
        title: thread.title,
        mentions: thread.mentions,
        authorId: thread.authorId,
        commentId: file.commentId,
        forCompany: access.isForCompany('thread', 'comment').mapWith(Boolean).as('for_company'),
      })
      .from(file)
      .innerJoin(user, eq(user.id, file.uploaderId))
      .innerJoin(thread, eq(thread.id, file.threadId))
      .innerJoin(author, eq(author.id, thread.authorId))
      .leftJoin(comment, eq(comment.id, file.commentId))
      // What is stored only finds the rows. The texts decide.
      .where(
        and(
          sql`file.id in ${idsOf(ctx, spaceId, filter, window)}`,
          visibleTo(
            viewerOf(ctx),
            { spaceId },
            access.person('user'),
            { text: 'thread', author: 'author' },
            { audienceOf: 'comment' },
          ),
        ),
      )
      .orderBy(sql`${key('file')} ${way}, file.id ${way}`)
  );
}

type Row = Awaited<ReturnType<typeof rowsQuery>>[number];

const present = (
  reader: access.Reader,
  { key: _, uploaderId, uploader, uploaderKind, company, threadId, title, mentions, authorId, ...row }: Row,
) => ({
  ...row,
  by: { id: uploaderId, name: uploader, company, guest: uploaderKind === 'guest' },
  thread: { id: threadId!, title: titleFor(reader, { title, mentions, authorId }) },
});

/** 404 if the space is out of reach. @param after where the previous page ended */
export async function browse(
  ctx: SignedIn,
  spaceId: number,
  given: Filter = {},
  after: string | null = null,
) {
  const filter = readFilter(given);
  const rows = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    shared: access.sharedQuery(ctx, spaceId),
    newest: changes.newestQuery(ctx, spaceId),
    files: rowsQuery(ctx, spaceId, filter, {
      after: paging.read(after, orders[filter.order].kind, 'text'),
      limit: PAGE + 1,
    }),
  });
  const { id, name, reader } = access.foundSpace(ctx, rows.space);
  const page = paging.paged(rows.files, PAGE, (row) => [row.key, row.id]);
  return {
    space: { id, name },
    ...access.shared(rows.shared),
    seq: changes.newestPlace(ctx, rows.newest),
    filter,
    filtered: Boolean(filter.category ?? filter.by ?? filter.find),
    files: page.rows.map((row) => present(reader, row)),
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
  const { reader } = access.foundSpace(ctx, space);
  const [row] = files;
  if (!row) return null;
  const beside = (back: boolean) =>
    rowsQuery(ctx, spaceId, filter, { after: [row.key, row.id], back, limit: 1 });
  const { previous, next } = await ctx.read({ previous: beside(true), next: beside(false) });
  return { ...present(reader, row), previous: previous[0]?.id ?? null, next: next[0]?.id ?? null };
}
