import { asc, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import type { Ctx } from '../context';
import { file } from '../schema';
import { thumbnailKey } from './thumbnail';

/** A file may have two objects, and R2 deletes up to 1,000 at a time. */
const BATCH = 250;

/** Cron. Objects go before rows: a row without an object is retried, an object without a row would stay for ever. */
export async function purge(ctx: Ctx): Promise<void> {
  await ctx.commit([
    ctx.db.run(sql`
      update file set released_at = ${ctx.now}
      where attached_at is null and created_at < ${ctx.now - DAY} and released_at is null`),
    ctx.db.run(sql`
      update file set released_at = ${ctx.now}
      where space_id is null and template_id is null and kind not in ('logo', 'avatar')
        and attached_at is not null and released_at is null`),
  ]);
  const released = await ctx.db
    .select({ id: file.id, key: file.key })
    .from(file)
    .where(sql`released_at is not null`)
    .orderBy(asc(file.releasedAt))
    .limit(BATCH);
  if (released.length === 0) return;
  await ctx.bucket.delete(released.flatMap(({ key }) => [key, thumbnailKey(key)]));
  const ids = JSON.stringify(released.map(({ id }) => id));
  await ctx.commit([ctx.db.run(sql`delete from file where id in (select value from json_each(${ids}))`)]);
}
