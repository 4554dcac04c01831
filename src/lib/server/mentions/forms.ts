/** Finds in a few steps which of its words a text continues with. */
export class Forms<T> {
  readonly #found = new Map<string, T[]>();
  readonly #lengths = new Map<string, Set<number>>();
  signs = 0;

  add(form: string, one: T): void {
    this.signs = Math.max(this.signs, form.split('@').length - 1);
    const same = this.#found.get(form);
    if (same) same.push(one);
    else this.#found.set(form, [one]);
    const lengths = this.#lengths.get(form[0]!);
    if (lengths) lengths.add(form.length);
    else this.#lengths.set(form[0]!, new Set([form.length]));
  }

  has(form: string): boolean {
    return this.#found.has(form);
  }

  begin(letter: string): boolean {
    return this.#lengths.has(letter);
  }

  at(text: string, from: number, most: number): { length: number; who: T[] }[] {
    const found: { length: number; who: T[] }[] = [];
    for (const length of this.#lengths.get(text[from] ?? '') ?? []) {
      const who = length <= most && this.#found.get(text.slice(from, from + length));
      if (who) found.push({ length, who });
    }
    return found.sort((a, b) => b.length - a.length);
  }
}
