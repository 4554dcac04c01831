import { ascii, ensure, u16, u16le, u32, u32le } from './bytes';

export interface Size {
  width: number;
  height: number;
}

/** In pixels, of a picture that has been cleaned. An orientation is left out: only the longer side counts. */
export function sizeOf(bytes: Uint8Array, type: string): Size {
  const size =
    type === 'image/png'
      ? png(bytes)
      : type === 'image/jpeg'
        ? jpeg(bytes)
        : type === 'image/webp'
          ? webp(bytes)
          : type === 'image/gif'
            ? gif(bytes)
            : avif(bytes);
  ensure(size && size.width > 0 && size.height > 0);
  return size;
}

const gif = (bytes: Uint8Array): Size => ({ width: u16le(bytes, 6), height: u16le(bytes, 8) });

const png = (bytes: Uint8Array): Size => ({ width: u32(bytes, 16), height: u32(bytes, 20) });

function jpeg(bytes: Uint8Array): Size | null {
  for (let at = 2; at + 9 < bytes.length; at += 2 + u16(bytes, at + 2)) {
    const marker = bytes[at + 1]!;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return { height: u16(bytes, at + 5), width: u16(bytes, at + 7) };
  }
  return null;
}

/** RFC 9649: extended, lossless (14 bits each), lossy. */
function webp(bytes: Uint8Array): Size | null {
  const u24le = (at: number) => u16le(bytes, at) | (bytes[at + 2]! << 16);
  switch (ascii(bytes, 12, 4)) {
    case 'VP8X':
      return { width: u24le(24) + 1, height: u24le(27) + 1 };
    case 'VP8L': {
      const bits = u32le(bytes, 21);
      return { width: (bits % 0x4000) + 1, height: (Math.floor(bits / 0x4000) % 0x4000) + 1 };
    }
    case 'VP8 ':
      return { width: u16le(bytes, 26) & 0x3fff, height: u16le(bytes, 28) & 0x3fff };
    default:
      return null;
  }
}

/** The largest of its extents: the others are of tiles. */
function avif(bytes: Uint8Array): Size | null {
  let found: Size | null = null;
  for (let at = bytes.indexOf(0x69); at >= 0 && at + 16 <= bytes.length; at = bytes.indexOf(0x69, at + 1)) {
    if (ascii(bytes, at, 4) !== 'ispe') continue;
    const size = { width: u32(bytes, at + 8), height: u32(bytes, at + 12) };
    if (!found || size.width * size.height > found.width * found.height) found = size;
  }
  return found;
}
