import { forgot } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form } from '$lib/server/http';

export const actions = {
  default: form(forgot, async (ctx, { email }) => {
    accounts.askReset(ctx, email);
    return { asked: email };
  }),
};
