// Whom a text names, and that nothing of a hidden name remains: examples, and random texts and people.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../fold';
import * as markdown from '../markdown';
import { calls, find, formsOf, isLaidAside, without, type Nameable } from './grammar';
import type { Mention } from '../schema';

const person = (name: string, email = '', guest = false): Nameable => ({ id: name, name, email, guest });
const people = [
  person('Ben Okafor', 'ben@foyer.example'),
  { ...person('Ann', 'ann@foyer.example'), id: 'ann1' },
  { ...person('ann', 'ann@partner.example'), id: 'ann2' },
  person('田中', 'tanaka@partner.example'),
  person('田中太郎'),
  person('山田 花子', 'yamada@partner.example'),
  person('Éve', 'eve@partner.example'),
  person("Siobhán O'Neill"),
  person('Jean-Luc'),
  person('Kim (Acme)'),
  person('A<B'),
  person('J. R. R. Tolkien'),
  person('佐藤'),
  person('Hanako', 'hanako@partner.example', true),
  person('김민수'),
  person('ﾃｽﾄ'),
  person('สมชาย'),
];
/** Stretches and their owners. */
const called = (text: string) =>
  find(text, people).flatMap(({ id, name, at }) =>
    at.flatMap(([from, to, like]) =>
      !like && calls(text, { from, to }) && !isLaidAside(text.slice(from + 1, to), name)
        ? [`${text.slice(from, to)}=${id}`]
        : [],
    ),
  );
const ids = (text: string) => called(text).map((found) => found.slice(found.indexOf('=') + 1));

