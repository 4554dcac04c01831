/** In the browser: where the focus goes back to when what had it is gone. */

const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea';

const usable = (element: Element | null | undefined): element is HTMLElement =>
  element instanceof HTMLElement &&
  element.isConnected &&
  !element.closest('[inert]') &&
  element.getClientRects().length > 0;

/** The same control on a page that was rendered anew. */
function again(lost: Element): HTMLElement | undefined {
  const name = lost.textContent?.trim();
  const same = (other: Element) =>
    other.getAttribute('href') === lost.getAttribute('href') &&
    other.getAttribute('value') === lost.getAttribute('value') &&
    other.getAttribute('aria-label') === lost.getAttribute('aria-label') &&
    other.textContent?.trim() === name &&
    sibling(other) === sibling(lost);
  // Rows have buttons of the same name; what they send distinguishes them.
  const sibling = (one: Element) =>
    [...((one as HTMLButtonElement).form?.querySelectorAll<HTMLInputElement>('input[type=hidden]') ?? [])]
      .map(({ value }) => value)
      .join(' ');
  return [...document.querySelectorAll(lost.localName)].filter(usable).find(same);
}

let opener: Element | null = null;
/** What opened the first of several dialogs, one of which leads to the next. */
let first: Element | null = null;

/** Before a navigation: what had the focus may be gone when the dialog that it opens begins. */
export const noteOpener = (): void => void (opener = document.activeElement);

/** For a dialog as it begins: gives the focus back when it ends, once Kit has updated the page, which is no longer inert. */
export function openedFrom(): () => void {
  if (typeof document === 'undefined') return () => {};
  const from = isLost() ? opener : document.activeElement;
  if (!from?.closest('dialog')) first = from === document.body ? null : from;
  const back = placeOf(from, first);
  return () => void setTimeout(back);
}

/**
 * Remembers a control, and returns what gives a lost focus back to it. If its row has gone, a neighbour gets it; without any, the
 * heading above.
 */
export function placeOf(control: Element | null, otherwise: Element | null = null): () => void {
  const own = control === document.body ? null : control;
  const row = own?.closest('tr, li');
  const near = [row?.nextElementSibling, row?.previousElementSibling];
  const around = own?.closest('section, dialog');
  return () => {
    if (!isLost()) return;
    const back =
      [own, own && again(own)].find(usable) ??
      near.map((other) => other?.querySelector(CONTROLS)).find(usable) ??
      [otherwise, otherwise && again(otherwise)].find(usable);
    if (back) back.focus();
    else if (!document.querySelector('dialog[open]') || around) focusHeading(around);
  };
}

function focusHeading(within: Element | null | void): void {
  const heading = [within?.querySelector('h1, h2'), ...document.querySelectorAll('h1, h2')].find(usable);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** What a refused form, or one that asks for more, says first. */
const SUMMARY = '[data-summary]';

export const readsSummary = (): boolean => !!document.activeElement?.closest(SUMMARY);

export function focusSummary(
  form: HTMLFormElement,
  scope: Element | null = form.closest('dialog, [role=alertdialog]') ?? document.querySelector('main'),
): boolean {
  const summary = [...(scope?.querySelectorAll(SUMMARY) ?? [])].find(usable);
  if (!summary) return false;
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: 'center' });
  return true;
}

/** What holds a control where it is in the window. */
export interface Hold {
  /** Scrolls it back there. */
  keep(): void;
  release(): void;
}

/**
 * Holds a control, or the button of the menu that it is in, where it is in the window while the page changes around it: before each of
 * the changes is painted, so nobody sees it leave. Who scrolls meanwhile is elsewhere already.
 */
export function holdInWindow(control: Element | null): Hold {
  const menu = control?.closest('[popover]');
  const shown = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : control;
  const before = shown?.getBoundingClientRect().top;
  const over = new AbortController();
  const keep = () => {
    if (over.signal.aborted || before === undefined || !usable(shown)) return;
    const top = shown.getBoundingClientRect().top - before;
    if (top) scrollerOf(shown).scrollBy({ top, behavior: 'instant' });
  };
  const changes = new MutationObserver(keep);
  changes.observe(document.body, { childList: true, characterData: true, subtree: true });
  const release = () => {
    changes.disconnect();
    over.abort();
  };
  for (const kind of ['wheel', 'touchmove', 'keydown'])
    addEventListener(kind, release, { passive: true, signal: over.signal });
  return { keep, release };
}

function scrollerOf(control: Element): Element {
  for (let one = control.parentElement; one && one !== document.body; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight)
      return one;
  return document.documentElement;
}

/** A dialog has the focus itself only as long as nothing in it has. */
export const isLost = (): boolean =>
  !document.activeElement || document.activeElement.matches('body, dialog');
