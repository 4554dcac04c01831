import { authentication } from '$lib/schemas';
import { Refusal } from '$lib/server/errors';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import * as verification from '$lib/server/verification';
import * as site from '$lib/server/site';

export const load = (event) =>
  show(event, async (ctx) => {
    const site = await settings.read(ctx);
    const { twoStep, policy, allowedDomains, revision } = site;
    const deadDomains = settings.deadDomains(site);
    return { twoStep, policy, allowedDomains, deadDomains, revision, presets: settings.presets };
  });

export const actions = {
  default: form(authentication, async (ctx, input) => {
    allow(ctx, 'site.administer');
    const { twoStep, allowedDomains, revision, confirmed, domainsSeen, ...policy } = input;
    if (twoStep) await verification.warnBeforeTwoStep(ctx, confirmed);
    const domains = settings.domainsOf(allowedDomains);
    const effect = await invitations.effectOfDomains(ctx, domains);
    // The effect of the domains on people is shown first. A second "Save" confirms it, if it is still the same.
    const seen = [...domains, effect?.invitations, effect?.guests].join(' ');
    if (effect && domainsSeen !== seen) {
      if (revision !== (await settings.read(ctx)).revision)
        throw new Refusal('conflict', { key: 'form.stale' });
      const values = Object.entries(input)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, value === false ? '' : String(value)]);
      return {
        effect: { ...effect, seen },
        values: Object.fromEntries(values) as Record<string, string>,
      };
    }
    await site.changeSettings(ctx, { twoStep, policy, allowedDomains: domains }, revision);
    return { saved: true };
  }),
};
