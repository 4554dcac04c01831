import { authentication } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';

export const load = (event) =>
  show(event, async (ctx) => {
    const { twoStep, policy, allowedDomains } = await settings.read(ctx);
    return { twoStep, policy, allowedDomains, presets: settings.presets };
  });

export const actions = {
  default: form(authentication, async (ctx, { twoStep, allowedDomains, ...policy }) => {
    allow(ctx, 'site.administer');
    await settings.change(ctx, { twoStep, policy, allowedDomains: settings.domainsOf(allowedDomains) });
    return { saved: true };
  }),
};