describe('whom a text names', () => {
  it.each([
    ['@ben okafor', 'Ben Okafor'],
    ['@BEN\u3000OKAFOR', 'Ben Okafor'],
    ['@Ben\u00a0Okafor', 'Ben Okafor'],
    ['＠Ben Okafor', 'Ben Okafor'],
    ['@Ben\u200b Okafor', 'Ben Okafor'],
    ['@E\u0301ve', 'Éve'],
    ['@Eve', 'Éve'],
    ['@Siobhán O’Neill', "Siobhán O'Neill"],
    ['@siobhan o`neill', "Siobhán O'Neill"],
    ['@Jean‑Luc', 'Jean-Luc'],
    ["@Jean-Luc's car", 'Jean-Luc'],
    ['@Jean-Luc’s car', 'Jean-Luc'],
    ['@Kim (Acme)', 'Kim (Acme)'],
    ['@A<B', 'A<B'],
    ['@J. R. R. Tolkien', 'J. R. R. Tolkien'],
    ['@佐藤さんお願いします', '佐藤'],
    ['@佐藤様', '佐藤'],
    ['@山田花子さん、', '山田 花子'],
    ['@山田 花子さん、', '山田 花子'],
    ['昨日@田中太郎さんに', '田中太郎'],
    ['@田中さん', '田中'],
    ['@Hanakoさん', 'Hanako'],
    ['＠Hanako様', 'Hanako'],
    ['@Hanako-san', 'Hanako'],
    ['@Hanakosan, hi', 'Hanako'],
    ['@Hanakoくん', 'Hanako'],
    ['@김민수씨', '김민수'],
    ['@김민수 님', '김민수'],
    ['@김민수님께', '김민수'],
    ['@テスト', 'ﾃｽﾄ'],
    ['@สมชายครับ', 'สมชาย'],
    ['@HANAKO@partner.example', 'Hanako'],
    ['@ｈａｎａｋｏ＠partner.example', 'Hanako'],
    ['(@Hanako)', 'Hanako'],
    ['@Hanako.', 'Hanako'],
    ['@Hanako_', 'Hanako'],
    ['_@Hanako_', 'Hanako'],
    ['**__@Ben Okafor__**', 'Ben Okafor'],
    ['ask _@Hanako_.', 'Hanako'],
    ['_@hanako@partner.example_', 'Hanako'],
    ['_@Hanako_さん', 'Hanako'],
    ['@**Ben Okafor**', 'Ben Okafor'],
    ['@_Hanako_', 'Hanako'],
    ['@Hanako²', 'Hanako'],
    ['@Hanako①', 'Hanako'],
    ['@Hanako™', 'Hanako'],
    ['@Hanako\\_', 'Hanako'],
    ['@Hanako_x', null],
    ['@Hanako_2', null],
    ['x_@Hanako', null],
    ['@Hanakos', null],
    ['@Hanako2', null],
    ['x@Hanako', null],
    ['x.@Hanako', null],
    ['a/@Hanako', null],
    ['\\@Hanako', null],
    ['@hanako@partner.example.org', null],
    ['@Ben\nOkafor', 'Ben Okafor'],
    ['@Ben \r\n  Okafor', 'Ben Okafor'],
    ['@Ben\n\nOkafor', null],
    ['@Ben&nbsp;Okafor', null],
    ['Hanako', null],
    ['', null],
  ])('%j: %s', (text, who) => expect(ids(text)).toEqual(who === null ? [] : [who]));

  const crowd = [
    person('Hanako Sato', 'h.sato@partner.example', true),
    person('Hanako'),
    person('Ann Lee', '', true),
    person('Annlee'),
    person('Anna Maria Roe'),
    person('J. R. R. Tolkien'),
    person('Jean-Luc Picard'),
    person('山田 太郎'),
    person('佐藤花子'),
    person('Ng'),
    person('Chi Ng Example'),
  ];
  it.each([
    ['@Hanako_Sato', 'Hanako Sato'],
    ['@HanakoSato, please', 'Hanako Sato'],
    ['@hanako.sato.', 'Hanako Sato'],
    ['@HANAKO-SATO', 'Hanako Sato'],
    ['@hanakosatoさん', 'Hanako Sato'],
    ['@Hanako_Sato-san', 'Hanako Sato'],
    ['@Hanako\\_Sato', 'Hanako Sato'],
    ['_@Hanako_Sato_', 'Hanako Sato'],
    ['@Hanako **Sato**', 'Hanako Sato'],
    ['@**Hanako Sato**', 'Hanako Sato'],
    ['**@Hanako** Sato', 'Hanako Sato'],
    ['**@Hanako** **Sato**', 'Hanako Sato'],
    ['@Hanako_**Sato**', 'Hanako Sato'],
    ['@*Hanako*_Sato_', 'Hanako Sato'],
    ['@Hana*ko Sa*to', 'Hanako Sato'],
    ['[@](/x)Hanako Sato', 'Hanako Sato'],
    ['[@](/x)[Hanako](/y)Sato', 'Hanako Sato'],
    ['[@Hanako](/x) Sato', 'Hanako Sato'],
    ['[@Hanako Sato][1]', 'Hanako Sato'],
    ['`@`Hanako Sato', 'Hanako Sato'],
    ['@Hanako\nSato', 'Hanako Sato'],
    ['@Ann Lee', 'Ann Lee'],
    ['@Annlee', 'Annlee'],
    ['@Ann_Lee', 'Ann Lee'],
    ['@AnnaMaria_Roe', 'Anna Maria Roe'],
    ['@Anna-Maria Roe', 'Anna Maria Roe'],
    ['@J.R.R.Tolkien', 'J. R. R. Tolkien'],
    ['@J.R.R. Tolkien', 'J. R. R. Tolkien'],
    ['@JRRTolkien', 'J. R. R. Tolkien'],
    ['@Jean Luc Picard', 'Jean-Luc Picard'],
    ['@jeanluc.picard', 'Jean-Luc Picard'],
    ['@山田太郎さん', '山田 太郎'],
    ['@山田_太郎', '山田 太郎'],
    ['@佐藤 花子さん', '佐藤花子'],
    ['@Hanako. Sato came', 'Hanako'],
    ['@Hanako_Satoh', null],
    ['@Hanako, Sato', 'Hanako'],
    ['@Hanako - Sato', 'Hanako'],
    ['@Hanako\n\nSato', 'Hanako'],
    ['@N_g', null],
    ['@N g', null],
    ['x@h_sato', null],
    ['@hsato@partner.example', null],
    ['info@chi.ng.example', null],
    ['info@chi-ng.example', null],
  ])('however its words are joined or marked up: %j is %s', (text, who) =>
    expect(
      find(text, crowd)
        .filter(({ at }) => at.some(([, , like]) => !like))
        .map(({ name }) => name),
    ).toEqual(who === null ? [] : [who]),
  );
  it('joined otherwise, it is told and marked as well; what only marks put together is only hidden', () => {
    const told = (text: string) =>
      find(text, crowd).flatMap(({ id, name, at }) =>
        at.some(
          ([from, to, like]) =>
            !like && calls(text, { from, to }) && !isLaidAside(text.slice(from + 1, to), name),
        )
          ? [id]
          : [],
      );
    expect(told('@Hanako_Sato')).toEqual(['Hanako Sato']);
    expect(told('@HanakoSato')).toEqual(['Hanako Sato']);
    expect(told('@Hanako **Sato**')).toEqual([]);
  });
  it('the longest name first; of the same name, all', () => {
    expect(ids('@田中太郎さん、@田中さん')).toEqual(['田中太郎', '田中']);
    expect(ids('@Ann')).toEqual(['ann1', 'ann2']);
    expect(ids('@Ann@partner.example, hello')).toEqual(['ann2']);
  });
  it('a name without its blank is the name, not the address', () => {
    expect(find('@山田花子', people)).toMatchObject([{ name: '山田 花子' }]);
  });
  it('each person once, with all their places, in UTF-16 units of the text', () => {
    const text = '😀 @Hanakoさん、\n> ＠HANAKO\n`@hanako@partner.example`';
    const [hanako] = find(text, people);
    expect(hanako).toMatchObject({ id: 'Hanako', name: 'Hanako', guest: true });
    expect(hanako!.at.map(([from, to]) => text.slice(from, to))).toEqual([
      '@Hanako',
      '＠HANAKO',
      '@hanako@partner.example',
    ]);
  });
});

