/** What was typed as an address on /login is there on /forgot, and the other way round. Sealed in a cookie, never in a URL. */
import { MINUTE } from '../time';
import type { Ctx } from './context';
import { seal, unseal } from './crypto';

const LONG_ENOUGH = 10 * MINUTE;
const PURPOSE = 'typed-address';

export async function keep(ctx: Ctx, email?: string): Promise<void> {
  if (email)
    ctx.cookies.set('foyer-typed', await seal(ctx.config.secret, PURPOSE, email), LONG_ENOUGH / 1_000);
}

export async function read(ctx: Ctx): Promise<string> {
  const sealed = ctx.cookies.get('foyer-typed');
  return sealed ? unseal(ctx.config.secret, PURPOSE, sealed).catch(() => '') : '';
}

export const forget = (ctx: Ctx): void => {
  if (ctx.cookies.get('foyer-typed')) ctx.cookies.delete('foyer-typed');
};
