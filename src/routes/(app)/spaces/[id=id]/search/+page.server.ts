import { show } from '$lib/server/http';
import * as search from '$lib/server/search';

export const load = (event) => {
  const { searchParams } = event.url;
  return show(event, (ctx) =>
    search.inSpace(ctx, Number(event.params.id), searchParams.get('q') ?? '', searchParams.get('before')),
  );
};