describe('a text without somebody', () => {
  const hidden = (m: Mention) => m.guest === true;
  const hide = (text: string, mentions: Mention[] = find(text, people)) =>
    without(text, mentions, hidden).text;

  it.each([
    ['@Hanakoさん、どうぞ', '@…さん、どうぞ'],
    ['＠Hanako様', '@…様'],
    ['ask @hanako@partner.example.', 'ask @….'],
    ['`@Hanako` [@HANAKO](/x)', '`@…` [@…](/x)'],
    ['x@Hanako', 'x@…'],
    ['\\@Hanako', '\\@…'],
    ['https://x.example/@Hanako', 'https://x.example/@…'],
    ['@Hanako@other.example', '@…@other.example'],
    ['@Ben Okafor and @Hanako-san', '@Ben Okafor and @…-san'],
    ['info@hanako.example', 'info@hanako.example'],
    ['_@Hanako_ **_@Hanako_** __@Hanako__', '_@…_ **_@…_** __@…__'],
    ['_@hanako@partner.example_ _@Hanako_-san', '_@…_ _@…_-san'],
    ['@Hanako2 @Hanako² @Hanako① @Hanako_2 @Hanako™', '@…2 @…² @…① @…_2 @…™'],
    ['@Hanako\\_ \\_@Hanako\\_', '@…\\_ \\_@…\\_'],
    ['@**Hanako** @_Hanako_ @[Hanako](/x) @`Hanako` @\\Hanako', '@… @… @…](/x) @…` @…'],
    ['@<hanako@partner.example>', '@…>'],
    ['@Hanako_x', '@…_x'],
    ['&#64;Hanako &#x40;Hanako &commat;hanako', '@… @… @…'],
    ['@hanako&#64;partner&period;example', '@…'],
    ['@hanako\\@partner.example', '@…'],
  ])('%s', (text, wanted) => expect(hide(text)).toBe(wanted));
  it.each([
    'Bruno\nBeta',
    'Bruno  \r\n Beta',
    'Bruno\\\nBeta',
    'Bruno\n> Beta',
    'Bruno&nbsp;Beta',
    'Bruno&#32;&#x42;eta',
    '**Bruno Beta**',
    '**Bruno** _Beta_',
    '__Bruno Beta__',
    '*Bruno*&emsp;~~Beta~~',
    '[Bruno](https://x.example/) Beta',
    '[Bruno Beta][1]',
    '`Bruno` Beta',
    'Bruno\u200bBeta',
    'Bruno\u2800Beta',
    'Bruno\u3164Beta',
  ])('as it reads: @%j', (words) => {
    const crowd = [person('Bruno Beta', '', true), person('Bruno', '', true)];
    const text = `ask @${words} about it`;
    const found = find(text, crowd);
    expect(found.map(({ id, name }) => [id, name])).toEqual([['Bruno Beta', 'Bruno Beta']]);
    const { text: left } = without(text, found, hidden);
    expect(left).toMatch(/^ask @…/);
    expect(left).not.toContain('Beta');
    // Quoted later, when nobody has that name any more.
    expect(hide(`- ${text}`, find(`- ${text}`, formsOf(text, found)))).not.toContain('Beta');
  });
  it('a name ends with its paragraph', () => {
    const crowd = [person('Bruno Beta', '', true)];
    for (const gap of ['\n\n', '\n \n', '\r\n\r\n', '\n>\n> ', '\n\n> '])
      expect(find(`@Bruno${gap}Beta`, crowd), JSON.stringify(gap)).toEqual([]);
  });
  it('says nothing that was stored without places', () => {
    const old: Mention[] = [{ id: 'Hanako', name: 'Hanako', guest: true }];
    expect(hide('@Hanakoさん ＠HANAKO', old)).toBe('@…さん @…');
    expect(hide('@hanako@partner.example', [{ id: 'x', name: 'hanako@partner.example', guest: true }])).toBe(
      '@…',
    );
  });
  it('hides nothing of a name that somebody else has too', () => {
    const both = [person('Ben'), { ...person('ben', '', true), id: 'guest' }];
    expect(hide('@Ben @BEN', find('@Ben @BEN', both))).toBe('@Ben @BEN');
  });
  it('cut off within a name shows nothing of it', () => {
    const text = 'ask @Hanako';
    expect(hide(text.slice(0, 8), find(text, people))).toBe('ask @…');
    expect(hide(text.slice(0, 4), find(text, people))).toBe('ask ');
  });
  it('a longer name goes first, with its digits and underscores', () => {
    const all = [person('Kim', '', true), person('Kim2'), person('Kim_'), person('Guest 1', '', true)];
    const text = '@Kim2 @Kim_ @Kim3 @Guest 12 @Guest 1²';
    expect(hide(text, find(text, all))).toBe('@Kim2 @Kim_ @…3 @Guest 12 @…²');
  });
  it('is named in again, as it was: a name that nobody has any more', () => {
    const text = '@Hanako, @hanako@partner.example';
    const forms = formsOf(text, find(text, people));
    expect(hide('> @hanako@partner.example', find('> @hanako@partner.example', forms))).toBe('> @…');
  });
});

