/** Messages of the queue. They arrive at least once; the domain makes a second delivery a no-op. */
import type { Ctx, MailNudge } from './context';
import * as outbox from './mail/outbox';

/** A mail server that fails is cron's business. The queue redelivers only where our own work broke off. */
export async function consume(ctx: Ctx, batch: MessageBatch<MailNudge>): Promise<void> {
  const ids = batch.messages.map((message) => message.body.mailId);
  const brokenOff = await outbox.deliverMany(ctx, ids);
  for (const message of batch.messages) {
    if (brokenOff.includes(message.body.mailId)) message.retry({ delaySeconds: 30 });
    else message.ack();
  }
}
