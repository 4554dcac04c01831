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

/** @param once a page without scripts keeps its address, and a reload must not say it again. @returns the address to be shown */
export function receive(ctx: Ctx, url: URL, once: boolean): URL {
  const without = withoutNews(url);
  if (without === null) return url;
  if (ctx.cookies.get('foyer-news') !== markOf(url)) return new URL(without, url);
  if (once) ctx.cookies.delete('foyer-news');
  return url;
}
