/** What the buttons above a text do to its Markdown, as plain functions of the text and its selection. */
import { fenceAround, toggleFence } from './fences';
import { isOfKind, toggleLines, type LineKind } from './lines';
import { isLinked, toggleLink } from './links';
import { isMarked, toggleMark } from './marks';
import type { Selected } from './selected';
import type { Mark } from './spans';

export { continueList } from './enter';
export { pasteLink } from './links';
export type { Selected } from './selected';

export type Markup = Mark | LineKind | 'link';

const severalLines = ({ text, from, to }: Selected) => text.slice(from, to).includes('\n');

/** Pressed again, it removes what it made. */
export function toggle(selected: Selected, markup: Markup): Selected {
  switch (markup) {
    case 'list':
    case 'task':
    case 'quote':
      return toggleLines(selected, markup);
    case 'link':
      return toggleLink(selected);
    case 'code':
      if (severalLines(selected) || fenceAround(selected)) return toggleFence(selected);
  }
  return toggleMark(selected, markup);
}

export function has(selected: Selected, markup: Markup): boolean {
  switch (markup) {
    case 'list':
    case 'task':
    case 'quote':
      return isOfKind(selected, markup);
    case 'link':
      return isLinked(selected);
    case 'code':
      if (severalLines(selected) || fenceAround(selected)) return !!fenceAround(selected);
  }
  return isMarked(selected, markup);
}
