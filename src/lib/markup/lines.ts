/** Lists, checkboxes and quotations: whole lines. */
import { prefixOf, type Prefix } from './prefix';
import { edited, linesOf, type Edit, type Selected } from './selected';

export type LineKind = 'list' | 'task' | 'quote';

const is: Record<LineKind, (prefix: Prefix) => boolean> = {
  list: ({ marker, box }) => marker !== '' && box === '',
  task: ({ box }) => box !== '',
  quote: ({ quote }) => quote !== '',
};

const isBlank = (line: string) => line.slice(prefixOf(line).length).trim() === '' && !prefixOf(line).marker;

/** Blank lines between others stay as they are, but a quotation goes on over them. */
function concerned(selected: Selected, kind: LineKind) {
  const lines = linesOf(selected);
  const full = lines.filter(({ words }) => !isBlank(words));
  return kind === 'quote' || full.length === 0 ? lines : full;
}

const have = (lines: { words: string }[], kind: LineKind): boolean =>
  lines.every(({ words }) => is[kind](prefixOf(words)));

export const isOfKind = (selected: Selected, kind: LineKind): boolean =>
  have(concerned(selected, kind), kind);

export function toggleLines(selected: Selected, kind: LineKind): Selected {
  const lines = concerned(selected, kind);
  const off = have(lines, kind);
  if (kind === 'quote') return edited(selected, quoting(lines, off));
  const edits = lines.map(({ at, words }): Edit => {
    const { quote, indent, marker, box } = prefixOf(words);
    let put = quote && !indent ? ' ' : indent;
    if (!off) put += marker ? `${marker.trimEnd()} ` : '- ';
    if (!off && kind === 'task') put += box || '[ ] ';
    return { at: at + quote.length, cut: indent.length + marker.length + box.length, put };
  });
  const text = off ? selected.text : apart(selected.text, lines.at(-1)!);
  return edited({ ...selected, text }, edits);
}

const quoting = (lines: { at: number; words: string }[], off: boolean): Edit[] =>
  lines
    .filter(({ words }) => off || !is.quote(prefixOf(words)))
    .map(({ at, words }) =>
      off
        ? { at, cut: /^[ \t]*>[ \t]?/.exec(words)![0].length, put: '' }
        : { at, cut: 0, put: words || lines.length === 1 ? '> ' : '>' },
    );

/** Words right below would belong to the last item. */
function apart(text: string, { at, words }: { at: number; words: string }): string {
  const end = at + words.length;
  const next = text.slice(end + 1).split('\n', 1)[0]!;
  const { quote, indent, marker } = prefixOf(next);
  // Behind a quotation mark, the first blank is its own.
  const same = quote === prefixOf(words).quote && indent.length <= (quote ? 1 : 0);
  const joined = same && !marker && next.slice(quote.length).trim();
  return joined ? `${text.slice(0, end)}\n${quote}${text.slice(end)}` : text;
}
