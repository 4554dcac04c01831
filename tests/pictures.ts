/** Real pictures that browsers decode: JPEG and WebP by Chromium, PNG and AVIF assembled here. `…Telling`: with metadata. */
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
export const text = (words: string) => new TextEncoder().encode(words);

type Part = Uint8Array | string | number[];
export const join = (...parts: Part[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [...part])),
  );
const be16 = (n: number) => [(n >> 8) & 255, n & 255];
const be32 = (n: number) => [...be16(n >>> 16), ...be16(n)];
const le32 = (n: number) => be32(n).reverse();

/** What no cleaned picture may contain. */
export const PLACE = 'GPS 52.5163 N 13.3777 E';

/** TIFF with an orientation and a place, as Exif holds it; little-endian, as most cameras write. */
export const tiff = (orientation = 1): Uint8Array =>
  // prettier-ignore
  join('II', [42, 0, 8, 0, 0, 0, 2, 0],
    [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
    [0x0e, 0x01, 2, 0, PLACE.length + 1, 0, 0, 0, 38, 0, 0, 0],
    [0, 0, 0, 0], PLACE, [0]);

/** 8 × 8, by Chromium, with its colour profile. */
export const jpeg = bytesOf(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCABIT/2Q==',
);
export const segment = (marker: number, ...content: Part[]): Uint8Array => {
  const data = join(...content);
  return join([0xff, marker], be16(data.length + 2), data);
};
/** With Exif (place, orientation), XMP, Photoshop's block, a comment, Adobe's, and bytes behind the end. */
export const jpegTelling = (orientation = 1): Uint8Array =>
  join(
    jpeg.subarray(0, 20),
    segment(0xe1, 'Exif\0\0', tiff(orientation)),
    segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', `<x:xmpmeta>${PLACE}</x:xmpmeta>`),
    segment(0xe2, 'MPF\0', PLACE),
    segment(0xed, 'Photoshop 3.0\0', PLACE),
    segment(0xee, 'Adobe', [0, 100, 0, 0, 0, 0, 1]),
    segment(0xfe, PLACE),
    jpeg.subarray(20),
    `<script>alert('${PLACE}')</script>`,
  );

/** With metadata, and cut off one byte before the end of its only scan. */
export const jpegCut = (): Uint8Array => {
  const telling = jpegTelling();
  return telling.subarray(0, telling.length - `<script>alert('${PLACE}')</script>`.length - 3);
};

function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
function adler(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) [a, b] = [(a + byte) % 65521, (b + a + byte) % 65521];
  return b * 65536 + a;
}
export const pngChunk = (name: string, ...content: Part[]): Uint8Array => {
  const data = join(...content);
  const named = join(name, data);
  return join(be32(data.length), named, be32(crc(named)));
};
const PNG = join([0x89], 'PNG\r\n', [0x1a, 0x0a]);
/** A gradient; pixels stored without compression. */
export function png(width = 8, height = 8, ...extra: Uint8Array[]): Uint8Array {
  const rows = new Uint8Array(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      rows.set([40 + (x * 150) / width, 120 + (y * 100) / height, 110], at);
    }
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += 65_535) {
    const block = rows.subarray(at, at + 65_535);
    const last = at + 65_535 >= rows.length ? 1 : 0;
    const [n, m] = [block.length, ~block.length & 0xffff];
    blocks.push(Uint8Array.of(last, n & 255, n >> 8, m & 255, m >> 8), block);
  }
  const size = blocks.reduce((sum, block) => sum + block.length, 0);
  const pixels = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    pixels.set(block, at);
    at += block.length;
  }
  return join(
    PNG,
    pngChunk('IHDR', be32(width), be32(height), [8, 2, 0, 0, 0]),
    ...extra,
    pngChunk('IDAT', [0x78, 0x01], pixels, be32(adler(rows))),
    pngChunk('IEND'),
  );
}
export const pngTelling = (): Uint8Array =>
  join(
    png(
      8,
      8,
      pngChunk('gAMA', be32(45_455)),
      pngChunk('eXIf', tiff()),
      pngChunk('tEXt', `Comment\0${PLACE}`),
      pngChunk('zTXt', `Comment\0\0${PLACE}`),
      pngChunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${PLACE}`),
      pngChunk('tIME', [7, 0xea, 11, 23, 1, 2, 3]),
      pngChunk('prVt', PLACE),
    ),
    `PK\x03\x04${PLACE}`,
  );

/** 8 × 8, by Chromium, with its colour profile. */
export const webp = bytesOf(
  'UklGRhQCAABXRUJQVlA4WAoAAAAgAAAABwAABwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggJgAAAHABAJ0BKggACAACwEwloAJ0AXUAAP67s5P0vf/kGP9DX+Cu7AAA',
);
export const riffChunk = (name: string, ...content: Part[]): Uint8Array => {
  const data = join(...content);
  return join(name, le32(data.length), data, data.length % 2 ? [0] : []);
};
export const riff = (...chunks: Uint8Array[]): Uint8Array => {
  const body = join('WEBP', ...chunks);
  return join('RIFF', le32(body.length), body);
};
export function webpTelling(): Uint8Array {
  const head = webp.slice(12, 30);
  head[8]! |= 0x0c;
  return join(
    riff(
      head,
      webp.subarray(30),
      riffChunk('EXIF', tiff()),
      riffChunk('XMP ', PLACE),
      riffChunk('odd!', PLACE),
    ),
    `<html>${PLACE}`,
  );
}

const gifParts = {
  head: join('GIF89a', [10, 0, 10, 0, 0x91, 0, 0], [255, 255, 255, 255, 0, 0, 0, 0, 255, 0, 0, 0]),
  repeats: join([0x21, 0xff, 11], 'NETSCAPE2.0', [3, 1, 0, 0, 0]),
  timing: join([0x21, 0xf9, 4, 4, 10, 0, 0, 0]),
  frame: join([0x2c, 0, 0, 0, 0, 10, 0, 10, 0, 0], bytesOf('AhaMLZmHKhzcM6ACdeyV+qjeYIwEkUwBAA==')),
};
/** Two frames of 10 × 10 that repeat. */
export const gif = (): Uint8Array => {
  const { head, repeats, timing, frame } = gifParts;
  return join(head, repeats, timing, frame, timing, frame, [0x3b]);
};
/** With a comment, XMP (whose bytes are no blocks), another program's data, and trailing bytes. */
export const gifTelling = (): Uint8Array => {
  const { head, repeats, timing, frame } = gifParts;
  const block = (words: string) => join([words.length], words, [0]);
  // XMP's "magic trailer" leads block readers to its end.
  const trailer = [1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0];
  return join(
    head,
    [0x21, 0xfe],
    block(PLACE),
    repeats,
    [0x21, 0xff, 11],
    'XMP DataXMP',
    `<x:xmpmeta>${PLACE}</x:xmpmeta>`,
    trailer,
    timing,
    frame,
    [0x21, 0xff, 11],
    'MGKIPTC0000',
    block(PLACE),
    [0x21, 0x01, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    block(PLACE),
    timing,
    frame,
    [0x3b],
    PLACE,
  );
};

/** One key frame of 16 × 16, by Chromium's AV1 encoder. */
const frame = bytesOf('CgwAAAABn/gDRAQ0BhAyFBBKAAggghAAID+eRse1Fm2aeOzK');
export const box = (name: string, ...content: Part[]): Uint8Array => {
  const data = join(...content);
  return join(be32(data.length + 8), name, data);
};
export const FTYP = box('ftyp', 'avif', be32(0), 'avifmif1miaf');

/** How an AVIF can be malformed. */
export interface AvifOptions {
  metadata?: boolean;
  /** The claimed offset of the Exif item, from the start of the frame. */
  exifAt?: number;
  method?: number;
  more?: Uint8Array[];
  length?: number;
  /** The kind of its picture, and its brand. */
  kind?: 'av01' | 'hvc1';
}
export function avif({
  metadata = false,
  exifAt,
  method = 0,
  more = [],
  length,
  kind = 'av01',
}: AvifOptions = {}): Uint8Array {
  const exif = metadata ? join(be32(0), tiff()) : new Uint8Array();
  const xmp = metadata ? join(`<x:xmpmeta>${PLACE}`) : new Uint8Array();
  const slack = metadata ? join(PLACE) : new Uint8Array();
  const infe = (id: number, type: string, rest: string) =>
    box('infe', [2, 0, 0, 0], be16(id), be16(0), type, rest);
  const meta = (base: number) => {
    const at = [base, base + frame.length, base + frame.length + exif.length] as const;
    const place = (id: number, from: number, size: number) =>
      join(be16(id), be16(method), be16(0), be16(1), be32(from), be32(size));
    const places = [place(1, at[0], length ?? frame.length)];
    if (metadata)
      places.push(
        place(2, exifAt === undefined ? at[1] : at[0] + exifAt, exif.length),
        place(3, at[2], xmp.length),
      );
    const count = be16(places.length);
    return box(
      'meta',
      be32(0),
      box('hdlr', be32(0), be32(0), 'pict', be32(0), be32(0), be32(0), [0]),
      box('pitm', be32(0), be16(1)),
      box('iloc', [1, 0, 0, 0, 0x44, 0], count, ...places),
      box(
        'iinf',
        be32(0),
        count,
        infe(1, kind, '\0'),
        ...(metadata ? [infe(2, 'Exif', '\0'), infe(3, 'mime', '\0application/rdf+xml\0')] : []),
      ),
      box(
        'iprp',
        box(
          'ipco',
          box('ispe', be32(0), be32(16), be32(16)),
          box('av1C', [0x81, 0, 0x0c, 0]),
          box('pixi', be32(0), [3, 8, 8, 8]),
          ...(metadata ? [box('udes', be32(0), `en\0${PLACE}\0\0\0`)] : []),
        ),
        box('ipma', be32(0), be32(1), be16(1), [3, 1, 0x82, 3]),
      ),
      ...(metadata ? [box('uuid', '0123456789abcdef', PLACE)] : []),
    );
  };
  const ftyp = kind === 'av01' ? FTYP : box('ftyp', 'heic', be32(0), 'mif1heic');
  const before = ftyp.length + meta(0).length + 8;
  return join(
    ftyp,
    meta(before),
    box('mdat', frame, exif, xmp, slack),
    ...(metadata ? [box('free', PLACE)] : []),
    ...more,
  );
}
/** The same as an HEIC, without real pixels. */
export const heic = (options: AvifOptions = {}): Uint8Array => avif({ ...options, kind: 'hvc1' });
