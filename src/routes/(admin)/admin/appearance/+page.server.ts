import { appearance as schema } from '$lib/schemas';
import * as appearance from '$lib/server/appearance';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';

export const load = (event) =>
  show(event, async (ctx) => {
    const { siteName, companyName, accent, revision } = await settings.read(ctx);
    return { form: { siteName, companyName, accent: accent ?? '' }, revision };
  });

export const actions = {
  save: form(
    schema,
    async (ctx, input) => {
      await appearance.change(ctx, input);
      return { saved: true };
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
  /** For browsers without scripts: the form again, with the colour beside it. */
  preview: form(
    schema,
    async (ctx, { siteName, companyName, accent, removeLogo }) => {
      appearance.refuseTaken(accent);
      return {
        preview: accent,
        values: { siteName, companyName, accent: accent ?? '', removeLogo: removeLogo ? 'on' : '' },
      };
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
};
