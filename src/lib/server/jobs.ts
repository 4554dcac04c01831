/** Messages of the queue arrive at least once; a second delivery does nothing. */
import type { Ctx, MailNudge } from './context';
import * as outbox from './mail/outbox';

/** Only our own failures are redelivered. Cron retries a failing mail server. */
export async function consume(ctx: Ctx, batch: MessageBatch<MailNudge>): Promise<void> {
  const ids = batch.messages.map((message) => message.body.mailId);
  const brokenOff = await outbox.deliverMany(ctx, ids);
  for (const message of batch.messages) {
    if (brokenOff.includes(message.body.mailId)) message.retry({ delaySeconds: 30 });
    else message.ack();
  }
}
