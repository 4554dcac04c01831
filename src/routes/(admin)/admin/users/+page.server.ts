import * as v from 'valibot';
import { dialogOver, keptQuery, withQuery } from '$lib/pages';
import { byId, deactivation, inviteUser, once, permissions } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import * as accounts from '$lib/server/accounts';
import * as administrators from '$lib/server/administrators';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as invitations from '$lib/server/invitations';
import * as settings from '$lib/server/settings';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const done = query.get('done');
    const asked = query.get('deactivate');
    const [users, open, someWithout, guests, left] = await Promise.all([
      accounts.list(ctx, { after: query.get('after') ?? '', search }),
      invitations.openOfUsers(ctx, query.get('open') ?? ''),
      done === 'deactivated' && spaces.someWithout(ctx),
      // Whom the user answers for.
      asked ? accounts.guestsOfUser(ctx, asked) : null,
      asked ? administrators.leftBy(ctx, asked) : null,
    ]);
    return {
      ...users,
      open: open.rows,
      openNext: open.next,
      ...dialogOver(event.url, { edit: users.rows, deactivate: users.rows, cancel: open.rows }),
      search,
      me: ctx.actor.id,
      days: (await settings.read(ctx)).invitationDays,
      done,
      someWithout,
      guests,
      left,
      requestKey: randomId(),
    };
  });

/** The list as it was shown. */
const here = (url: URL, done: string) =>
  withQuery('/admin/users', { ...keptQuery(url, 'search', 'after', 'open'), done });

export const actions = {
  invite: form(
    inviteUser,
    async (ctx, input, { url }) => {
      await invitations.inviteUser(ctx, input);
      return here(url, 'invited');
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: async (_ctx, { email }) => void (email && invitations.judgeUser(email)) },
  ),
  resend: form(v.object({ ...byId.entries, ...once.entries }), async (ctx, { id, requestKey }, { url }) => {
    await invitations.resend(ctx, null, id, requestKey);
    return here(url, 'invited');
  }),
  cancel: form(byId, async (ctx, { id }, { url }) => {
    await invitations.cancel(ctx, null, id);
    return here(url, 'cancelled');
  }),
  permissions: form(permissions, async (ctx, { id, ...may }, { url }) => {
    await accounts.setPermissions(ctx, id, may);
    return here(url, 'changed');
  }),
  deactivate: form(deactivation, async (ctx, { id, handOverTo, successors }, { url }) => {
    await accounts.setActive(ctx, id, false, handOverTo, successors);
    return here(url, 'deactivated');
  }),
  reactivate: form(byId, async (ctx, { id }, { url }) => {
    await accounts.setActive(ctx, id, true);
    return here(url, 'reactivated');
  }),
};
