/** What a form tells the next page (`?done=`) counts only in the browser that posted it: anybody can write such a link. */
import { withoutNews } from '../pages';
import type { Ctx } from './context';
import { hashToken } from './crypto';

/** In seconds. */
const LONG_ENOUGH = 60;

const markOf = (url: URL): string =>
  hashToken(JSON.stringify([url.pathname, [...url.searchParams]])).slice(0, 24);

/** @param address where a form leads */
export function send(ctx: Ctx, address: string): void {
  const url = new URL(address, ctx.config.origin);
  if (withoutNews(url) !== null) ctx.cookies.set('foyer-news', markOf(url), LONG_ENOUGH);
}

/** For a page that keeps its plain address: the login, after something that ends with it. */
export function sendTo(ctx: Ctx, path: string, done: string): string {
  ctx.cookies.set('foyer-news', `${path} ${done}`, LONG_ENOUGH);
  return path;
}

/** @param once a page without scripts keeps its address, and a reload must not say it again. @returns the address to be shown */
export function receive(ctx: Ctx, url: URL, once: boolean): URL {
  const without = withoutNews(url);
  const known = ctx.cookies.get('foyer-news');
  const [path, done] = known?.split(' ') ?? [];
  if (without === null && (done === undefined || path !== url.pathname)) return url;
  if (without !== null && known !== markOf(url)) return new URL(without, url);
  if (once) ctx.cookies.delete('foyer-news');
  if (without !== null || done === undefined) return url;
  const shown = new URL(url);
  shown.searchParams.set('done', done);
  return shown;
}
