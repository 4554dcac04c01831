import { dialogOver } from '$lib/pages';
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

export const actions = {
  deactivate: form(byId, async (ctx, { id }) => {
    await accounts.setActive(ctx, id, false);
    return '/admin/guests?done=deactivated';
  }),
  reactivate: form(byId, async (ctx, { id }) => {
    await accounts.setActive(ctx, id, true);
    return '/admin/guests?done=reactivated';
  }),
};
