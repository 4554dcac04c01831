/** The gate for text that people type (schemas.ts): bounded, in one normal form, visible. Linear in its length. */
import { normalize } from './normalize';

/** In code points. */
export function characters(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) if (isTail(text, i)) count--;
  return count;
}

/** Never cuts a character in half. */
export function firstCharacters(text: string, max: number): string {
  let end = 0;
  for (let count = 0; end < text.length && count < max; count++) end += isTail(text, end + 1) ? 2 : 1;
  return text.slice(0, end);
}

const isTail = (text: string, i: number): boolean =>
  (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;

/** UTF-16 units: some characters are typed as several (Hangul, accents), and invisible ones are removed later. */
export const longestRaw = (max: number): number => 4 * max + 1_000;

/** White space, control characters, and Braille's empty cell. */
const BLANK = /[\s\p{Cc}\u2800]+/gu;

/** Invisible, or different in every font: Default_Ignorable_Code_Point, lone surrogates, private use, noncharacters, anchors. */
const INVISIBLE =
  /(?![\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}])\p{DI}|[\p{Cs}\p{Co}\p{NChar}\ufff9-\ufffc\u{1d159}]/gu;

/** Scripts in which a (non-)joiner changes how a word is written (RFC 5892, appendix A). */
const JOINING =
  '(?!\\p{DI})(?=[\\p{L}\\p{M}])[' +
  'Arab Syrc Nkoo Mong Adlm Rohg Mand Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Mymr Khmr Tibt Java Bali'
    .split(' ')
    .map((script) => `\\p{scx=${script}}`)
    .join('') +
  ']';

/** Invisible characters that have an effect where they are, each with the context it needs. */
const IN_PLACE = new RegExp(
  '(' +
    [
      // Flags of England, Scotland, Wales and others.
      '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}',
      // Joined emoji, emoji or text style, keycaps.
      '(?<=\\p{ExtPict}(?:\\p{EMod}|\\ufe0f)?)\\u200d(?=\\p{ExtPict})',
      '(?<=\\p{ExtPict})[\\ufe0e\\ufe0f]',
      '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
      // Persian, Urdu, Hindi, Bengali, Malayalam (also at the end of a word), Sinhala …
      `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
      '(?<=[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca])\\u200d',
      // Variants of Chinese and Japanese characters (for names in registers), mathematical signs, Mongolian.
      '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
      '(?<=[\\p{Sm}\\p{Script=Mymr}])\\ufe00',
      '(?<=[\\u1820-\\u1878\\u1880-\\u18aa])[\\u180b-\\u180f]',
    ].join('|') +
    ')|[\\u180b-\\u180f\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0020}-\\u{e007f}\\u{e0100}-\\u{e01ef}]',
  'gu',
);

/** Combining marks need a base, so a text cannot begin with one. */
const LEADING = /^[\s\p{M}\u180e\u200c\u200d\u{e0020}-\u{e007f}]+/u;
/** No script stacks more marks; in a list they would cover the neighbouring lines. */
const HEAP = /(\p{M}{8})[\p{M}\u200c\u200d]+/gu;

const PLAIN = /^[ -~]*$/;

const SEEN = /(?![\p{DI}\u2800\u{1d159}\ufffc])[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u;

/** Combining marks, blanks and invisible characters alone do not. */
export const shows = (text: string): boolean => SEEN.test(text);

/** One visible line: a name, a title. Empty if nothing would show. */
export function oneLine(text: string): string {
  // Fast path.
  if (PLAIN.test(text)) return text.replace(/ {2,}/g, ' ').trim();
  const inPlace = (part: string) =>
    normalize(
      part.replace(IN_PLACE, (_, kept?: string) => kept ?? ''),
      'NFC',
    );
  const seen = normalize(text, 'NFC').replace(INVISIBLE, '').replace(BLANK, ' ').replace(LEADING, '');
  // Twice, because removing a character can join a letter and its accent.
  const kept = inPlace(inPlace(seen)).replace(HEAP, '$1').replace(BLANK, ' ').trim();
  return shows(kept) ? kept : '';
}

const UNTYPED = /[^\P{Cc}\n\t]|\p{Cs}/gu;

/** Removes control characters only. Line ends become \n; empty if nothing would show. */
export function manyLines(text: string): string {
  const kept = normalize(text, 'NFC').replace(/\r\n?/g, '\n').replace(UNTYPED, '').trim();
  return shows(kept) ? kept : '';
}

/** A sentence in which names are isolated (`t()`), as a text to edit: that has no invisible characters. */
export const withoutIsolates = (text: string): string => text.replace(/[\u2068\u2069]/g, '');
