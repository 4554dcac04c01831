import { normalize } from '../../normalize';
import { MINUTE } from '../../time';
import type { Ctx } from '../context';
import { keyedHash, randomCode, randomToken } from '../crypto';
import { log } from '../log';
import * as outbox from '../mail/outbox';
import type { Subject } from './challenge';
import type { MailReservation } from './mail-budget';

const CODE_MAIL_TIMEOUT = 5_000;
/** Seconds: a little more than the outbox's first back-off. */
const CODE_MAIL_AGAIN_AFTER = 31;
const CODE_MAIL_DROPPED_AFTER = 10 * MINUTE;

/** Its hash goes to KV under a new random key, because KV may cache a key that was read before. */
export async function makeCode(
  ctx: Ctx,
  _reservation: MailReservation,
  challengeId: string,
  to: Pick<Subject, 'purpose' | 'to' | 'locale' | 'siteName' | 'codeMinutes'> & { userId?: string },
) {
  const code = randomCode();
  const valid = to.codeMinutes * MINUTE;
  const codeKey = `code:${randomToken()}`;
  await ctx.kv.put(codeKey, keyedHash(ctx.config.secret, 'code', `${challengeId}:${code}`), {
    expirationTtl: valid / 1000,
  });
  const queued = await outbox.queue(ctx, {
    to: to.to,
    locale: to.locale,
    message: { kind: 'code', siteName: to.siteName, code, purpose: to.purpose, minutes: to.codeMinutes },
    userId: to.userId,
    dropAfterAt: ctx.now + CODE_MAIL_DROPPED_AFTER,
    nudge: false,
  });
  return {
    mail: queued,
    columns: {
      codeKey,
      codeSentAt: ctx.now,
      codeExpiresAt: ctx.now + valid,
      expiresAt: ctx.now + valid,
      mailId: queued.id,
      tries: 0,
    },
  };
}

export async function sendNow(ctx: Ctx, mailId: string): Promise<void> {
  try {
    const outcome = await outbox.deliver(ctx, mailId, { timeoutMs: CODE_MAIL_TIMEOUT });
    if (outcome !== 'queued') return;
  } catch (error) {
    // The challenge exists already, and its page shows the state of the mail.
    log(`mail ${mailId}: delivery broke off`, error);
  }
  ctx.defer((system) => outbox.nudge(system, mailId, CODE_MAIL_AGAIN_AFTER));
}

/** Six digits, full-width ones too; spaces and dashes are ignored. Null: this cannot be a code. */
export function codeOf(typed: string): string | null {
  const code = normalize(typed, 'NFKC').replace(/[\s\p{Pd}\p{Default_Ignorable_Code_Point}\u2212]/gu, '');
  return /^[0-9]{6}$/.test(code) ? code : null;
}
