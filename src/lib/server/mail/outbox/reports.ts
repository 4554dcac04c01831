/** What the mail service reports of a mail that has left. In whatever order it comes, and however often, the outcome is the same. */
import { sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../../context';
import { shortened } from './deliver';

/** Also ends the wait of a mail whose outcome was unknown. Nothing for one that came back. */
export const delivered = (ctx: Ctx, ids: string[]): Statement =>
  ctx.db.run(sql`
    update mail set delivered_at = coalesce(delivered_at, ${ctx.now}), status = 'sent', sealed = null, failure = null,
      failure_detail = null, finished_at = coalesce(finished_at, ${ctx.now})
    where mail.id in (select value from json_each(${JSON.stringify(ids)})) and status in ('queued', 'sending', 'sent')`);

/** `changed()` says whether it is new. */
export const bounced = (ctx: Ctx, id: string, reason: string): Statement =>
  ctx.db.run(sql`
    update mail set status = 'failed', failure = 'bounced', failure_detail = ${shortened(reason)}, delivered_at = null,
      sealed = null, finished_at = ${ctx.now}
    where mail.id = ${id} and status in ('queued', 'sending', 'sent')`);
