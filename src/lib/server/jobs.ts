/** Messages of the queue. They arrive at least once; the domain makes a second delivery a no-op. */
import type { Ctx, MailNudge } from './context';
import * as outbox from './mail/outbox';

/**
 * Delivers each named mail. A mail server that fails is the outbox row's business (cron retries it), not the queue's;
 * the queue redelivers only where our own work broke off, and lays the message aside as a dead letter in the end.
 */
export async function consume(ctx: Ctx, batch: MessageBatch<MailNudge>): Promise<void> {
  const ids = batch.messages.map((message) => message.body.mailId);
  const brokenOff = await outbox.deliverMany(ctx, ids);
  for (const message of batch.messages) {
    if (brokenOff.includes(message.body.mailId)) message.retry({ delaySeconds: 30 });
    else message.ack();
  }
}
