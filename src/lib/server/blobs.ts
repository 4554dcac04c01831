/**
 * Files as bytes: what they really are, pictures without what they tell about their maker (place, camera, time), and
 * names that harm nobody. Knows formats, no domain.
 *
 * Pictures are rebuilt from what their format needs to be shown; everything else is left out, so that a new kind of
 * metadata is gone too, and so is whatever somebody has hung on behind the picture's end. What cannot be followed
 * from beginning to end is refused.
 */
import { Refusal } from './errors';

/** What we tell by the first bytes. Whatever is not in this list is only ever handed out as a download. */
export type BlobType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/avif'
  | 'image/gif'
  | 'application/pdf'
  | 'application/octet-stream';

/** So many first bytes are enough for `sniff`. */
export const HEAD = 64;

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
const u16le = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const u32le = (bytes: Uint8Array, at: number): number => u16le(bytes, at) + u16le(bytes, at + 2) * 0x10000;

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
    for (let at = 8; at < end; at += at === 8 ? 8 : 4)
      if (/^avi[fs]$/.test(ascii(bytes, at, 4))) return 'image/avif';
  }
  return 'application/octet-stream';
}

const cleaners = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
  'image/avif': cleanAvif,
};
/** A picture whose metadata can be taken out. */
export type PictureType = keyof typeof cleaners;

export const isPicture = (type: BlobType): type is PictureType => type in cleaners;

/**
 * The picture without metadata and without anything behind its end; looks are kept (colour profile, orientation,
 * animation). AVIF is blanked in place: the bytes given are changed.
 * @throws Refusal `file.picture-broken`: cut off, contradictory, or of a kind that we do not understand
 */
export const withoutMetadata = (bytes: Uint8Array, type: PictureType): Uint8Array => cleaners[type](bytes);

const broken = () => new Refusal('invalid', { key: 'file.picture-broken' });
function must(holds: unknown): asserts holds {
  if (!holds) throw broken();
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

// --- JPEG (ITU T.81, Exif 2.3) ------------------------------------------------------------------------------

function cleanJpeg(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let jfif: Uint8Array | null = null;
  let orientation = 1;
  let framed = false;
  let scanned = false;
  let at = 2;
  for (;;) {
    must(bytes[at] === 0xff);
    while (bytes[at + 1] === 0xff) at++; // Fill bytes.
    const marker = bytes[at + 1];
    must(marker !== undefined && marker !== 0x00 && marker !== 0x01 && (marker < 0xd0 || marker > 0xd8));
    if (marker === 0xd9) break;
    must(at + 4 <= bytes.length);
    const end = at + 2 + u16(bytes, at + 2);
    must(end >= at + 4 && end <= bytes.length);
    const segment = bytes.subarray(at, end);
    const says = (word: string) => ascii(segment, 4, word.length) === word;
    if (marker === 0xe0) {
      // Without its own little picture, which may show what was cropped off.
      if (says('JFIF\0') && segment.length >= 18 && !jfif) {
        jfif = segment.slice(0, 18);
        jfif.set([0, 16], 2);
        jfif.set([0, 0], 16);
      }
    } else if (marker === 0xe1) {
      if (says('Exif\0\0') && orientation === 1) orientation = orientationOf(segment.subarray(10));
    } else if (marker === 0xe2) {
      if (says('ICC_PROFILE\0')) parts.push(segment);
    } else if (marker === 0xee) {
      if (says('Adobe')) parts.push(segment);
    } else if ((marker < 0xe0 || marker > 0xef) && marker !== 0xfe) {
      const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
      if (isFrame) {
        must(!framed && segment.length >= 11 && u16(segment, 5) > 0 && u16(segment, 7) > 0);
        framed = true;
      }
      if (marker === 0xda) {
        must(framed);
        const stop = endOfScan(bytes, end);
        must(stop > end);
        scanned = true;
        parts.push(bytes.subarray(at, stop));
        at = stop;
        continue;
      }
      parts.push(segment);
    }
    at = end;
  }
  must(scanned);
  // JFIF and Exif come first; which of them, readers do not mind.
  const head = [bytes.subarray(0, 2), jfif, orientation > 1 && exif(orientation)].filter((part) => !!part);
  return joined([...head, ...parts, Uint8Array.of(0xff, 0xd9)]);
}

/** Where a scan's data ends: at a marker that is no escaped byte and no restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    must(next !== undefined);
    if (next !== 0x00 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  throw broken();
}

/** How a picture is to be turned (Exif tag 0x0112), from a TIFF structure; 1 when it does not say. */
function orientationOf(tiff: Uint8Array): number {
  const order = ascii(tiff, 0, 2);
  if (tiff.length < 14 || (order !== 'II' && order !== 'MM')) return 1;
  const [short, long] = order === 'II' ? [u16le, u32le] : [u16, u32];
  const directory = long(tiff, 4);
  if (directory + 2 > tiff.length) return 1;
  const count = short(tiff, directory);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) break;
    if (short(tiff, entry) === 0x0112) {
      const value = short(tiff, entry + 8);
      return value >= 1 && value <= 8 ? value : 1;
    }
  }
  return 1;
}

