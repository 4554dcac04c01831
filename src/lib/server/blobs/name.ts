/** Of UTF-8. File systems take 255; copies ("… (2)") and archives add a few. */
const MAX_BYTES = 240;
/** In UTF-16 units. The middle of a longer name could not be kept anyway. */
const [HEAD_LENGTH, TAIL_LENGTH] = [1_000, 100];

/** Controls, direction marks, zero width, lone surrogates, private use, blank fillers. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/u;
/** Spelling needs these in places: joiners within words, variants of emoji and kanji. */
const SPELLING =
  /(?<=(?!\p{sc=Latin})[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d](?=(?!\p{sc=Latin})[\p{L}\p{Extended_Pictographic}])|(?<=\p{Emoji})[\ufe0e\ufe0f]|(?<=\p{Unified_Ideograph})[\u{e0100}-\u{e01ef}]/u;
const UNSEEN = new RegExp(`(${SPELLING.source})|${INVISIBLE.source}`, 'gu');

const DEVICE_NAME = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) ?(\.|$)/i;

/**
 * Safe on pages, in headers and on disks: no path, nothing invisible (`cod\u202Egpj.exe` looks like a picture), not hidden, no
 * Windows device. At most 240 bytes, cut between characters, with its extension. Never empty.
 */
export function safeName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const bounded =
    last.length <= HEAD_LENGTH + TAIL_LENGTH ? last : last.slice(0, HEAD_LENGTH) + last.slice(-TAIL_LENGTH);
  const seen = trimmed(
    // eslint-disable-next-line no-restricted-syntax -- the length is bounded
    bounded
      .normalize('NFC')
      // U+2800 is a Braille cell without dots.
      .replace(/[\t-\r\u2800\p{Zl}\p{Zp}]/gu, ' ')
      .replace(UNSEEN, '$1')
      .replace(/\s+/gu, ' '),
  );
  const whole = DEVICE_NAME.test(seen) ? `_${seen}` : seen;
  if (bytesOf(whole) <= MAX_BYTES) return whole || 'file';
  const extension = /\.[^.\s]{1,15}$/u.exec(whole)?.[0] ?? '';
  return (
    trimmed(cutTo(whole.slice(0, whole.length - extension.length), MAX_BYTES - bytesOf(extension))) +
    extension
  );
}

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

function trimmed(text: string): string {
  const loose = (at: number) => /[\s.\u200c\u200d]/u.test(text[at]!);
  let [from, to] = [0, text.length];
  while (from < to && loose(from)) from++;
  while (to > from && loose(to - 1)) to--;
  return text.slice(from, to);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function cutTo(text: string, bytes: number): string {
  const fitting = (parts: Iterable<string>) => {
    let [kept, left] = ['', bytes];
    for (const part of parts)
      if ((left -= bytesOf(part)) >= 0) kept += part;
      else break;
    return kept;
  };
  return fitting(Array.from(graphemes.segment(text), ({ segment }) => segment)) || fitting(text);
}
