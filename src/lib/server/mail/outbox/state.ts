import { desc, sql } from 'drizzle-orm';
import type { MessageKey } from '../../../messages';
import type { Ctx } from '../../context';
import { mail } from '../../schema';
import { canReachServer } from '../transport';
import { LEASE, type Failure } from './deliver';

type Mail = typeof mail.$inferSelect;

/** `delivered`: the recipient's server has said so; without reports a mail stays `sent`. */
export const deliveryState = (
  row: Pick<Mail, 'status'> & Partial<Pick<Mail, 'deliveredAt'>>,
): 'queued' | 'sent' | 'delivered' | 'failed' | 'dropped' => {
  if (row.status === 'sending') return 'queued';
  return row.status === 'sent' && row.deliveredAt ? 'delivered' : row.status;
};

export const failureKey = (row: Pick<Mail, 'failure'>): MessageKey | null =>
  row.failure === null ? null : `mail.failure.${row.failure as Failure}`;

/** They concern all mail, not one message or address. */
const TRANSPORT_FAILURES: Failure[] = ['config', 'unreachable', 'server-error', 'gave-up', 'unknown-outcome'];

/** As far as we know: the server can be reached, and the newest mail did not fail because of it. */
export async function works(ctx: Ctx): Promise<boolean> {
  const transportFailed = sql`failure in (select value from json_each(${JSON.stringify(TRANSPORT_FAILURES)}))`;
  const [reachable, last] = await Promise.all([
    canReachServer(ctx),
    ctx.read({
      finished: ctx.db
        .select({ at: mail.finishedAt, sent: sql<number>`status = 'sent'`.as('was_sent') })
        .from(mail)
        .where(
          sql`finished_at is not null and (status = 'sent' or (status = 'failed' and ${transportFailed}))`,
        )
        .orderBy(desc(mail.finishedAt))
        .limit(1),
      waiting: ctx.db
        .select({ at: sql<number>`lease_until - ${LEASE}`.as('tried_at') })
        .from(mail)
        .where(sql`status in ('queued', 'sending') and ${transportFailed}`)
        .orderBy(desc(mail.nextAttemptAt))
        .limit(1),
    }),
  ]);
  const [finished] = last.finished;
  const [waiting] = last.waiting;
  if (!reachable) return false;
  if (waiting && waiting.at >= (finished?.at ?? 0)) return false;
  return !finished || finished.sent === 1;
}
