import { authentication } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import * as verification from '$lib/server/verification';

export const load = (event) =>
  show(event, async (ctx) => {
    const { twoStep, policy, allowedDomains, revision } = await settings.read(ctx);
    return { twoStep, policy, allowedDomains, revision, presets: settings.presets };
  });

export const actions = {
  default: form(authentication, async (ctx, { twoStep, allowedDomains, revision, confirmed, ...policy }) => {
    allow(ctx, 'site.administer');
    if (twoStep) await verification.checkSwitch(ctx, confirmed);
    const domains = settings.domainsOf(allowedDomains);
    await settings.change(ctx, { twoStep, policy, allowedDomains: domains }, revision);
    return { saved: true };
  }),
};
