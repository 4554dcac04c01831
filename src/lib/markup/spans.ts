/** Where a line has bold, italic and code already. As people write them, not every case of CommonMark. */
export type Mark = 'bold' | 'italic' | 'code';

/** Offsets in its line; the marks are [from, begin) and [end, to). */
export interface Span {
  from: number;
  begin: number;
  end: number;
  to: number;
}

/** Linear: of each length of a run, a missing end is looked for once. */
function codes(line: string): Span[] {
  const runs = [...line.matchAll(/`+/g)].map(({ 0: run, index }) => ({
    from: index,
    to: index + run.length,
  }));
  const alone = new Set<number>();
  const found: Span[] = [];
  for (let i = 0; i < runs.length; i++) {
    const open = runs[i]!;
    const size = open.to - open.from;
    if (alone.has(size)) continue;
    const j = runs.findIndex((run, at) => at > i && run.to - run.from === size);
    if (j < 0) alone.add(size);
    else {
      found.push({ from: open.from, begin: open.to, end: runs[j]!.from, to: runs[j]!.to });
      i = j;
    }
  }
  return found;
}

const isBlank = (character: string | undefined) => character === undefined || /\s/.test(character);

function emphases(line: string, size: 1 | 2): Span[] {
  let words = line;
  for (const { from, to } of codes(line))
    words = words.slice(0, from) + '.'.repeat(to - from) + words.slice(to);
  const found: Span[] = [];
  let open: number | undefined;
  for (const { 0: whole, index } of words.matchAll(/(?:\\[^]|[^*\\])+|\*+/g)) {
    // Two are bold, one is italic, three are both.
    const count = whole[0] === '*' ? whole.length : 0;
    if (!(size === 2 ? count >= 2 : count % 2 === 1)) continue;
    if (open !== undefined && !isBlank(words[index - 1])) {
      found.push({ from: open, begin: open + size, end: index, to: index + size });
      open = undefined;
    } else if (!isBlank(words[index + count])) open = index + count - size;
  }
  return found;
}

export const spansOf = (line: string, mark: Mark): Span[] =>
  mark === 'code' ? codes(line) : emphases(line, mark === 'bold' ? 2 : 1);
