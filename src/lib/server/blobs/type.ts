/** The real type of a file, by its first bytes. */
import type { RemainingMetadata } from '../../files';
import { ascii, u32 } from '../pictures/bytes';

/** Everything else is only offered as a download. */
export type BlobType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/avif'
  | 'image/heic'
  | 'image/gif'
  | 'application/pdf'
  | 'application/octet-stream';

export const HEAD_BYTES = 64;

const PNG = '\x89PNG\r\n\x1a\n';

export function detectType(bytes: Uint8Array): BlobType {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (ascii(bytes, 0, 8) === PNG) return 'image/png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'image/webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'image/gif';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'application/pdf';
  if (ascii(bytes, 4, 4) === 'ftyp' && bytes.length >= 16) {
    // The major brand and, after a version, the compatible ones.
    const end = Math.min(u32(bytes, 0), bytes.length - 3);
    const brands = new Set<string>();
    for (let at = 8; at < end; at += at === 8 ? 8 : 4) brands.add(ascii(bytes, at, 4));
    if (brands.has('avif') || brands.has('avis')) return 'image/avif';
    if (['heic', 'heix', 'heim', 'heis', 'mif1'].some((brand) => brands.has(brand))) return 'image/heic';
  }
  return 'application/octet-stream';
}

/** First bytes of videos, recordings, TIFF, PDF and old office files, which may hold metadata. */
const SIGNATURES: [at: number, signature: string, metadata: RemainingMetadata][] = [
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

export const metadataOf = (bytes: Uint8Array): RemainingMetadata | null =>
  SIGNATURES.find(([at, signature]) => ascii(bytes, at, signature.length) === signature)?.[2] ?? null;
