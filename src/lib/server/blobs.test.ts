import { describe, expect, it } from 'vitest';
import { refusal } from '../../../tests/helpers';
import * as p from '../../../tests/pictures';
import * as blobs from './blobs';

const holds = (bytes: Uint8Array, words: string) => String.fromCharCode(...bytes).includes(words);
const clean = (bytes: Uint8Array) =>
  blobs.withoutMetadata(bytes.slice(), blobs.sniff(bytes) as blobs.PictureType);
const refused = (bytes: Uint8Array) => {
  let said: unknown;
  try {
    clean(bytes);
  } catch (error) {
    said = error;
  }
  expect(said).toMatchObject(refusal('invalid', 'file.picture-broken'));
};

describe('the type is what the bytes say', () => {
  it.each([
    ['a JPEG', p.jpeg, 'image/jpeg'],
    ['a PNG', p.png(), 'image/png'],
    ['a WebP', p.webp, 'image/webp'],
    ['an AVIF', p.avif(), 'image/avif'],
    ['a GIF', p.text('GIF89a\x01\0\x01\0'), 'image/gif'],
    ['a GIF that is a script besides', p.text('GIF89a/*\0*/=1;alert(1)'), 'image/gif'],
    [
      'a PDF with a script',
      p.text('%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>> >>'),
      'application/pdf',
    ],
    ['HTML', p.text('<!doctype html><script>alert(1)</script>'), 'application/octet-stream'],
    [
      'SVG',
      p.text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      'application/octet-stream',
    ],
    ['XML with a byte order mark', p.text('\ufeff<?xml version="1.0"?>'), 'application/octet-stream'],
    ['a ZIP', p.text('PK\x03\x04'), 'application/octet-stream'],
    ['a script', p.text('#!/bin/sh\n'), 'application/octet-stream'],
    ['an HEIC', p.box('ftyp', 'heic', [0, 0, 0, 0], 'mif1heic'), 'application/octet-stream'],
    ['an MP4', p.box('ftyp', 'isom', [0, 0, 0, 0], 'isomavc1'), 'application/octet-stream'],
    ['nothing', new Uint8Array(), 'application/octet-stream'],
    ['two bytes of a JPEG', p.jpeg.subarray(0, 2), 'application/octet-stream'],
    ['a PDF that begins later', p.text('\n%PDF-1.7'), 'application/octet-stream'],
  ])('%s', (_what, bytes, type) => expect(blobs.sniff(bytes)).toBe(type));
});

