import { writeCounts } from '$lib/erased';
import { dialogOver, keptQuery, withQuery } from '$lib/pages';
import { byId, many } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomId } from '$lib/server/crypto';
import * as guests from '$lib/server/guests';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const filter = guests.filterOf(query);
    const [list, selected] = await Promise.all([
      guests.list(ctx, filter, query.get('after') ?? ''),
      guests.many.selected(ctx, query, filter),
    ]);
    const over = dialogOver(event.url, {
      deactivate: list.rows.filter(({ status }) => status === 'active'),
      // Whoever is only invited has no account.
      delete: list.rows.filter(({ name }) => name !== null),
    });
    return {
      ...list,
      ...over,
      covered: over.covered || selected.asked !== null,
      selected,
      requestKey: randomId(),
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
  many: form(many, async (ctx, { do: action, picks, all, requestKey }, { url }) => {
    const selection = all ? { filter: guests.filterOf(url.searchParams) } : { refs: picks.split(' ') };
    return `/admin/guests/many/${await guests.many.begin(ctx, action, selection, requestKey)}`;
  }),
};
