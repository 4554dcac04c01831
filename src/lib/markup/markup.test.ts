import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../server/markdown';
import { continueList, has, pasteLink, toggle, type Markup, type Selected } from '.';

/** « and » around what is selected, | for a caret. */
function read(shown: string): Selected {
  const [open, close] = shown.includes('|') ? ['|', '|'] : ['«', '»'];
  const from = shown.indexOf(open);
  return {
    text: shown.replace(/[«»|]/g, ''),
    from,
    to: open === close ? from : shown.indexOf(close) - 1,
  };
}
const show = ({ text, from, to }: Selected) =>
  from === to
    ? `${text.slice(0, from)}|${text.slice(from)}`
    : `${text.slice(0, from)}«${text.slice(from, to)}»${text.slice(to)}`;
const press = (markup: Markup, before: string) => show(toggle(read(before), markup));

describe('bold, italic and code', () => {
  it.each<[Markup, string, string]>([
    ['bold', 'a «word» here', 'a **«word»** here'],
    ['italic', 'a «word» here', 'a *«word»* here'],
    ['code', 'a «word» here', 'a `«word»` here'],
    // Blanks stay outside: beside one, a sign marks nothing.
    ['bold', 'a« word »here', 'a« **word** »here'],
    ['bold', 'これは«「重要」»です', 'これは**«「重要」»**です'],
    // The word around the caret.
    ['bold', 'a wo|rd here', 'a **wo|rd** here'],
    ['italic', 'wo|rd', '*wo|rd*'],
    ['bold', 'a | b', 'a **|** b'],
    ['bold', '|', '**|**'],
    // Each line for itself, behind what begins it.
    ['bold', '«one\n\n- two\n> three»', '**«one**\n\n- **two**\n> **three»**'],
    ['italic', '«- one\n- [ ] two»', '«- *one*\n- [ ] *two»*'],
    ['bold', '- «item»', '- **«item»**'],
    // Together.
    ['italic', '**«word»**', '***«word»***'],
    ['bold', '*«word»*', '***«word»***'],
    // What was marked in part is marked as a whole.
    ['bold', '«**one** two»', '**«one two»**'],
    ['bold', '**one «two** three»', '**one «two three»**'],
    // Escaped signs, signs between blanks and signs in code mark nothing.
    ['italic', '\\*«a»\\*', '\\**«a»*\\*'],
    ['italic', '2 * «3» * 4', '2 * *«3»* * 4'],
    ['bold', '`a**b` «c» **', '`a**b` **«c»** **'],
    ['code', '«a `b` c»', '`«a b c»`'],
    ['code', '«a ` b»', '``«a ` b»``'],
    ['code', '«`»', '`` «`» ``'],
    ['code', '«one\ntwo»', '```\n«one\ntwo»\n```'],
    ['code', '«a ```\ntwo»', '````\n«a ```\ntwo»\n````'],
  ])('%s: %j becomes %j', (markup, before, after) => {
    expect(press(markup, before)).toBe(after);
  });

  it.each<[Markup, string, string]>([
    ['bold', 'a **«word»** here', 'a «word» here'],
    ['bold', 'a «**word**» here', 'a «word» here'],
    ['bold', 'a **wo|rd** here', 'a wo|rd here'],
    ['bold', '**two «words»**', 'two «words»'],
    ['bold', '**|**', '|'],
    ['italic', '*|*', '|'],
    ['italic', '***«word»***', '**«word»**'],
    ['bold', '***«word»***', '*«word»*'],
    ['italic', '***|***', '**|**'],
    ['code', '`«word»`', '«word»'],
    ['code', '`` «`» ``', '«`»'],
    ['code', '``«a ` b»``', '«a ` b»'],
    ['bold', '**«one**\n- **two»**', '«one\n- two»'],
    ['code', '```\n«one\ntwo»\n```', '«one\ntwo»'],
    ['code', '«```\none\n```»', '«one»'],
    ['code', '```ts\no|ne\n```\nafter', 'o|ne\nafter'],
    ['code', '```\no|ne', 'o|ne'],
    ['code', '```\n```|', '|'],
  ])('%s, pressed again: %j becomes %j', (markup, before, after) => {
    expect(has(read(before), markup)).toBe(true);
    expect(press(markup, before)).toBe(after);
  });

  it('at the end of what is marked, the caret leaves it, and goes back', () => {
    expect(press('bold', '**word|**')).toBe('**word**|');
    expect(press('bold', '**word**|')).toBe('**word|**');
  });
});

