import { writeCounts } from '$lib/erased';
import { dialogOver, keptQuery, withQuery } from '$lib/pages';
import { byId } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import * as guests from '$lib/server/guests';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const filter = guests.filterOf(query);
    const list = await guests.list(ctx, filter, query.get('after') ?? '');
    return {
      ...list,
      ...dialogOver(event.url, {
        deactivate: list.rows.filter(({ status }) => status === 'active'),
        // Whoever is only invited has no account.
        delete: list.rows.filter(({ name }) => name !== null),
      }),
      filter,
      orders: guests.ORDERS,
      done: query.get('done'),
      erased: query.get('erased'),
    };
  });

/** The list as it was shown. */
const here = (url: URL, done: string, more: Record<string, string> = {}) =>
  withQuery('/admin/guests', {
    ...keptQuery(url, 'search', 'status', 'space', 'company', 'sponsor', 'order', 'after'),
    done,
    ...more,
  });

export const actions = {
  deactivate: form(byId, async (ctx, { id }, { url }) => {
    await accounts.setActive(ctx, id, false);
    return here(url, 'deactivated');
  }),
  delete: form(byId, async (ctx, { id }, { url }) => {
    const counts = await accounts.eraseGuest(ctx, id);
    return here(url, 'erased', { erased: writeCounts(counts) });
  }),
  reactivate: form(byId, async (ctx, { id }, { url }) => {
    await accounts.setActive(ctx, id, true);
    return here(url, 'reactivated');
  }),
};
