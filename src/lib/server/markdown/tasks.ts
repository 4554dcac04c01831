/** The check-boxes of a text: where their marks stand in it. */
import { TICKED } from '../../prose';
import { withMarks, type Mark } from './marks';
import { parse } from './parse';
import { wellFormed } from './text';

export interface Task {
  /** Of the character between the brackets. Null if it is not found in the line of its box, which then cannot be ticked. */
  at: number | null;
  done: boolean;
}

/** Before the brackets: the marks of lists and quotations around them. A line has one task at most. */
const BOX = /^[\s>*+\-\d.)]*\[(?=[ xX]\])/;

/** The first `TICKED`, in the order of their boxes in what `render` makes of the same text and marks. */
export function tasks(text: string, marks: Mark[] = []): Task[] {
  if (!/\[[ xX]\]/.test(text)) return [];
  const marked = withMarks(text, marks);
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) => index + end.length)];
  const all = (parse(wellFormed(marked.text), marked)?.tokens ?? []).filter(
    ({ type, meta }) => type === 'inline' && meta?.task,
  );
  return all.slice(0, TICKED).map(({ meta, map }) => {
    // Names have no line breaks, so lines are the same with and without marks.
    const [line = 0] = map ?? [];
    const from = starts[line]!;
    const before = BOX.exec(text.slice(from, starts[line + 1]));
    return { at: before && from + before[0].length, done: meta!.task === 'done' };
  });
}

/** The same text with none of them ticked. */
export function unticked(text: string, all: Task[]): string {
  let from = 0;
  const parts = all.flatMap(({ at }) => {
    if (at === null) return [];
    const before = text.slice(from, at);
    from = at + 1;
    return [before, ' '];
  });
  return [...parts, text.slice(from)].join('');
}

/** The same text with this one changed. */
export const ticked = (text: string, { at }: Task, done: boolean): string =>
  at === null ? text : `${text.slice(0, at)}${done ? 'x' : ' '}${text.slice(at + 1)}`;
