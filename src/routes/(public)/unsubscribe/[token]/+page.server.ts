import { redirect } from '@sveltejs/kit';
import { unsubscribe } from '$lib/schemas';
import { formPublic, showPublic } from '$lib/server/http';
import { tidyPath } from '$lib/tokens';
import * as accounts from '$lib/server/accounts';

export const load = (event) => {
  const tidied = tidyPath('unsubscribe', event.params.token);
  if (tidied) redirect(303, tidied);
  return showPublic(event, async (ctx) => ({
    target: await accounts.unsubscribeTarget(ctx, event.params.token),
  }));
};

export const actions = {
  default: formPublic(unsubscribe, async (ctx, posted, event) => {
    await accounts.unsubscribe(ctx, event.params.token!);
    // RFC 8058 §3.1: no redirect for mail providers. People get one, so that a reload posts nothing.
    return posted['List-Unsubscribe'] ? {} : event.url.pathname;
  }),
};
