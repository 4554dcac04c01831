// What could be read as a hidden guest's name: examples, and the strongest rule. In the rendered text, no @ is followed by the
// letters of a hidden name.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../fold';
import * as markdown from '../markdown';
import { calls, find, isLaidAside, without, type Nameable } from './grammar';

const person = (name: string, email = '', guest = true): Nameable => ({ id: name, name, email, guest });
const crowd = [
  person('Hanako Sato', 'hanako@secret.example'),
  person('Jane Doe', 'jane@xn--bcher-kva.example'),
  person('आशा राव'),
  person('山田花子', 'yamada@xn--r8jz45g.xn--zckzah'),
  person('ジョン スミス'),
  person('สมชาย ใจดี'),
  person('佐藤'),
  person('Li'),
  person('Ben Okafor', 'ben@foyer.example', false),
  person('Ann', 'ann@foyer.example', false),
];
const hide = (text: string) => without(text, find(text, crowd), (m) => m.guest === true).text;
const told = (text: string) =>
  find(text, crowd).flatMap(({ id, name, at }) =>
    at.some(
      ([from, to, like]) =>
        !like && calls(text, { from, to }) && !isLaidAside(text.slice(from + 1, to), name),
    )
      ? [id]
      : [],
  );

describe('a person has one set of written forms', () => {
  it.each([
    '@jane@bücher.example',
    '@jane@xn--bcher-kva.example',
    '@jane@BÜCHER.example',
    '＠JANE＠bücher.example',
    '@jane@bu\u0308cher.example',
    '@jane@Xn--Bcher-Kva.Example',
    'Hello @Ben Okafor and @jane@bücher.example today',
    '@yamada@例え.テスト',
    '@yamada@例え。テスト',
  ])('an international address names and hides: %s', (text) => {
    expect(hide(text)).not.toMatch(/jane|yamada|cher|例え/i);
  });
  it('and who is called by it is told', () => {
    expect(told('@jane@bücher.example, @yamada@例え.テスト')).toEqual(['Jane Doe', '山田花子']);
    expect(told('@jane@bücher.examples @jane@bucher.example.org')).toEqual([]);
  });
});

describe('whether something is an address, the rule of addresses says', () => {
  it.each([
    ['資料は@佐藤．よろしくお願いします', '資料は@…．よろしくお願いします'],
    ['担当は@佐藤．至急', '担当は@…．至急'],
    ['よろしく@佐藤.です', 'よろしく@….です'],
    ['よろしく@佐藤.jp', 'よろしく@….jp'],
    ['Thanks@Hanako Sato.See you', 'Thanks@….See you'],
    ['cc:me@Hanako Sato.de', 'cc:me@….de'],
    ['cc:me@Hanako Sato．de', 'cc:me@…．de'],
    ['Thanks@Li.See you', 'Thanks@….See you'],
    ['info@li.example', 'info@li.example'],
    ['info@hanako-sato.example', 'info@hanako-sato.example'],
    ['info@hanakosato.example', 'info@hanakosato.example'],
    ['x@li-consulting.example.com', 'x@li-consulting.example.com'],
    ['a@佐藤.jp', 'a@佐藤.jp'],
  ])('%s', (text, wanted) => expect(hide(text)).toBe(wanted));
});

