/** How much waits, and how much has left: for the page "Mail". */
import { sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../context';
import { mail } from '../../schema';

/** For a batch. `retried`: those that have failed at least once. */
export const waiting = (ctx: Ctx) =>
  ctx.db
    .select({
      count: sql<number>`count(*)`.as('all_waiting'),
      retried: sql<number>`coalesce(sum(failure is not null), 0)`.as('retried'),
      oldest: sql<number | null>`min(coalesce(sent_again_at, created_at))`.as('oldest'),
    })
    .from(mail)
    .where(sql`status in ('queued', 'sending')`);

const since = (at: number): SQL<number> =>
  sql<number>`(select count(*) from mail where finished_at is not null and finished_at >= ${at} and status = 'sent')`;

/** For a batch: how many were sent since each of these times. */
export const sentSince = (ctx: Ctx, { day, month }: { day: number; month: number }) =>
  ctx.db
    .select({ day: since(day).as('this_day'), month: since(month).as('this_month') })
    .from(sql`(select 1)`);
