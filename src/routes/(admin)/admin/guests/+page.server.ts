import { dialogOver, keptQuery, withQuery } from '$lib/pages';
import { byId } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const after = query.get('after') ?? '';
    const guests = await accounts.list(ctx, 'guest', { after, search });
    return {
      ...guests,
      ...dialogOver(event.url, { deactivate: guests.rows }),
      search,
      done: query.get('done'),
    };
  });

/** The list as it was shown. */
const here = (url: URL, done: string) =>
  withQuery('/admin/guests', { ...keptQuery(url, 'search', 'after'), done });

export const actions = {
  deactivate: form(byId, async (ctx, { id }, { url }) => {
    await accounts.setActive(ctx, id, false);
    return here(url, 'deactivated');
  }),
  reactivate: form(byId, async (ctx, { id }, { url }) => {
    await accounts.setActive(ctx, id, true);
    return here(url, 'reactivated');
  }),
};
