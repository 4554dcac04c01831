import { redirect } from '@sveltejs/kit';
import { reset } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { formPublic, showPublic } from '$lib/server/http';
import { tidyPath } from '$lib/tokens';

export const load = (event) => {
  const tidied = tidyPath('reset', event.params.token);
  if (tidied) redirect(303, tidied);
  return showPublic(event, async (ctx) => {
    const target = await accounts.resetTarget(ctx, event.params.token);
    return { email: target?.person.email ?? null, policy: target?.site.policy ?? null };
  });
};

export const actions = {
  default: formPublic(reset, async (ctx, { password }, event) => {
    await accounts.reset(ctx, event.params.token!, password);
    return '/login?reset';
  }),
};
