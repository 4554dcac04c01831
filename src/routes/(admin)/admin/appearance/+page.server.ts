import { appearance as schema } from '$lib/schemas';
import * as appearance from '$lib/server/appearance';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import { wasOf } from '$lib/server/stale';

export const load = (event) =>
  show(event, async (ctx) => {
    const { siteName, companyName, accent, revision } = await settings.read(ctx);
    const was = wasOf({ siteName, companyName, accent }, settings.appearanceFields);
    return { form: { siteName, companyName, accent: accent ?? '' }, revision, was };
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
    async (ctx, { siteName, companyName, accent, removeLogo, revision, was }) => {
      appearance.refuseTaken(accent);
      return {
        preview: accent,
        values: {
          siteName,
          companyName,
          accent: accent ?? '',
          removeLogo: removeLogo ? 'on' : '',
          revision: String(revision),
          ...(was && { was }),
        },
      };
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
};
