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
  const [spaceId, picture] = [Number(event.params.id), query.get('show')];
  return show(event, async (ctx) => {
    const [list, shown] = await Promise.all([
      files.browse(ctx, spaceId, filter, query.get('after')),
      picture === null ? null : files.look(ctx, spaceId, picture, filter),
    ]);
    return { ...list, shown, covered: shown !== null };
  });
};
