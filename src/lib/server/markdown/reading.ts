/**
 * A text nearly as it reads once it is rendered, with the places in what was typed: without emphasis, code marks, links and
 * escapes, with entities as what they stand for. It may take away more than the renderer does, never less of what could
 * stand within a name. Linear in the text.
 */
import MarkdownIt from 'markdown-it';
import type { Folded } from '../../fold';

const { unescapeAll } = new MarkdownIt().utils;

const MARKUP = new RegExp(
  [
    '(?<entity>&(?:#\\d{1,7}|#[xX][\\da-fA-F]{1,6}|[A-Za-z][A-Za-z\\d]{1,31});)',
    // A hard break too.
    '(?<escape>\\\\)(?=[\\n!-/:-@[-`{-~])',
    // Where a link or a picture leads.
    '(?<target>\\](?:\\([^()\\n]{0,400}\\)|\\[[^\\][\\n]{0,100}\\]))',
    // The next line of a quotation.
    '(?<quote>(?<=\\n) {0,3}>[ \\t>]{0,40})',
    '(?<sign>[*~`[\\]<>]|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}]))',
    // Drawn as a blank, or taken for one.
    '(?<blank>[\\u2800\\u3164\\u115f\\u1160\\uffa0\\u200b])',
  ].join('|'),
  'gu',
);

/** Whether a text reads otherwise than it was typed. */
export const isMarked = (text: string): boolean => text.search(MARKUP) >= 0;

/** `folded` is not folded yet: the text as it reads. */
export function reading(text: string): Folded {
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
  for (const match of text.matchAll(MARKUP)) {
    const { entity, blank } = match.groups!;
    take(text.slice(last, match.index), last, null);
    last = match.index + match[0].length;
    if (entity !== undefined) take(unescapeAll(entity), match.index, last);
    else if (blank !== undefined) take(' ', match.index, last);
  }
  take(text.slice(last), last, null);
  return { folded, start, end };
}
