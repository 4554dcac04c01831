import { desc, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../context';
import { seal, unseal } from '../../crypto';
import { mailboxEntry as table } from '../../schema';
import { shownMailbox, type Envelope } from './envelope';
import type { Outcome, OutgoingMail } from './outgoing';

export interface MailboxMail {
  id: string;
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  sentAt: string;
}

/** Refused like an address that does not exist, so that failures can be seen without a mail server. */
const REFUSED = /@refused\.example$/;

/** Same id as the mail, and in the batch of the delivery mark, so there is exactly one. */
export async function toMailbox(ctx: Ctx, mail: OutgoingMail, envelope: Envelope): Promise<Outcome> {
  if (!ctx.config.local) return { outcome: 'failed', reason: 'config', detail: 'the mailbox is local only' };
  if (REFUSED.test(envelope.to))
    return { outcome: 'failed', reason: 'rejected', detail: '550 5.1.1 no such mailbox (simulated)' };
  const { replyTo, subject } = envelope;
  const from = shownMailbox(envelope.from);
  const entry: MailboxMail = {
    id: mail.id,
    to: mail.to,
    from,
    subject,
    text: mail.text,
    html: mail.html,
    headers: {
      From: from,
      ...(replyTo && { 'Reply-To': shownMailbox(replyTo) }),
      To: envelope.to,
      Subject: subject,
      'Message-ID': envelope.messageId,
      ...envelope.headers,
    },
    sentAt: new Date(ctx.now).toISOString(),
  };
  const sealed = await seal(ctx.config.secret, 'mailbox', JSON.stringify(entry));
  return {
    outcome: 'sent',
    statements: [ctx.db.insert(table).values({ id: mail.id, sealed, sentAt: ctx.now }).onConflictDoNothing()],
  };
}

const unsealed = async (ctx: Ctx, row: typeof table.$inferSelect): Promise<MailboxMail> =>
  JSON.parse(await unseal(ctx.config.secret, 'mailbox', row.sealed));

export async function mailbox(ctx: Ctx, limit: number): Promise<MailboxMail[]> {
  if (!ctx.config.local) return [];
  const rows = await ctx.db
    .select()
    .from(table)
    .orderBy(desc(table.sentAt), desc(sql`rowid`))
    .limit(limit);
  return Promise.all(rows.map((row) => unsealed(ctx, row)));
}

export async function mailboxEntry(ctx: Ctx, id: string): Promise<MailboxMail | null> {
  if (!ctx.config.local) return null;
  const [row] = await ctx.db.select().from(table).where(eq(table.id, id));
  return row ? unsealed(ctx, row) : null;
}
