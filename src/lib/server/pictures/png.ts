/** PNG (W3C, third edition), with animation. */
import { ascii, ensure, Output, u32 } from './bytes';

/** They affect how a PNG looks: size, palette, pixels, transparency, colours, density, animation. */
const CHUNKS = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT'.split(' '),
);

export function cleanPng(bytes: Uint8Array): Uint8Array {
  const out = new Output(bytes);
  out.put(bytes.subarray(0, 8));
  let pixels = false;
  for (let at = 8; at + 8 <= bytes.length;) {
    const end = at + 12 + u32(bytes, at);
    const name = ascii(bytes, at + 4, 4);
    const first = at === 8;
    if (!/^[A-Za-z]{4}$/.test(name) || (name === 'IHDR') !== first || end > bytes.length) {
      // Cut off within its pixels: browsers show what there is.
      if (!first && name === 'IDAT' && end > bytes.length && at + 8 < bytes.length) {
        pixels = true;
        out.put(bytes.subarray(at));
      }
      break;
    }
    if (first) ensure(end === 33 && u32(bytes, 16) > 0 && u32(bytes, 20) > 0);
    // A capital letter: the picture cannot be shown without this chunk. An unknown one ends it.
    const critical = name[0]! < 'a';
    if (critical && !CHUNKS.has(name)) {
      ensure(pixels);
      break;
    }
    if (CHUNKS.has(name)) {
      const intact = crc32(bytes, at + 4, end - 4) === u32(bytes, end - 4);
      // Decoders keep the pixels before a wrong checksum, and skip ancillary chunks.
      ensure(intact || !critical || name === 'IDAT');
      if (intact || critical) out.put(bytes.subarray(at, end));
    }
    pixels ||= name === 'IDAT';
    if (name === 'IEND') break;
    at = end;
  }
  ensure(pixels);
  return out.written;
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
