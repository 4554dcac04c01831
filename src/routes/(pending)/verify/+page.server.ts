import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { verifyCode } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { formPublic, showPublic } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as verification from '$lib/server/verification';

export const load = (event) =>
  showPublic(event, async (ctx) => {
    const pending = await verification.pending(ctx);
    if (!pending) redirect(303, ctx.actor ? '/' : '/login?over');
    return { ...pending, formKey: randomToken(), resent: event.url.searchParams.has('resent') };
  });

export const actions = {
  verify: formPublic(verifyCode, async (ctx, { code, formKey }) => {
    const passed = await verification.check(ctx, code, formKey);
    return passed.challenge.purpose === 'login'
      ? accounts.finishLogin(ctx, passed)
      : invitations.finishSignUp(ctx, passed);
  }),
  resend: formPublic(v.object({}), async (ctx) => {
    await verification.sendAgain(ctx);
    return '/verify?resent';
  }),
};