describe('lists, checkboxes and quotations', () => {
  it.each<[Markup, string, string]>([
    ['list', 'o|ne', '- o|ne'],
    ['list', '|', '- |'],
    ['list', 'one|', '- one|'],
    ['list', '  o|ne', '  - o|ne'],
    ['list', '«one\n\ntwo»', '- «one\n\n- two»'],
    ['list', '- [x] o|ne', '- o|ne'],
    ['task', 'o|ne', '- [ ] o|ne'],
    ['task', '- o|ne', '- [ ] o|ne'],
    ['task', '3. o|ne', '3. [ ] o|ne'],
    ['task', '> o|ne', '> - [ ] o|ne'],
    ['task', '«one\n- [x] two»', '- [ ] «one\n- [x] two»'],
    ['quote', '«one\n\n- two»', '> «one\n>\n> - two»'],
    ['quote', '«> one\ntwo»', '«> one\n> two»'],
    ['quote', '|', '> |'],
    // A line that the selection only ends in front of is not part of it.
    ['quote', '«one\n»two', '> «one\n»two'],
    // Words right below would belong to the last item.
    ['list', 'o«ne\ntw»o\nthree', '- o«ne\n- tw»o\n\nthree'],
    ['list', '«one\n»two', '- «one\n»\ntwo'],
    ['task', '> o|ne\n> two', '> - [ ] o|ne\n>\n> two'],
    ['list', 'o|ne\n- two', '- o|ne\n- two'],
  ])('take whole lines: %s makes %j %j', (markup, before, after) => {
    expect(press(markup, before)).toBe(after);
  });

  it.each<[Markup, string, string]>([
    ['list', '- o|ne', 'o|ne'],
    ['list', '* o|ne', 'o|ne'],
    ['list', '12. o|ne', 'o|ne'],
    ['list', '|- one', '|one'],
    ['task', '- [x] o|ne', 'o|ne'],
    ['task', '> - [ ] o|ne', '> o|ne'],
    ['quote', '> «one\n>\n> - two»', '«one\n\n- two»'],
    ['quote', '>> o|ne', '> o|ne'],
  ])('%s, pressed again: %j becomes %j', (markup, before, after) => {
    expect(has(read(before), markup)).toBe(true);
    expect(press(markup, before)).toBe(after);
  });
});

describe('Enter', () => {
  it.each([
    ['- one|', '- one\n- |'],
    ['- one| two', '- one\n- |two'],
    ['  * one|', '  * one\n  * |'],
    ['9. one|', '9. one\n10. |'],
    ['- [x] one|', '- [x] one\n- [ ] |'],
    // In an empty item it ends the list.
    ['- one\n- |', '- one\n|'],
    ['- one\n- [ ] |\nafter', '- one\n|\nafter'],
  ])('continues a list: %j becomes %j', (before, after) => {
    expect(show(continueList(read(before))!)).toBe(after);
  });

  it.each(['one|', '> - one|', '|- one', '«- one»', '```\n- one|', '-|'])(
    'does what it does everywhere in %j',
    (before) => expect(continueList(read(before))).toBeNull(),
  );
});

describe('links', () => {
  it.each([
    ['a «word» here', 'a [word](«https://») here'],
    ['a| b', 'a[|](https://) b'],
    ['«two\nlines»', '[two lines](«https://»)'],
    ['«https://partner.example/»', '[|](https://partner.example/)'],
    ['«a [b] c»', '[a \\[b\\] c](«https://»)'],
  ])('%j becomes %j', (before, after) => {
    expect(press('link', before)).toBe(after);
  });

  it.each([
    ['a [word](«https://») here', 'a «word» here'],
    ['a [w|ord](https://partner.example/) here', 'a «word» here'],
    ['«[a \\[b\\] c](<https://partner.example/a(b)>)»', '«a [b] c»'],
  ])('pressed again: %j becomes %j', (before, after) => {
    expect(has(read(before), 'link')).toBe(true);
    expect(press('link', before)).toBe(after);
  });

  it.each([
    ['a «word» here', ' https://partner.example/a?b ', 'a [word](https://partner.example/a?b)| here'],
    ['«word »', 'mailto:a@partner.example', '[word](mailto:a@partner.example)| '],
    ['«word»', 'https://partner.example/a_(b)', '[word](<https://partner.example/a_(b)>)|'],
  ])('an address pasted over %j makes a link', (before, pasted, after) => {
    expect(show(pasteLink(read(before), pasted)!)).toBe(after);
  });

  it.each([
    ['a| b', 'https://partner.example/'],
    ['«word»', 'just words'],
    ['«word»', 'javascript:alert(1)'],
    ['«word»', 'https://partner.example/ and more'],
    ['«two\nlines»', 'https://partner.example/'],
    ['[word](«https://»)', 'https://partner.example/'],
    ['«https://old.example/»', 'https://partner.example/'],
    ['`«word»`', 'https://partner.example/'],
    ['```\n«word»\n```', 'https://partner.example/'],
  ])('elsewhere it is pasted as it is: over %j', (before, pasted) => {
    expect(pasteLink(read(before), pasted)).toBeNull();
  });
});

