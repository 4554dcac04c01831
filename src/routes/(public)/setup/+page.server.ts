import { setUp } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { formPublic, showPublic } from '$lib/server/http';

export const load = (event) =>
  showPublic(event, async (ctx) => {
    await accounts.setUpOpen(ctx);
    return { formKey: randomToken() };
  });

export const actions = {
  default: formPublic(
    setUp,
    async (ctx, input) => {
      await accounts.setUp(ctx, input);
      return '/';
    },
    undefined,
    accounts.judgeSetUp,
  ),
};
