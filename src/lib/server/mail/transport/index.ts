import type { Ctx } from '../../context';
import { envelopeOf } from './envelope';
import { toMailbox } from './mailbox';
import { canReachMailChannels, toMailChannels } from './mailchannels';
import type { Outcome, OutgoingMail } from './outgoing';

export { isSignedBy, signatureOf } from './signature';
export { publicKey } from './mailchannels';
export { mailbox, mailboxEntry, type MailboxMail } from './mailbox';
export type { FailReason, Outcome, OutgoingMail, RetryReason } from './outgoing';

export async function send(ctx: Ctx, mail: OutgoingMail, options: { timeoutMs: number }): Promise<Outcome> {
  const config = ctx.config.mail;
  const envelope = envelopeOf(mail, config.domain);
  if (!envelope) return { outcome: 'failed', reason: 'rejected', detail: 'not an e-mail address' };
  return config.transport === 'mailbox'
    ? toMailbox(ctx, mail, envelope)
    : toMailChannels(config, mail, envelope, options.timeoutMs);
}

export async function canReachServer(ctx: Ctx, timeoutMs = 5_000): Promise<boolean> {
  const config = ctx.config.mail;
  if (config.transport === 'mailbox') return ctx.config.local;
  return canReachMailChannels(config, timeoutMs);
}
