/** Links: `[words](address)`. */
import { fenceAround } from './fences';
import { linesOf, type Selected } from './selected';
import { spansOf, type Span } from './spans';

/** Selected, so that the address replaces it. */
const START = 'https://';

const LINK = /\[((?:[^[\]\\]|\\[^])*)\]\((<[^<>]*>|[^\s()<>]*)\)/g;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;

const escaped = (words: string) => words.replace(/(?<!\\)[[\]]/g, '\\$&');
const unescaped = (words: string) => words.replace(/\\([[\]])/g, '$1');

/** The link around the selection, in the whole text. */
function around(selected: Selected): (Span & { words: string }) | undefined {
  const { from, to } = selected;
  const [line, more] = linesOf(selected);
  if (!line || more) return undefined;
  const found = [...line.words.matchAll(LINK)].find(
    ({ 0: whole, index }) => line.at + index <= from && to <= line.at + index + whole.length,
  );
  if (!found) return undefined;
  const start = line.at + found.index;
  return {
    words: found[1]!,
    from: start,
    begin: start + 1,
    end: start + 1 + found[1]!.length,
    to: start + found[0].length,
  };
}

export const isLinked = (selected: Selected): boolean => !!around(selected);

export function toggleLink(selected: Selected): Selected {
  const { text, from, to } = selected;
  const link = around(selected);
  if (link) {
    const words = unescaped(link.words);
    return {
      text: text.slice(0, link.from) + words + text.slice(link.to),
      from: link.from,
      to: link.from + words.length,
    };
  }
  const words = text.slice(from, to);
  if (ADDRESS.test(words.trim())) {
    const caret = from + 1;
    return {
      text: `${text.slice(0, from)}[](${target(words.trim())})${text.slice(to)}`,
      from: caret,
      to: caret,
    };
  }
  return linked(selected, START);
}

/** Blanks stay outside; a link has one line. */
function linked({ text, from, to }: Selected, address: string): Selected {
  const whole = text.slice(from, to);
  const words = whole.trim();
  const before = whole.slice(0, whole.length - whole.trimStart().length);
  const after = words ? whole.slice(before.length + words.length) : '';
  const shown = escaped(
    words
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' '),
  );
  const start = from + before.length;
  const goal = target(address);
  const result = `${text.slice(0, start)}[${shown}](${goal})${after}${text.slice(to)}`;
  if (!shown) return { text: result, from: start + 1, to: start + 1 };
  const at = start + shown.length + 3;
  return { text: result, from: at, to: at + goal.length };
}

const target = (address: string) => {
  const whole = address.replace(/[<>]/g, encodeURIComponent);
  return /[()]/.test(whole) ? `<${whole}>` : whole;
};

/** An address pasted over words makes them a link. Null: it is pasted as it is. */
export function pasteLink(selected: Selected, pasted: string): Selected | null {
  const { text, from, to } = selected;
  const words = text.slice(from, to);
  const address = pasted.trim();
  if (!words.trim() || words.includes('\n') || !ADDRESS.test(address) || !URL.canParse(address)) return null;
  // Over another address, in a link and in code, it is a correction.
  if (/^\s*[a-z]+:/i.test(words) || around(selected) || fenceAround(selected)) return null;
  const line = linesOf(selected)[0]!;
  const within = (span: Span) => line.at + span.from < to && from < line.at + span.to;
  if (spansOf(line.words, 'code').some(within)) return null;
  const made = linked(selected, address);
  const end = made.to + 1;
  return { ...made, from: end, to: end };
}
