import { describe, expect, it } from 'vitest';
import * as p from '../../../../tests/pictures';
import * as blobs from './index';

describe('the type is detected from the bytes', () => {
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
    ['an HEIC', p.box('ftyp', 'heic', [0, 0, 0, 0], 'mif1heic'), 'image/heic'],
    ['an AVIF that is an HEIF besides', p.box('ftyp', 'mif1', [0, 0, 0, 0], 'mif1avif'), 'image/avif'],
    ['an MP4', p.box('ftyp', 'isom', [0, 0, 0, 0], 'isomavc1'), 'application/octet-stream'],
    ['nothing', new Uint8Array(), 'application/octet-stream'],
    ['two bytes of a JPEG', p.jpeg.subarray(0, 2), 'application/octet-stream'],
    ['a PDF that begins later', p.text('\n%PDF-1.7'), 'application/octet-stream'],
  ])('%s', (_what, bytes, type) => expect(blobs.detectType(bytes)).toBe(type));
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

  // 41 s for 200,000 dots, with a pattern that started again at each.
  it.each([
    ['dots', (n: number) => `a${'.'.repeat(n)}a`],
    ['blanks', (n: number) => `a${' '.repeat(n)}a`],
    ['blanks and dots', (n: number) => `a${' .'.repeat(n / 2)}a`],
    ['zero width', (n: number) => `a${'\u200d'.repeat(n)}a`],
    ['accents out of order', (n: number) => `a${'\u0323\u0301'.repeat(n / 2)}a`],
    ['slashes', (n: number) => `a${'/\\'.repeat(n / 2)}a`],
    ['half surrogates', (n: number) => '\ud800'.repeat(n)],
    ['emoji', (n: number) => '👨‍👩‍👧'.repeat(n / 8)],
  ])('a name of 1 MB takes no longer than reading it: %s', (_, made) => {
    const name = made(1_000_000);
    const began = performance.now();
    for (let i = 0; i < 20; i++) blobs.safeName(name);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('a safe name is not changed', () => {
    for (const name of ['../../x', 'CON', '🎉'.repeat(300) + '.txt', 'a\u202eb'])
      expect(blobs.safeName(blobs.safeName(name))).toBe(blobs.safeName(name));
  });
});
