import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { decline, signUp } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { signedIn } from '$lib/server/context';
import { formPublic, showPublic } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import { tidyPath } from '$lib/tokens';

export const load = (event) => {
  const { token } = event.params;
  const tidied = tidyPath('signup', token);
  if (tidied) redirect(303, tidied);
  return showPublic(event, async (ctx) => ({
    ...(await invitations.stateOf(ctx, token)),
    formKey: randomToken(),
  }));
};

// If the link has changed, its page explains.
export const actions = {
  signUp: formPublic(
    signUp,
    async (ctx, input, { params }) =>
      (await invitations.signUp(ctx, params.token!, input)) ?? `/signup/${params.token}`,
    undefined,
    { judge: (ctx, valid, { params }) => invitations.judgeSignUp(ctx, params.token!, valid) },
  ),
  join: formPublic(
    v.object({}),
    async (ctx, _input, { params }) =>
      // If the session has ended, the page says how to go on.
      (ctx.actor && (await invitations.join(signedIn(ctx), params.token!))) ?? `/signup/${params.token}`,
  ),
  decline: formPublic(decline, async (ctx, { reason }, { params }) => {
    await invitations.decline(ctx, params.token!, reason);
    return `/signup/${params.token}`;
  }),
  ask: formPublic(v.object({}), async (ctx, _input, { params }) => {
    await invitations.askAgain(ctx, params.token!);
    return `/signup/${params.token}`;
  }),
  switch: formPublic(v.object({}), async (ctx, _input, { params }) => {
    await accounts.signOut(ctx);
    return `/signup/${params.token}`;
  }),
};