it('3,000 people and 10,000 signs are read in a moment', () => {
  const crowd = Array.from({ length: 3_000 }, (_, i) =>
    person(`a${'b'.repeat(i % 90)} ${i}`, `${'a'.repeat(i % 60)}${i}@partner.example`),
  );
  for (const text of [
    '@a'.repeat(10_000),
    `@${'ab'.repeat(10_000)}`,
    `@a${'b'.repeat(300)}`.repeat(66),
    '@'.repeat(20_000),
    '@[a]('.repeat(3_000),
    '&#64;*a_'.repeat(2_000),
    '@a\n> '.repeat(3_000),
    '@a][['.repeat(3_000),
  ]) {
    const began = performance.now();
    find(text, crowd);
    expect(performance.now() - began).toBeLessThan(1_500);
  }
});

const names = fc.oneof(
  fc.constantFrom(
    'Ann',
    'Anna',
    'Ann Lee',
    'Hanako',
    'Hana',
    '花子',
    '花',
    '佐藤',
    '佐藤花子',
    "O'Neill",
    'O’Neill',
    'Straße',
    'STRASSE',
    'Łukasz',
    'ｶﾅ',
    'カナ',
    'サン',
    'A<B',
    'Kim (Acme)',
    '*b*',
    '_x_',
    '@home',
    'a@b',
    '김민수',
    'สมชาย',
    'İpek',
    'Jean-Luc',
    '👩‍💻 Ada',
    'x.y',
  ),
  fc.string({ unit: fc.constantFrom(..."abAB éß花さん様_-'’.@*`ﾃ"), minLength: 1, maxLength: 6 }),
);
const crowd = fc
  .uniqueArray(fc.tuple(names, fc.boolean(), fc.boolean()), {
    minLength: 1,
    maxLength: 6,
    selector: ([name]) => fold(name).trim(),
  })
  .map((list) =>
    list
      .filter(([name]) => fold(name).trim() !== '')
      .map(([name, guest, address], i): Nameable => ({
        id: String(i),
        name,
        guest,
        email: address ? `p${i}@partner.example` : '',
      })),
  );
