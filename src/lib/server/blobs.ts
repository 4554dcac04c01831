/**
 * Files as bytes: what they really are, names that harm nobody, streams into R2. Knows formats, no domain.
 * What pictures tell about their maker is taken out in pictures/.
 */
import type { Stays } from '../files';
import { Refusal } from './errors';
import { ascii, u32 } from './pictures/bytes';

/** What we tell by the first bytes. Whatever is not in this list is only ever handed out as a download. */
export type BlobType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/avif'
  | 'image/heic'
  | 'image/gif'
  | 'application/pdf'
  | 'application/octet-stream';

/** So many first bytes are enough for `sniff`. */
export const HEAD = 64;

const PNG = '\x89PNG\r\n\x1a\n';

/** The type that the first bytes show, whatever name and type somebody claims. */
export function sniff(bytes: Uint8Array): BlobType {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (ascii(bytes, 0, 8) === PNG) return 'image/png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'image/webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'image/gif';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'application/pdf';
  if (ascii(bytes, 4, 4) === 'ftyp' && bytes.length >= 16) {
    // The major brand, then (behind a version) the compatible ones.
    const end = Math.min(u32(bytes, 0), bytes.length - 3);
    const brands = new Set<string>();
    for (let at = 8; at < end; at += at === 8 ? 8 : 4) brands.add(ascii(bytes, at, 4));
    if (brands.has('avif') || brands.has('avis')) return 'image/avif';
    if (['heic', 'heix', 'heim', 'heis', 'mif1'].some((brand) => brands.has(brand))) return 'image/heic';
  }
  return 'application/octet-stream';
}

/** Films, recordings and TIFF by their first bytes, and old office files: they hold metadata, whatever their name is. */
const TELLING: [at: number, says: string, stays: Stays][] = [
  [0, 'II*\0', 'place'],
  [0, 'MM\0*', 'place'],
  [4, 'ftyp', 'place'],
  [0, '\x1aE\xdf\xa3', 'place'],
  [8, 'AVI ', 'place'],
  [8, 'WAVE', 'place'],
  [0, 'ID3', 'place'],
  [0, 'OggS', 'place'],
  [0, 'fLaC', 'place'],
  [0, '%PDF-', 'author'],
  [0, '\xd0\xcf\x11\xe0', 'author'],
];

/** What a file may say besides, as far as its first bytes tell. */
export const tells = (bytes: Uint8Array): Stays | null =>
  TELLING.find(([at, says]) => ascii(bytes, at, says.length) === says)?.[2] ?? null;

// --- Names --------------------------------------------------------------------------------------------------

/** Bytes of UTF-8. Disks take 255; a copy ("… (2)") and archives add a few. */
const NAME_BYTES = 240;
/** More of a name is not even looked at: it could not be kept. In UTF-16 units. */
const [NAME_HEAD, NAME_TAIL] = [1_000, 100];

/** What nobody sees: control and direction characters, zero width, lone surrogates, private use, blank fillers. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/u;
/** The few of them that spelling needs, each in its place only: joiners within a word, variants of an emoji or a kanji. */
const SPELLING =
  /(?<=(?!\p{sc=Latin})[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d](?=(?!\p{sc=Latin})[\p{L}\p{Extended_Pictographic}])|(?<=\p{Emoji})[\ufe0e\ufe0f]|(?<=\p{Unified_Ideograph})[\u{e0100}-\u{e01ef}]/u;
const UNSEEN = new RegExp(`(${SPELLING.source})|${INVISIBLE.source}`, 'gu');

/** Names that Windows keeps for devices, whatever ending they have. */
const DEVICE = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) ?(\.|$)/i;

/**
 * A file's name as it may stand on a page, in a header and on a disk: its last part only, without characters that cannot
 * be seen or that turn the reading direction (`cod\u202Egpj.exe` looks like a picture), no hidden file, no name that Windows
 * keeps for devices. At most 240 bytes of UTF-8, of which the ending survives, cut between characters as people see
 * them. Never empty. Cut to a bounded length before anything is matched against it.
 */
export function safeName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const bounded =
    last.length <= NAME_HEAD + NAME_TAIL ? last : last.slice(0, NAME_HEAD) + last.slice(-NAME_TAIL);
  const seen = trimmed(
    // eslint-disable-next-line no-restricted-syntax -- of a bounded length
    bounded
      .normalize('NFC')
      // U+2800 is a braille cell without dots.
      .replace(/[\t-\r\u2800\p{Zl}\p{Zp}]/gu, ' ')
      .replace(UNSEEN, '$1')
      .replace(/\s+/gu, ' '),
  );
  const whole = DEVICE.test(seen) ? `_${seen}` : seen;
  if (bytesOf(whole) <= NAME_BYTES) return whole || 'file';
  const ending = /\.[^.\s]{1,15}$/u.exec(whole)?.[0] ?? '';
  return trimmed(cutTo(whole.slice(0, whole.length - ending.length), NAME_BYTES - bytesOf(ending))) + ending;
}

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

/** Without blanks, dots and joiners at both ends. */
function trimmed(text: string): string {
  const loose = (at: number) => /[\s.\u200c\u200d]/u.test(text[at]!);
  let [from, to] = [0, text.length];
  while (from < to && loose(from)) from++;
  while (to > from && loose(to - 1)) to--;
  return text.slice(from, to);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** As many whole characters as so many bytes hold; of one that is too large by itself, as many code points. */
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

// --- Streams and R2 -----------------------------------------------------------------------------------------

/** A body whose first bytes have been looked at. */
export interface Source {
  head: Uint8Array;
  /** The whole body, from the first byte on. Can be read once. */
  chunks: AsyncIterable<Uint8Array>;
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Begins to read a body, just so far that `sniff` can tell what it is. */
export async function open(body: ReadableStream<Uint8Array> | Uint8Array): Promise<Source> {
  if (body instanceof Uint8Array) return { head: body, chunks: only(body) };
  const reader = body.getReader();
  const first: Uint8Array[] = [];
  for (let length = 0; length < HEAD;) {
    const { done, value } = await reader.read();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  return { head: joined(first), chunks: chunks() };
  async function* chunks() {
    yield* first.splice(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  }
}

/** A body of one piece. */
export async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** A body in one piece, of exactly this size. */
export async function whole(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of chunks) {
    if (at + chunk.length > size) throw wrongSize();
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== size) throw wrongSize();
  return bytes;
}

const wrongSize = () => new Refusal('invalid', { key: 'file.size-wrong' });

/**
 * Streams a body of exactly this size into R2, which wants to know the length before the first byte. When it is longer
 * or shorter than was said, or breaks off, nothing is stored.
 */
export async function store(
  bucket: R2Bucket,
  key: string,
  size: number,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { readable, writable } = new FixedLengthStream(size);
  const put = bucket.put(key, readable);
  // What is wrong is said by the writing side; that `put` fails with it is only its echo.
  put.catch(() => {});
  const writer = writable.getWriter();
  try {
    let left = size;
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) throw wrongSize();
      await writer.write(chunk);
    }
    if (left > 0) throw wrongSize();
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    await put.catch(() => {});
    throw error;
  }
  await put;
}
