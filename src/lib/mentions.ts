/** Which people match the text after an @ during typing. No state, no browser. */
import { fits, sameWords } from './fold';

export interface Typed {
  start: number;
  typed: string;
}

/** The text between the last @ and the caret, if a name may begin so. */
export function typedName(before: string): Typed | null {
  const found = /(?<![A-Za-z0-9_./+@＠-])[@＠]([^\n@＠]{0,60})$/u.exec(before);
  return found && !/^\s/.test(found[1]!) ? { start: found.index, typed: found[1]! } : null;
}

export function fitting<P extends { name: string }>(people: P[], typed: string): P[] {
  return people.filter(({ name }) => fits(name, typed));
}

/** A name is there in full, and typing goes on. */
export const isComplete = (people: { name: string }[], typed: string): boolean =>
  /\s$/.test(typed) && people.some(({ name }) => sameWords(name, typed));
