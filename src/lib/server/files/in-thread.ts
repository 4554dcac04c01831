/** The pictures of a thread, in the order of its texts and of the files of each. */
import { sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import { viewerOf } from '../access';
import type { SignedIn } from '../context';
import { inOrder, isCurrent } from './current';
import * as rows from './rows';

type ThreadId = number | SQL;
type Way = 'asc' | 'desc';

/** The first that the viewer may see of each of these parts, the first of all on top. */
function firstQuery(ctx: SignedIn, spaceId: number, threadId: ThreadId, parts: SQL[], way: Way = 'asc') {
  const visible = access.visibleTo(viewerOf(ctx), { space: 's' }, { audienceOf: 'f' }, { owned: 'f' });
  const firsts = parts.map(
    (where): SQL => sql`select * from (
      select f.id from space s cross join file f indexed by file_by_thread
      where s.id = ${spaceId} and f.thread_id = ${threadId} and f.space_id = s.id and f.category = 'picture'
        and ${where} and ${visible} and ${isCurrent('f')}
      order by f.comment_id ${sql.raw(way)}, ${inOrder('f', way)} limit 1)`,
  );
  return rows.listed(ctx, {
    ids: sql`(${sql.join(firsts, sql` union all `)})`,
    key: sql`0`,
    order: sql`file.comment_id ${sql.raw(way)}, ${inOrder('file', way)}`,
  });
}

/** A picture of the thread, and those before and after it. Null if there is none that the viewer may see. */
export async function lookInThread(ctx: SignedIn, spaceId: number, threadId: ThreadId, id: string) {
  // The first text of a thread has no comment, and null comes first.
  const its = sql`(select o.comment_id from file o where o.id = ${id})`;
  const beside = (back: boolean) => {
    const [compare, way] = back ? [sql`<`, 'desc' as const] : [sql`>`, 'asc' as const];
    const inItsText = sql`f.comment_id is ${its}
      and (${inOrder('f')}) ${compare} (select ${inOrder('o')} from file o where o.id = ${id})`;
    const inOthers = sql`f.comment_id ${compare} coalesce(${its}, 0)`;
    const inFirst = sql`f.comment_id is null and ${its} is not null`;
    const parts = back ? [inItsText, inOthers, inFirst] : [inItsText, inOthers];
    return firstQuery(ctx, spaceId, threadId, parts, way);
  };
  const { space, files, previous, next } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    files: firstQuery(ctx, spaceId, threadId, [sql`f.id = ${id}`]),
    previous: beside(true),
    next: beside(false),
  });
  const found = access.foundSpace(ctx, space);
  const [row] = files;
  if (!row) return null;
  return { ...rows.present(ctx, found, row), previous: previous[0]?.id ?? null, next: next[0]?.id ?? null };
}