describe('what a reader takes for a name is hidden, and calls nobody', () => {
  it.each([
    // Joined differently.
    ['@ Hanako Sato', '@…'],
    ['@Dr. Hanako Sato', '@…'],
    ['@Frau Prof. Dr. Hanako Sato', '@…'],
    ['@Sato Hanako', '@…'],
    ['@Sato, Hanako', '@…'],
    ['@Hana\u200bko **Sato**', '@…**'],
    ['@**Hana\u200bko** Sato', '@…'],
    ['@Hana\u200bko&nbsp;Sato', '@…'],
    ['@Hana\u115fko **Sato**', '@…**'],
    ['@Hanako<br>Sato', '@…'],
    ['@Hanako<br />Sato', '@…'],
    ['@Hanako – Sato', '@…'],
    ['@\u0301Hanako Sato', '@…'],
    ['@山田 花子', '@…'],
    ['@山田・花子', '@…'],
    ['@山 田\u3000花 子さん', '@…さん'],
    ['@ジョン・スミス', '@…'],
    ['@ジョンスミス様', '@…様'],
    ['@คุณสมชาย ใจดี', '@…'],
    ['@คุณ สมชาย ใจดีครับ', '@…ครับ'],
    // Endings.
    ['@आशा रावजी', '@…'],
    ['@Hanako Satoji', '@…'],
    ['@Jane Does Entwurf', '@… Entwurf'],
    ['@Hanako Satos Entwurf', '@… Entwurf'],
    ['@Hanako Satolla on', '@… on'],
    ['@Hanako Sato_bis', '@…_bis'],
    // Links.
    ['@[Hanako](https://x.example/a_(b)) Sato', '@…'],
    ['@[Hanako](/x "a (b)") Sato', '@…'],
    [`@[Hanako](/${'x'.repeat(900)}) Sato`, '@…'],
    ['[＠](\n/x)Hanako Sato', '[@…'],
    ['[@](</a )b>\n"t)")Hanako Sato', '[@…'],
    ['https://note.example/@Hanako%20Sato', 'https://note.example/@…'],
    ['https://note.example/%40Hanako%20Sato/x', 'https://note.example/@…/x'],
    ['[x](https://note.example/%EF%BC%A0Hanako+Sato)', '[x](https://note.example/@…)'],
    ['https://note.example/@%E4%BD%90%E8%97%A4', 'https://note.example/@…'],
  ])('%s', (text, wanted) => {
    expect(hide(text)).toBe(wanted);
    // In scripts without spaces, a name with other separators is still the name.
    if (!/^@(?:ジョンスミス|山)/.test(text)) expect(told(text)).toEqual([]);
  });
  it.each([
    '@Linus',
    '@Livia Satori',
    '@Hanako',
    '@Hanako\n\nSato',
    '@Hanako | Tom Sato',
    'Hanako Sato',
    '@Ben Okafor',
    '@Ann, Lee and Hanako Sato',
    '50%40 of it',
  ])('other words stay: %s', (text) => expect(hide(text)).toBe(text));
  it('who is plainly named in it reads on as named, and is told', () => {
    const all = [person('Ann', '', false), person('Ann Lee')];
    const text = '@Ann, Lee said';
    expect(find(text, all).map(({ id, at }) => [id, at.length])).toEqual([
      ['Ann Lee', 1],
      ['Ann', 1],
    ]);
    expect(without(text, find(text, all), (m) => m.guest === true).text).toBe('@… said');
    expect(without(text, find(text, all), () => false).text).toBe(text);
  });
  it('a longer name of somebody whom the reader sees stays', () => {
    const all = [
      person('Hana'),
      person('Hanako', '', false),
      person('Jo Hann'),
      person('Johanna', '', false),
    ];
    const text = '@Hanako and @Johanna, @Hanakos';
    expect(without(text, find(text, all), (m) => m.guest === true).text).toBe(text);
  });
});

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
function shownAs(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
/** The readable lines of a text, by block and cell, and its links' addresses. */
function read(text: string): string[] {
  const html = markdown.render(text);
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => shownAs(href!));
  const blocks = html
    // Lines of code stay lines.
    .replace(/<pre[^>]*>[^]*?<\/pre>/g, (code) => code.replace(/\n/g, '\u2029'))
    .replace(/<\/?(?:p|h\d|li|ul|ol|blockquote|pre|table|thead|tbody|tr|th|td|hr)\b[^>]*>/g, '\u2029')
    .replace(/<br>/g, ' ')
    .replace(/<[^<>]*>/g, '')
    .split('\u2029');
  return [...blocks, ...links].map((words) =>
    words.replace(/&(?:amp|lt|gt|quot);/g, (sign) => ENTITIES[sign]!),
  );
}
const letters = (words: string) => fold(words).replace(/[^\p{L}\p{N}@]/gu, '');
/** Names after an @, letter by letter, unless the word goes on. */
function readable(words: string, names: string[]): string[] {
  const folded = fold(words.replaceAll('@…', 'ꙮ '));
  return names.filter((name) => {
    for (let at = folded.indexOf('@'); at >= 0; at = folded.indexOf('@', at + 1)) {
      // Another person's address.
      if (
        /[\p{L}\p{N}._%+-]$/u.test(folded.slice(0, at)) &&
        /^[a-z0-9-]+\.[a-z]{2}/.test(folded.slice(at + 1))
      )
        continue;
      let [i, found] = [at + 1, ''];
      while (i < folded.length && found.length < letters(name).length) found += letters(folded[i++]!);
      if (found !== letters(name)) continue;
      const next = folded[i] ?? ' ';
      const apart = /\d$/.test(name) ? !/[\p{N}\p{L}]/u.test(next) : !/\p{L}/u.test(next);
      if (apart || (name.includes(' ') && !/\d$/.test(name))) return true;
    }
    return false;
  });
}

