/** The only renderer of people's texts (docs/decisions/008-markdown.md). Cost and output are bounded. */
import { kept } from '../../kept';
import { addressesOf } from './links';
import { restored, withMarks, type Mark } from './marks';
import { parse } from './parse';
import { DISGUISES, escaped, wellFormed, wordsOf } from './text';

export type { Mark } from './marks';
export { tasks, ticked, unticked, type Task } from './tasks';

/** Texts are read far more often than written. Their HTML can be ten times as long, so few are kept, and no long ones. */
const KEPT_LENGTH = 2_000;
const KEPT = 200;

/** Safe HTML. @param marks in order; they become names, never links */
export const render = (text: string, marks: Mark[] = []): string =>
  text.length <= KEPT_LENGTH && marks.length <= 20
    ? renderedOnce(JSON.stringify(marks), text)
    : rendered(text, marks);

const renderedOnce = kept((marks, text) => rendered(text, JSON.parse(marks) as Mark[]), KEPT);

function rendered(text: string, marks: Mark[]): string {
  const marked = withMarks(text, marks);
  const clean = wellFormed(marked.text);
  const read = parse(clean, marked);
  const html = read
    ? read.md.renderer.render(read.tokens, read.md.options, read.env)
    : `<p>${escaped(clean).replace(/\r\n?|\n/g, '<br>\n')}</p>\n`;
  // Last, because entities and percent signs can produce these characters too.
  return restored(html, marked).replace(DISGUISES, '');
}

/** Marks outside code, links and quotations; the first one for equal words. */
export function own<M extends Mark>(text: string, marks: M[]): Set<M> {
  const marked = withMarks(text, marks);
  const read = parse(wellFormed(marked.text), marked);
  const found = new Set<M>();
  let quotes = 0;
  for (const token of read?.tokens ?? []) {
    if (token.type === 'blockquote_open') quotes++;
    if (token.type === 'blockquote_close') quotes--;
    if (quotes === 0)
      for (const child of token.children ?? [])
        if (child.type === 'mention') found.add(child.meta as unknown as M);
  }
  return found;
}

export function blocks(text: string): { words: string[]; from: number; to: number }[] {
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) => index + end.length)];
  let lines: [number, number] = [0, 0];
  return (parse(wellFormed(text))?.tokens ?? []).flatMap((token) => {
    lines = token.map ?? lines;
    const words = token.children
      ? [wordsOf(token.children), ...addressesOf(token.children)]
      : [token.content];
    const [from, to] = lines.map((line) => starts[line] ?? text.length) as [number, number];
    return words.some(Boolean) ? [{ words, from, to }] : [];
  });
}

export function unquoted(text: string): string {
  if (!text.includes('>')) return text;
  const clean = wellFormed(text).replace(/\r\n?/g, '\n');
  const lines = clean.split('\n');
  const quotes = (parse(clean)?.tokens ?? []).filter(({ type, map }) => type === 'blockquote_open' && map);
  for (const { map } of quotes) lines.fill('', map![0], map![1]);
  return lines.join('\n');
}

export const words = (text: string): string =>
  text.length <= KEPT_LENGTH ? wordsOnce(text) : readWords(text);

const wordsOnce = kept(readWords, KEPT);

function readWords(text: string): string {
  const clean = wellFormed(text);
  const read = parse(clean);
  const plain = read
    ? read.tokens.map((t) => (t.children ? wordsOf(t.children) : t.content)).join(' ')
    : clean;
  return plain.replace(DISGUISES, '').replace(/\s+/g, ' ').trim();
}

/** The beginning in plain words, for lists and notifications. */
export function excerpt(text: string, max = 140): string {
  // Lists should not parse whole texts, and markup is seldom longer than its words.
  const begun = text.slice(0, max * 4 + 400);
  const plain = words(begun);
  if (plain.length <= max)
    return begun.length < text.length ? `${plain.replace(/(?<![\s….])[\s….]+$/, '')}…` : plain;
  const cut = plain
    .slice(0, max)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  const space = cut.lastIndexOf(' ');
  return `${(space > 20 && cut.length - space <= 21 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
