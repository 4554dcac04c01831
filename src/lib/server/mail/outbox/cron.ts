import { and, asc, inArray, lt, lte, sql } from 'drizzle-orm';
import { DAY } from '../../../time';
import type { Ctx } from '../../context';
import { mail, mailboxEntry } from '../../schema';
import { deliverMany } from './deliver';

/** “This month” is counted from these rows. */
const KEEP = 32 * DAY;
/** For so long a failed mail can be sent again. */
const KEEP_CONTENT = 7 * DAY;

/** Mails that the queue lost, that failed earlier, or whose lease ran out. */
export async function sendDue(ctx: Ctx, limit = 200): Promise<number> {
  const due = await ctx.db
    .select({ id: mail.id })
    .from(mail)
    // SQLite uses the partial index mail_due for literals only.
    .where(and(sql`status in ('queued', 'sending')`, lte(mail.nextAttemptAt, ctx.now)))
    // Mails that must not be late (codes) first.
    .orderBy(sql`drop_after_at is null`, asc(mail.nextAttemptAt))
    .limit(limit);
  await deliverMany(
    ctx,
    due.map((row) => row.id),
  );
  return due.length;
}

export async function purge(ctx: Ctx, limit = 500): Promise<void> {
  const before = ctx.now - KEEP;
  const oldMails = ctx.db.select({ id: mail.id }).from(mail).where(lt(mail.finishedAt, before)).limit(limit);
  const oldEntries = ctx.db
    .select({ id: mailboxEntry.id })
    .from(mailboxEntry)
    .where(lt(mailboxEntry.sentAt, before))
    .limit(limit);
  const oldContents = ctx.db
    .select({ id: mail.id })
    .from(mail)
    .where(sql`status = 'failed' and sealed is not null and finished_at < ${ctx.now - KEEP_CONTENT}`)
    .limit(limit);
  await ctx.db.batch([
    ctx.db.update(mail).set({ sealed: null }).where(inArray(mail.id, oldContents)),
    ctx.db.delete(mail).where(inArray(mail.id, oldMails)),
    ctx.db.delete(mailboxEntry).where(inArray(mailboxEntry.id, oldEntries)),
  ]);
}
