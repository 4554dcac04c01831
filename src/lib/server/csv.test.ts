import { describe, expect, it } from 'vitest';
import { row } from './csv';

describe('escapes a cell that a spreadsheet could take for a formula', () => {
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(1)',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(1)',
    '﹣1',
    '﹢1',
    '﹦1',
    '−1',
    '\u200b=1',
    '\ufeff=1',
    '\u00a0=1',
    '\u3000＝1',
    '\u2060\u200d\u202e@x',
    '\u2800=1',
    ' \t =1',
    '\t1',
    '\r=1',
    '\n=1',
    '\u0000=1',
    '\u00ad-1',
    '\ufe0f=1',
    '\ufffc=1',
    '\ufff9=1',
    '\u0301=1',
    '\u20dd+1',
    '\u{1d159}-1',
    '\ue000@x',
    '\ud800=1',
    '\ufdd0=1',
    '\u115f\u3164=1',
  ])('%j', (text) => expect(row([text])).toBe(`"'${text}"\r\n`));
});

it('leaves every other cell as it is, so the file can be pasted back', () => {
  for (const text of [
    'gil@rt.example',
    'Ann-Lee = Kim',
    'a+b@c.example',
    '  Ann',
    '‐',
    '',
    '1',
    "'x",
    '\u200b',
  ])
    expect(row([text])).toBe(`"${text}"\r\n`);
});

it('doubles quotes and keeps line breaks inside the cell', () => {
  expect(row(['say "hi"', 'a\r\nb,c'])).toBe('"say ""hi""","a\r\nb,c"\r\n');
});

it('reads a megabyte of invisible characters once', () => {
  const began = performance.now();
  row([`${'\u200b'.repeat(1_000_000)}=`, ' '.repeat(1_000_000)]);
  expect(performance.now() - began).toBeLessThan(2_000);
});
