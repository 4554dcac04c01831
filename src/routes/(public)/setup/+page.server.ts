import { setUp } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';

export const load = (event) => show(event, accounts.setUpOpen);

export const actions = {
  default: form(setUp, async (ctx, input) => {
    await accounts.setUp(ctx, input);
    return '/';
  }),
};
