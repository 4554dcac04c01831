import { redirect } from '@sveltejs/kit';
import { reset } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import * as news from '$lib/server/news';
import { Refusal } from '$lib/server/errors';
import { formPublic, showPublic } from '$lib/server/http';
import { tidyPath, tidyToken } from '$lib/tokens';

export const load = (event) => {
  const { token } = event.params;
  const tidied = tidyPath('reset', token);
  if (tidied) redirect(303, tidied);
  return showPublic(event, async (ctx) => {
    // Not whole, so none of ours; +error.svelte explains.
    if (!tidyToken(token, 'reset')) throw new Refusal('missing');
    const target = await accounts.resetTarget(ctx, token);
    return { email: target?.person.email ?? null, policy: target?.site.policy ?? null };
  });
};

export const actions = {
  default: formPublic(reset, async (ctx, { password }, event) => {
    await accounts.reset(ctx, event.params.token!, password);
    return news.sendTo(ctx, '/login', 'reset');
  }),
};
