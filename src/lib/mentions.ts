/** What stands behind an @ while somebody writes, and whom it fits. No state, no browser. */
import { fits, sameWords } from './fold';

export interface Typed {
  start: number;
  typed: string;
}

/** What stands between the last @ and the caret, where that may be the beginning of a name. */
export function typedName(before: string): Typed | null {
  const found = /(?<![A-Za-z0-9_./+@＠-])[@＠]([^\n@＠]{0,60})$/u.exec(before);
  return found && !/^\s/.test(found[1]!) ? { start: found.index, typed: found[1]! } : null;
}

export function fitting<P extends { name: string }>(people: P[], typed: string): P[] {
  return people.filter(({ name }) => fits(name, typed));
}

/** The name of one of them is there in full, and somebody goes on writing. */
export const isComplete = (people: { name: string }[], typed: string): boolean =>
  /\s$/.test(typed) && people.some(({ name }) => sameWords(name, typed));