const textOf = (people: Nameable[]) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '@',
          '＠',
          ' ',
          '\n',
          '> ',
          '`',
          '**',
          '[',
          '](/x)',
          '\\',
          'さん',
          '様',
          '-san',
          "'s",
          '씨',
          '、',
          '.',
          'x',
          '\u200b',
          '\u3000',
          '…',
          '😀',
        ),
        ...(people.length === 0
          ? []
          : [
              fc.constantFrom(...people).chain(({ name, email }) => {
                const form = email || name;
                return fc.constantFrom(
                  name,
                  form,
                  name.toUpperCase(),
                  name.normalize('NFD'),
                  `@${name}`,
                  `＠${name.toLowerCase()}`,
                  `@${form}`,
                  name.replace(/ /g, '\u00a0'),
                  `@${name.replace(/ /g, '')}`,
                  `@${name.replace(/ /g, '_')}`,
                  `@${name.replace(/ /g, '.')}`,
                  `@${name.replace(/ /g, '** ')}`,
                  `**@${name.replace(/ /g, '**-')}`,
                );
              }),
            ]),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 14 },
    )
    .map((pieces) => pieces.join(''));
const cases = crowd.chain((people) => fc.tuple(fc.constant(people), textOf(people)));
const runs = { seed: 20261126, numRuns: 3_000 };

