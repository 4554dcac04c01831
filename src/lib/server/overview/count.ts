import { and, eq, sql } from 'drizzle-orm';
import { HOUR } from '../../time';
import { changed, must, type Ctx } from '../context';
import { siteCount } from '../schema';
import { walkNames, walks, type Sums, type Walk, type WalkName } from './walks';

/** Pieces of one walk in a minute, while the tables are small. */
const AT_ONCE = 3;

/** For cron: goes on with each walk. Of two runs at the same time, one writes. */
export async function countMore(ctx: Ctx): Promise<void> {
  for (const name of walkNames) for (let i = 0; i < AT_ONCE && (await step(ctx, name)); i++);
}

/** @returns whether there is more to do right away */
async function step(ctx: Ctx, name: WalkName): Promise<boolean> {
  const walk: Walk = walks[name];
  const [row] = await ctx.db.select().from(siteCount).where(eq(siteCount.name, name));
  if (row && row.place === 0 && row.beganAt > ctx.now - HOUR) return false;
  const from = row?.place ?? 0;
  const table = sql.raw(walk.table);
  const rows = sql`(select * from ${table} where rowid > ${from} order by rowid limit ${sql.raw(String(walk.piece))})`;
  const { sums, ends } = await ctx.read({
    sums: ctx.db.all<{ name: string; sum: number | null }>(walk.sums(rows, ctx.now)),
    ends: ctx.db.all<{ last: number | null; count: number }>(
      sql`select max(rowid) "last", count(*) count from (select rowid from ${table} where rowid > ${from}
        order by rowid limit ${sql.raw(String(walk.piece))})`,
    ),
  });
  const running: Sums = from === 0 ? {} : { ...row!.running };
  for (const { name: of, sum } of sums) running[of] = (running[of] ?? 0) + (sum ?? 0);
  const done = ends[0]!.count < walk.piece;
  const next = {
    place: done ? 0 : ends[0]!.last!,
    running: done ? {} : running,
    beganAt: from === 0 ? ctx.now : row!.beganAt,
    ...(done && { sums: running, at: ctx.now }),
  };
  const written = row
    ? ctx.db
        .update(siteCount)
        .set(next)
        .where(and(eq(siteCount.name, name), eq(siteCount.place, from), eq(siteCount.beganAt, row.beganAt)))
    : ctx.db
        .insert(siteCount)
        .values({ name, sums: {}, at: 0, ...next })
        .onConflictDoNothing();
  const { done: mine } = await ctx.commit([written, must(ctx, changed())], { refusal: () => null });
  return mine && !done;
}
