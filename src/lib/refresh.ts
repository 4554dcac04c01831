/** In the browser: reloads the page's data. */
import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/** Waits for a navigation to end: SvelteKit's `invalidateAll` cancels it, and a link just clicked would do nothing. */
export async function refresh(): Promise<void> {
  while (navigating.complete) await navigating.complete.catch(() => undefined);
  await invalidateAll();
}
