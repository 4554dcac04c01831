import { show } from '$lib/server/http';
import * as search from '$lib/server/search';

export const load = (event) => {
  const query = event.url.searchParams;
  const typed = query.get('q') ?? '';
  const window = {
    // Texts go on by time.
    kind: query.get('kind') ?? (query.has('before') ? 'texts' : null),
    after: query.get('before') ?? query.get('after'),
  };
  return show(event, (ctx) => search.everything(ctx, typed, window, typed ? 'search' : null));
};
