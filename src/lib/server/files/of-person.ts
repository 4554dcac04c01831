/** The files of somebody who is erased: what is in a post stays with it. */
import { sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';

/** Pictures of them, or uploads that are in no post. Cron deletes them from R2. At most so many at a time. */
export const releaseOf = (ctx: Ctx, userId: string, what: 'pictures' | 'uploads', most: number): Statement =>
  ctx.db.run(sql`
    update file set released_at = ${ctx.now} where rowid in
      (select rowid from file where uploader_id = ${userId} and released_at is null
        and ${what === 'pictures' ? sql`kind = 'avatar'` : sql`attached_at is null and kind <> 'avatar'`} limit ${most})`);
