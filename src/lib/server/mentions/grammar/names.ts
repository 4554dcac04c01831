/** The people whom a text may name, and the forms of their names. */
import { writingsOf } from '../../../addresses';
import { unspaced } from '../../../edges';
import { BETWEEN, fold, joined } from '../../../fold';
import { Forms } from '../forms';
import { charAt, charBefore, LONGEST } from './boundaries';

export interface Nameable {
  id: string;
  name: string;
  email?: string;
  guest?: boolean;
  /** Left the space: hidden, but neither notified nor marked. */
  quiet?: boolean;
}

export interface Form {
  form: string;
  person: Nameable;
  byName: boolean;
}

/** An international address has two. */
export const formsOfAddress = (email = ''): string[] => writingsOf(email).map((form) => fold(form).trim());

/** What separates the words, by the number of letters before it. */
function joinsOf(words: string): Map<number, string> {
  const joins = new Map<number, string>();
  let without = 0;
  for (const { index, 0: join } of words.matchAll(BETWEEN)) {
    joins.set(index - without, join);
    without += join.length;
  }
  return joins;
}

/** Words may be separated as in the name, by one sign, or not at all; in scripts without blanks also by a blank. */
function writes(written: string, form: string): boolean {
  const own = joinsOf(form);
  const letters = joined(form);
  return [...joinsOf(written)].every(([at, join]) => {
    const there = own.get(at);
    if (there !== undefined) return join === there || join.length === 1;
    return join === ' ' && unspaced.test(charBefore(letters, at)) && unspaced.test(charAt(letters, at));
  });
}

/** By name or address, also with words joined differently. */
export class Names {
  readonly #exact = new Forms<Form>();
  readonly #joined = new Forms<Form>();

  constructor(people: Nameable[]) {
    for (const person of people) {
      const name = fold(person.name).trim();
      for (const form of new Set([name, ...formsOfAddress(person.email)])) {
        if (!form || form.length > LONGEST) continue;
        const one = { form, person, byName: form === name };
        this.#exact.add(form, one);
        // In an address every sign counts.
        const letters = joined(form);
        if (!form.includes('@') && (letters !== form || unspaced.test(form))) this.#joined.add(letters, one);
      }
    }
  }

  get signs(): number {
    return this.#exact.signs;
  }

  is(form: string): boolean {
    return this.#exact.has(form);
  }

  /** Longest first; exact forms before differently joined ones. */
  at(folded: string, from: number, most: number): { to: number; who: Form[] }[] {
    const found = this.#exact.at(folded, from, most).map(({ length, who }) => ({
      to: from + length,
      who,
    }));
    if (this.#joined.begin(folded[from] ?? '')) {
      const stretch = folded.slice(from, from + most);
      const joins = joinsOf(stretch);
      const letters = joined(stretch);
      for (const { length, who } of this.#joined.at(letters, 0, letters.length)) {
        let to = length;
        for (const [at, join] of joins) if (at < length) to += join.length;
        const written = stretch.slice(0, to);
        const those = who.filter(({ form }) => form !== written && writes(written, form));
        if (those.length > 0) found.push({ to: from + to, who: those });
      }
    }
    return found.sort((a, b) => b.to - a.to);
  }
}
