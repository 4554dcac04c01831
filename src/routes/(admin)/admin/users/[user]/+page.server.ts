import { dialogOver } from '$lib/pages';
import { handCode, requested } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomId, randomToken } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => ({
    ...(await accounts.oneUser(ctx, event.params.user)),
    ...dialogOver(event.url, { reset: [{ id: 'yes' }] }),
    me: ctx.actor.id,
    requestKey: randomId(),
    codeKey: randomToken(),
    done: event.url.searchParams.get('done'),
  }));

const site = (ctx: Parameters<typeof allow>[0]) => allow(ctx, 'site.administer');

export const actions = {
  reset: form(
    requested,
    async (ctx, { requestKey }, { params }) => {
      await accounts.resetUser(ctx, params.user!, requestKey);
      return `/admin/users/${params.user}?done=reset`;
    },
    site,
  ),
  code: form(
    handCode,
    async (ctx, { codeKey }, { params }) => ({ made: await accounts.handCode(ctx, params.user!, codeKey) }),
    site,
  ),
};
