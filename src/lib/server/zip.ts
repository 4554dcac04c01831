/**
 * ZIP archives (PKWARE's APPNOTE) as a stream: in memory are one chunk, and a line for each entry until the end. Entries are stored, not
 * compressed (docs/decisions/033-zip.md). ZIP64 where there are more than 4 GB or 65,535 entries; one entry has less than 4 GB.
 */
import { crc32 } from 'node:zlib';

export interface Entry {
  /** A path with slashes. The caller keeps it safe and unique. */
  name: string;
  at: number;
  content: AsyncIterable<Uint8Array | string>;
}

const MOST = 0xffff_ffff;
const MANY = 0xffff;
/** Sizes follow the bytes; names are UTF-8. */
const FLAGS = 0x0808;
const STORED = 0;
/** Unix, version 4.5, which knows ZIP64. */
const MADE_BY = 0x032d;
const NEEDED = 20;
const NEEDED_64 = 45;
const PLAIN_FILE = (0o100_644 << 16) >>> 0;

const utf8 = new TextEncoder();

type Field = [bytes: 2 | 4 | 8, value: number];

/** Little-endian. */
function fields(all: Field[], ...rest: Uint8Array[]): Uint8Array {
  const head = all.reduce((sum, [bytes]) => sum + bytes, 0);
  const made = new Uint8Array(rest.reduce((sum, { length }) => sum + length, head));
  const view = new DataView(made.buffer);
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  for (const part of rest) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

/** In UTC, since 1980, two seconds apart. */
function dosTime(at: number): [Field, Field] {
  const date = new Date(at);
  const year = Math.max(0, date.getUTCFullYear() - 1980);
  return [
    [2, (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)],
    [2, (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()],
  ];
}

async function* written(entries: AsyncIterable<Entry>): AsyncGenerator<Uint8Array, void> {
  const directory: Uint8Array[] = [];
  let offset = 0;
  for await (const { name, at, content } of entries) {
    const path = utf8.encode(name);
    const begins = offset;
    const kind: Field[] = [[2, FLAGS], [2, STORED], ...dosTime(at)];
    const header = fields(
      [[4, 0x0403_4b50], [2, NEEDED], ...kind, [4, 0], [4, 0], [4, 0], [2, path.length], [2, 0]],
      path,
    );
    yield header;
    let crc = 0;
    let size = 0;
    for await (const part of content) {
      const bytes = typeof part === 'string' ? utf8.encode(part) : part;
      if (bytes.length === 0) continue;
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
    if (size > MOST) throw new Error('an entry of an archive has more than 4 GB');
    const sums: Field[] = [
      [4, crc],
      [4, size],
      [4, size],
    ];
    const descriptor = fields([[4, 0x0807_4b50], ...sums]);
    yield descriptor;
    offset += header.length + size + descriptor.length;
    const far = begins >= MOST;
    const extra = far
      ? fields([
          [2, 1],
          [2, 8],
          [8, begins],
        ])
      : new Uint8Array();
    directory.push(
      fields(
        [
          ...([[4, 0x0201_4b50], [2, MADE_BY], [2, far ? NEEDED_64 : NEEDED], ...kind, ...sums] as Field[]),
          ...([
            [2, path.length],
            [2, extra.length],
            [2, 0],
            [2, 0],
            [2, 0],
          ] as Field[]),
          ...([
            [4, PLAIN_FILE],
            [4, far ? MOST : begins],
          ] as Field[]),
        ],
        path,
        extra,
      ),
    );
  }
  yield* directory;
  yield end(
    directory.length,
    directory.reduce((sum, { length }) => sum + length, 0),
    offset,
  );
}

function end(count: number, size: number, offset: number): Uint8Array {
  const large = count >= MANY || size >= MOST || offset >= MOST;
  const counted = (bytes: 2 | 8, most: number): Field[] => [
    [bytes, Math.min(count, most)],
    [bytes, Math.min(count, most)],
  ];
  const end64 = fields([
    ...([
      [4, 0x0606_4b50],
      [8, 44],
      [2, MADE_BY],
      [2, NEEDED_64],
      [4, 0],
      [4, 0],
    ] as Field[]),
    ...([...counted(8, Infinity), [8, size], [8, offset]] as Field[]),
  ]);
  const locator = fields([
    [4, 0x0706_4b50],
    [4, 0],
    [8, offset + size],
    [4, 1],
  ]);
  const last = fields([
    ...([[4, 0x0605_4b50], [2, 0], [2, 0], ...counted(2, MANY)] as Field[]),
    ...([
      [4, Math.min(size, MOST)],
      [4, Math.min(offset, MOST)],
      [2, 0],
    ] as Field[]),
  ]);
  return large ? fields([], end64, locator, last) : last;
}

/** As fast as it is read. If reading an entry fails, so does the stream: no archive is silently cut. */
export function zip(entries: AsyncIterable<Entry>): ReadableStream<Uint8Array> {
  const bytes = written(entries);
  return new ReadableStream(
    {
      async pull(stream) {
        const { done, value } = await bytes.next();
        if (done) stream.close();
        else stream.enqueue(value);
      },
      async cancel() {
        await bytes.return();
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
}
