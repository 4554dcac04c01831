import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TICKED, withTicks } from '../../prose';
import { render, tasks, ticked, unticked } from '.';

const boxes = (html: string) => [...html.matchAll(/<input[^>]*>/g)].map(([tag]) => tag.includes('checked'));
const last = <T>(list: T[]): T => list[list.length - 1]!;

describe('ticking', () => {
  const texts = [
    '- [ ] a\n- [x] b\n* [X] c',
    '1. [ ] a [ ] b\n2. [x] [ ] c',
    'Intro\r\n\r\n- [ ] a\r\n  - [x] b\r\n\r\n> - [ ] c\r\n> 3) [ ] d',
    '- - [ ] a\n-\n  [x] b',
    '- [ ]　全角\n+ [x] 重要\n\n  次の段落',
    '```\n- [ ] code\n```\n- [x] a\n\n      - [ ] code\n- `[ ] a`\n- [ ] b',
    '| a | b |\n|---|---|\n| - [ ] a | [x] |\n\n- [ ] c',
    '- [y] no\n- [ ]no\n- [x](/no)\n[ ] no\n- [ ] yes\ud800',
    'Words of any kind [x] and no box',
  ];
  it.each(texts)('changes exactly the one mark whose box was pressed: %j', (text) => {
    const found = tasks(text);
    const before = boxes(render(text));
    expect(found.map(({ done }) => done)).toEqual(before);
    found.forEach((task, i) => {
      expect(text[task.at!]).toMatch(/[ xX]/);
      const after = ticked(text, task, !task.done);
      expect(boxes(render(after))).toEqual(before.map((done, j) => (i === j ? !done : done)));
      expect([...after].filter((letter, at) => letter !== [...text][at])).toHaveLength(1);
    });
  });

  it('changes one character between two brackets and nothing else, in whatever text', () => {
    const piece = fc.constantFrom(
      ...[
        '- ',
        '* ',
        '+ ',
        '1. ',
        '2) ',
        '> ',
        '# ',
        '### ',
        '[ ] ',
        '[x] ',
        '[X]',
        '[ ]',
        '[',
        ']',
        'a',
        'b c',
        '`',
        '**',
        '|',
        '---',
      ],
      ...['\n', '\r\n', '\n\n', '  ', '    ', '\t', '　', '\\', '<', '&nbsp;', '```\n', '@', '1'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        const found = tasks(text);
        const before = boxes(render(text));
        expect(found.map(({ done }) => done)).toEqual(before);
        found.forEach((task, i) => {
          expect(text.slice(task.at! - 1, task.at! + 2)).toMatch(/^\[[ xX]\]$/);
          const after = ticked(text, task, !task.done);
          expect(boxes(render(after))).toEqual(before.map((done, j) => (i === j ? !done : done)));
        });
      }),
      { numRuns: 3_000 },
    );
  });
  it('takes time in proportion to the text, and knows a bounded number of boxes', () => {
    const text = '- [x] a\n'.repeat(2_499);
    const found = tasks(text);
    expect(found).toHaveLength(TICKED);
    expect(withTicks(render(text), 'form').match(/<button/g)).toHaveLength(TICKED);
    expect(unticked(text, found)).toBe('- [ ] a\n'.repeat(TICKED) + '- [x] a\n'.repeat(2_499 - TICKED));
  });
  it('knows no box before a heading, whose place it could not tell', () => {
    expect(tasks('- ### [x] done ###\n* # [ ] b\n- [ ] c')).toHaveLength(1);
  });

  it('finds them beside names, which stand for other characters while the text is parsed', () => {
    const text = '@Ann Lee, please\n- [ ] ask @Ann Lee\n- [x] and [@Ann Lee](/x)';
    const marks = [...text.matchAll(/@Ann Lee/g)].map(({ index }) => ({
      ...{ from: index, to: index + 8, name: 'Ann Lee' },
    }));
    expect(tasks(text, marks)).toEqual(tasks(text));
    expect(text.slice(last(tasks(text, marks)).at! - 3)).toBe('- [x] and [@Ann Lee](/x)');
  });
});
