import { show } from '$lib/server/http';
import * as limits from '$lib/server/limits';
import * as search from '$lib/server/search';

export const load = (event) => {
  const { searchParams } = event.url;
  const typed = searchParams.get('q') ?? '';
  return show(event, async (ctx) => {
    // In parallel: the page waits for both anyway.
    const [found] = await Promise.all([
      search.everywhere(ctx, typed, searchParams.get('before')),
      typed && limits.take(ctx, 'search'),
    ]);
    return found;
  });
};
