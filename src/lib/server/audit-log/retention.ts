/** Entries that are older than the site keeps them are removed in whole seals. The last of these stays: there the chain begins. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import { changed, must, type Ctx } from '../context';
import { record, system } from '../events';
import { auditSeal } from '../schema';
import * as settings from '../settings';

/** As the trigger on `audit_seal` counts them. */
const YEAR = 365.25 * DAY;
/** Seals in one run; each has 1,000 entries at most. */
const PIECES = 10;

/** Cron. Once a day at most, unless there is more than one run can do. */
export async function removeOld(ctx: Ctx): Promise<void> {
  const { auditYears } = await settings.read(ctx);
  if (!auditYears) return;
  const today = Math.floor(ctx.now / DAY) * DAY;
  for (let piece = 0; piece < PIECES; piece++) {
    const [oldest] = await ctx.db
      .select()
      .from(auditSeal)
      .where(isNull(auditSeal.emptiedAt))
      .orderBy(auditSeal.afterId)
      .limit(1);
    if (!oldest || oldest.form === 1 || oldest.at >= today - auditYears * YEAR) return;
    const { afterId, upTo } = oldest;
    await ctx.commit(
      [
        ctx.db
          .update(auditSeal)
          .set({ emptiedAt: ctx.now })
          .where(and(eq(auditSeal.afterId, afterId), isNull(auditSeal.emptiedAt))),
        must(ctx, changed()),
        ctx.db.delete(auditSeal).where(sql`emptied_at is not null and up_to = ${afterId}`),
        ctx.db.run(sql`delete from audit_entry where id > ${afterId} and id <= ${upTo}`),
        record(ctx, { kind: 'site.audit-removed', subject: 'site', by: system }),
      ],
      // Another run was faster.
      { refusal: () => null },
    );
  }
}
