/** GIF (89a). Drops comments, XMP and other application data. As in browsers, a byte that begins no block ends the picture. */
import { ascii, ensure, Output } from './bytes';

const [IMAGE, EXTENSION, TRAILER] = [0x2c, 0x21, 0x3b];
const [CONTROL, APPLICATION] = [0xf9, 0xff];
const tableSize = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

export function cleanGif(bytes: Uint8Array): Uint8Array {
  ensure(bytes.length > 13);
  const out = new Output(bytes);
  let at = 13 + tableSize(bytes[10]!);
  ensure(at < bytes.length);
  out.put(bytes.subarray(0, at));
  let images = 0;
  while (bytes[at] === IMAGE || bytes[at] === EXTENSION) {
    if (bytes[at] === IMAGE) {
      const data = at + 11 + tableSize(bytes[at + 9] ?? 0);
      if (data >= bytes.length) break;
      out.put(bytes.subarray(at, data));
      at = putBlocks(out, bytes, data);
      images++;
    } else {
      const label = bytes[at + 1];
      const end = endOfBlocks(bytes, at + 2);
      if (label === CONTROL && bytes[at + 2] === 4 && end >= at + 8) out.put(bytes.subarray(at, at + 7), [0]);
      if (label === APPLICATION && bytes[at + 2] === 11) putApplication(out, bytes, at, end);
      at = end;
    }
  }
  ensure(images > 0);
  out.put([TRAILER]);
  return out.written;
}

function putApplication(out: Output, bytes: Uint8Array, at: number, end: number): void {
  const data = at + 14;
  const name = ascii(bytes, at + 3, 11);
  if (name === 'NETSCAPE2.0' || name === 'ANIMEXTS1.0') {
    if (bytes[data] === 3 && bytes[data + 1] === 1 && end > data + 4)
      out.put(bytes.subarray(at, data + 4), [0]);
  } else if (name === 'ICCRGBG1012' && end <= bytes.length && data < end) {
    out.put(bytes.subarray(at, data));
    putBlocks(out, bytes, data);
  }
}

/** A chain ends after its empty block, or with the file. */
function endOfBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return Math.min(at + 1, bytes.length);
}

/** Closes a chain that was cut off. */
function putBlocks(out: Output, bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0 && at + 1 + bytes[at]! <= bytes.length) at += 1 + bytes[at]!;
  out.put(bytes.subarray(from, at));
  const rest = bytes.length - at - 1;
  if (rest > 0 && bytes[at] !== 0) {
    out.put([rest], bytes.subarray(at + 1));
    at = bytes.length;
  }
  out.put([0]);
  return Math.min(at + 1, bytes.length);
}
