/** The link in each notification mail that stops them. */
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import type { Ctx } from '../context';
import { isMadeBy, keyedBytes, type Secret } from '../crypto';

/**
 * The token of somebody's link: id, then a MAC of it. Nothing of it is stored, it never expires (the mails do not
 * either), and all that it can do is to stop these mails.
 */
const tokenOf = (secret: Secret, userId: string): string =>
  userId + encodeBase32LowerCaseNoPadding(keyedBytes(secret, 'unsubscribe', userId).slice(0, 20));

export const unsubscribeUrl = (ctx: Pick<Ctx, 'config'>, userId: string): string =>
  `${ctx.config.origin}/unsubscribe/${tokenOf(ctx.config.secret, userId)}`;

/** Whose link it is; null when it is none of ours. */
export function ownerOf(ctx: Pick<Ctx, 'config'>, token: string): string | null {
  const id = token.slice(0, 16);
  return isMadeBy(ctx.config.secret, (secret) => tokenOf(secret, id), token) ? id : null;
}
