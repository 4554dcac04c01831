/** In the browser: the list of people that opens after an @ in a text area, and its keys. */
import { replace } from '../markup/area';
import { fitting, isComplete, typedName, type Typed } from '../mentions';

export interface Named {
  id: string;
  name: string;
  company: string;
  avatar?: string | null;
  guest: boolean;
}

const PAUSE = 120;

export class MentionCompletion {
  people = $state<Named[]>([]);
  active = $state(0);

  #area: () => HTMLTextAreaElement | undefined;
  #find: (typed: string, signal: AbortSignal) => Promise<Named[]>;
  #start = -1;
  #dismissed = -1;
  /** No name starts with this, so longer text needs no request. */
  #nobody: Typed | undefined;
  #asking: AbortController | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** @param find throws if there is no answer */
  constructor(
    area: () => HTMLTextAreaElement | undefined,
    find: (typed: string, signal: AbortSignal) => Promise<Named[]>,
  ) {
    this.#area = area;
    this.#find = find;
  }

  get open(): boolean {
    return this.people.length > 0;
  }

  close = (): void => {
    clearTimeout(this.#soon);
    this.#asking?.abort();
    this.people = [];
  };

  look = (): void => {
    const found = this.#typed();
    if (!found) {
      this.#dismissed = -1;
      return this.close();
    }
    const hopeless = this.#nobody?.start === found.start && found.typed.startsWith(this.#nobody.typed);
    if (found.start === this.#dismissed || hopeless) return this.close();
    this.#start = found.start;
    // Before any answer, so that Enter never picks someone who no longer matches.
    this.people = fitting(this.people, found.typed);
    this.active = Math.max(0, Math.min(this.active, this.people.length - 1));
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.#ask(found), PAUSE);
  };

  choose(person: Named): void {
    const area = this.#area();
    if (!area) return;
    const at = this.#start;
    replace(area, at, area.selectionStart, `@${person.name} `);
    this.#dismissed = at;
    this.close();
  }

  press({ key, shiftKey }: KeyboardEvent): boolean {
    const count = this.people.length;
    if (count === 0) return false;
    if (key === 'ArrowDown') this.active = (this.active + 1) % count;
    else if (key === 'ArrowUp') this.active = (this.active + count - 1) % count;
    else if ((key === 'Enter' || key === 'Tab') && !shiftKey) this.choose(this.people[this.active]!);
    else if (key === 'Escape') {
      this.#dismissed = this.#start;
      this.close();
    } else return false;
    return true;
  }

  #typed(): Typed | null {
    const area = this.#area();
    if (!area || area.selectionStart !== area.selectionEnd) return null;
    return typedName(area.value.slice(0, area.selectionStart));
  }

  async #ask(found: Typed): Promise<void> {
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const list = await this.#find(found.typed, signal);
      // Answered before the abort: the list was closed, or a newer request is under way.
      if (signal.aborted) return;
      this.#nobody = list.length === 0 ? found : undefined;
      const now = this.#typed();
      this.active = 0;
      this.people =
        isComplete(list, found.typed) || now?.start !== found.start ? [] : fitting(list, now.typed);
    } catch {
      // Aborted or offline: full names still work.
    }
  }
}
