import { describe, expect, it } from 'vitest';
import { fold, foldWithMap, originalRange, sameWords } from './fold';

/** Seeded, so that a failure can be repeated. */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const alphabet = [
  ...'abcXYZ 019.,-+#@',
  ...['ß', 'ẞ', 'İ', 'ı', 'é', 'e\u0301', 'Ł', 'Æ', 'ﬁ', 'ŉ', '½', '™', '…', 'Ａ', '\u00a0', '\u3000', '\n', '\t'],
  ...['Σ', 'ς', 'ά', 'Ё', 'й', 'и\u0306', 'Ў', 'が', 'か\u3099', 'ｶﾞ', 'ﾃ', 'ー', '会', '﨑', '㍿', '가', '각'],
  ...['\u1100\u1161', '\u1100\u1161\u11a8', 'ㅋ', 'ﾡ', 'ที', 'น้ำ', 'க்ஷி', 'ကို', 'ខ្មែរ', 'שָׁ', 'مُ', 'ـ', 'أ', 'ا', '\u0654', 'ى', 'ی', 'ئ', 'न', 'द', '\u094d', '\u093c', 'ज', 'ड़', '\u0301', '\ud800'],
  ...['👍', '👍🏽', '👩‍💻', '❤️', '🇯🇵', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '’', '‘', 'ʼ', '‐', '—', '−', '\u200b', '\u00ad', '\u202e', '\u200d', '\ufe0f', '\0'],
]; // prettier-ignore
const texts = (seed: number, count: number, length: number) => {
  const next = random(seed);
  return Array.from({ length: count }, () =>
    Array.from(
      { length: Math.floor(next() * length) },
      () => alphabet[Math.floor(next() * alphabet.length)],
    ).join(''),
  );
};

