/** Mail that never leaves does not count towards limits. */
import { sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../context';
import { throttle } from '../../schema';

/** Comes before the statement that ends the mails. Skips mails that may have arrived, and restarted counters. */
export const refundMails = (ctx: Ctx, unsent: SQL) =>
  ctx.db
    .update(throttle)
    .set({ count: sql`max(0, throttle.failures - back.mails)` })
    .from(
      sql`(select counter.key as key, count(*) as mails
        from mail, json_each(mail.counted_on) counted
        join throttle counter on counter.key = counted.value and counter.window_started_at <= mail.created_at
        where mail.unknowns = 0 and ${unsent} group by counter.key) back`,
    )
    .where(sql`throttle.key = back.key`);
