/** Several lines of code: a line of backticks before and after them. */
import { edited, linesOf, type Selected } from './selected';

interface Fence {
  /** Where its first line begins, and the line behind it. */
  from: number;
  begin: number;
  /** Where its last line begins and ends; the end of the text if there is none. */
  end: number;
  to: number;
}

/** The block of code that the selection is in, its first and last line included. */
export function fenceAround({ text, from, to }: Selected): Fence | undefined {
  let open: { at: number; begin: number; sign: string } | undefined;
  let at = 0;
  for (const line of text.split('\n')) {
    const end = at + line.length;
    const [, sign, rest = ''] = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))(.*)$/.exec(line) ?? [];
    if (open && sign?.startsWith(open.sign) && !rest.trim()) {
      if (open.at <= from && to <= end) return { from: open.at, begin: open.begin, end: at, to: end };
      open = undefined;
    } else if (!open && sign) {
      if (at > from) return undefined;
      open = { at, begin: end + 1, sign };
    }
    at = end + 1;
  }
  return (
    open && { from: open.at, begin: Math.min(open.begin, text.length), end: text.length, to: text.length }
  );
}

export function toggleFence(selected: Selected): Selected {
  const { text } = selected;
  const fence = fenceAround(selected);
  if (fence) {
    const { from, begin, end, to } = fence;
    // With the line break before the last line.
    const last = Math.max(begin, end === to ? end : end - 1);
    return edited(selected, [
      { at: from, cut: begin - from, put: '' },
      { at: last, cut: to - last, put: '' },
    ]);
  }
  const lines = linesOf(selected);
  const [begin, end] = [lines[0]!.at, lines.at(-1)!.at + lines.at(-1)!.words.length];
  const longest = Math.max(2, ...[...text.slice(begin, end).matchAll(/`+/g)].map(([run]) => run.length));
  const sign = '`'.repeat(longest + 1);
  return edited(selected, [
    { at: begin, cut: 0, put: `${sign}\n` },
    { at: end, cut: 0, put: `\n${sign}` },
  ]);
}
