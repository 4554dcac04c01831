import { spaceCreators } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await accounts.list(ctx, { after: event.url.searchParams.get('after') ?? '' })),
  }));

export const actions = {
  default: form(spaceCreators, async (ctx, { shown, allowed }) => {
    await accounts.setSpaceCreators(ctx, shown, allowed);
    return { saved: true };
  }),
};