describe('rendered, stripped, folded and searched for, nothing of a hidden guest is left', () => {
  const names = ['Ann', 'Hanako Sato', '佐藤 花子', 'Łukasz Ó', 'Kim 2', 'Ann Lee', "O'Neill"];
  const piece = fc.constantFrom(
    ...[
      '@',
      '@',
      '@',
      '＠',
      '&#64;',
      ' ',
      ' ',
      '\n',
      '\n\n',
      '> ',
      '- ',
      '1. ',
      '# ',
      '`',
      '``',
      '\n```\n',
      '*',
      '**',
      '_',
      '__',
      '~~',
    ],
    ...[
      '[',
      ']',
      '(',
      ')',
      '](/x)',
      '](/x_(y))',
      '](\n/x "a)")',
      '][1]',
      '\n\n[1]: /x (t)\n\n',
      '![',
      '<',
      '>',
      '<b>',
      '<br>',
      '</b>',
      '\\',
    ],
    ...[
      '&nbsp;',
      '&shy;',
      '&amp;',
      '&#x48;',
      '\u200b',
      '\u115f',
      '\u00ad',
      '\u0301',
      '\t',
      '|',
      '\n|-|-|\n',
      '_',
      '-',
      '.',
      ',',
      '・',
      '/',
      'https://x.example/',
    ],
    ...[
      'https://x.example/@Hanako%20Sato',
      '%40',
      '%20',
      'x',
      's',
      '2',
      '...',
      '『',
      'さん',
      '😀',
      'www.',
      'mailto:',
      '@x.example',
    ],
  );
  const name = fc
    .constantFrom(...names)
    .chain((whole) =>
      fc
        .tuple(fc.constant(whole), fc.nat({ max: whole.length }), piece, fc.boolean())
        .map(([word, at, between, apart]) => (apart ? word.slice(0, at) + between + word.slice(at) : word)),
    );
  const text = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: piece },
        { weight: 2, arbitrary: name },
        { weight: 2, arbitrary: name.map((one) => `@${one}`) },
      ),
      {
        maxLength: 16,
      },
    )
    .map((pieces) => pieces.join(''));

  it.each([
    ['one guest', 1],
    ['several', names.length],
  ])('with %s', (_how, most) =>
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 1, maxLength: most }), text, (hidden, body) => {
        const people = hidden.map((one) => person(one, `${letters(one).slice(0, 2)}@secret.example`));
        const left = without(body, find(body, people), () => true).text;
        for (const line of read(left))
          expect(readable(line, hidden), JSON.stringify({ body, left, line })).toEqual([]);
      }),
      { seed: 20261126, numRuns: 3_000 },
    ),
  );
  it('also for one of several guests, who reads their own name', () =>
    fc.assert(
      fc.property(text, (body) => {
        const [me, ...others] = names;
        const people = names.map((one) => person(one));
        const left = without(body, find(body, people), (m) => m.id !== me).text;
        for (const line of read(left))
          expect(readable(line, others), JSON.stringify({ body, left, line })).toEqual([]);
      }),
      { seed: 20261126, numRuns: 3_000 },
    ));
});
