import { appearance as schema } from '$lib/schemas';
import * as appearance from '$lib/server/appearance';
import type { SignedIn } from '$lib/server/context';
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

const administers = (ctx: SignedIn) => allow(ctx, 'site.administer');

export const actions = {
  save: form(
    schema,
    async (ctx, input) => {
      await appearance.change(ctx, input);
      return { saved: true };
    },
    administers,
    { judge: appearance.judge },
  ),
  /** For browsers without scripts: the form again, with the colour beside it. */
  preview: form(
    schema,
    async (ctx, { siteName, companyName, accent, logo, removeLogo, revision, was }) => {
      await appearance.judge(ctx, { accent, logo });
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
    administers,
    { judge: appearance.judge },
  ),
};
