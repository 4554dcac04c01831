import { sql } from 'drizzle-orm';
import { DAY, MINUTE } from '../../time';
import type { Ctx, Statement } from '../context';

const WINDOW = 1_000;
const KEEP_READ = 90 * DAY;
const KEEP = 365 * DAY;

/** Cron. No index orders all notifications by age, so runs check ranges of ids in turn. */
export const purge = (ctx: Ctx): Statement =>
  ctx.db.run(sql`
    delete from notification where id in (
      select n.id from notification n, (
        select lo + cast(${Math.floor(ctx.now / MINUTE) * WINDOW} as integer) % (hi - lo + 1) first from (
          select (select min(id) from notification) lo, (select max(id) from notification) hi)) w
      where n.id >= w.first and n.id < w.first + ${WINDOW}
        and (n.created_at < ${ctx.now - KEEP} or (n.read_at < ${ctx.now - KEEP_READ} and n.later = 0)))`);
