/** In the browser: loading the page's data anew. */
import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/**
 * Loads the page's data anew, once no navigation is under way. SvelteKit's `invalidateAll` drops a navigation that it meets: the
 * link that somebody has just followed would do nothing.
 */
export async function refresh(): Promise<void> {
  while (navigating.complete) await navigating.complete.catch(() => undefined);
  await invalidateAll();
}
