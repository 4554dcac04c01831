import { bySpace } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as trash from '$lib/server/trash';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const found = await trash.overview(ctx, {
      search,
      after: query.get('after') ?? '',
      trash: query.get('trash') ?? '',
    });
    return { ...found, search, restored: query.has('restored') };
  });

export const actions = {
  restore: form(bySpace, async (ctx, { id }) => {
    await trash.restore(ctx, id);
    return '/admin/spaces?restored';
  }),
};
