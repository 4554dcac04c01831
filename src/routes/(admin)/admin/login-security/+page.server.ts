import { byId, loginSecurity as schema } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as loginSecurity from '$lib/server/login-security';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import { wasOf } from '$lib/server/stale';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const site = await settings.read(ctx);
    const values = settings.loginSecurityOf(site);
    return {
      values,
      was: wasOf(values, settings.loginSecurityFields),
      revision: site.revision,
      ip: ctx.ip,
      locked: await loginSecurity.locked(ctx, query.get('locked')),
      done: query.get('done'),
    };
  });

export const actions = {
  save: form(
    schema,
    async (ctx, input) => {
      await loginSecurity.change(ctx, input);
      return { saved: true };
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: (_ctx, typed) => loginSecurity.judge(typed) },
  ),
  unlock: form(
    byId,
    async (ctx, { id }) => {
      await loginSecurity.unlock(ctx, id);
      return '/admin/login-security?done=unlocked#locked';
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
};
