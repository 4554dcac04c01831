/** What is said to people wherever they are: what was done, and what was not sent from a page they have left. */
import { createContext } from 'svelte';

export interface Left {
  page: string;
  href: string;
}

/** Long enough that screen readers notice the same words again. */
const GAP = 120;
const SHOWN = 8_000;

export class Notices {
  said = $state('');
  /** Also to be seen: the page says it out of sight. */
  seen = $state(false);
  unsent = $state.raw<Left[]>([]);

  #soon: ReturnType<typeof setTimeout> | undefined;
  #over: ReturnType<typeof setTimeout> | undefined;

  say(words: string, seen = false): void {
    this.hush();
    this.#soon = setTimeout(() => {
      this.said = words;
      this.seen = seen;
    }, GAP);
    if (seen) this.#over = setTimeout(() => (this.seen = false), SHOWN);
  }

  hush(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#over);
    this.said = '';
    this.seen = false;
  }

  leave(left: Left): void {
    this.unsent = [...this.unsent.filter(({ href }) => href !== left.href), left];
  }

  forget(href: string): void {
    this.unsent = this.unsent.filter((left) => left.href !== href);
  }
}

const [useNotices, setNotices] = createContext<Notices>();
export { useNotices };

/** Root layout only. */
export const provideNotices = (): Notices => setNotices(new Notices());
