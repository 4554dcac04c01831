/**
 * The one fold for comparing words: search, highlights, completion, mentions and people. Texts that readers take for the same
 * word fold to the same string, whatever their case, accents, width, invisible characters, apostrophes, dashes or white space.
 *
 * Also the same: Arabic forms of alef, yeh, kaf and heh, vowel points, stretched words; Hindi nasals before their own consonant
 * (हिन्दी, हिंदी), ँ, and the dot of क़ ख़ ग़ ज़ फ़.
 *
 * Different, because they make another word: kana voicing, hiragana and katakana, Indic and South-East Asian vowel signs, Hindi ड
 * and ड़, ढ and ढ़, Arabic ء, ؤ and ئ, Urdu ھ and ے, digits of other scripts, Cyrillic й and ў (but ё is е).
 *
 * Linear: at most 32 accents per letter are looked at, because `normalize` sorts them in quadratic time.
 */
import { normalize } from './normalize';

/** A folded text with the origin of each UTF-16 unit, for `originalRange`. */
export interface Folded {
  folded: string;
  /** Where the character of `folded[i]` begins, accents and joined emoji included. */
  start: number[];
  end: number[];
}

/** Invisible characters, controls other than white space, and the Arabic sign that stretches words. */
const IGNORED = String.raw`\u0640\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f`;
const WHITE = String.raw`\t-\r\u0085\p{Z}`;
const TONED = String.raw`\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0e\ufe0f\u20e3\u{e0020}-\u{e007f}]*`;

// Runs backtrack by one character only, so this stays linear.
const units = new RegExp(
  // eslint-disable-next-line regexp/no-super-linear-move
  [
    `(?<white>[${WHITE}][${WHITE}${IGNORED}]*)`,
    `(?<ascii>[!-~]+)(?![\\p{M}${IGNORED}])`,
    // Kana, Chinese characters and Korean syllables need no folding.
    `(?<same>[\\u3041-\\u3096\\u30a1-\\u30fc\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3]+)(?![\\p{M}${IGNORED}\\u1160-\\u11ff\\ud7b0-\\ud7ff])`,
    `(?<emoji>\\p{RI}\\p{RI}|${TONED}(?:\\u200d${TONED})*)(?<tail>[\\p{M}${IGNORED}]*)`,
    // A letter with its marks. Korean letters that form a syllable count as one.
    `(?:[\\u1100-\\u115f\\ua960-\\ua97c\\uac00-\\ud7a3][\\u1160-\\u11ff\\ud7b0-\\ud7ff]+|[^])[\\p{M}${IGNORED}]*`,
  ].join('|'),
  'gu',
);

const ignored = new RegExp(`[${IGNORED}]+`, 'gu');
const dashes = /(?![〜〰゠\u{10ead}])[\p{Pd}−⁃]/gu;
/** Only inside words; elsewhere they mark code or stand alone. */
const graves = /(?<=[\p{L}\p{M}])[`´｀](?=\p{L})/gu;

/** Devanagari ङ ञ ण न म without a vowel, before a consonant spoken in the same place. */
const nasals =
  /(?:\u0919\u094d(?=[\u200c\u200d]?[\u0915-\u0918\u0958-\u095a])|\u091e\u094d(?=[\u200c\u200d]?[\u091a-\u091d\u095b])|\u0923\u094d(?=[\u200c\u200d]?[\u091f-\u0922\u095c\u095d])|\u0928\u094d(?=[\u200c\u200d]?[\u0924-\u0927])|\u092e\u094d(?=[\u200c\u200d]?[\u092a-\u092d\u095e]))/g;

/** Replaces one unit by one, so that positions hold. Lone surrogates become U+FFFD. */
function evened(text: string): string {
  const same = text
    .toWellFormed()
    .replace(/[‘’‛′ʹʻʼʽˈ＇]/g, "'")
    .replace(dashes, '-')
    .replace(/〜/g, '~')
    .replace(/[゛ﾞ]/g, '\u3099')
    .replace(/[゜ﾟ]/g, '\u309a')
    .replace(nasals, '\u0902\u2060')
    .replace(/\u0901/g, '\u0902');
  return /[`´｀]/.test(same) ? same.replace(graves, "'") : same;
}

/** Letters that Unicode does not decompose, and what people type instead. */
const LETTERS = new Map(
  Object.entries({
    ...{
      æ: 'ae',
      œ: 'oe',
      ø: 'o',
      ł: 'l',
      đ: 'd',
      ð: 'd',
      þ: 'th',
      ħ: 'h',
      ŧ: 't',
      ŋ: 'n',
      ĸ: 'k',
      ı: 'i',
      ȷ: 'j',
    },
    ...{
      ƀ: 'b',
      ɓ: 'b',
      ƈ: 'c',
      ȼ: 'c',
      ɖ: 'd',
      ɗ: 'd',
      ɇ: 'e',
      ƒ: 'f',
      ǥ: 'g',
      ɠ: 'g',
      ɨ: 'i',
      ɉ: 'j',
      ƙ: 'k',
    },
    ...{
      ƚ: 'l',
      ɫ: 'l',
      ɲ: 'n',
      ƞ: 'n',
      ɵ: 'o',
      ƥ: 'p',
      ᵽ: 'p',
      ɍ: 'r',
      ƭ: 't',
      ʈ: 't',
      ⱦ: 't',
      ʉ: 'u',
      ʋ: 'v',
    },
    ...{
      ƴ: 'y',
      ɏ: 'y',
      ƶ: 'z',
      ȥ: 'z',
      ⱥ: 'a',
      ς: 'σ',
      ʹ: "'",
      ʼ: "'",
      '′': "'",
      '−': '-',
      ـ: '',
    },
    ...{ ٱ: 'ا', ى: 'ي', ی: 'ي', ک: 'ك', ڪ: 'ك', ة: 'ه', ہ: 'ه' },
  }),
);
const letters = new RegExp(`[${[...LETTERS.keys()].join('')}]`, 'gu');

