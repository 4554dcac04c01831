import * as v from 'valibot';
import { dialogOver } from '$lib/pages';
import { byId, inviteUser, once, permissions } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as invitations from '$lib/server/invitations';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const done = query.get('done');
    const [users, open, someWithout] = await Promise.all([
      accounts.list(ctx, 'user', { after: query.get('after') ?? '', search }),
      invitations.openOfUsers(ctx, query.get('open') ?? ''),
      done === 'deactivated' && spaces.someWithout(ctx),
    ]);
    return {
      ...users,
      open: open.rows,
      openNext: open.next,
      ...dialogOver(event.url, { edit: users.rows, deactivate: users.rows, cancel: open.rows }),
      search,
      me: ctx.actor.id,
      done,
      someWithout,
      requestKey: randomId(),
    };
  });

const here = (done: string) => `/admin/users?done=${done}`;

export const actions = {
  invite: form(
    inviteUser,
    async (ctx, input) => {
      await invitations.inviteUser(ctx, input);
      return here('invited');
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: async (_ctx, { email }) => void (email && invitations.judgeUser(email)) },
  ),
  resend: form(v.object({ ...byId.entries, ...once.entries }), async (ctx, { id, requestKey }) => {
    await invitations.resend(ctx, null, id, requestKey);
    return here('invited');
  }),
  cancel: form(byId, async (ctx, { id }) => {
    await invitations.cancel(ctx, null, id);
    return here('cancelled');
  }),
  permissions: form(permissions, async (ctx, { id, ...may }) => {
    await accounts.setPermissions(ctx, id, may);
    return here('changed');
  }),
  deactivate: form(byId, async (ctx, { id }) => {
    await accounts.setActive(ctx, id, false);
    return here('deactivated');
  }),
  reactivate: form(byId, async (ctx, { id }) => {
    await accounts.setActive(ctx, id, true);
    return here('reactivated');
  }),
};
