import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import type { Ctx } from '../context';
import { isMadeBy, keyedBytes, type Secret } from '../crypto';

/** Id and MAC. Not stored, and it never expires, like the mails that contain it. */
const tokenOf = (secret: Secret, userId: string): string =>
  userId + encodeBase32LowerCaseNoPadding(keyedBytes(secret, 'unsubscribe', userId).slice(0, 20));

export const unsubscribeUrl = (ctx: Pick<Ctx, 'config'>, userId: string): string =>
  `${ctx.config.origin}/unsubscribe/${tokenOf(ctx.config.secret, userId)}`;

export function ownerOf(ctx: Pick<Ctx, 'config'>, token: string): string | null {
  const id = token.slice(0, 16);
  return isMadeBy(ctx.config.secret, (secret) => tokenOf(secret, id), token) ? id : null;
}
