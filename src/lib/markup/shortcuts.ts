/** The buttons above a text in their order, and their keys: letters as typed, other keys by their place, with Shift. */
import type { Markup } from '.';

interface Shortcut {
  markup: Markup;
  letter?: string;
  /** `KeyboardEvent.code`, and what is printed on that key. */
  place?: [code: string, printed: string];
}

export const shortcuts: Shortcut[] = [
  { markup: 'bold', letter: 'B' },
  { markup: 'italic', letter: 'I' },
  { markup: 'list', place: ['Digit8', '8'] },
  { markup: 'task', place: ['Digit9', '9'] },
  { markup: 'quote', place: ['Period', '.'] },
  { markup: 'link', letter: 'K' },
  { markup: 'code', letter: 'E' },
];

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** @param mac there, Control moves the caret */
export function pressed(event: Key, mac: boolean): Markup | undefined {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey || ctrlKey === mac || metaKey !== mac) return undefined;
  return shortcuts.find(({ letter, place }) =>
    shiftKey ? place?.[0] === event.code : letter === event.key.toUpperCase(),
  )?.markup;
}

/** As it is written on the platform, and for `aria-keyshortcuts`. */
export function keysOf({ letter, place }: Shortcut, mac: boolean): { words: string; aria: string } {
  const key = letter ?? place![1];
  return {
    words: mac ? `${place ? '⇧' : ''}⌘${key}` : `Ctrl+${place ? 'Shift+' : ''}${key}`,
    aria: `${mac ? 'Meta' : 'Control'}+${place ? 'Shift+' : ''}${key}`,
  };
}

export const onMac = (): boolean => /Mac|iP(?:hone|ad|od)/.test(navigator.platform);
