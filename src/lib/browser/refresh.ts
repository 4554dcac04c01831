/** In the browser: reloads the page's data, or follows a form to where it leads. */
import { goto, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

let reloads = 0;

/** Somebody waits for a page's data: it is not just being preloaded. */
export const isAwaited = (): boolean => reloads > 0 || navigating.to !== null;

let newest: Promise<void> | undefined;

/** Of several at the same time only the last one loads anything: all wait for it. */
export async function refresh(): Promise<void> {
  await settled();
  reloads += 1;
  newest = invalidateAll();
  try {
    for (let awaited; awaited !== newest; await awaited) awaited = newest;
  } finally {
    reloads -= 1;
  }
}

/** The same page under the address that a form leads to; the focus and the place stay. */
export async function refreshAt(address: string): Promise<void> {
  await settled();
  await goto(address, { replaceState: true, keepFocus: true, noScroll: true, invalidateAll: true });
}

/** Waits for a navigation to end: `invalidateAll` and `goto` cancel it, and a link just clicked would do nothing. */
async function settled(): Promise<void> {
  while (navigating.complete) await navigating.complete.catch(() => undefined);
}

/**
 * Whether an address is the same page, a little changed: nobody is to lose their place on it.
 * @param from whoever is in the section that the address names is there already
 */
export function staysAt(address: string, from: Element): boolean {
  const to = new URL(address, location.href);
  const section = from.closest('section')?.getAttribute('aria-labelledby');
  return to.pathname === location.pathname && (!to.hash || to.hash === `#${section}`);
}

/** Goes where a form leads. */
export async function follow(address: string, stays: boolean): Promise<void> {
  await goto(new URL(address, location.href), { invalidateAll: true, noScroll: stays, keepFocus: stays });
}