describe('any text', () => {
  const words = fc.stringMatching(/^[a-z月日]{1,5}( [a-z月日]{1,5}){0,3}$/);
  const lines = fc.array(fc.oneof(words, fc.constant('')), { minLength: 1, maxLength: 5 });
  const plain = fc.tuple(lines, fc.nat(), fc.nat()).map(([list, a, b]): Selected => {
    const text = list.join('\n');
    const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [
      number,
      number,
    ];
    return { text, from, to };
  });
  const any = fc
    .tuple(fc.string({ unit: fc.constantFrom(...'ab *`[]()>-\n 1.x\\#') }), fc.nat(), fc.nat())
    .map(([text, a, b]): Selected => {
      const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [
        number,
        number,
      ];
      return { text, from, to };
    });
  const markups = fc.constantFrom<Markup>('bold', 'italic', 'code', 'list', 'task', 'quote', 'link');

  it('bold and italic words are so in the post, and pressed again they are as before', () =>
    fc.assert(
      fc.property(
        plain,
        fc.constantFrom<['bold' | 'italic', string]>(['bold', 'strong'], ['italic', 'em']),
        (before, [mark, tag]) => {
          const after = toggle(before, mark);
          const chosen = before.text
            .slice(before.from, before.to)
            .split('\n')
            .map((line) => line.trim());
          if (!chosen.some(Boolean)) return;
          const html = render(after.text);
          for (const line of chosen.filter(Boolean)) expect(html).toContain(`<${tag}>${line}</${tag}>`);
          expect(toggle(after, mark)).toEqual(before);
        },
      ),
    ));

  it('lists and quotations are so in the post, and pressed again their marks are gone', () =>
    fc.assert(
      fc.property(
        plain,
        fc.constantFrom<['list' | 'task' | 'quote', RegExp]>(
          ['list', /<li>/],
          ['task', /<li class="task">/],
          ['quote', /<blockquote>/],
        ),
        (before, [kind, tag]) => {
          const after = toggle(before, kind);
          expect(has(after, kind)).toBe(true);
          if (before.text.slice(before.from, before.to).trim()) expect(render(after.text)).toMatch(tag);
          const again = toggle(after, kind).text;
          expect(again.replace(/\n\n+/g, '\n')).toBe(before.text.replace(/\n\n+/g, '\n'));
        },
      ),
    ));

  it('no button loses a word, and the selection stays within the text', () =>
    fc.assert(
      fc.property(any, markups, (before, markup) => {
        const after = toggle(before, markup);
        const letters = (text: string) => text.replace(/https:\/\/|[^ab]/g, '');
        // The address of a link that is removed goes, too.
        if (!before.text.includes('](')) expect(letters(after.text)).toBe(letters(before.text));
        expect(after.from).toBeGreaterThanOrEqual(0);
        expect(after.to).toBeGreaterThanOrEqual(after.from);
        expect(after.to).toBeLessThanOrEqual(after.text.length);
        has(after, markup);
        continueList(before);
      }),
      { numRuns: 2_000 },
    ));

  it('takes linear time over the worst that we know', () => {
    for (const unit of ['`', '*', '> ', '- ', '[', '[a](', '```\n', '\\', '*a ', '`a ``b '])
      for (const markup of ['bold', 'italic', 'code', 'list', 'task', 'quote', 'link'] as const) {
        const text = unit.repeat(20_000 / unit.length);
        const began = performance.now();
        has({ text, from: 0, to: text.length }, markup);
        toggle({ text, from: text.length >> 1, to: text.length >> 1 }, markup);
        continueList({ text, from: text.length, to: text.length });
        expect(performance.now() - began, `${markup} of ${unit}`).toBeLessThan(1_000);
      }
  });
});
