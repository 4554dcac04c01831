import { authentication } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import * as verification from '$lib/server/verification';
import * as site from '$lib/server/site';

export const load = (event) =>
  show(event, async (ctx) => {
    const site = await settings.read(ctx);
    const { policy, allowedDomains, revision } = site;
    const { twoStep, trustBrowsers, trustedDays, codeMinutes, invitationDays, accessDays } = site;
    const deadDomains = settings.deadDomains(site);
    const was = settings.authenticationShown(site);
    return {
      ...{ twoStep, trustBrowsers, trustedDays, codeMinutes, invitationDays, accessDays },
      ...{ policy, allowedDomains, deadDomains, revision, was, presets: settings.presets },
    };
  });

export const actions = {
  default: form(
    authentication,
    async (ctx, input) => {
      const { confirmed, domainsSeen, revision: shown, was, ...typed } = input;
      const mine = { ...typed, allowedDomains: settings.domainsOf(typed.allowedDomains) };
      const { form: merged, revision } = await site.mergedAuthentication(ctx, mine, {
        revision: shown,
        was,
      });
      const { twoStep, trustBrowsers, trustedDays, codeMinutes, invitationDays, accessDays, ...rest } =
        merged;
      const { allowedDomains: domains, ...policy } = rest;
      if (twoStep) await verification.warnBeforeTwoStep(ctx, confirmed);
      const effect = await invitations.effectOfDomains(ctx, domains);
      // The effect of the domains on people is shown first. A second "Save" confirms it, if it is still the same.
      const seen = [...domains, effect?.invitations, effect?.guests].join(' ');
      if (effect && domainsSeen !== seen) {
        const now = { revision, was: settings.authenticationShown(await settings.read(ctx)) };
        const own = domains === mine.allowedDomains;
        const allowedDomains = own ? typed.allowedDomains : domains.join('\n');
        const values = Object.entries({ ...input, ...merged, ...now, allowedDomains })
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, value === false ? '' : String(value)]);
        return {
          effect: { ...effect, seen },
          values: Object.fromEntries(values) as Record<string, string>,
        };
      }
      const values = {
        ...{ twoStep, trustBrowsers, trustedDays, codeMinutes, invitationDays, accessDays },
        ...{ policy, allowedDomains: domains },
        ...verification.trustEnds(ctx, await settings.read(ctx), merged),
      };
      await site.changeSettings(ctx, values, revision);
      return { saved: true };
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: async (_ctx, { allowedDomains = '' }) => void settings.domainsOf(allowedDomains) },
  ),
};