describe('metadata', () => {
  it.each([
    ['JPEG', p.jpegTelling(), p.join(p.jpeg.subarray(0, 20), p.jpeg.subarray(20))],
    ['PNG', p.pngTelling(), p.png(8, 8, p.pngChunk('gAMA', [0, 0, 0xb1, 0x8f]))],
    ['WebP', p.webpTelling(), p.webp],
  ])('%s: nothing of it is left, nor of what hangs behind the end', (what, telling, plain) => {
    expect(holds(telling, p.PLACE)).toBe(true);
    const cleaned = clean(telling);
    expect(holds(cleaned, p.PLACE)).toBe(false);
    // Adobe's segment says how colours are meant: it stays, the rest is as it was before somebody told.
    const adobe = p.segment(0xee, 'Adobe', [0, 100, 0, 0, 0, 0, 1]);
    const expected = what === 'JPEG' ? p.join(plain.subarray(0, 20), adobe, plain.subarray(20)) : plain;
    expect([...cleaned]).toEqual([...expected]);
  });

  it('AVIF: blanked in place, since the picture is found by its place', () => {
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
  ])('%s: a picture that tells nothing is not changed', (_what, bytes) =>
    expect([...clean(bytes)]).toEqual([...bytes]),
  );

  it.each([p.jpegTelling(6), p.pngTelling(), p.webpTelling(), p.avif({ metadata: true })])(
    'cleaned twice is cleaned once (%#)',
    (bytes) => expect([...clean(clean(bytes))]).toEqual([...clean(bytes)]),
  );

  it('JPEG: how it is to be turned is all that stays of Exif', () => {
    const cleaned = clean(p.jpegTelling(6));
    const at = String.fromCharCode(...cleaned).indexOf('Exif\0\0');
    expect([...cleaned.subarray(at - 4, at)]).toEqual([0xff, 0xe1, 0, 34]);
    expect([...cleaned.subarray(at + 16, at + 28)]).toEqual([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    expect(cleaned.length - clean(p.jpegTelling(1)).length).toBe(36);
  });

  it.each([0, 9, 255])('JPEG: an orientation of %i means nothing', (orientation) =>
    expect(holds(clean(p.jpegTelling(orientation)), 'Exif')).toBe(false),
  );

  it.each([
    ['too short', p.join('II', [42, 0])],
    ['a directory behind the end', p.join('II', [42, 0, 255, 255, 0, 0, 0, 0, 0, 0])],
    ['a million entries', p.join('MM', [0, 42, 0, 0, 0, 8, 255, 255, 0, 0, 0, 0])],
  ])('JPEG: Exif that leads nowhere is dropped: %s', (_what, tiff) => {
    const cleaned = clean(p.join([0xff, 0xd8], p.segment(0xe1, 'Exif\0\0', tiff), p.jpeg.subarray(2)));
    expect([...cleaned]).toEqual([...p.jpeg]);
  });

  it('JPEG: the small picture within it goes as well, which may show what was cropped off', () => {
    const head = p.segment(0xe0, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 1, 1], [9, 9, 9]);
    const cleaned = clean(
      p.join([0xff, 0xd8], head, p.segment(0xe0, 'JFXX\0', p.PLACE), p.jpeg.subarray(20)),
    );
    expect([...cleaned]).toEqual([...p.jpeg]);
  });

  it('WebP: the flags of what is gone are off, and the length is right', () => {
    const cleaned = clean(p.webpTelling());
    expect(cleaned[20]).toBe(0x20);
    expect(new DataView(cleaned.buffer).getUint32(4, true)).toBe(cleaned.length - 8);
  });

  it('WebP: frames of an animation are looked into', () => {
    const vp8 = p.webp.subarray(-46);
    const head = p.riffChunk('VP8X', [0x02 | 0x0c, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    const anim = p.riffChunk('ANIM', [0, 0, 0, 0, 0, 0]);
    const framed = (...more: Uint8Array[]) => p.riffChunk('ANMF', new Uint8Array(16), vp8, ...more);
    const told = p.riff(head, anim, framed(p.riffChunk('tell', p.PLACE)), p.riffChunk('EXIF', p.tiff()));
    const plain = p.riff(p.riffChunk('VP8X', [0x02, 0, 0, 0, 7, 0, 0, 7, 0, 0]), anim, framed());
    expect([...clean(told)]).toEqual([...plain]);
  });

  it('PNG: an animation stays one', () => {
    const control = p.pngChunk('acTL', [0, 0, 0, 1, 0, 0, 0, 0]);
    expect(holds(clean(p.png(8, 8, control, p.pngChunk('tEXt', 'a\0b'))), 'acTL')).toBe(true);
  });
});

describe('refused in words', () => {
  it.each([
    ['JPEG', p.jpegTelling(6)],
    ['PNG', p.pngTelling()],
    ['WebP', p.webpTelling()],
  ])('%s: cut off anywhere before its end', (_what, bytes) => {
    const end = clean(bytes).length;
    for (let length = 16; length < Math.min(end, bytes.length) - 1; length += 7)
      refused(bytes.subarray(0, length));
  });

  it('AVIF: cut off anywhere', () => {
    const bytes = p.avif();
    for (let length = 16; length < bytes.length; length += 3) refused(bytes.subarray(0, length));
  });

  it.each([
    ['JPEG without a picture', p.join([0xff, 0xd8, 0xff, 0xd9])],
    ['JPEG that is all comment', p.join([0xff, 0xd8], p.segment(0xfe, p.PLACE), [0xff, 0xd9])],
    ['JPEG with words between its parts', p.join(p.jpeg.subarray(0, 20), '<script>', p.jpeg.subarray(20))],
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
    [
      'WebP that is shorter than it says',
      (() => {
        const b = p.webp.slice();
        b[5]!++;
        return b;
      })(),
    ],
    ['WebP without a picture', p.riff(p.riffChunk('VP8X', [0, 0, 0, 0, 7, 0, 0, 7, 0, 0]))],
    [
      'WebP with two pictures',
      p.riff(p.riffChunk('VP8X', [0, 0, 0, 0, 7, 0, 0, 7, 0, 0]), p.webp.subarray(-46), p.webp.subarray(-46)),
    ],
    ['WebP that begins with its Exif', p.riff(p.riffChunk('EXIF', p.tiff()))],
    ['WebP with a part beyond its end', p.riff(p.join('VP8 ', [255, 255, 0, 0], p.PLACE))],
    ['AVIF without anything', p.FTYP],
    ['AVIF whose picture lies behind the end', p.avif({ length: 1_000 })],
    ['AVIF whose Exif is its picture', p.avif({ metadata: true, exifAt: 4 })],
    ['AVIF made of other items', p.avif({ method: 2 })],
    ['AVIF that says it lies in a box that is not there', p.avif({ method: 1 })],
    ['AVIF that is a film', p.avif({ more: [p.box('moov', p.PLACE)] })],
    ['AVIF with two descriptions', p.avif({ more: [p.box('meta', [0, 0, 0, 0])] })],
  ] as [string, Uint8Array][])('%s', (_what, bytes) => refused(bytes));

  it('no picture makes us fall over: every byte of each set to something else', () => {
    for (const whole of [p.jpegTelling(6), p.pngTelling(), p.webpTelling(), p.avif({ metadata: true })])
      for (let at = 12; at < whole.length; at++)
        for (const value of [0, 0x7f, 0xff]) {
          const bytes = whole.slice();
          bytes[at] = value;
          const type = blobs.sniff(bytes);
          if (!blobs.isPicture(type)) continue;
          try {
            blobs.withoutMetadata(bytes, type);
          } catch (error) {
            expect(error).toMatchObject({ name: 'Refusal' });
          }
        }
  });
});

describe('names', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['C:\\fakepath\\plan.pdf', 'plan.pdf'],
    ['/', 'file'],
    ['', 'file'],
    ['...', 'file'],
    ['. . .', 'file'],
    ['.htaccess', 'htaccess'],
    ['cod\u202egpj.exe', 'codgpj.exe'],
    ['\u2066a\u2069\u200b\u200d\ufeff.txt', 'a.txt'],
    ['\u3164\u115f', 'file'],
    ['a\u0000b\u001bc\u0085.txt', 'abc.txt'],
    ['a\r\nSet-Cookie: x=1', 'a Set-Cookie: x=1'],
    ['a\u2028b', 'a b'],
    ['  spaced   out .txt ', 'spaced out .txt'],
    ['dots at the end...', 'dots at the end'],
    [`a${'.'.repeat(200_000)}a`, 'a.a'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['LPT1.tar.gz', '_LPT1.tar.gz'],
    ['nul .txt', '_nul .txt'],
    ['com¹.log', '_com¹.log'],
    ['CONOUT$', '_CONOUT$'],
    ['console.txt', 'console.txt'],
    ['e\u0301te\u0301.txt', 'été.txt'],
    ['報告書（最終）.xlsx', '報告書（最終）.xlsx'],
    ['🎉 party 🎈.png', '🎉 party 🎈.png'],
    ['\ud800half.txt', 'half.txt'],
    ['a"b;c.txt', 'a"b;c.txt'],
    ['\u{e0041}\u{e0042}tag.txt', 'tag.txt'],
  ])('%j becomes %j', (name, safe) => expect(blobs.safeName(name)).toBe(safe));

  const bytes = (name: string) => new TextEncoder().encode(name).length;

  it.each([
    ['letters', `${'x'.repeat(500)}.pdf`, /^x+\.pdf$/],
    ['kanji', `${'報'.repeat(120)}.xlsx`, /^報+\.xlsx$/],
    ['emoji', `${'🎉'.repeat(300)}.tar.gz`, /^(🎉)+\.gz$/u],
    ['families', `${'👨‍👩‍👧‍👦'.repeat(40)}.png`, /^(👨‍👩‍👧‍👦)+\.png$/u],
    ['flags', `${'🇯🇵'.repeat(80)}.png`, /^(🇯🇵)+\.png$/u],
    ['accents', `${'x\u0301\u0323'.repeat(150)}.txt`, /^(x\u0323\u0301)+\.txt$/u],
    ['hangul', `${'각'.normalize('NFD').repeat(120)}.hwp`, /^각+\.hwp$/u],
    ['a long word behind the dot', `${'x'.repeat(200)}.${'y'.repeat(200)}`, /^x{200}\.y{39}$/],
    ['kanji behind the dot', `${'x'.repeat(300)}.${'書'.repeat(15)}`, /^x{194}\.書{15}$/u],
    ['one letter with 900 accents', `a${'\u0323'.repeat(900)}.txt`, /^ạ\u0323+\.txt$/u],
    ['a blank where it is cut', `${'x'.repeat(239)} ${'y'.repeat(50)}`, /^x{239}$/],
  ])(
    'a long name is 240 bytes at most, keeps its ending, and no half of a character: %s',
    (_, name, looks) => {
      const safe = blobs.safeName(name);
      expect(safe).toMatch(looks);
      expect(bytes(safe)).toBeLessThanOrEqual(240);
      expect(bytes(safe)).toBeGreaterThan(200);
      expect(blobs.safeName(safe)).toBe(safe);
    },
  );

  it.each([
    ['could be spelt without', 'a\u200db\u200c.txt', 'ab.txt'],
    ['Persian', 'می\u200cخواهم.pdf', 'می\u200cخواهم.pdf'],
    ['Hindi', 'क्\u200dष.pdf', 'क्\u200dष.pdf'],
    ['a family', '👨‍👩‍👧.png', '👨‍👩‍👧.png'],
    ['a heart', '❤️.png', '❤️.png'],
    ["a kanji's variant", '葛\u{e0100}.txt', '葛\u{e0100}.txt'],
    ['a variant of nothing', '\ufe0f\u{e0100}x.txt', 'x.txt'],
    ['braille without dots', '\u2800\u2800.\u2800', 'file'],
    ['noncharacters', '\uffff\ufdd0a.txt', 'a.txt'],
  ])('invisible characters stay only where spelling needs them: %s', (_, name, safe) =>
    expect(blobs.safeName(name)).toBe(safe),
  );

  // 41 s for 200,000 dots, once: a pattern that began anew at each of them.
  it.each([
    ['dots', (n: number) => `a${'.'.repeat(n)}a`],
    ['blanks', (n: number) => `a${' '.repeat(n)}a`],
    ['blanks and dots', (n: number) => `a${' .'.repeat(n / 2)}a`],
    ['zero width', (n: number) => `a${'\u200d'.repeat(n)}a`],
    ['accents out of order', (n: number) => `a${'\u0323\u0301'.repeat(n / 2)}a`],
    ['slashes', (n: number) => `a${'/\\'.repeat(n / 2)}a`],
    ['half surrogates', (n: number) => '\ud800'.repeat(n)],
    ['emoji', (n: number) => '👨‍👩‍👧'.repeat(n / 8)],
  ])('a name of 1 MB costs no more than reading it: %s', (_, made) => {
    const name = made(1_000_000);
    const began = performance.now();
    for (let i = 0; i < 20; i++) blobs.safeName(name);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('a safe name stays as it is', () => {
    for (const name of ['../../x', 'CON', '🎉'.repeat(300) + '.txt', 'a\u202eb'])
      expect(blobs.safeName(blobs.safeName(name))).toBe(blobs.safeName(name));
  });
});