/** Accents, and the vowel points of Arabic and Hebrew. Not the breve: see below. */
const accents =
  /[\u0300-\u0305\u0307-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

/** Mapped by hand, because `normalize` would join half-width letters into syllables. */
const halfHangul = (unit: string): string => {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(
    code <= 0xffbe
      ? code - 0xffa1 + 0x3131
      : 0x314f + Math.floor((code - 0xffc2) / 8) * 6 + ((code - 0xffc2) % 8),
  );
};
/** Korean letters that stand alone, also in circles and brackets. */
const alone = /^[\u3131-\u318e\u3200-\u321e\u3260-\u327e]$/;

const cased = (text: string) =>
  normalize(
    text
      .toLowerCase()
      // Turns ß into ss.
      .toUpperCase()
      .toLowerCase()
      .replace(letters, (letter) => LETTERS.get(letter)!),
    'NFKC',
  );

const withMarks = (base: string, marks: string) => base + [...marks.slice(0, 64)].slice(0, 32).join('');

function bare(text: string): string {
  // People type a Thai or Lao tone before or after the sign below it.
  const apart = normalize(text, 'NFKD').replace(/([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])/g, '$2$1');
  // Stand-alone accents decompose into a space and the accent.
  if (apart.startsWith(' ')) return text;
  if (!/\p{L}/u.test(apart)) return cased(apart);
  return cased(
    apart
      .replace(accents, '')
      .replace(/(?<!\p{Script=Cyrillic})\u0306/gu, '')
      // Alef with hamza or madda; the dot of Hindi letters for foreign sounds.
      .replace(/\u0627[\u0653-\u0655]+/g, '\u0627')
      .replace(/([\u0915-\u0917\u091c\u092b])\u093c+/g, '$1'),
  );
}

function foldUnit(unit: string): string {
  const [, base, marks] = /^(\P{M}*)(\p{M}*)/u.exec(unit.replace(ignored, ''))!;
  if (/^[\uffa1-\uffdc]$/.test(base!)) return halfHangul(base!);
  if (alone.test(base!)) return base!;
  return bare(withMarks(base!, marks!));
}

const idle =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\u20e3\u{e0020}-\u{e007f}])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

const foldEmoji = (emoji: string, tail: string) =>
  bare(withMarks(emoji.replace(/[\ufe0e\ufe0f]/g, ''), tail.replace(ignored, ''))).replace(idle, '');

const known = new Map<string, string>();
function remembered(unit: string): string {
  let found = known.get(unit);
  if (found !== undefined) return found;
  found = foldUnit(unit);
  if (unit.length <= 4 && known.size < 4_000) known.set(unit, found);
  return found;
}

/** Walks a text piece by piece. `exact`: positions in the piece and its fold are the same. */
function walk(text: string, take: (folded: string, from: number, to: number, exact: boolean) => void): void {
  for (const match of evened(text).matchAll(units)) {
    const [whole] = match;
    const { white, ascii, same, emoji, tail } = match.groups!;
    const from = match.index;
    const to = from + whole.length;
    if (ascii !== undefined) take(whole.toLowerCase(), from, to, true);
    else if (same !== undefined) take(whole, from, to, true);
    else if (white !== undefined) take(' ', from, to, false);
    else if (emoji !== undefined) take(foldEmoji(emoji, tail!), from, to, false);
    else take(remembered(whole), from, to, false);
  }
}

/** White space at the ends becomes one blank. */
export function fold(text: string): string {
  if (/^[\x20-\x7e\n]*$/.test(text) && !text.includes('`')) return text.toLowerCase().replace(/[ \n]+/g, ' ');
  let folded = '';
  walk(text, (piece) => (folded += piece));
  return folded;
}

export function foldWithMap(text: string): Folded {
  let folded = '';
  const start: number[] = [];
  const end: number[] = [];
  walk(text, (piece, from, to, exact) => {
    folded += piece;
    for (let i = 0; i < piece.length; i++) {
      start.push(exact ? from + i : from);
      end.push(exact ? from + i + 1 : to);
    }
  });
  return { folded, start, end };
}

/** The original of `folded.slice(from, to)`, in whole characters. */
export const originalRange = ({ start, end }: Folded, from: number, to: number): [number, number] =>
  from >= to
    ? [start[from] ?? end.at(-1) ?? 0, start[from] ?? end.at(-1) ?? 0]
    : [start[from]!, end[to - 1]!];

/** `HanakoSato` and `hanako_sato` become the same, but so do other names (Ann Lee, Annlee): see mentions/grammar/names.ts. */
export const joined = (folded: string): string => folded.replace(BETWEEN, '');
export const BETWEEN = /(?<=[\p{L}\p{N}\p{M}])[ _.-]{1,2}(?=[\p{L}\p{N}])/gu;

/** Letters and signs only, for finding people. folded.ts does the same in SQL. */
export const unjoined = (folded: string): string => folded.replace(/[ _.-]/g, '');

/** Whether a name contains what was typed, or begins with it ignoring separators. */
export function fits(name: string, typed: string): boolean {
  const [whole, part] = [fold(name), fold(typed).trim()];
  const letters = unjoined(part);
  return whole.includes(part) || (letters !== '' && unjoined(whole).startsWith(letters));
}

export const sameWords = (a: string, b: string): boolean => fold(a).trim() === fold(b).trim();
