import { show } from '$lib/server/http';
import * as search from '$lib/server/search';

export const load = (event) => {
  const { searchParams } = event.url;
  const typed = searchParams.get('q') ?? '';
  const before = searchParams.get('before');
  return show(event, (ctx) =>
    search.inSpace(ctx, Number(event.params.id), typed, before, typed ? 'search' : null),
  );
};
