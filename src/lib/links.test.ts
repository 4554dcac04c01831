import { describe, expect, it } from 'vitest';
import { read, write } from './links';

const url = 'https://x.example/a';

describe('a related link is read as people write it', () => {
  it.each([
    `Docs ${url}`,
    `Docs|${url}`,
    `Docs | ${url}`,
    `Docs, ${url}`,
    `Docs,${url}`,
    `Docs;${url}`,
    `Docs - ${url}`,
    `Docs – ${url}`,
    `Docs --- ${url}`,
    `Docs: ${url}`,
    `Docs:${url}`,
    `Docs：${url}`,
    `Docs = ${url}`,
    `Docs → ${url}`,
    `Docs\t${url}`,
    `\u200bDocs\u3000${url}\u200b`,
    `[Docs](${url})`,
    `[Docs](${url} "a title")`,
    `[Docs](<${url}>)`,
    `- [Docs](${url})`,
    `Docs (${url})`,
    `Docs <${url}>`,
    `"Docs","${url}"`,
    `"Docs" ; "${url}"`,
    `${url} Docs`,
    `${url}, Docs`,
    `${url} | Docs`,
    `${url}|Docs`,
    `* Docs ${url}`,
    `2. Docs ${url}`,
    `Docs ${url},`,
    `Docs,"${url}"`,
    `Docs; "${url}"`,
    `Docs "${url}"`,
    `Docs “${url}”`,
    `Docs „${url}“`,
    `Docs «${url}»`,
    `Docs ‘${url}’`,
    `Docs '${url}'`,
    `Docs「${url}」`,
    `Docs『${url}』。`,
    `Docs【${url}】`,
    `Docs《${url}》`,
    `“${url}” Docs`,
    `Docs “${url}”.`,
    `Docs ${url}」`,
    `Docs ${url}。`,
  ])('%j', (line) => expect(read(line)).toEqual({ title: 'Docs', url }));

  it.each([
    [`資料${url}`, '資料', url],
    [`資料「${url}」`, '資料', url],
    [`자료${url}`, '자료', url],
    [`「${url}」の資料`, 'の資料', url],
    ['https://x.exampleを見て', 'を見て', 'https://x.example'],
    ['https://x.example:8080입니다', '입니다', 'https://x.example:8080'],
    ['資料https://例え.テスト/道', '資料', 'https://例え.テスト/道'],
  ])('%j: beside a script without blanks, where its readers see it', (line, title, address) =>
    expect(read(line)).toEqual({ title, url: address }),
  );

  it.each([url, `<${url}>`, `- ${url}`, `${url};`, `[](${url})`])('%j: the host is its title', (line) =>
    expect(read(line)).toEqual({ title: 'x.example', url }),
  );

  it.each([
    'Docs',
    'Docs x.example',
    'Docs ftp://x.example',
    'Docs javascript:alert(1)',
    `see ${url} for more`,
    'Docs https://',
    `xhttps://x.example`,
    `Docs https://x.example/${'a'.repeat(2_000)}`,
    '[Docs](javascript:alert(1))',
  ])('%j is refused', (line) => expect(read(line)).toBeNull());

  it('an address keeps what is its own', () => {
    for (const own of [
      'https://web.archive.org/web/2020/https://x.example/',
      'https://x.example/?next=https://y.example/&a=b,c',
      'https://x.example/Foo_(bar)',
      'HTTP://x.example/%20?q=1#top',
      'https://例え.example/道',
      'https://ja.x.example/wiki/JR東日本',
      'https://ja.x.example/wiki/「道」の話',
      "https://x.example/o'neill",
    ])
      expect(read(`Docs ${own}`)).toEqual({ title: 'Docs', url: own });
  });
});

describe('a link is shown as a line that reads back the same', () => {
  it.each([
    ['Docs', url],
    ['x.example', url],
    ['Plan (draft)', url],
    ['"Plan" 2', url],
    ['A, B & C', url],
    ['Ends with:', url],
    ['- begins', url],
    ['1. First', url],
    ['Old https://y.example/ page', url],
    ['https://y.example/', url],
    ['[old] plan', url],
    ['日本語：説明', url],
    ['Docs', `${url},`],
    ['Docs', 'https://x.example/a|b'],
    ['a](b', url],
    ['24"', url],
    ['資料「', url],
    ['Docs “', url],
    ['Docs', 'https://x.example/「道」'],
    ['Docs', 'https://x.exampleを/'],
  ])('%s %s', (title, url) => expect(read(write({ title, url }))).toEqual({ title, url }));
});

it('a line costs its length, whatever stands in it', () => {
  for (const piece of [
    '-',
    ' ',
    '- ',
    ' -',
    'https://',
    'http',
    '[',
    '](',
    '"',
    '(',
    '|',
    'a:',
    'https://a ',
    'https://aを',
    '「https://a',
    '「',
    '”',
  ])
    for (const line of [piece.repeat(200_000 / piece.length), `a${piece.repeat(200_000 / piece.length)}a`]) {
      const begun = performance.now();
      read(line);
      expect([piece, performance.now() - begun < 400]).toEqual([piece, true]);
    }
});
