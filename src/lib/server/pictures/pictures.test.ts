import { describe, expect, it } from 'vitest';
import { refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { detectType } from '../blobs';
import * as pictures from './index';

const holds = (bytes: Uint8Array, words: string) => String.fromCharCode(...bytes).includes(words);
const clean = (bytes: Uint8Array) =>
  pictures.withoutMetadata(bytes.slice(), detectType(bytes) as pictures.PictureType);
const refused = (bytes: Uint8Array) => {
  let said: unknown;
  try {
    clean(bytes);
  } catch (error) {
    said = error;
  }
  expect(said).toMatchObject(refusal('invalid', 'file.picture-broken'));
};

describe('metadata', () => {
  it.each([
    ['JPEG', p.jpegTelling(), p.join(p.jpeg.subarray(0, 20), p.jpeg.subarray(20))],
    ['PNG', p.pngTelling(), p.png(8, 8, p.pngChunk('gAMA', [0, 0, 0xb1, 0x8f]))],
    ['WebP', p.webpTelling(), p.webp],
  ])('%s: is removed, also behind the end of the picture', (what, telling, plain) => {
    expect(holds(telling, p.PLACE)).toBe(true);
    const cleaned = clean(telling);
    expect(holds(cleaned, p.PLACE)).toBe(false);
    // Adobe's segment says how to read colours, so it stays.
    const adobe = p.segment(0xee, 'Adobe', [0, 100, 0, 0, 0, 0, 1]);
    const expected = what === 'JPEG' ? p.join(plain.subarray(0, 20), adobe, plain.subarray(20)) : plain;
    expect([...cleaned]).toEqual([...expected]);
  });

  it('AVIF: is blanked in place, since offsets must not change', () => {
    const telling = p.avif({ metadata: true });
    expect(holds(telling, p.PLACE)).toBe(true);
    const cleaned = clean(p.join(telling, `<html>${p.PLACE}`));
    expect(holds(cleaned, p.PLACE)).toBe(false);
    expect(holds(cleaned, '<html>')).toBe(false);
    expect(cleaned).toHaveLength(telling.length);
    const frame = String.fromCharCode(...p.avif().slice(-36));
    expect(holds(cleaned, frame)).toBe(true);
  });

  it.each([
    ['JPEG', p.jpeg],
    ['PNG', p.png()],
    ['WebP', p.webp],
    ['AVIF', p.avif()],
  ])('%s: a picture without metadata is not changed', (_what, bytes) =>
    expect([...clean(bytes)]).toEqual([...bytes]),
  );

  it.each([p.jpegTelling(6), p.pngTelling(), p.webpTelling(), p.avif({ metadata: true })])(
    'cleaned twice is cleaned once (%#)',
    (bytes) => expect([...clean(clean(bytes))]).toEqual([...clean(bytes)]),
  );

  it('JPEG: only the orientation stays of Exif', () => {
    const cleaned = clean(p.jpegTelling(6));
    const at = String.fromCharCode(...cleaned).indexOf('Exif\0\0');
    expect([...cleaned.subarray(at - 4, at)]).toEqual([0xff, 0xe1, 0, 34]);
    expect([...cleaned.subarray(at + 16, at + 28)]).toEqual([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    expect(cleaned.length - clean(p.jpegTelling(1)).length).toBe(36);
  });

  it.each([0, 9, 255])('JPEG: an orientation of %i is dropped', (orientation) =>
    expect(holds(clean(p.jpegTelling(orientation)), 'Exif')).toBe(false),
  );

  it.each([
    ['too short', p.join('II', [42, 0])],
    ['a directory behind the end', p.join('II', [42, 0, 255, 255, 0, 0, 0, 0, 0, 0])],
    ['a million entries', p.join('MM', [0, 42, 0, 0, 0, 8, 255, 255, 0, 0, 0, 0])],
  ])('JPEG: broken Exif is dropped: %s', (_what, tiff) => {
    const cleaned = clean(p.join([0xff, 0xd8], p.segment(0xe1, 'Exif\0\0', tiff), p.jpeg.subarray(2)));
    expect([...cleaned]).toEqual([...p.jpeg]);
  });

  it('JPEG: the thumbnail, which may show what was cropped off, goes too', () => {
    const head = p.segment(0xe0, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 1, 1], [9, 9, 9]);
    const cleaned = clean(
      p.join([0xff, 0xd8], head, p.segment(0xe0, 'JFXX\0', p.PLACE), p.jpeg.subarray(20)),
    );
    expect([...cleaned]).toEqual([...p.jpeg]);
  });

  it('WebP: the flags of removed chunks are cleared, and the length is right', () => {
    const cleaned = clean(p.webpTelling());
    expect(cleaned[20]).toBe(0x20);
    expect(new DataView(cleaned.buffer).getUint32(4, true)).toBe(cleaned.length - 8);
  });

  it('WebP: frames of an animation are cleaned', () => {
    const vp8 = p.webp.subarray(-46);
    const head = p.riffChunk('VP8X', [0x02 | 0x0c, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    const anim = p.riffChunk('ANIM', [0, 0, 0, 0, 0, 0]);
    const framed = (...more: Uint8Array[]) => p.riffChunk('ANMF', new Uint8Array(16), vp8, ...more);
    const told = p.riff(head, anim, framed(p.riffChunk('tell', p.PLACE)), p.riffChunk('EXIF', p.tiff()));
    const plain = p.riff(p.riffChunk('VP8X', [0x02, 0, 0, 0, 7, 0, 0, 7, 0, 0]), anim, framed());
    expect([...clean(told)]).toEqual([...plain]);
  });

  it('PNG: an animation is kept', () => {
    const control = p.pngChunk('acTL', [0, 0, 0, 1, 0, 0, 0, 0]);
    expect(holds(clean(p.png(8, 8, control, p.pngChunk('tEXt', 'a\0b'))), 'acTL')).toBe(true);
  });
});

/** Inserts or changes bytes. */
const changed = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};
const placeOf = (bytes: Uint8Array, words: string) => String.fromCharCode(...bytes).indexOf(words);
const wrongSum = (chunk: Uint8Array) => changed(chunk, chunk.length - 1, chunk.at(-1)! ^ 1);

describe('what browsers show is accepted', () => {
  const scan = placeOf(p.jpeg, '\xff\xda') + 14;
  const vp8 = p.webp.subarray(-46);
  it.each([
    ['JPEG without its end', p.join(p.jpegCut(), [p.jpeg.at(-3)!])],
    ['JPEG cut off in its scan', p.jpegCut()],
    ['JPEG with words between its parts', p.join(p.jpeg.subarray(0, 20), p.PLACE, p.jpeg.subarray(20))],
    [
      'JPEG with fill bytes and lone markers',
      p.join(p.jpeg.subarray(0, 20), [255, 255, 255, 1, 255, 0, 255, 208], p.PLACE, p.jpeg.subarray(20)),
    ],
    ['JPEG with another picture behind it (MPO, Ultra HDR)', p.join(p.jpeg, p.jpegTelling())],
    [
      'JPEG with a marker in its scan that there is none of',
      p.join(p.jpeg.subarray(0, scan + 2), [0xff, 0x3a], p.PLACE),
    ],
    [
      'JPEG with a part behind its scan that is longer than the file',
      p.join(p.jpeg.subarray(0, -2), [0xff, 0xfe, 0xff, 0xff], p.PLACE),
    ],
    ['JPEG that begins anew behind its scan', p.join(p.jpeg.subarray(0, -2), p.jpegTelling())],
    ['PNG with words behind its end', p.join(p.png(), p.PLACE)],
    ['PNG without its end', p.png(8, 8, p.pngChunk('tEXt', p.PLACE)).subarray(0, -12)],
    ['PNG cut off in its pixels', p.png(8, 8, p.pngChunk('tEXt', p.PLACE)).subarray(0, -60)],
    [
      'PNG with a wrong sum where one can do without',
      p.png(8, 8, wrongSum(p.pngChunk('gAMA', p.PLACE)), wrongSum(p.pngChunk('tEXt', p.PLACE))),
    ],
    [
      'PNG with a wrong sum of its pixels',
      p.join(p.png(8, 8, p.pngChunk('tEXt', p.PLACE)).subarray(0, -13), [0], p.pngChunk('IEND')),
    ],
    [
      'PNG with something unknown behind its pixels',
      p.join(p.png().subarray(0, -12), p.pngChunk('EVIL', p.PLACE), p.pngChunk('IEND')),
    ],
    ['WebP that says it is longer', changed(p.webpTelling(), 4, 0, 0, 1)],
    ['WebP that says it is endless', changed(p.webpTelling(), 4, 255, 255, 255, 255)],
    ['WebP that does not say how long it is', changed(p.webpTelling(), 4, 0, 0, 0, 0)],
    ['WebP that says it is a little shorter', p.join(changed(p.webp, 4, p.webp[4]! - 2), p.PLACE)],
    ['WebP cut off in its pixels', p.riff(vp8, p.riffChunk('EXIF', p.PLACE)).subarray(0, 40)],
    [
      'WebP animation cut off in its second frame',
      p
        .riff(
          p.riffChunk('VP8X', [2, 0, 0, 0, 7, 0, 0, 7, 0, 0]),
          p.riffChunk('EXIF', p.PLACE),
          p.riffChunk('ANMF', new Uint8Array(16), vp8),
          p.riffChunk('ANMF', new Uint8Array(16), vp8),
        )
        .subarray(0, -10),
    ],
    ['GIF without its end', p.gifTelling().subarray(0, -(1 + p.PLACE.length))],
    ['GIF cut off in its pixels', p.gifTelling().subarray(0, -(8 + p.PLACE.length))],
    ['GIF with words instead of its end', p.join(p.gif().subarray(0, -1), p.PLACE)],
    ['AVIF with words behind its end', p.join(p.avif({ metadata: true }), p.PLACE)],
  ] as [string, Uint8Array][])('%s', (_what, bytes) => {
    const cleaned = clean(bytes);
    expect(holds(cleaned, p.PLACE)).toBe(false);
    expect(detectType(cleaned)).toBe(detectType(bytes));
    expect([...clean(cleaned)]).toEqual([...cleaned]);
  });
});

describe('GIF', () => {
  it('loses comments, XMP and application data; keeps frames, timing, repetitions', () => {
    expect(holds(p.gifTelling(), p.PLACE)).toBe(true);
    expect([...clean(p.gifTelling())]).toEqual([...p.gif()]);
  });

  it('without metadata is not changed', () => expect([...clean(p.gif())]).toEqual([...p.gif()]));
});

describe('HEIC', () => {
  it('is blanked in place, as AVIF is', () => {
    const telling = p.heic({ metadata: true });
    const cleaned = clean(telling);
    expect(holds(telling, p.PLACE)).toBe(true);
    expect(holds(cleaned, p.PLACE)).toBe(false);
    expect(cleaned).toHaveLength(telling.length);
  });

  it('that cannot be parsed is not changed', () => {
    for (const bytes of [
      p.heic({ metadata: true, exifAt: 4 }),
      p.heic({ metadata: true }).subarray(0, -80),
    ]) {
      const copy = bytes.slice();
      expect(() => pictures.withoutMetadata(copy, 'image/heic')).toThrow();
      expect([...copy]).toEqual([...bytes]);
    }
  });
});

// What would keep a Worker busy: many tiny parts, counts that cost no bytes, everything compared with everything.
describe('the worst megabytes take about as long as plain ones', () => {
  const MB = 1024 * 1024;
  const many = (part: Uint8Array, bytes: number) => {
    const whole = new Uint8Array(Math.floor(bytes / part.length) * part.length);
    for (let at = 0; at < whole.length; at += part.length) whole.set(part, at);
    return whole;
  };
  const put = (...parts: Uint8Array[]) => {
    const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  const png = p.png();
  const avif = p.avif();
  const rest = p.box('hdlr', new Uint8Array(24));
  const heads: [string, () => Uint8Array][] = [
    ['JPEG of fill bytes', () => put(p.jpeg.subarray(0, 2), many(Uint8Array.of(255), 8 * MB))],
    [
      'JPEG of tiny parts',
      () => put(p.jpeg.subarray(0, 20), many(p.segment(0xdd, [0, 0]), 8 * MB), p.jpeg.subarray(20)),
    ],
    [
      'JPEG of empty comments',
      () => put(p.jpeg.subarray(0, 20), many(p.segment(0xfe), 8 * MB), p.jpeg.subarray(20)),
    ],
    [
      'JPEG of markers that are none',
      () => put(p.jpeg.subarray(0, 20), many(Uint8Array.of(255, 0), 8 * MB), p.jpeg.subarray(20)),
    ],
    [
      'JPEG of scans',
      () => put(p.jpeg.subarray(0, -2), many(p.jpeg.subarray(placeOf(p.jpeg, '\xff\xda'), -2), 8 * MB)),
    ],
    [
      'JPEG of Exif that leads nowhere',
      () =>
        put(
          p.jpeg.subarray(0, 2),
          many(p.segment(0xe1, 'Exif\0\0MM', [0, 42, 0, 0, 0, 8, 255, 255], new Uint8Array(60_000)), 8 * MB),
          p.jpeg.subarray(2),
        ),
    ],
    [
      'PNG of empty chunks',
      () => put(png.subarray(0, 33), many(p.pngChunk('tRNS'), 8 * MB), png.subarray(33)),
    ],
    [
      'PNG of unknown chunks',
      () => put(png.subarray(0, 33), many(p.pngChunk('teXt'), 8 * MB), png.subarray(33)),
    ],
    [
      'WebP of empty chunks',
      () => put(p.webp.subarray(0, 30), many(p.riffChunk('ICCP'), 8 * MB), p.webp.subarray(30)),
    ],
    [
      'WebP of unknown chunks',
      () => put(p.webp.subarray(0, 30), many(p.riffChunk('what'), 8 * MB), p.webp.subarray(30)),
    ],
    [
      'WebP of frames',
      () =>
        put(
          p.riff(p.riffChunk('VP8X', [2, 0, 0, 0, 7, 0, 0, 7, 0, 0])),
          many(p.riffChunk('ANMF', new Uint8Array(16), p.riffChunk('VP8 ')), 8 * MB),
        ),
    ],
    [
      'GIF of tiny blocks',
      () => put(p.gif().subarray(0, -1), Uint8Array.of(0x21, 0xfe), many(Uint8Array.of(1, 1), 8 * MB)),
    ],
    [
      'GIF of extensions',
      () => put(p.gif().subarray(0, -1), many(Uint8Array.of(0x21, 0xf9, 4, 0, 0, 0, 0, 0), 8 * MB)),
    ],
    [
      'GIF of pictures',
      () => put(p.gif().subarray(0, -1), many(Uint8Array.of(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0), 8 * MB)),
    ],
    ['AVIF of boxes', () => put(p.FTYP, many(p.box('free'), 8 * MB), avif.subarray(p.FTYP.length))],
    ['AVIF of data areas', () => put(avif, many(p.box('mdat'), 8 * MB))],
    [
      'AVIF of items',
      () =>
        put(
          p.FTYP,
          p.box(
            'meta',
            [0, 0, 0, 0],
            rest,
            p.box('pitm', [0, 0, 0, 0, 0, 1]),
            p.box('iinf', [0, 0, 0, 0, 0, 1], p.box('infe', [2, 0, 0, 0, 0, 1, 0, 0], 'av01', [0])),
            p.box('iloc', [2, 0, 0, 0, 0, 0], [0, 1, 0, 0], new Uint8Array(600_000)),
          ),
        ),
    ],
    [
      'AVIF of extents that cost no bytes',
      () =>
        put(
          p.FTYP,
          p.box(
            'meta',
            [0, 0, 0, 0],
            rest,
            p.box('pitm', [0, 0, 0, 0, 0, 1]),
            p.box('iinf', [0, 0, 0, 0, 0, 1], p.box('infe', [2, 0, 0, 0, 0, 1, 0, 0], 'av01', [0])),
            p.box(
              'iloc',
              [0, 0, 0, 0, 0, 0],
              [255, 255],
              ...Array.from({ length: 2_000 }, (_, id) => Uint8Array.of(id >> 8, id & 255, 0, 0, 255, 255)),
            ),
          ),
        ),
    ],
  ];
  it.each(heads)('%s', (_what, made) => {
    const bytes = made();
    const began = performance.now();
    try {
      pictures.withoutMetadata(bytes, detectType(bytes) as pictures.PictureType);
    } catch (error) {
      expect(error).toMatchObject(refusal('invalid', 'file.picture-broken'));
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('refused', () => {
  it('AVIF: cut off anywhere', () => {
    const bytes = p.avif();
    for (let length = 16; length < bytes.length; length += 3) refused(bytes.subarray(0, length));
  });

  it.each([
    ['JPEG without a picture', p.join([0xff, 0xd8, 0xff, 0xd9])],
    ['JPEG that is all comment', p.join([0xff, 0xd8], p.segment(0xfe, p.PLACE), [0xff, 0xd9])],
    ['JPEG with a part that is longer than the file', p.join([0xff, 0xd8, 0xff, 0xfe, 0xff, 0xff, 0])],
    ['JPEG with a part of no length', p.join([0xff, 0xd8, 0xff, 0xfe, 0, 0], p.jpeg.subarray(2))],
    [
      'JPEG of no height',
      (() => {
        const b = p.jpeg.slice();
        const at = String.fromCharCode(...b).indexOf('\xff\xc0');
        b[at + 5] = b[at + 6] = 0;
        return b;
      })(),
    ],
    [
      'JPEG with two frames',
      (() => {
        const at = String.fromCharCode(...p.jpeg).indexOf('\xff\xc0');
        return p.join(p.jpeg.subarray(0, at + 19), p.jpeg.subarray(at));
      })(),
    ],
    ['PNG without pixels', p.join(p.png().subarray(0, 33), p.pngChunk('IEND'))],
    [
      'PNG with a wrong sum',
      (() => {
        const b = p.png();
        b[30]! ^= 1;
        return b;
      })(),
    ],
    [
      'PNG of no width',
      p.join(
        p.png().subarray(0, 8),
        p.pngChunk('IHDR', [0, 0, 0, 0, 0, 0, 0, 8, 8, 2, 0, 0, 0]),
        p.png().subarray(33),
      ),
    ],
    ['PNG with two heads', p.png(8, 8, p.png().subarray(8, 33))],
    ['PNG with a part that it cannot do without and nobody knows', p.png(8, 8, p.pngChunk('EVIL', p.PLACE))],
    ['WebP without a picture', p.riff(p.riffChunk('VP8X', [0, 0, 0, 0, 7, 0, 0, 7, 0, 0]))],
    [
      'WebP with two pictures',
      p.riff(p.riffChunk('VP8X', [0, 0, 0, 0, 7, 0, 0, 7, 0, 0]), p.webp.subarray(-46), p.webp.subarray(-46)),
    ],
    ['WebP that begins with its Exif', p.riff(p.riffChunk('EXIF', p.tiff()))],
    ['GIF without a picture', p.join(p.gif().subarray(0, 19), [0x3b])],
    ['GIF of words', p.text('GIF89a/*\0*/=1;alert(1)')],
    ['AVIF without anything', p.FTYP],
    ['AVIF whose picture lies behind the end', p.avif({ length: 1_000 })],
    ['AVIF whose Exif is its picture', p.avif({ metadata: true, exifAt: 4 })],
    ['AVIF made of other items', p.avif({ method: 2 })],
    ['AVIF that says it lies in a box that is not there', p.avif({ method: 1 })],
    ['AVIF that is a film', p.avif({ more: [p.box('moov', p.PLACE)] })],
    ['AVIF with two descriptions', p.avif({ more: [p.box('meta', [0, 0, 0, 0])] })],
  ] as [string, Uint8Array][])('%s', (_what, bytes) => refused(bytes));

  it('no parser fails on a picture with any byte changed', () => {
    for (const whole of [
      p.jpegTelling(6),
      p.pngTelling(),
      p.webpTelling(),
      p.gifTelling(),
      p.avif({ metadata: true }),
    ])
      for (let at = 12; at < whole.length; at++)
        for (const value of [0, 0x7f, 0xff]) {
          const bytes = whole.slice();
          bytes[at] = value;
          const type = detectType(bytes);
          if (!pictures.isPicture(type)) continue;
          try {
            pictures.withoutMetadata(bytes, type);
          } catch (error) {
            expect(error).toMatchObject({ name: 'Refusal' });
          }
        }
  });
});
