/** Related links, one a line. What is written reads back the same. */
import { hostEnd, unspaced } from './edges';
import { oneLine } from './text';

export interface Link {
  title: string;
  url: string;
}

export const LONGEST_ADDRESS = 2_000;

export function isWebAddress(url: string): boolean {
  try {
    return url.length <= LONGEST_ADDRESS && ['https:', 'http:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** A path as a link that stays on this site: `//name/` would leave it. */
export const onSite = (path: string): string => path.replace(/^[/\\]+/, '/');

const BETWEEN = new Set(' |,;:-–—=→>(（<[：，、；｜・•');
const BEHIND = new Set(' |,;:-–—=→>)）]：，、；｜・');
const NO_ADDRESS = /[\s|<>"“”„«»]/u;
/** They may surround an address. */
const PAIRS: Record<string, string> = {
  ...{ '(': ')', '（': '）', '[': ']', '「': '」', '『': '』', '【': '】', '《': '》', '〈': '〉' },
  ...{ '"': '"', '“': '”', '„': '“', '«': '»', '‘': '’', "'": "'" },
};
/** They end neither a title nor an address. */
const QUOTES = new Set('「『【《〈"“„«‘\'');
const CLOSERS = new Set('」』】》〉”’');
const BULLET = /^(?:[-*•·–]|\d{1,2}[.)]) /u;

/** `Docs https://…`, `Docs|https://…`, `[Docs](https://…)`, `https://… Docs` … Null with words on both sides, or no address. */
export function read(line: string): Link | null {
  const row = oneLine(line).replace(BULLET, '');
  return markdownLink(row) ?? plainTextLink(row);
}

function markdownLink(row: string): Link | null {
  const middle = row.lastIndexOf('](');
  if (!row.startsWith('[') || !row.endsWith(')') || middle < 0) return null;
  const [url = ''] = row.slice(middle + 2, -1).split(' ', 1);
  return named(row.slice(1, middle).trim(), url.startsWith('<') ? url.slice(1).replace('>', '') : url);
}

function plainTextLink(row: string): Link | null {
  // Backwards, because a title may contain an address too.
  const lastWord = row.lastIndexOf(' ') + 1;
  const start = [addressIn(row, lastWord), addressIn(row, 0)].find((at) => at >= 0);
  if (start === undefined) return null;
  const opened = row[start - 1] ?? '';
  const quoted = QUOTES.has(opened);
  const end = addressEnd(row, start, quoted ? PAIRS[opened]! : '');
  const before = stripped(row.slice(0, quoted ? start - 1 : start));
  const behind = stripped(row.slice(quoted && row[end] === PAIRS[opened] ? end + 1 : end));
  // Punctuation alone is not a title.
  const after = /^\p{P}*$/u.test(behind) ? '' : behind;
  if (before && after) return null;
  return named(before || after, bare(row.slice(start, end), row.slice(0, start)));
}

function addressIn(row: string, from: number): number {
  const found = row.slice(from).search(BEGINS);
  return found < 0 ? -1 : from + found;
}

const BEGINS = new RegExp(`(?:(?<![\\p{L}\\p{N}])|(?<=${unspaced.source}))https?://`, 'iu');

/** At a space, at `closing`, or where the text goes on right after the host. */
function addressEnd(row: string, start: number, closing: string): number {
  const address = row.slice(start);
  const host = address.indexOf('//') + 2;
  const path = host + /^[^/?#]{0,255}/u.exec(address.slice(host, host + 256))![0].length;
  const writesOn = host + hostEnd(address.slice(host, path));
  const ends = [
    address.search(NO_ADDRESS),
    closing ? address.indexOf(closing) : -1,
    writesOn < path ? writesOn : -1,
  ];
  return start + Math.min(address.length, ...ends.filter((end) => end >= 0));
}

/** Removes separators, and quotation marks that spreadsheets add. */
function stripped(text: string): string {
  const inner = trimmed(text, '"');
  return text.startsWith('"') && !inner.includes('"') ? inner : trimmed(text);
}

function trimmed(text: string, also = ''): string {
  let [start, end] = [0, text.length];
  while (end > start && (BETWEEN.has(text[end - 1]!) || text[end - 1] === also)) end--;
  while (start < end && (BEHIND.has(text[start]!) || text[start] === also)) start++;
  return text.slice(start, end);
}

/** Removes a trailing comma, or a bracket opened before the address. */
function bare(address: string, before: string): string {
  let end = address.length;
  const closing = PAIRS[before.trimEnd().at(-1) ?? ''];
  while (end > 0) {
    const last = address[end - 1]!;
    if (!',;，、；。'.includes(last) && last !== closing && !CLOSERS.has(last)) break;
    end--;
  }
  return address.slice(0, end);
}

const named = (title: string, url: string): Link | null =>
  isWebAddress(url) ? { title: title || new URL(url).host, url } : null;

/** Plain if that reads back the same, otherwise Markdown. */
export function write(link: Link): string {
  const plain = `${link.title} ${link.url}`;
  const again = read(plain);
  return again?.title === link.title && again.url === link.url ? plain : `[${link.title}](${link.url})`;
}
