/** Related links as people write them, one a line: read, and written so that they read back the same. */
import { oneLine } from './text';

export interface Link {
  title: string;
  url: string;
}

/** The longest address that a link may have. */
export const LONGEST_ADDRESS = 2_000;

/** Whether a link may lead there: the web, nothing else. */
export function isWebAddress(url: string): boolean {
  try {
    return url.length <= LONGEST_ADDRESS && ['https:', 'http:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** What people put between a title and an address. */
const BETWEEN = new Set(' |,;:-–—=→>(（<[：，、；｜・•');
/** And what they put between an address and a title behind it. */
const BEHIND = new Set(' |,;:-–—=→>)）]：，、；｜・');
/** What ends an address that stands in a text. */
const NO_ADDRESS = /[\s|<>"]/u;
const BULLET = /^(?:[-*•·–]|\d{1,2}[.)]) /u;

/**
 * A line: `Docs https://…`, `Docs|https://…`, `Docs: https://…`, `[Docs](https://…)`, `https://… Docs`, an address alone.
 * @returns null where there is no address, or words on both sides of it
 */
export function read(line: string): Link | null {
  const row = oneLine(line).replace(BULLET, '');
  return markdownLink(row) ?? inWords(row);
}

/** `[Docs](https://…)`, also with a title behind the address. */
function markdownLink(row: string): Link | null {
  const middle = row.lastIndexOf('](');
  if (!row.startsWith('[') || !row.endsWith(')') || middle < 0) return null;
  const [url = ''] = row.slice(middle + 2, -1).split(' ', 1);
  return named(row.slice(1, middle).trim(), url.startsWith('<') ? url.slice(1).replace('>', '') : url);
}

function inWords(row: string): Link | null {
  // The last word first: a title may name an address too.
  const lastWord = row.lastIndexOf(' ') + 1;
  const start = [addressIn(row, lastWord), addressIn(row, 0)].find((at) => at >= 0);
  if (start === undefined) return null;
  const length = row.slice(start).search(NO_ADDRESS);
  const end = length < 0 ? row.length : start + length;
  const before = stripped(row.slice(0, start));
  const after = stripped(row.slice(end));
  if (before && after) return null;
  return named(before || after, bare(row.slice(start, end), row.slice(0, start)));
}

/** Where an address begins, at or behind a place; not within a word. -1: nowhere. */
function addressIn(row: string, from: number): number {
  const found = row.slice(from).search(/(?<![\p{L}\p{N}])https?:\/\//iu);
  return found < 0 ? -1 : from + found;
}

/** A title without the separators around it, and without the quotation marks that a spreadsheet puts there. */
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

/** An address without the comma behind it, or the bracket that closes what was opened before it. */
function bare(address: string, before: string): string {
  let end = address.length;
  const opened = before.trimEnd().at(-1) ?? '';
  const closing = { '(': ')', '（': '）', '[': ']' }[opened];
  while (end > 0 && (',;，、；'.includes(address[end - 1]!) || address[end - 1] === closing)) end--;
  return address.slice(0, end);
}

const named = (title: string, url: string): Link | null =>
  isWebAddress(url) ? { title: title || new URL(url).host, url } : null;

/** A link as a line of the form: plain where that reads back the same, else as Markdown. */
export function write(link: Link): string {
  const plain = `${link.title} ${link.url}`;
  const again = read(plain);
  return again?.title === link.title && again.url === link.url ? plain : `[${link.title}](${link.url})`;
}
