/** WebP (RFC 9649). Many encoders write a wrong length into the header, so the chunks decide. */
import { ascii, ensure, Output, u32le } from './bytes';

const CHUNKS = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const isImage = (name: string) => name === 'VP8 ' || name === 'VP8L';

export function cleanWebp(bytes: Uint8Array): Uint8Array {
  ensure(bytes.length >= 20);
  const said = 8 + u32le(bytes, 4);
  const out = new Output(bytes);
  out.put(bytes.subarray(0, 12));
  const seen = { first: '', images: 0, frames: 0, animated: false };
  let missing = 0;
  for (const chunk of chunks(
    bytes,
    12,
    said < 20 ? bytes.length : Math.min(said, bytes.length),
    bytes.length,
  )) {
    const { name, from, to } = chunk;
    if (seen.first === '') {
      ensure(name === 'VP8X' || isImage(name));
      seen.first = name;
      seen.animated = name === 'VP8X' && (bytes[from]! & 0x02) !== 0;
    } else if (seen.first !== 'VP8X') break;
    else ensure(name !== 'VP8X');
    const cut = from + chunk.size > to;
    // Cut off within its pixels: browsers show what there is. Half of any other chunk is useless.
    if (!CHUNKS.has(name) || (cut && !isImage(name))) continue;
    if (name === 'VP8X') {
      ensure(to - from >= 10);
      // Clears the flags of Exif (0x08) and XMP (0x04), whose chunks are gone.
      out.put(riffHead(name, 10), [bytes[from]! & ~0x0c], bytes.subarray(from + 1, from + 10));
    } else if (name === 'ANMF') {
      ensure(to - from > 16);
      seen.frames++;
      putFrame(out, bytes, from, to);
    } else {
      if (isImage(name)) seen.images++;
      missing = from + chunk.size - to;
      out.put(riffHead(name, chunk.size), bytes.subarray(from, to));
      if (!cut) pad(out);
    }
  }
  ensure(seen.animated ? seen.frames > 0 : seen.images === 1);
  out.set32le(4, out.length - 8 + missing);
  return out.written;
}

function putFrame(out: Output, bytes: Uint8Array, from: number, to: number): void {
  const head = out.length;
  out.put(riffHead('ANMF', 0), bytes.subarray(from, from + 16));
  let shown = false;
  for (const inner of chunks(bytes, from + 16, to, to)) {
    if (!isImage(inner.name) && inner.name !== 'ALPH') continue;
    ensure(inner.from + inner.size <= to);
    shown ||= inner.name !== 'ALPH';
    out.put(riffHead(inner.name, inner.size), bytes.subarray(inner.from, inner.to));
    pad(out);
  }
  ensure(shown);
  out.set32le(head + 4, out.length - head - 8);
}

/** The last chunk may exceed the range, up to the limit: `size` is its claim, `to` its end. */
function* chunks(bytes: Uint8Array, from: number, end: number, limit: number) {
  for (let at = from; at < end && at + 8 <= limit;) {
    const size = u32le(bytes, at + 4);
    const to = Math.min(at + 8 + size, limit);
    yield { name: ascii(bytes, at, 4), from: at + 8, to, size };
    at = to + (size % 2);
  }
}

const riffHead = (name: string, size: number): number[] => [
  ...[...name].map((letter) => letter.charCodeAt(0)),
  size & 255,
  (size >> 8) & 255,
  (size >> 16) & 255,
  (size >>> 24) & 255,
];

/** Chunks begin at even offsets. */
const pad = (out: Output): void => {
  if (out.length % 2) out.put([0]);
};