describe('whatever is written, whoever is there', () => {
  const hidden = (m: Mention) => m.guest === true;

  it('nothing that is recognised survives', () =>
    fc.assert(
      fc.property(cases, ([people, text]) => {
        const { text: left } = without(text, find(text, people), hidden);
        // Names recognised again belong to people whom the reader sees.
        const rest = left.replaceAll('@…', 'ꙮ ');
        for (const { at } of find(rest, people.filter(hidden as never)))
          for (const [from] of at) {
            const seen = find(rest, people).some(
              (m) => !m.guest && m.at.some(([start, end]) => start <= from && from < end),
            );
            expect(seen, JSON.stringify({ text, left })).toBe(true);
          }
      }),
      runs,
    ));

  it('nor can anybody read @ and the name, letter by letter', () =>
    fc.assert(
      fc.property(cases, ([people, text]) => {
        const { text: left } = without(text, find(text, people), hidden);
        const forms = (guest: boolean) =>
          people
            .filter((p) => (p.guest ?? false) === guest)
            .flatMap(({ name, email }) => [name, email!].map((form) => fold(form).trim()))
            .filter(Boolean)
            .sort((a, b) => b.length - a.length);
        for (const line of left.split(/[\n\r\u2028\u2029]/)) {
          // Visible people are removed by plain replacement.
          const rest = forms(false).reduce((words, form) => words.replaceAll(`@${form}`, '∎'), fold(line));
          for (const form of forms(true))
            for (const behind of ['', ' ', 'さん', '様', '、', '-san', "'s", ')'])
              expect(
                `${rest} `.includes(`@${form}${behind}${behind ? '' : ' '}`),
                JSON.stringify([text, left]),
              ).toBe(false);
        }
      }),
      runs,
    ));

  it('nor in the plain words of it, however it is marked up', () => {
    const plain = fc
      .uniqueArray(
        fc.tuple(
          fc.constantFrom('Ann', 'Ann Lee', 'Hanako', 'Hanako Sato', '花子', 'Łukasz', 'Kim 2'),
          fc.boolean(),
        ),
        { minLength: 1, maxLength: 5, selector: ([name]) => name },
      )
      .map((list) =>
        list.map(([name, guest], i): Nameable => ({
          id: String(i),
          name,
          guest,
          email: `p${i}@partner.example`,
        })),
      );
    const mark = fc.constantFrom(
      '',
      '',
      '_',
      '__',
      '*',
      '**',
      '**_',
      '~~',
      '`',
      '\\',
      '\\_',
      '[',
      '](/x)',
      '<',
      '>',
      '!',
      '0',
      '2',
      '²',
      '①',
      ' ',
      '\n',
      '> ',
      '.',
      '、',
    );
    const marked = plain.chain((people) =>
      fc.tuple(
        fc.constant(people),
        fc
          .array(
            fc
              .tuple(
                mark,
                mark,
                fc.constantFrom('@', '＠'),
                mark.filter((sign) => sign !== '](/x)'),
                fc.constantFrom(...people),
                fc.boolean(),
                mark,
                mark,
              )
              .map(
                ([a, b, at, c, { name, email }, byName, d, e]) =>
                  a + b + at + c + (byName ? name : email!) + d + e,
              ),
            { minLength: 1, maxLength: 4 },
          )
          .map((pieces) => pieces.join('')),
      ),
    );
    fc.assert(
      fc.property(marked, ([people, text]) => {
        const left = fold(markdown.words(without(text, find(text, people), hidden).text));
        const forms = (guest: boolean) =>
          people
            .filter((p) => p.guest === guest)
            .flatMap(({ name, email }) => [fold(name), fold(email!)])
            .sort((a, b) => b.length - a.length);
        const rest = forms(false).reduce((words, form) => words.replaceAll(`@${form}`, '∎'), left);
        for (const form of forms(true))
          for (let at = rest.indexOf(`@${form}`); at >= 0; at = rest.indexOf(`@${form}`, at + 1)) {
            // Part of another word or number.
            const behind = rest.slice(at + 1 + form.length);
            const goesOn = /\d$/.test(form) ? /^_*[\p{L}\p{N}]/u : /^_*\p{L}/u;
            expect(goesOn.test(behind), JSON.stringify({ text, left })).toBe(true);
          }
      }),
      runs,
    );
  });

  it('and nobody’s mention is changed but those', () =>
    fc.assert(
      fc.property(cases, ([people, text]) => {
        const mentions = find(text, people);
        const { text: left, namings } = without(text, mentions, hidden);
        const gone = mentions
          .filter(hidden)
          .flatMap(({ at }) => at)
          .filter(
            ([from, to]) =>
              !mentions.some((m) => !m.guest && m.at.some((one) => one[0] === from && one[1] === to)),
          );
        const shown = mentions
          .filter((m) => !m.guest)
          .flatMap(({ at }) => at)
          .filter((one) => !gone.some(([from, to]) => from < one[1] && one[0] < to))
          .map(([from, to]) => text.slice(from, to));
        expect(
          namings
            .flatMap(({ from, to, who }) => who.filter((m) => !m.guest).map(() => left.slice(from, to)))
            .sort(),
        ).toEqual(shown.sort());
        if (!mentions.some(hidden)) expect(left).toBe(text);
      }),
      runs,
    ));

  it('what is marked is what was recognised, and nothing is lost', () =>
    fc.assert(
      fc.property(cases, ([people, text]) => {
        const { namings } = without(text, find(text, people), () => false);
        const marks = namings
          .filter((n) => calls(text, n))
          .map((n) => ({ ...n, name: text.slice(n.from + 1, n.to) }));
        const html = markdown.render(text, marks);
        expect(html).not.toMatch(/[\ufdd0\ue000-\uf8ff]|%EF%B7%90/);
        if (markdown.own(text, marks).size > 0) expect(html).toContain('class="mention');
      }),
      runs,
    ));
});
