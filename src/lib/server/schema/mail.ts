/** Belongs to the site, even if an invitation to a space caused it. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { at, id } from './columns';
import { user } from './site';
import { invitation } from './space';

/** The outbox, written in the batch of the cause; the queue is only a nudge. */
export const mail = sqliteTable(
  'mail',
  {
    id: id(),
    kind: text('kind').notNull(),
    toEmail: text('to_email').notNull(),
    locale: text('locale').notNull(),
    /** The props (AES-GCM). Null once delivered or given up; what may be sent again keeps them for a week. */
    sealed: text('sealed'),
    status: text('status', { enum: ['queued', 'sending', 'sent', 'failed', 'dropped'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Deliveries with an unknown outcome; a second one is final. */
    unknowns: integer('unknowns').notNull().default(0),
    leaseUntil: at('lease_until').notNull().default(0),
    nextAttemptAt: at('next_attempt_at').notNull(),
    dropAfterAt: at('drop_after_at'),
    /** A failure of mail/outbox/deliver.ts, and the mail server's answer. */
    failure: text('failure'),
    failureDetail: text('failure_detail'),
    /** Of which the mail speaks: it is withdrawn with the space. Null if of none, or of several. */
    spaceId: integer('space_id'),
    userId: text('user_id').references(() => user.id, { onDelete: 'set null' }),
    invitationId: text('invitation_id').references(() => invitation.id, { onDelete: 'cascade' }),
    /** Keys of throttles, as JSON. Subtracted again if it is never sent. */
    countedOn: text('counted_on'),
    createdAt: at('created_at').notNull(),
    /** After a final failure, by an administrator: the day of tries begins anew. */
    sentAgainAt: at('sent_again_at'),
    finishedAt: at('finished_at'),
    /** The recipient's server has taken it, as the mail service reports. */
    deliveredAt: at('delivered_at'),
  },
  (t) => [
    index('mail_due')
      .on(t.nextAttemptAt)
      .where(sql`status in ('queued', 'sending')`),
    index('mail_finished')
      .on(t.finishedAt, t.status)
      .where(sql`finished_at is not null`),
    index('mail_failed')
      .on(t.finishedAt, t.id)
      .where(sql`status = 'failed'`),
    index('mail_failed_of_kind')
      .on(t.kind, t.finishedAt, t.id)
      .where(sql`status = 'failed'`),
    index('mail_kept')
      .on(t.finishedAt)
      .where(sql`status = 'failed' and sealed is not null`),
    index('mail_kept_in_space')
      .on(t.spaceId)
      .where(sql`status = 'failed' and sealed is not null`),
    index('mail_by_invitation').on(t.invitationId, t.createdAt),
    index('mail_by_user').on(t.userId),
    // Codes of sign-ups, until there is an account.
    index('mail_of_sign_up')
      .on(t.toEmail)
      .where(sql`kind = 'code' and user_id is null`),
    index('mail_under_way_in_space')
      .on(t.spaceId)
      .where(sql`status in ('queued', 'sending')`),
  ],
);

/** Delivered by the local transport. Local only. */
export const mailboxEntry = sqliteTable(
  'mailbox_entry',
  { id: id(), sealed: text('sealed').notNull(), sentAt: at('sent_at').notNull() },
  (t) => [index('mailbox_entry_by_time').on(t.sentAt)],
);

/** The mail service's public keys, by which its reports are signed. */
export const webhookKey = sqliteTable('webhook_key', {
  id: text('id').primaryKey(),
  /** SPKI, in base64. */
  key: text('key').notNull(),
  fetchedAt: at('fetched_at').notNull(),
});
