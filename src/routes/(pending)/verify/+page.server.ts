import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { verifyCode } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import type { Ctx } from '$lib/server/context';
import { randomToken } from '$lib/server/crypto';
import { formPublic, showPublic } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import * as news from '$lib/server/news';
import * as verification from '$lib/server/verification';

export const load = (event) =>
  showPublic(event, async (ctx) => {
    const pending = await verification.pending(ctx);
    if (!pending) redirect(303, ctx.actor ? '/' : news.sendTo(ctx, '/login', 'over'));
    return { ...pending, formKey: randomToken(), resent: event.url.searchParams.get('done') === 'resent' };
  });

const pass = async (
  ctx: Ctx,
  { code, formKey, trust }: { code: string; formKey?: string; trust: boolean },
): Promise<string> => {
  const passed = await verification.check(ctx, code, formKey);
  return passed.challenge.purpose === 'login'
    ? accounts.finishLogin(ctx, passed, { trust })
    : invitations.finishSignUp(ctx, passed);
};

export const actions = {
  verify: formPublic(verifyCode, async (ctx, form) => {
    try {
      return await pass(ctx, form);
    } catch (refusal) {
      const passed = await verification.passedAgain(ctx, form.code);
      if (!passed) throw refusal;
      return accounts.finishAgain(ctx, passed, { trust: form.trust });
    }
  }),
  resend: formPublic(v.object({}), async (ctx) => {
    await verification.sendAgain(ctx);
    return news.sendTo(ctx, '/verify', 'resent');
  }),
};
