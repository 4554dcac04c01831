import { show } from '$lib/server/http';
import * as limits from '$lib/server/limits';
import * as search from '$lib/server/search';

export const load = (event) => {
  const query = event.url.searchParams;
  const typed = query.get('q') ?? '';
  return show(event, async (ctx) => {
    // In parallel: the page waits for both anyway.
    const [found] = await Promise.all([
      search.everything(ctx, typed, {
        // Texts go on by time.
        kind: query.get('kind') ?? (query.has('before') ? 'texts' : null),
        after: query.get('before') ?? query.get('after'),
      }),
      typed && limits.take(ctx, 'search'),
    ]);
    return found;
  });
};
