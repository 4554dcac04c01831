import { maskAddress } from '../../addresses';
import type { Ctx } from '../context';
import { MINUTE } from '../../time';
import { mail } from '../schema';
import { CODES, find, TRIES } from './challenge';

/** Read from D1 only, never from KV. */
export interface Pending {
  purpose: 'login' | 'signup';
  /** `g…@partner.example`: enough to know which mailbox to open. */
  maskedEmail: string;
  codeState: 'valid' | 'ended' | 'expired';
  /** `queued`: will be retried. `failed`: will not. `unknown`: may have been sent. */
  mailState: 'sent' | 'queued' | 'failed' | 'unknown';
  codesLeft: number;
  /** False: whoever logs in now needs no code. */
  needed: boolean;
  /** Days for which the person may skip the code here. Null: it is not offered. */
  trustedDays: number | null;
  /** How long the code is valid, from its sending. */
  minutes: number;
  next: string;
}

export async function pending(ctx: Ctx): Promise<Pending | null> {
  const found = await find(ctx);
  if (!found) return null;
  const { challenge, email } = found;
  return {
    purpose: challenge.purpose,
    maskedEmail: maskAddress(email),
    codeState:
      (challenge.codeExpiresAt ?? 0) <= ctx.now ? 'expired' : challenge.tries >= TRIES ? 'ended' : 'valid',
    mailState: mailStateOf(ctx, found.mail),
    codesLeft: Math.max(0, CODES - challenge.codesSent),
    minutes: Math.round(((challenge.codeExpiresAt ?? 0) - (challenge.codeSentAt ?? 0)) / MINUTE),
    trustedDays: found.trustedDays,
    needed: found.needed,
    next: challenge.next,
  };
}

function mailStateOf(
  ctx: Ctx,
  row: Pick<typeof mail.$inferSelect, 'status' | 'failure' | 'dropAfterAt'> | null,
): Pending['mailState'] {
  if (!row || row.status === 'sending' || row.failure === 'unknown-outcome') return 'unknown';
  if (row.status === 'sent') return 'sent';
  const tooLate = row.dropAfterAt !== null && row.dropAfterAt <= ctx.now;
  return row.status === 'queued' && !tooLate ? 'queued' : 'failed';
}
