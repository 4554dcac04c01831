/** A text nearly as rendered, with the origin of each place. May remove more than the renderer. Linear. */
import MarkdownIt from 'markdown-it';
import type { Folded } from '../../fold';

const {
  utils: { unescapeAll },
  helpers: { parseLinkDestination, parseLinkTitle },
} = new MarkdownIt();

const DECODED = [
  '(?<entity>&(?:#\\d{1,7}|#[xX][\\da-fA-F]{1,6}|[A-Za-z][A-Za-z\\d]{1,31});)',
  '(?<percent>%[2-7][\\da-fA-F]|%[cCdD][\\da-fA-F]%[89abAB][\\da-fA-F]|%[eE][\\da-fA-F](?:%[89abAB][\\da-fA-F]){2}|%[fF][0-4](?:%[89abAB][\\da-fA-F]){3})',
  '(?<escape>\\\\)(?=[\\n!-/:-@[-`{-~])',
  '(?<blank>[\\u2800\\u3164\\u115f\\u1160\\uffa0\\u200b])',
];
const MARKUP = [
  ...DECODED,
  '(?<target>\\]\\()',
  '(?<label>\\]\\[[^\\][]{0,999}\\])',
  '(?<quote>(?<=\\n) {0,3}>[ \\t>]{0,40})',
  // Shown as typed, but meant as markup.
  '(?<tag></?[A-Za-z][A-Za-z\\d]{0,10} {0,3}/?>)',
  '(?<sign>[*~`[\\]<>]|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}]))',
];
const decodedParts = new RegExp(DECODED.join('|'), 'gu');
const markedParts = new RegExp(MARKUP.join('|'), 'gu');

export const isMarked = (text: string): boolean => text.search(markedParts) >= 0;

function targetEnd(text: string, from: number): number | null {
  const gap = (at: number) => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at++;
    return at;
  };
  let at = gap(from);
  const target = parseLinkDestination(text, at, text.length);
  if (target.ok) at = gap(target.pos);
  const title = parseLinkTitle(text, at, text.length);
  if (title.ok) at = gap(title.pos);
  return text[at] === ')' ? at + 1 : null;
}

function read(text: string, parts: RegExp): Folded {
  let folded = '';
  const start: number[] = [];
  const end: number[] = [];
  let last = 0;
  const take = (words: string, from: number, to: number | null) => {
    folded += words;
    for (let i = 0; i < words.length; i++) {
      start.push(to === null ? from + i : from);
      end.push(to ?? from + i + 1);
    }
  };
  for (const { 0: found, index, groups } of text.matchAll(parts)) {
    if (index < last) continue;
    const { entity, percent, blank, target } = groups!;
    take(text.slice(last, index), last, null);
    last = index + found.length;
    if (entity !== undefined) take(unescapeAll(entity), index, last);
    else if (percent !== undefined) take(characterOf(percent), index, last);
    else if (blank !== undefined) take(' ', index, last);
    else if (target !== undefined) last = targetEnd(text, last) ?? index + 1;
  }
  take(text.slice(last), last, null);
  return { folded, start, end };
}

function characterOf(percent: string): string {
  try {
    return decodeURIComponent(percent);
  } catch {
    return percent;
  }
}

/** Despite its type, the result is not folded yet. */
export const reading = (text: string): Folded => read(text, markedParts);

/** Only entities and percent signs are decoded. */
export const decoded = (text: string): Folded => read(text, decodedParts);
