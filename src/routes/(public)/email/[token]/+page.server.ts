import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import * as accounts from '$lib/server/accounts';
import { Refusal } from '$lib/server/errors';
import { formPublic, showPublic } from '$lib/server/http';
import { tidyPath, tidyToken } from '$lib/tokens';

export const load = (event) => {
  const { token } = event.params;
  const tidied = tidyPath('email', token);
  if (tidied) redirect(303, tidied);
  return showPublic(event, async (ctx) => {
    // Not whole, so none of ours; +error.svelte explains.
    if (!tidyToken(token, 'email')) throw new Refusal('missing');
    return { target: await accounts.addressTarget(ctx, token) };
  });
};

export const actions = {
  default: formPublic(v.object({}), async (ctx, _input, event) => {
    await accounts.confirmAddress(ctx, event.params.token!);
    // The page says what became of it, so that a reload posts nothing.
    return event.url.pathname;
  }),
};
