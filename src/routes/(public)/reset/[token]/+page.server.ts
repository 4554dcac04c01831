import { reset } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const target = await accounts.resetTarget(ctx, event.params.token);
    return { email: target?.person.email ?? null, policy: target?.site.policy ?? null };
  });

export const actions = {
  default: form(reset, async (ctx, { password }, event) => {
    await accounts.reset(ctx, event.params.token!, password);
    return '/login?reset';
  }),
};
