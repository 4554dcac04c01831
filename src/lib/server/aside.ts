/**
 * Texts put aside in KV for a while, which people can do without: if KV fails, that is logged, and what they were doing goes on. Sealed,
 * under a token that only their browser has.
 */
import type { Ctx } from './context';
import { hashToken, randomToken, seal, unseal } from './crypto';
import { log } from './log';

type Purpose = 'held' | 'skipped' | 'mail-preview' | 'guest-import';

const keyOf = (purpose: Purpose, token: string): string => `${purpose}:${hashToken(token)}`;

const softly = <T>(work: Promise<T>): Promise<T | null> =>
  work.catch((error: unknown) => {
    log('KV failed', error);
    return null;
  });

/** @returns the token, or null if nothing could be put aside */
export async function put(ctx: Ctx, purpose: Purpose, text: string, seconds: number): Promise<string | null> {
  const token = randomToken();
  const sealed = await seal(ctx.config.secret, purpose, text);
  const done = ctx.kv.put(keyOf(purpose, token), sealed, { expirationTtl: seconds }).then(() => token);
  return softly(done);
}

export async function get(ctx: Ctx, purpose: Purpose, token: string): Promise<string | null> {
  const sealed = await softly(ctx.kv.get(keyOf(purpose, token)));
  return sealed && (await unseal(ctx.config.secret, purpose, sealed).catch(() => null));
}

export const forget = (ctx: Ctx, purpose: Purpose, token: string): void =>
  ctx.defer(() => ctx.kv.delete(keyOf(purpose, token)));
