/** What is said to people wherever they are: what was done, what was not sent, and that the network is gone. */
import { createContext, tick } from 'svelte';
import { noKeys } from './sent';

/** Not sent from a page that has been left, or by a button in a row, which has no room for more. */
export interface Unsent {
  /** The page's title, or the button's words. */
  what: string;
  /** The page that was left. */
  href?: string;
  why?: string;
  again?: () => void;
}

export type Halt = 'offline' | 'silent';

/** Long enough that screen readers notice the same words again. */
const GAP = 120;
const SHOWN = 8_000;
/** To the bottom of the window, in pixels: what is shown there would cover it. */
const NEAR = 120;

export class Notices {
  said = $state('');
  /** Also to be seen: the page says it out of sight. */
  seen = $state(false);
  /** The page's notice that is said there in its place. */
  moved = $state.raw<HTMLElement | null>(null);
  /** At the top, so that it does not cover the control that has the focus. */
  above = $state(false);
  unsent = $state.raw<Unsent[]>([]);
  /** The next page, or newer data of this one, cannot be had. */
  halted = $state<Halt | null>(null);
  /** Of posts without an answer, by address: a retry has the same key, and writes nothing twice. */
  readonly keys = noKeys();

  #soon: ReturnType<typeof setTimeout> | undefined;
  #over: ReturnType<typeof setTimeout> | undefined;
  #follow: (() => void) | null = null;
  #waiting: (() => void)[] = [];

  say(words: string, seen = false): void {
    this.hush();
    this.#soon = setTimeout(() => {
      this.said = words;
      this.seen = seen;
      this.above = (document.activeElement?.getBoundingClientRect().bottom ?? 0) > innerHeight - NEAR;
    }, GAP);
    if (seen) this.#over = setTimeout(this.putAway, SHOWN);
  }

  /** The page's own notice of what was done: said once, where the person is. @returns whether it gave up its place in the page */
  async show(notice: HTMLElement): Promise<boolean> {
    this.moved = null;
    await tick();
    const { top, bottom } = notice.getBoundingClientRect();
    const inSight = top >= 0 && bottom <= innerHeight;
    if (!inSight && !notice.querySelector('a, button, input, textarea')) {
      this.say(notice.textContent.trim().replace(/\s+/g, ' '), true);
      this.moved = notice;
      await tick();
      return true;
    }
    if (!inSight) notice.scrollIntoView({ block: 'center' });
    // Screen readers hear what comes into a region that is there: the words do so a moment after it.
    for (const words of notice.children) words.animate({ visibility: ['hidden', 'hidden'] }, GAP);
    return false;
  }

  /** Seen enough of it. */
  putAway = (): void => {
    if (this.seen) this.said = '';
    this.seen = false;
  };

  hush(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#over);
    this.said = '';
    this.seen = false;
  }

  leave(left: Unsent): void {
    const same = ({ what, href }: Unsent) => what === left.what && href === left.href;
    this.unsent = [...this.unsent.filter((one) => !same(one)), left];
  }

  forget(left: Unsent): void {
    this.unsent = this.unsent.filter((one) => one !== left);
  }

  /** Only what is about a page that has been left stays. */
  arrive(): void {
    this.unsent = this.unsent.filter(({ href }) => href !== undefined);
    this.#follow = null;
    if (this.#waiting.length === 0) this.halted = null;
  }

  /** A link that was not followed. */
  halt(again: () => void): void {
    this.halted = 'offline';
    this.#follow = again;
  }

  /** Data that did not arrive. @returns when to ask for it again */
  wait(why: Halt): Promise<void> {
    this.halted = why;
    return new Promise((again) => this.#waiting.push(again));
  }

  retry = (): void => {
    const follow = this.#follow;
    this.resume();
    follow?.();
  };

  /** The network may be back. Nobody is led away from what they do meanwhile. */
  resume = (): void => {
    this.halted = this.#follow = null;
    for (const again of this.#waiting.splice(0)) again();
  };
}

const [useNotices, setNotices] = createContext<Notices>();
export { useNotices };

/** Root layout only. */
export const provideNotices = (): Notices => setNotices(new Notices());
