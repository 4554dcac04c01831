import { forgot } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { formPublic, showPublic } from '$lib/server/http';
import * as typedAddress from '$lib/server/typed-address';

export const load = (event) => showPublic(event, async (ctx) => ({ email: await typedAddress.read(ctx) }));

export const actions = {
  default: formPublic(forgot, async (ctx, { email }) => {
    accounts.askReset(ctx, email);
    await typedAddress.keep(ctx, email);
    return { asked: email };
  }),
};
