/** JPEG (ITU T.81, Exif 2.3) as browsers parse it: bytes between segments are skipped; an error after a scan ends the picture. */
import { ascii, ensure, Output, u16, u16le, u32, u32le } from './bytes';

const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda];
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** Tables (DHT, DAC, DQT, DNL, DRI) and frames. Decoders know no others either. */
const isShown = (marker: number) => isFrame(marker) || [0xc4, 0xcc, 0xdb, 0xdc, 0xdd, SOS].includes(marker);
const isNote = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

export function cleanJpeg(bytes: Uint8Array): Uint8Array {
  const out = new Output(bytes);
  out.put([0xff, SOI]);
  // JFIF and Exif come first, in either order.
  const { jfif, orientation } = headOf(bytes);
  if (jfif) out.put(jfif);
  if (orientation > 1) out.put(exif(orientation));
  let framed = false;
  let scanned = false;
  for (const { marker, at, end, stop } of segments(bytes)) {
    const says = (word: string) => ascii(bytes, at + 4, Math.min(word.length, end - at - 4)) === word;
    if (isNote(marker)) {
      if (marker === 0xe2 && says('ICC_PROFILE\0')) out.put(bytes.subarray(at, end));
      // The colour transform: always twelve bytes, whatever its length says.
      if (marker === 0xee && says('Adobe') && end - at >= 16)
        out.put([0xff, 0xee, 0, 14], bytes.subarray(at + 4, at + 16));
      continue;
    }
    if (isFrame(marker)) {
      if (framed && scanned) break;
      ensure(!framed && end - at >= 11 && u16(bytes, at + 5) > 0 && u16(bytes, at + 7) > 0);
      framed = true;
    }
    if (marker === SOS) {
      ensure(framed);
      scanned ||= stop > end;
    }
    out.put(bytes.subarray(at, stop));
  }
  ensure(scanned);
  out.put([0xff, EOI]);
  return out.written;
}

function* segments(bytes: Uint8Array) {
  for (let at = 2; ;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return;
    while (bytes[at + 1] === 0xff) at++; // Fill bytes.
    const marker = bytes[at + 1] ?? EOI;
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    const end = at + 2 + u16(bytes, at + 2);
    if (!(isShown(marker) || isNote(marker)) || end < at + 4 || end > bytes.length) return;
    const stop = marker === SOS ? endOfScan(bytes, end) : end;
    yield { marker, at, end, stop };
    at = stop;
  }
}

/** At the next marker that is neither an escaped byte nor a restart, or with the file. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return at;
    if (next !== 0x00 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/** JFIF loses its thumbnail, which may show what was cropped off. */
function headOf(bytes: Uint8Array): { jfif: Uint8Array | null; orientation: number } {
  let jfif: Uint8Array | null = null;
  let orientation = 1;
  for (const { marker, at, end } of segments(bytes)) {
    if (marker === SOS) break;
    const says = (word: string) => ascii(bytes, at + 4, Math.min(word.length, end - at - 4)) === word;
    if (marker === 0xe0 && !jfif && says('JFIF\0') && end - at >= 18) {
      jfif = bytes.slice(at, at + 18);
      jfif.set([0, 16], 2);
      jfif.set([0, 0], 16);
    }
    if (marker === 0xe1 && orientation === 1 && says('Exif\0\0'))
      orientation = orientationOf(bytes.subarray(at + 10, end));
  }
  return { jfif, orientation };
}

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

/** Orientation only: without it, photos from phones would lie on their side. */
const exif = (orientation: number): Uint8Array =>
  // prettier-ignore
  Uint8Array.of(
    0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, // APP1, "Exif"
    0x4d, 0x4d, 0, 42, 0, 0, 0, 8, // big-endian TIFF, its directory at 8
    0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, // one entry: a short
    0, 0, 0, 0, // no other directory
  );
