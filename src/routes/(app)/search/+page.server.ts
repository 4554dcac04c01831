import { show } from '$lib/server/http';
import * as search from '$lib/server/search';

export const load = (event) => {
  const { searchParams } = event.url;
  return show(event, (ctx) =>
    search.everywhere(ctx, searchParams.get('q') ?? '', searchParams.get('before')),
  );
};
