import { bySpace } from '$lib/schemas';
import * as administrators from '$lib/server/administrators';
import { form, show } from '$lib/server/http';
import * as trash from '$lib/server/trash';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const without = query.has('without');
    const found = await trash.overview(ctx, {
      search,
      after: query.get('after') ?? '',
      trash: query.get('trash') ?? '',
      without,
    });
    return { ...found, search, without, done: query.get('done') };
  });

export const actions = {
  restore: form(bySpace, async (ctx, { id }) => {
    await trash.restore(ctx, id);
    return '/admin/spaces?done=restored';
  }),
  become: form(bySpace, async (ctx, { id }) => {
    await administrators.become(ctx, id);
    return `/spaces/${id}`;
  }),
};
