/** Where links may lead, and how bare addresses look. */
import type { Token } from 'markdown-it';
import { LIMITS } from './limits';

/** Our own pages, the web or mail. markdown-it has already decoded entities and removed tabs. */
export const isLink = (url: string) =>
  url.length <= LIMITS.address &&
  (/^https?:\/\/[^/?#\\%]/i.test(url) ||
    /^mailto:[^/]/i.test(url) ||
    /^\/(?![/\\]|%(0|2f|5c))[^\\]*$/i.test(url));

/** Shows the real host: in another alphabet it may look like a known one. */
export function asItLeads(url: string): string {
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (!host || /^[\x21-\x7e]*$/.test(host)) return url;
  return URL.canParse(url) ? url.replace(host, () => new URL(url).host) : url;
}

export const addressesOf = (tokens: Token[]): string[] =>
  tokens.flatMap((token) => (token.type === 'link_open' ? [String(token.attrGet('href') ?? '')] : []));
