import { setUp } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { formPublic, showPublic } from '$lib/server/http';
import { presets } from '$lib/server/settings';

export const load = (event) =>
  showPublic(event, async (ctx) => {
    await accounts.setUpOpen(ctx);
    return { formKey: randomToken(), presets };
  });

export const actions = {
  default: formPublic(
    setUp,
    async (ctx, input) => {
      await accounts.setUp(ctx, input);
      return '/';
    },
    undefined,
    { judge: accounts.judgeSetUp },
  ),
};
