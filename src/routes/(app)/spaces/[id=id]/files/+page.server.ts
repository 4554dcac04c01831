import * as files from '$lib/server/files';
import { show } from '$lib/server/http';

export const load = (event) => {
  const query = event.url.searchParams;
  const filter = {
    category: query.get('kind'),
    by: query.get('by'),
    find: query.get('find'),
    order: query.get('order'),
  };
  return show(event, (ctx) => files.browse(ctx, Number(event.params.id), filter, query.get('after')));
};
