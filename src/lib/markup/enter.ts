/** Enter at the end of an item begins the next; in an empty item it ends the list. */
import { fenceAround } from './fences';
import { prefixOf } from './prefix';
import type { Selected } from './selected';

/** Null: Enter does what it does everywhere. Not in a quotation, where the answer goes below the quoted line. */
export function continueList(selected: Selected): Selected | null {
  const { text, from, to } = selected;
  if (from !== to) return null;
  const at = text.slice(0, from).lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', from);
  const line = text.slice(at, end < 0 ? text.length : end);
  const { quote, indent, marker, box, length } = prefixOf(line);
  if (quote || !/[ \t]$/.test(marker) || from - at < length || fenceAround(selected)) return null;
  if (!line.slice(length).trim()) {
    return { text: text.slice(0, at) + text.slice(at + line.length), from: at, to: at };
  }
  const number = /^\d+/.exec(marker)?.[0];
  const next = number ? marker.replace(number, String(Number(number) + 1)) : marker;
  const put = `\n${indent}${next}${box && '[ ] '}`;
  // What follows begins the next item, without its blank.
  const rest = text.slice(from).replace(/^[ \t]+/, '');
  const caret = from + put.length;
  return { text: text.slice(0, from) + put + rest, from: caret, to: caret };
}
