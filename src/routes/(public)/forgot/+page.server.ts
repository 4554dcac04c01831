import { forgot } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { formPublic } from '$lib/server/http';

export const actions = {
  default: formPublic(forgot, async (ctx, { email }) => {
    accounts.askReset(ctx, email);
    return { asked: email };
  }),
};
