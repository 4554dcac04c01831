import { describe, expect, it } from 'vitest';
import { characters, firstCharacters, manyLines, oneLine, shows } from './text';

describe('a name or title can be seen', () => {
  it.each([
    ['two blanks', 'Ann  Lee', 'Ann Lee'],
    ['blanks of every kind', '\u3000Ann\u00a0\u2009\u2007Lee\t\u205f', 'Ann Lee'],
    ['Braille blanks', '\u2800Ann\u2800\u2800Lee', 'Ann Lee'],
    ['line breaks and control characters', 'Ann\r\nLee\u0000\u001b\u0085\u2028\u2029', 'Ann Lee'],
    ['what turns the line around', '\u202eKowalski neB\u202c', 'Kowalski neB'],
    ['marks of direction', '\u200fAnn\u200e \u061cLee\u2066\u2069', 'Ann Lee'],
    ['zero width', 'A\u200bn\u2060n\ufeff L\u00adee', 'Ann Lee'],
    ['an invisible character between blanks', 'Ann \u200b Lee', 'Ann Lee'],
    ['a joiner where nothing joins', 'An\u200dn\u200c Lee\u200d', 'Ann Lee'],
    ['a selector of nothing', 'An\ufe0fn L\u{e0101}ee1\ufe0f', 'Ann Lee1'],
    ['tags', 'Ann\u{e0041}\u{e0042}\u{e007f}', 'Ann'],
    ['private use', '\ue000Ann\u{f0000}\u{10fffd}', 'Ann'],
    ['no characters', 'Ann\uffff\u{1fffe}\ufdd0', 'Ann'],
    ['fillers of Hangul', 'Ann\u3164\u115f\u1160\uffa0', 'Ann'],
    ['marks without a letter', '\u0301\u0301 Ann', 'Ann'],
    ['a letter in pieces', 'Zoe\u0308', 'Zoë'],
    ['a letter in pieces with something invisible between', 'Zoe\u034f\u0308', 'Zoë'],
  ])('%s', (_, typed, kept) => expect(oneLine(typed)).toBe(kept));

  // Not in a table: vitest cannot report such text in a test's name.
  it('halves of pairs', () => {
    expect([oneLine('\ud83dAnn\ude00'), oneLine('\ud800'), manyLines('\ude00 ')]).toEqual(['Ann', '', '']);
  });

  it('not more than eight marks stand on one letter', () => {
    expect(oneLine(`Z\u0335${'\u0321'.repeat(500)}oe`)).toBe(`Z\u0335${'\u0321'.repeat(7)}oe`);
  });

  it.each([
    ['emoji of several people', '👩‍👩‍👧‍👦 👩🏽‍💻 ❤️‍🔥 🏃🏽‍♀️'],
    ['emoji style, keycaps, flags', '❤️ ☎︎ 1️⃣ 🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈'],
    ['Persian', 'می‌خواهم علی‌رضا'],
    ['Hindi, Bengali, Sinhala', 'क्‍ष र्‍य শ্রী ශ්‍රී'],
    ['Malayalam with a joiner at its end', 'അവന്\u200d'],
    ['a variant of a kanji', '葛\u{e0100}城 辻\u{e0101}'],
    ['Mongolian', 'ᠰᠡᠢ\u180bᠨ'],
    ['right to left', 'ليلى حدّاد'],
    ['Thai and Vietnamese', 'ที่นี่ Nguyễn Thị'],
    ['apostrophes and signs', "Siobhán O'Neill & Søn (2) — №5"],
    ['a character newer than this engine knows', 'Ann \u{38000}'],
  ])('what writing needs stays: %s', (_, text) => expect(oneLine(text)).toBe(text));

  it.each([
    '',
    ' \n\t',
    '\u200b',
    ' \u200b ',
    '\u202e',
    '\u3164',
    '\u115f\u1160',
    '\u2800',
    '\u0301\u0302',
    '\ufe0f',
    '\u{e0041}\u{e007f}',
    '\u00ad',
    '\u034f',
    '\ue000',
    '\u{38000}',
    '\u{1d159}',
    '\u180e',
    '\u200d\u200d',
    '\ufffc',
  ])('%j shows nothing', (text) => {
    expect(oneLine(text)).toBe('');
    expect(shows(text)).toBe(false);
    expect(manyLines(text)).toBe('');
  });

  it.each(['.', '李', '😀', '❤️', 'é', '①', '½', '🇯🇵', '\ufffd'])('%j is something', (text) => {
    expect(oneLine(text)).toBe(text);
    expect(manyLines(text)).toBe(text);
  });

  it('what was cleaned once is clean', () => {
    const pieces = ['A', ' ', '\u200d', '\u200c', '\ufe0f', '😀', '\u0301', '\u094d', 'क', 'م', '\u061c', '\u180b', '\u180e', '🏴', '\u{e0067}', '\u{e007f}', '1', '\u20e3', '葛', '\u{e0100}', '\u202e', '\u2800', '\ud83d', '\ude00', '\u1100', '\u1161', '\u0958']; // prettier-ignore
    let seed = 7;
    const next = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let i = 0; i < 40_000; i++) {
      const text = Array.from({ length: next(24) }, () => pieces[next(pieces.length)]!).join('');
      const once = oneLine(text);
      const said = JSON.stringify(text); // halves of pairs escaped: the runner cannot report them
      expect([said, oneLine(once)]).toEqual([said, once]);
      expect(once).not.toMatch(/\p{Bidi_Control}|\s\s|^\s|\s$|\p{Cs}/u);
    }
  });
});

describe('a longer text keeps its characters', () => {
  it('also invisible ones, but no control characters', () => {
    expect(manyLines('  a\u200b\u202eb  c\r\nd\re\u0000\u001bf\tg \n')).toBe('a\u200b\u202eb  c\nd\nef\tg');
  });
});

describe('lengths are in code points', () => {
  it('one emoji is one, and is never cut in two', () => {
    expect([characters('😀é葛'), characters(''), characters('\ud83d'), characters('\ude00😀')]).toEqual([
      3, 0, 1, 2,
    ]);
    expect([firstCharacters('a😀b', 2), firstCharacters('a😀b', 9), firstCharacters('😀😀', 1)]).toEqual([
      'a😀',
      'a😀b',
      '😀',
    ]);
  });
});

describe('a text costs its length, whatever stands in it', () => {
  const worst = [' ', '\u200b', '\u0301', '\u200d', '\ufe0f', '😀\u200d', 'a ', '\u094d\u200d', '🏴\u{e0067}', '\u{e0067}', ' \u200b', '\r', '\ud83d', '\u0301\u200d']; // prettier-ignore
  const time = (piece: string, size: number) => {
    const text = `a${piece.repeat(size / piece.length)}a`;
    const begun = performance.now();
    oneLine(text);
    manyLines(text);
    characters(text);
    return performance.now() - begun;
  };
  it('twenty times the length is about twenty times the work', () => {
    for (const piece of worst) {
      time(piece, 5_000);
      const [short, long] = [time(piece, 5_000), time(piece, 100_000)];
      expect([worst.indexOf(piece), long < Math.max(800, 60 * short)]).toEqual([worst.indexOf(piece), true]);
    }
  }, 60_000);
});
