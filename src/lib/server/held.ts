/**
 * Without scripts, a post that meets an ended session: what was typed waits until the same person has signed in, and is
 * then shown in its form again. It is only shown, never done: they look at it and send it themselves.
 *
 * It stands in KV, sealed, under the hash of a random token that only this browser's cookie holds, for two hours. It
 * belongs to the login name that the browser last signed in as (the signed device cookie): nobody else is shown it, and
 * whoever has never signed in here can keep nothing. Secrets and files are left out.
 */
import * as body from './body';
import type { Ctx } from './context';
import { hashToken, randomToken, seal, unseal } from './crypto';
import { isSecret } from './fields';
import { fileLimits } from '../files';
import * as rateLimit from './rate-limit';
import * as sessions from './sessions';

const HOURS = 2;
/** Characters of everything that is kept of one post. */
const MOST = 256 * 1024;
/** Posts that one person can leave in an hour. */
const AN_HOUR = 60;

interface Held {
  email: string;
  /** The page, and the action of it that was meant. */
  page: string;
  action: string;
  typed: [string, string][];
}

/** The actions that an address names, as SvelteKit reads it: `?/name`. A form of ours names one at most. */
export const actionsIn = (url: URL): string[] =>
  [...url.searchParams.keys()].filter((name) => name.startsWith('/'));

/** The page of a form's address: without the name of the action. */
export function pageOf(url: URL): { page: string; action: string } {
  const all = [...url.searchParams];
  const [action = ''] = actionsIn(url);
  if (!action) return { page: url.pathname + url.search, action };
  const rest = String(new URLSearchParams(all.filter(([name]) => !name.startsWith('/'))));
  return { page: url.pathname + (rest && `?${rest}`), action };
}

/**
 * Keeps what was posted to an action of a page (hooks.server.ts asks whether it is one).
 * @returns `held`; `lost`: something was typed, and could not be kept; null: nothing was, or nobody knows whose it is
 */
export async function keep(ctx: Ctx, request: Request, url: URL): Promise<'held' | 'lost' | null> {
  const email = sessions.deviceOwner(ctx);
  if (!email) return null;
  const of = rateLimit.key(ctx, 'post', `held:${email}`);
  const [room] = await ctx.db.batch([rateLimit.countInWindow(ctx, of, AN_HOUR, 3_600_000)]);
  if (!room.length) return 'lost';
  const typed: Held['typed'] = [];
  try {
    const data = await body.form(request, body.PLAIN + fileLimits.form);
    for (const [name, value] of data)
      if (typeof value === 'string' && !isSecret(name)) typed.push([name, value]);
  } catch {
    return 'lost';
  }
  if (typed.length === 0) return null;
  const text = JSON.stringify({ email, ...pageOf(url), typed } satisfies Held);
  if (text.length > MOST) return 'lost';
  const token = randomToken();
  await ctx.kv.put(keyOf(token), await seal(ctx.config.secret, 'held', text), {
    expirationTtl: HOURS * 3_600,
  });
  ctx.cookies.set('foyer-held', token, HOURS * 3_600);
  return 'held';
}

const keyOf = (token: string) => `held:${hashToken(token)}`;

/**
 * The post that waits for this person at this page, as it was sent but for secrets and files.
 * @returns what asks the page to show it, or null
 */
export async function at(ctx: Ctx, url: URL): Promise<{ url: URL; body: string } | null> {
  const token = ctx.cookies.get('foyer-held');
  if (!token || !ctx.actor) return null;
  const sealed = await ctx.kv.get(keyOf(token));
  const held = sealed ? await unseal(ctx.config.secret, 'held', sealed).then(JSON.parse, () => null) : null;
  const { email, page, action, typed } = (held ?? {}) as Partial<Held>;
  if (email !== ctx.actor.email) {
    forget(ctx);
    return null;
  }
  if (page !== url.pathname + url.search) return null;
  const again = new URL(url);
  if (action) again.search += `${again.search ? '&' : '?'}${action}`;
  return { url: again, body: String(new URLSearchParams(typed)) };
}

/** With the next post of this browser it is over: it was sent, or something else was. */
export function forget(ctx: Ctx): void {
  const token = ctx.cookies.get('foyer-held');
  if (!token) return;
  ctx.cookies.delete('foyer-held');
  ctx.defer(ctx.kv.delete(keyOf(token)));
}
