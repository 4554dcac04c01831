/**
 * A form posted after the session has ended, without scripts. Its text is shown again once the same person has signed in, and
 * never carried out. It is sealed in KV for two hours under the hash of a token in this browser's cookie, for the login name that
 * last signed in here. Secrets and files are left out.
 */
import { onSite } from '../links';
import { HOUR } from '../time';
import * as aside from './aside';
import * as body from './body';
import type { Ctx } from './context';
import { isSecret } from './fields';
import { fileLimits } from '../files';
import * as news from './news';
import * as rateLimit from './rate-limit';
import * as sessions from './sessions';

const HOURS = 2;
const MOST = 256 * 1024;
const AN_HOUR = 60;

interface PendingPost {
  owner: string;
  page: string;
  action: string;
  typed: [string, string][];
}

/** As SvelteKit reads them: `?/name`. Our forms name at most one. */
export const actionsIn = (url: URL): string[] =>
  [...url.searchParams.keys()].filter((name) => name.startsWith('/'));

export function pageOf(url: URL): { page: string; action: string } {
  const all = [...url.searchParams];
  const [action = ''] = actionsIn(url);
  if (!action) return { page: onSite(url.pathname) + url.search, action };
  const rest = String(new URLSearchParams(all.filter(([name]) => !name.startsWith('/'))));
  return { page: onSite(url.pathname) + (rest && `?${rest}`), action };
}

/** Of a request that nobody has read. */
export const read = (request: Request): Promise<FormData> => body.form(request, body.PLAIN + fileLimits.form);

/**
 * @param data gives what was typed, and may throw
 * @returns `lost` if something was typed but could not be kept; null if nothing was, or the person is unknown
 */
export async function keep(
  ctx: Ctx,
  data: () => Promise<FormData> | FormData,
  url: URL,
): Promise<'held' | 'lost' | null> {
  const owner = sessions.deviceOwner(ctx);
  if (!owner) return null;
  const of = rateLimit.key(ctx, 'post', `held:${owner}`);
  const room = await rateLimit.countInWindow(ctx, of, AN_HOUR, HOUR);
  if (!room.length) return 'lost';
  const typed: PendingPost['typed'] = [];
  try {
    for (const [name, value] of await data())
      if (typeof value === 'string' && !isSecret(name)) typed.push([name, value]);
  } catch {
    return 'lost';
  }
  if (typed.length === 0) return null;
  const text = JSON.stringify({ owner, ...pageOf(url), typed } satisfies PendingPost);
  if (text.length > MOST) return 'lost';
  const token = await aside.put(ctx, 'held', text, HOURS * 3_600);
  if (!token) return 'lost';
  ctx.cookies.set('foyer-held', token, HOURS * 3_600);
  return 'held';
}

/**
 * @param data of a form that was posted
 * @returns the login, which leads back to the page and says what became of the form
 */
export async function toLogin(ctx: Ctx, data: Parameters<typeof keep>[1] | null, url: URL): Promise<string> {
  const kept = data && (await keep(ctx, data, url));
  if (kept) news.sendTo(ctx, '/login', kept);
  return `/login?next=${encodeURIComponent(pageOf(url).page)}`;
}

export async function heldPostAt(ctx: Ctx, url: URL): Promise<{ url: URL; body: string } | null> {
  const token = ctx.cookies.get('foyer-held');
  if (!token || !ctx.actor) return null;
  const held = await aside.get(ctx, 'held', token);
  const { owner, page, action, typed } = JSON.parse(held ?? '{}') as Partial<PendingPost>;
  if (owner !== ctx.actor.id) {
    forget(ctx);
    return null;
  }
  if (page !== url.pathname + url.search) return null;
  const again = new URL(url);
  if (action) again.search += `${again.search ? '&' : '?'}${action}`;
  return { url: again, body: String(new URLSearchParams(typed)) };
}

export function forget(ctx: Ctx): void {
  const token = ctx.cookies.get('foyer-held');
  if (!token) return;
  ctx.cookies.delete('foyer-held');
  aside.forget(ctx, 'held', token);
}