/** An Exif segment that says nothing but the orientation: else a telephone's picture would lie on its side. */
const exif = (orientation: number): Uint8Array =>
  // prettier-ignore
  Uint8Array.of(
    0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, // APP1, "Exif"
    0x4d, 0x4d, 0, 42, 0, 0, 0, 8, // big-endian TIFF, its directory at 8
    0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, // one entry: a short
    0, 0, 0, 0, // no other directory
  );

// --- PNG ----------------------------------------------------------------------------------------------------

/** What a PNG needs to look as it does: size, palette, pixels, transparency, colours, density, animation. */
const PNG_CHUNKS = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT'.split(' '),
);

function cleanPng(bytes: Uint8Array): Uint8Array {
  const parts = [bytes.subarray(0, 8)];
  let pixels = false;
  for (let at = 8; ;) {
    must(at + 12 <= bytes.length);
    const end = at + 12 + u32(bytes, at);
    const name = ascii(bytes, at + 4, 4);
    must(end <= bytes.length && /^[A-Za-z]{4}$/.test(name));
    must((name === 'IHDR') === (at === 8));
    if (name === 'IHDR') must(end - at === 25 && u32(bytes, at + 8) > 0 && u32(bytes, at + 12) > 0);
    if (PNG_CHUNKS.has(name)) {
      must(crc32(bytes, at + 4, end - 4) === u32(bytes, end - 4));
      parts.push(bytes.subarray(at, end));
    } else {
      // A capital says: without this chunk the picture cannot be shown. Then we do not know what it is.
      must(/^[a-z]/.test(name));
    }
    pixels ||= name === 'IDAT';
    at = end;
    if (name === 'IEND') break;
  }
  must(pixels);
  return joined(parts);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = ~0;
  for (let at = from; at < to; at++) crc = crcTable[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

// --- WebP (RFC 9649) ----------------------------------------------------------------------------------------

const WEBP_CHUNKS = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const FRAME_CHUNKS = new Set(['VP8 ', 'VP8L', 'ALPH']);

function cleanWebp(bytes: Uint8Array): Uint8Array {
  must(bytes.length >= 20);
  const end = 8 + u32le(bytes, 4);
  must(end <= bytes.length);
  const chunks = riffChunks(bytes.subarray(12, end), WEBP_CHUNKS);
  const first = chunks[0]!;
  const names = chunks.map((chunk) => chunk.name);
  must(['VP8X', 'VP8 ', 'VP8L'].includes(first.name));
  const images = names.filter((name) => name === 'VP8 ' || name === 'VP8L').length;
  if (first.name !== 'VP8X') chunks.length = 1;
  else {
    must(first.data.length >= 10 && names.lastIndexOf('VP8X') === 0);
    must(first.data[0]! & 0x02 ? names.includes('ANMF') : images === 1);
    // The flags of Exif (0x08) and XMP (0x04); whoever sees them looks for the chunks.
    first.data = first.data.slice();
    first.data[0]! &= ~0x0c;
  }
  for (const chunk of chunks) {
    if (chunk.name !== 'ANMF') continue;
    must(chunk.data.length > 16);
    const frame = riffChunks(chunk.data.subarray(16), FRAME_CHUNKS);
    must(frame.some(({ name }) => name !== 'ALPH'));
    chunk.data = joined([chunk.data.subarray(0, 16), ...frame.flatMap(riffBytes)]);
  }
  const head = bytes.slice(0, 12);
  const body = chunks.flatMap(riffBytes);
  const size = 4 + body.reduce((sum, part) => sum + part.length, 0);
  new DataView(head.buffer).setUint32(4, size, true);
  return joined([head, ...body]);
}

interface RiffChunk {
  name: string;
  data: Uint8Array;
}

/** The chunks of a list that are among the names. */
function riffChunks(bytes: Uint8Array, names: Set<string>): RiffChunk[] {
  const chunks: RiffChunk[] = [];
  for (let at = 0; at < bytes.length;) {
    must(at + 8 <= bytes.length);
    const name = ascii(bytes, at, 4);
    const size = u32le(bytes, at + 4);
    must(at + 8 + size <= bytes.length);
    if (names.has(name)) chunks.push({ name, data: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size + (size % 2);
  }
  must(chunks.length > 0);
  return chunks;
}

function riffBytes({ name, data }: RiffChunk): Uint8Array[] {
  const head = new Uint8Array(8);
  for (let i = 0; i < 4; i++) head[i] = name.charCodeAt(i);
  new DataView(head.buffer).setUint32(4, data.length, true);
  return data.length % 2 ? [head, data, new Uint8Array(1)] : [head, data];
}

// --- AVIF (ISO/IEC 14496-12, 23008-12) ----------------------------------------------------------------------

/** A box: where it begins, where its content does, where it ends. */
interface Box {
  name: string;
  at: number;
  from: number;
  to: number;
}

/** Items that are shown. All others are metadata, or are nothing that we know. */
const SHOWN = new Set(['av01', 'grid', 'iden', 'iovl', 'tmap']);
const TOP_BOXES = new Set('ftyp meta mdat moov moof free skip uuid udta'.split(' '));
const META_BOXES = new Set('hdlr pitm iloc iinf iprp iref idat dinf grpl'.split(' '));
/** Properties of pictures that say when and what, not how they look. */
const TELLTALE = new Set(['udes', 'crtt', 'mdft', 'altt', 'uuid']);

/**
 * AVIF says where its parts lie by their place in the file, so nothing may move: all that no shown picture is made of
 * is overwritten with zeros. Sequences (moov) keep their metadata in many places; they are refused.
 */
function cleanAvif(bytes: Uint8Array): Uint8Array {
  const top = boxes(bytes, 0, bytes.length, TOP_BOXES);
  const one = (list: Box[], name: string) => {
    const found = list.filter((box) => box.name === name);
    must(found.length === 1);
    return found[0]!;
  };
  must(top[0]?.name === 'ftyp' && !top.some(({ name }) => name === 'moov' || name === 'moof'));
  const meta = one(top, 'meta');
  const inMeta = boxes(bytes, meta.from + 4, meta.to);
  const idat = inMeta.find(({ name }) => name === 'idat');
  const types = itemTypes(bytes, one(inMeta, 'iinf'));
  const pitm = one(inMeta, 'pitm');
  must(pitm.to - pitm.from >= 6);
  const primary = bytes[pitm.from] === 0 ? u16(bytes, pitm.from + 4) : u32(bytes, pitm.from + 4);
  must(SHOWN.has(types.get(primary) ?? ''));

  const shown: [number, number][] = [];
  const hidden: [number, number][] = [];
  for (const { id, inIdat, extents } of itemPlaces(bytes, one(inMeta, 'iloc'))) {
    const isShown = SHOWN.has(types.get(id) ?? '');
    const base = inIdat ? (must(idat), idat.from) : 0;
    const areas = inIdat ? [idat!] : top.filter(({ name }) => name === 'mdat');
    for (const [offset, length] of extents) {
      const [from, to] = [base + offset, base + offset + (length || Infinity)];
      // Each extent lies within the data of one box. Of what is not shown, no more is asked than that it is wiped.
      const area = areas.find((box) => from >= box.from && from < box.to);
      const end = length || !area ? to : area.to;
      must(!isShown || (area && end <= area.to));
      if (area) (isShown ? shown : hidden).push([from, Math.min(end, area.to)]);
    }
    if (id === primary) must(extents.length > 0);
  }
  // One who hides words in the picture's own bytes contradicts himself.
  for (const [from, to] of hidden) must(!shown.some(([a, b]) => from < b && a < to));
  shown.sort(([a], [b]) => a - b);

  for (const box of top) if (!/^(ftyp|meta|mdat)$/.test(box.name)) blank(bytes, box);
  for (const box of inMeta) if (!META_BOXES.has(box.name)) blank(bytes, box);
  const iprp = inMeta.find(({ name }) => name === 'iprp');
  for (const box of iprp ? boxes(bytes, iprp.from, iprp.to) : [])
    if (box.name === 'ipco')
      for (const property of boxes(bytes, box.from, box.to))
        if (TELLTALE.has(property.name)) blank(bytes, property);
  for (const { name, from, to } of [...top, ...inMeta]) {
    if (name !== 'mdat' && name !== 'idat') continue;
    let at = from;
    for (const [a, b] of shown) {
      if (b <= from || a >= to) continue;
      if (a > at) bytes.fill(0, at, a);
      at = Math.max(at, b);
    }
    bytes.fill(0, at, to);
  }
  return bytes.subarray(0, top.at(-1)!.to);
}

/** Overwrites a box's content and makes it one that readers skip; its place and length stay. */
function blank(bytes: Uint8Array, { at, from, to }: Box): void {
  bytes.set([0x66, 0x72, 0x65, 0x65], at + 4); // "free"
  bytes.fill(0, from, to);
}

/**
 * The boxes of an area, which they fill.
 * @param known of the file itself: what is no whole box of these ends the picture
 */
function boxes(bytes: Uint8Array, from: number, to: number, known?: Set<string>): Box[] {
  const found: Box[] = [];
  for (let at = from; at < to;) {
    const box = boxAt(bytes, at, to);
    if (known && !(box && known.has(box.name))) break;
    must(box);
    found.push(box);
    at = box.to;
  }
  return found;
}

function boxAt(bytes: Uint8Array, at: number, end: number): Box | null {
  if (at + 8 > end) return null;
  let size = u32(bytes, at);
  let from = at + 8;
  if (size === 1) {
    if (at + 16 > end || u32(bytes, at + 8) !== 0) return null;
    size = u32(bytes, at + 12);
    from += 8;
  } else if (size === 0) size = end - at;
  const to = at + size;
  return to < from || to > end ? null : { name: ascii(bytes, at + 4, 4), at, from, to };
}

/** Item → its kind (iinf). */
function itemTypes(bytes: Uint8Array, iinf: Box): Map<number, string> {
  const wide = bytes[iinf.from] !== 0;
  const types = new Map<number, string>();
  for (const entry of boxes(bytes, iinf.from + (wide ? 8 : 6), iinf.to)) {
    const version = bytes[entry.from]!;
    must(entry.name === 'infe' && (version === 2 || version === 3));
    const at = entry.from + 4 + (version === 2 ? 2 : 4);
    must(at + 6 <= entry.to);
    const id = version === 2 ? u16(bytes, entry.from + 4) : u32(bytes, entry.from + 4);
    must(!types.has(id));
    types.set(id, ascii(bytes, at + 2, 4));
  }
  return types;
}

/** Where each item's bytes lie (iloc): in the file, or in the box `idat`. A length of 0 means: to the end. */
function itemPlaces(bytes: Uint8Array, { from, to }: Box) {
  let at = from;
  const read = (size: number): number => {
    must([0, 1, 2, 4, 8].includes(size) && at + size <= to);
    let value = 0;
    for (const end = at + size; at < end; at++) value = value * 256 + bytes[at]!;
    return value;
  };
  const version = read(1);
  must(version <= 2);
  at += 3;
  const sizes = read(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  const count = read(version < 2 ? 2 : 4);
  const items: { id: number; inIdat: boolean; extents: [number, number][] }[] = [];
  for (let i = 0; i < count; i++) {
    const id = read(version < 2 ? 2 : 4);
    const method = version > 0 ? read(2) & 15 : 0;
    // 2: made of other items' bytes. Nobody writes that for pictures.
    must(method <= 1 && read(2) === 0);
    const base = read(baseSize);
    const extents: [number, number][] = [];
    for (let n = read(2); n > 0; n--) {
      read(indexSize);
      const offset = base + read(offsetSize);
      extents.push([offset, read(lengthSize)]);
    }
    must(!items.some((item) => item.id === id));
    items.push({ id, inIdat: method === 1, extents });
    must(items.length <= 1_000);
  }
  return items;
}

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
