/** A text with its selection, and edits that move the selection along. Offsets are those of a text area. */
export interface Selected {
  text: string;
  from: number;
  to: number;
}

/** Cuts `cut` characters at `at`, and puts others there. */
export interface Edit {
  at: number;
  cut: number;
  put: string;
}

/** The selection stays on the same characters: what is put at its edges is outside. @param edits do not overlap */
export function edited({ text, from, to }: Selected, edits: Edit[]): Selected {
  const next = { text: '', from, to };
  let last = 0;
  for (const { at, cut, put } of edits.toSorted((a, b) => a.at - b.at)) {
    next.text += text.slice(last, at) + put;
    last = at + cut;
    // From the middle of what was cut, an edge goes behind what was put.
    if (at <= from) next.from += put.length - Math.min(cut, from - at);
    if (at < to) next.to += put.length - Math.min(cut, to - at);
  }
  next.text += text.slice(last);
  return { ...next, to: from === to ? next.from : Math.max(next.from, next.to) };
}

/** The lines that the selection touches. One that it only ends in front of is not touched. */
export function linesOf({ text, from, to }: Selected): { at: number; words: string }[] {
  const begin = text.slice(0, from).lastIndexOf('\n') + 1;
  const last = to > from && text[to - 1] === '\n' ? to - 1 : to;
  const end = text.indexOf('\n', last);
  let at = begin;
  return text
    .slice(begin, end < 0 ? text.length : end)
    .split('\n')
    .map((words) => {
      const line = { at, words };
      at += words.length + 1;
      return line;
    });
}
