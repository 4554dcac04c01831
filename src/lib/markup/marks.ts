/** Bold, italic and code: around the selected words of each line, because no mark reaches over a paragraph. */
import { prefixOf } from './prefix';
import { edited, linesOf, type Edit, type Selected } from './selected';
import { spansOf, type Mark, type Span } from './spans';

const signs = { bold: '**', italic: '*', code: '`' };

/** A part of a line. */
interface Piece {
  at: number;
  line: string;
  from: number;
  to: number;
}

/** The selected words of each line, without what begins the line and without blanks around them. */
function piecesOf(selected: Selected): Piece[] {
  return linesOf(selected).flatMap(({ at, words: line }) => {
    const first = Math.max(selected.from - at, prefixOf(line).length);
    const words = line.slice(first, Math.max(first, selected.to - at));
    const from = first + words.length - words.trimStart().length;
    const to = from + words.trim().length;
    return to > from ? [{ at, line, from, to }] : [];
  });
}

/** The word around the caret, else the caret. */
function atCaret({ text, from: caret }: Selected): Piece {
  const { at, words: line } = linesOf({ text, from: caret, to: caret })[0]!;
  const from = caret - at;
  const word = new Intl.Segmenter(undefined, { granularity: 'word' }).segment(line).containing(from);
  return word?.isWordLike && word.index < from
    ? { at, line, from: word.index, to: word.index + word.segment.length }
    : { at, line, from, to: from };
}

const around = ({ line, from, to }: Piece, mark: Mark): Span | undefined =>
  spansOf(line, mark).find(
    (span) =>
      (span.begin <= from && to <= span.end) ||
      // Some of its marks are selected too.
      (span.from <= from && to <= span.to && from < span.end && span.begin < to),
  );

/** How many of the same sign stand on both sides of the caret, and nothing between them: `**|**`. */
function empty({ text, from, to }: Selected, sign: string): number {
  if (from !== to) return 0;
  let count = 0;
  while (text[from - count - 1] === sign && text[from + count] === sign) count++;
  return count;
}

const isEmpty = (count: number, mark: Mark) => (mark === 'bold' ? count >= 2 : count % 2 === 1);

export function isMarked(selected: Selected, mark: Mark): boolean {
  const pair = empty(selected, signs[mark][0]!);
  if (pair > 0) return isEmpty(pair, mark);
  const pieces = selected.from === selected.to ? [atCaret(selected)] : piecesOf(selected);
  return pieces.length > 0 && pieces.every((piece) => around(piece, mark));
}

export function toggleMark(selected: Selected, mark: Mark): Selected {
  const { from: caret } = selected;
  const sign = signs[mark];
  const pair = empty(selected, sign[0]!);
  if (pair > 0 && isEmpty(pair, mark))
    return edited(selected, [
      { at: caret - sign.length, cut: sign.length, put: '' },
      { at: caret, cut: sign.length, put: '' },
    ]);
  const pieces = selected.from === selected.to ? [atCaret(selected)] : piecesOf(selected);
  const [piece] = pieces;
  if (!piece || (pieces.length === 1 && piece.from === piece.to))
    return bare({ ...selected, to: caret }, mark);
  const all = pieces.every((one) => around(one, mark));
  return edited(
    selected,
    pieces.flatMap((one) => {
      const span = around(one, mark);
      return all ? without(one, span!) : span ? [] : within(one, mark);
    }),
  );
}

/** Beside no word: at the end of a mark the caret leaves it, or goes back; elsewhere what is typed next is marked. */
function bare(selected: Selected, mark: Mark): Selected {
  const piece = atCaret(selected);
  const spans = spansOf(piece.line, mark);
  const to = (at: number) => ({ ...selected, from: piece.at + at, to: piece.at + at });
  const ending = spans.find(({ end }) => end === piece.from);
  if (ending) return to(ending.to);
  const ended = spans.find((span) => span.to === piece.from);
  if (ended) return to(ended.end);
  const span = around(piece, mark);
  if (span) return edited(selected, without(piece, span));
  const { text, from } = selected;
  const caret = from + signs[mark].length;
  return {
    text: text.slice(0, from) + signs[mark].repeat(2) + text.slice(from),
    from: caret,
    to: caret,
  };
}

function without({ at, line }: Piece, { from, begin, end, to }: Span): Edit[] {
  // `` ` ``: blanks that only keep backticks apart go, too.
  const words = line.slice(begin, end);
  const pad = line[from] === '`' && /^ (?:`[^]*|[^]*`) $/.test(words) ? 1 : 0;
  return [
    { at: at + from, cut: begin - from + pad, put: '' },
    { at: at + end - pad, cut: to - end + pad, put: '' },
  ];
}

/** What is marked in part is then marked as a whole. */
function within({ at, line, from, to }: Piece, mark: Mark): Edit[] {
  const hit = spansOf(line, mark).filter((span) => span.from < to && from < span.to);
  const first = Math.min(from, ...hit.map((span) => span.from));
  const last = Math.max(to, ...hit.map((span) => span.to));
  const cuts = hit.flatMap((span) => [
    { at: span.from, cut: span.begin - span.from, put: '' },
    { at: span.end, cut: span.to - span.end, put: '' },
  ]);
  let words = line.slice(first, last);
  for (const { at: start, cut } of cuts.toReversed())
    words = words.slice(0, start - first) + words.slice(start - first + cut);
  let sign = signs[mark];
  let pad = '';
  if (mark === 'code') {
    const longest = Math.max(0, ...[...words.matchAll(/`+/g)].map(([run]) => run.length));
    sign = sign.repeat(longest + 1);
    if (/^`|`$/.test(words)) pad = ' ';
  }
  const open = cuts.find((edit) => edit.at === first);
  const close = cuts.find((edit) => edit.at + edit.cut === last && edit !== open);
  return [
    { at: first, cut: open?.cut ?? 0, put: sign + pad },
    ...cuts.filter((edit) => edit !== open && edit !== close),
    { at: close?.at ?? last, cut: close?.cut ?? 0, put: pad + sign },
  ].map((edit) => ({ ...edit, at: edit.at + at }));
}
