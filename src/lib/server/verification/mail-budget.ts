import { HOUR, MINUTE } from '../../time';
import type { Ctx } from '../context';
import { Refusal } from '../errors';
import * as rateLimit from '../rate-limit';
import * as sessions from '../sessions';
import type { Subject } from './challenge';

/** Per hour and purpose. Nobody else can use up the budget of known browsers. */
const MAILS_AN_HOUR = { signup: 10, login: 30, known: 40 };

/** The right to send one code mail. Only `reserveMail` makes it. */
export type MailReservation = { readonly [reserved]: true };
declare const reserved: unique symbol;

/** A refusal leaves what is pending unchanged. */
export async function reserveMail(
  ctx: Ctx,
  purpose: Subject['purpose'],
  email: string,
): Promise<MailReservation> {
  const known = purpose === 'login' && (await sessions.knownDevice(ctx, email)) !== null;
  const whose = known ? 'known' : purpose;
  const of = rateLimit.key(ctx, 'code', `mails:${whose}:${email}`);
  const most = MAILS_AN_HOUR[whose];
  const took = await rateLimit.countInWindow(ctx, of, most, HOUR);
  if (took.length) return {} as MailReservation;
  const left = await rateLimit.windowLeft(ctx, of, HOUR, most);
  throw new Refusal('throttled', {
    key: 'verify.too-many-mails',
    params: { minutes: Math.max(1, Math.ceil(left / MINUTE)) },
  });
}
