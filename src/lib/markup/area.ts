/** In the browser: reads and writes a text area, so that Ctrl+Z takes back what was written. */
import type { Selected } from './selected';

export const selectedIn = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Selected => ({
  text: value,
  from: selectionStart,
  to: selectionEnd,
});

/** Replaces a part of the text, as if it were typed. */
export function replace(area: HTMLTextAreaElement, from: number, to: number, put: string): void {
  area.focus({ preventScroll: true });
  if (from === to && !put) return;
  area.setSelectionRange(from, to);
  const expected = area.value.slice(0, from) + put + area.value.slice(to);
  // Deprecated, but the only way to keep Ctrl+Z working.
  if (put) document.execCommand('insertText', false, put);
  else document.execCommand('delete');
  if (area.value === expected) return;
  area.setRangeText(put, from, area.value.length - (expected.length - from - put.length), 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Writes only what differs, in one step. */
export function write(area: HTMLTextAreaElement, next: Selected): void {
  const { value } = area;
  const most = Math.min(value.length, next.text.length);
  let before = 0;
  while (before < most && value[before] === next.text[before]) before++;
  let after = 0;
  while (after < most - before && value.at(-1 - after) === next.text.at(-1 - after)) after++;
  replace(area, before, value.length - after, next.text.slice(before, next.text.length - after));
  area.setSelectionRange(next.from, next.to);
}
