/** A file with all its versions, newest first. */
import { sql } from 'drizzle-orm';
import * as access from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as paging from '../paging';
import { file } from '../schema';
import * as rows from './rows';

const PAGE = 50;

/** SQL: the first version of a file's versions. */
const originalOf = (id: string) => sql`(select coalesce(f.original_id, f.id) from file f where f.id = ${id})`;

/** As the viewer counts them. */
const numberFor = ({ actor }: SignedIn, of: string) =>
  sql.raw(`${of}.${actor.kind === 'guest' ? 'public_version' : 'version'}`);

/** SQL: versions of a file that is attached in this space, and that the viewer may know of. */
const idsOf = (ctx: SignedIn, spaceId: number, id: string, after: number | null, limit: number) => sql`(
  select v.id from file v
  where v.id in (select ${originalOf(id)} union all select f.id from file f where f.original_id = ${originalOf(id)})
    and exists (select 1 from file o where o.id = ${id} and o.space_id = ${spaceId} and o.attached_at is not null
      and o.kind = 'attachment' and o.released_at is null
      and ${access.visibleTo(access.viewerOf(ctx), { spaceId }, { audienceOf: 'o' })})
    ${after === null ? sql`` : sql`and ${numberFor(ctx, 'v')} < ${after}`}
  order by v.version desc limit ${limit})`;

const listedQuery = (ctx: SignedIn, spaceId: number, id: string, after: number | null, limit: number) =>
  rows.listed(ctx, {
    ids: idsOf(ctx, spaceId, id, after, limit),
    key: numberFor(ctx, 'file'),
    order: sql`file.version desc`,
  });

/** The newest version, if the viewer may see it. */
export const versionQuery = (ctx: SignedIn, spaceId: number, id: string) =>
  listedQuery(ctx, spaceId, id, null, 1);

/** 404 if the space or the file is out of reach. @param after where the previous page ended */
export async function versions(ctx: SignedIn, spaceId: number, id: string, after: string | null = null) {
  const found = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    shared: access.sharedQuery(ctx, spaceId),
    change: changes.newestQuery(ctx, spaceId),
    newest: versionQuery(ctx, spaceId, id),
    listed: listedQuery(ctx, spaceId, id, paging.read(after, 'number')?.[0] ?? null, PAGE + 1),
  });
  const space = access.foundSpace(ctx, found.space);
  const [newest] = found.newest;
  if (!newest) throw new Refusal('missing');
  const page = paging.paged(found.listed, PAGE, ({ key }) => [key]);
  return {
    space: { id: space.id, name: space.name },
    ...access.shared(found.shared),
    seq: changes.newestPlace(ctx, found.change),
    newest: rows.present(ctx, space, newest),
    versions: page.rows.map((row) => rows.present(ctx, space, row)),
    next: page.next,
  };
}

/** The id of its first version. */
export const originalQuery = (ctx: SignedIn, id: string) =>
  ctx.db
    .select({ id: sql<string>`coalesce(original_id, id)`.as('original') })
    .from(file)
    .where(sql`id = ${id}`)
    .limit(1);

/** The version that a form has made already. */
export const requestedQuery = (ctx: SignedIn, requestKey: string) =>
  ctx.db
    .select({ id: file.id })
    .from(file)
    .where(sql`request_key = ${requestKey}`)
    .limit(1);