describe('what a reader takes for the same word folds to the same', () => {
  it.each([
    ['case', 'HARBOUR', 'harbour'],
    ['sharp s', 'Straße', 'STRASSE'],
    ['capital sharp s', 'STRAẞE', 'strasse'],
    ['final sigma', 'ΟΔΥΣΣΕΥΣ', 'Οδυσσεύς'],
    ['Greek accents', 'Αθήνα', 'ΑΘΗΝΑ'],
    ['Greek breathings and iota', 'ᾠδή', 'ωδη'],
    ['ё', 'Ёлка', 'елка'],
    ['a stressed Russian vowel', 'за́мок', 'замок'],
    ['dotted and dotless i', 'İSTANBUL', 'istanbul'],
    ['dotless i', 'ısı', 'ISI'],
    ['Polish', 'Łódź', 'lodz'],
    ['Danish', 'Ærø Sø', 'aero so'],
    ['French', 'Œuvre à Noël', 'oeuvre a noel'],
    ['Icelandic', 'Þórður Guðmundsson', 'thordur gudmundsson'],
    ['Croatian', 'Đorđe', 'dorde'],
    ['Maltese', 'Ħamrun', 'hamrun'],
    ['Vietnamese', 'Nguyễn Đức Thắng', 'nguyen duc thang'],
    ['composed and decomposed', 'Müller', 'Mu\u0308ller'],
    ['ligatures', 'ﬁle eﬀect', 'file effect'],
    ['apostrophes', 'Siobhán O’Neill', "SIOBHAN O'NEILL"],
    [
      'more apostrophes',
      'OʼNeill O‘Neill O＇Neill O`Neill O´Neill',
      "o'neill o'neill o'neill o'neill o'neill",
    ],
    ['dashes', 'Jean‐Luc Jean–Luc Jean‑Luc Jean−Luc', 'jean-luc jean-luc jean-luc jean-luc'],
    ['white space', 'Ann\u00a0\u2009Lee\u3000\tRoe', 'ann lee roe'],
    ['invisible characters', '\u200bKo\u00adwal\u2060ski\u202e', 'kowalski'],
    ['full width', 'ＦＯＹＥＲ　２０２６', 'foyer 2026'],
    ['kana widths', 'ﾃｽﾄ', 'テスト'],
    ['kana widths with voicing', 'ﾊﾟｰﾃｨｰｸﾞｯｽﾞ', 'パーティーグッズ'],
    ['kana, composed and not', 'か\u3099', 'が'],
    ['kana with a mark that stands alone', 'ハ゜', 'パ'],
    ['squared words', '㍿', '株式会社'],
    ['Chinese of compatibility', '\uf9d8', '律'],
    ['variants of a character', '葛\u{e0100}', '葛'],
    ['wave dashes', '1〜2', '1～2'],
    ['Korean letters', '\u1112\u116c\u110b\u1174', '회의'],
    ['half-width Korean', 'ﾻￊ', 'ㅋㅕ'],
    ['Arabic vowels and stretched words', 'مُحَـمَّد', 'محمد'],
    ['Arabic alef, with a hamza or without', 'أحمد إسلام آمال ٱلله', 'احمد اسلام امال الله'],
    ['an Arabic hamza of its own sign', 'ا\u0654حمد', 'احمد'],
    ['Arabic yeh', 'موسى علی', 'موسي علي'],
    ['Arabic kaf', 'کتاب', 'كتاب'],
    ['Arabic heh at the end', 'فاطمة', 'فاطمه'],
    ['Hindi nasals', 'हिन्दी अङ्क पञ्च घण्टा सम्बन्ध', 'हिंदी अंक पंच घंटा संबंध'],
    ['a Hindi nasal and an invisible joiner', 'हिन्\u200dदी', 'हिंदी'],
    ['Hindi nasal vowels', 'हँसी', 'हंसी'],
    ['dots of Hindi, in one sign or two', 'ज़मीन \u095eिल्म', 'जमीन फिल्म'],
    ['Hebrew points', 'שָׁלוֹם', 'שלום'],
    ['Georgian', 'ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ', 'საქართველო'],
    ['Armenian', 'ԵՐԵՎԱՆ', 'երևան'.replace('և', 'եվ')],
    ['an emoji in colour', '❤️', '❤'],
    ['a key in colour', '1️⃣', '1⃣'],
    ['Thai signs in either order', 'นํ้า', 'น้ำ'],
    ['controls', 'har\0bour', 'harbour'],
  ])('%s: %s is %s', (_, a, b) => {
    expect(fold(a)).toBe(fold(b));
    expect(sameWords(` ${a} `, b)).toBe(true);
  });

  it.each([
    ['kana voicing', 'か', 'が'],
    ['kana half-voicing', 'ハ', 'パ'],
    ['hiragana and katakana', 'てすと', 'テスト'],
    ['small kana', 'つ', 'っ'],
    ['a Russian vowel and й', 'бои', 'бой'],
    ['Belarusian ў', 'у', 'ў'],
    ['Hindi vowels', 'कि', 'की'],
    ['Hindi without vowel', 'क', 'कि'],
    ['a Hindi nasal before another one', 'जन्म', 'जंम'],
    ['Hindi letters with a dot of their own', 'सड़क', 'सडक'],
    ['Arabic waw with a hamza', 'مسؤول', 'مسوول'],
    ['Arabic yeh with a hamza', 'سائل', 'سايل'],
    ['an Arabic hamza that stands alone', 'ماء', 'ما'],
    ['Urdu aspirates', 'بھ', 'به'],
    ['digits of other scripts', '٣', '3'],
    ['Thai vowels', 'ที', 'ทิ'],
    ['Thai tones', 'มา', 'ม้า'],
    ['Tamil', 'க்', 'க'],
    ['signs', 'C++', 'C'],
    ['a negated sign', '≠', '='],
    ['emoji', '👍', '👎'],
    ['joined emoji', '👩‍💻', '👩💻'],
    ['flags', '🇯🇵', '🇵🇯'],
    ['flags of tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['skin tones', '👍🏽', '👍🏿'],
    ['a key and its number', '1️⃣', '1'],
    ['a grave that marks code and an apostrophe', '`x`', "'x'"],
  ])('%s: %s is not %s', (_, a, b) => expect(fold(a)).not.toBe(fold(b)));
});

describe('for any text', () => {
  const all = [...texts(1, 1_500, 24), ...texts(2, 30, 400)];
  it('folded once is folded', () => {
    for (const text of all) expect(fold(fold(text)), JSON.stringify(text)).toBe(fold(text));
    const other: string[] = [];
    for (let code = 0; code <= 0x1ffff; code++) {
      if (code === 0x4e00) code = 0xa000;
      if (code === 0xac00) code = 0xf8ff;
      const once = fold(String.fromCodePoint(code));
      if (fold(once) !== once) other.push(`U+${code.toString(16)}: ${once}`);
    }
    expect(other).toEqual([]);
  });
  it('composed or not makes no difference', () => {
    for (const text of all)
      for (const form of ['NFC', 'NFD'] as const)
        expect(fold(text.toWellFormed().normalize(form)), JSON.stringify(text)).toBe(fold(text));
  });
  it('case makes no difference', () => {
    for (const text of all) {
      expect(fold(text.toLowerCase()), JSON.stringify(text)).toBe(fold(text));
      expect(fold(text.toUpperCase()), JSON.stringify(text)).toBe(fold(text));
    }
  });
  it('is the same with and without places', () => {
    for (const text of all) {
      const { folded, start, end } = foldWithMap(text);
      expect(folded).toBe(fold(text));
      expect([start.length, end.length]).toEqual([folded.length, folded.length]);
    }
  });
  it('places go up, stay inside, and cut no character', () => {
    for (const text of all) {
      const whole = foldWithMap(text);
      const cuts = new Set([text.length]);
      for (const { index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text))
        cuts.add(index);
      for (let i = 0; i < whole.folded.length; i++) {
        const [from, to] = originalRange(whole, i, i + 1);
        expect(from).toBeLessThan(to);
        expect(from).toBeGreaterThanOrEqual(whole.start[i - 1] ?? 0);
        expect(to).toBeLessThanOrEqual(text.length);
        // Only visible characters must stay whole.
        if (/[\p{L}\p{M}\p{Extended_Pictographic}]/u.test(whole.folded[i]!))
          for (const place of [from, to])
            expect(/^[\p{M}]/u.test(text.slice(place)) && place === to, JSON.stringify(text)).toBe(false);
      }
    }
  });
  it('the range of a whole text is the text, but for what is invisible at its ends', () => {
    for (const text of all) {
      const whole = foldWithMap(text);
      if (!whole.folded) continue;
      const [from, to] = originalRange(whole, 0, whole.folded.length);
      expect(fold(text.slice(from, to))).toBe(whole.folded);
    }
  });
});

it('a range of the fold leads back to whole characters', () => {
  const found = (text: string, sought: string) => {
    const whole = foldWithMap(text);
    const at = whole.folded.indexOf(fold(sought));
    const [from, to] = originalRange(whole, at, at + fold(sought).length);
    return text.slice(from, to);
  };
  expect(found('Große Straße 4', 'strasse')).toBe('Straße');
  expect(found('Große Straße 4', 'stras')).toBe('Straß');
  expect(found('bei Mu\u0308ller & Co', 'muller')).toBe('Mu\u0308ller');
  expect(found('Frau Kowal\u00adska!', 'kowalska')).toBe('Kowal\u00adska');
  expect(found('㍿テスト', '会社')).toBe('㍿');
  expect(found('ﾊﾟｰﾃｨｰ', 'パ')).toBe('ﾊﾟ');
  expect(found('Hi 👩‍💻!', '👩')).toBe('👩‍💻');
  expect(found('ΑΘΗΝΑ Αθήνα', 'αθηνα')).toBe('ΑΘΗΝΑ');
  expect(found('قال أَحْمَد أمس', 'احمد')).toBe('أَحْمَد');
  expect(found('वह हिन्दी है', 'हिंदी')).toBe('हिन्दी');
  expect(found('Ann \u00a0 Lee', 'ann lee')).toBe('Ann \u00a0 Lee');
});

it('takes time in proportion to the text, whatever the text', () => {
  const worst = [
    'x',
    'ß',
    'é',
    '\u0301\u0316',
    'a\u0301',
    '\u200b',
    'a\u200b',
    'か\u3099',
    'ﾊﾟ',
    '👩‍',
    '👍🏽',
    '🇯',
    '`a',
    '’',
    ' \u200b',
    '\u1100\u1161',
    'ﷺ',
    '会',
    'ท้',
    '\ud800',
    '\0',
    '\u0591\u05b0',
    'ا\u0654',
    'न्द',
    'न्',
    'ज\u093c',
  ];
  for (const piece of worst) {
    const time = (n: number) => {
      const text = `a${piece.repeat(Math.ceil(n / piece.length))}`;
      const began = performance.now();
      fold(text);
      foldWithMap(text);
      return performance.now() - began;
    };
    time(1_000);
    const few = time(12_500);
    const limit = few * 24 + 300;
    let many = time(100_000);
    // Measured again, because the machine may be busy.
    for (let again = 0; again < 4 && many > limit; again++) many = Math.min(many, time(100_000));
    expect(many, `${JSON.stringify(piece)}: ${few} ms, then ${many} ms`).toBeLessThanOrEqual(limit);
  }
}, 30_000);
