import { showAs } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) => {
  const query = event.url.searchParams;
  const filter = { find: query.get('find') ?? '', after: query.get('after') };
  return showAs(event, (ctx, spaceId) => spaces.people(ctx, spaceId, filter));
};
