import { asc, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import { says, type Ctx } from '../context';
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
    .select({ id: file.id, key: file.key, uploadId: file.uploadId })
    .from(file)
    .where(sql`released_at is not null`)
    .orderBy(asc(file.releasedAt))
    .limit(BATCH);
  if (released.length === 0) return;
  await remove(ctx, released);
}

/** Of released rows. */
export async function remove(
  ctx: Ctx,
  rows: { id: string; key: string; uploadId: string | null }[],
): Promise<void> {
  for (const { key, uploadId } of rows) if (uploadId) await abort(ctx, key, uploadId);
  await ctx.bucket.delete(rows.flatMap(({ key }) => [key, thumbnailKey(key)]));
  const ids = JSON.stringify(rows.map(({ id }) => id));
  await ctx.commit([ctx.db.run(sql`delete from file where id in (select value from json_each(${ids}))`)], {
    always: true,
  });
}

/** Of an upload in parts, whose object then never comes to be. Twice is no error. */
export const abort = (ctx: Ctx, key: string, uploadId: string): Promise<void> =>
  ctx.bucket
    .resumeMultipartUpload(key, uploadId)
    .abort()
    .catch((error) => {
      if (!says(error, NO_UPLOAD)) throw error;
    });
/** R2 says so in the message alone. */
export const NO_UPLOAD = '(10024)';
