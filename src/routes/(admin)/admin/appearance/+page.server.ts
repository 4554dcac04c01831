import { appearance as schema } from '$lib/schemas';
import * as appearance from '$lib/server/appearance';
import type { SignedIn } from '$lib/server/context';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import { wasOf } from '$lib/server/stale';

export const load = (event) =>
  show(event, async (ctx) => {
    const site = await settings.read(ctx);
    const face = settings.faceOf(site);
    return {
      form: face,
      termsVersion: site.termsVersion,
      revision: site.revision,
      was: wasOf(face, settings.appearanceFields),
    };
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
    async (ctx, { logo, removeLogo, revision, was, ...face }) => {
      await appearance.judge(ctx, { ...face, logo });
      const { accent, privacyUrl, termsUrl, termsRequired } = face;
      return {
        preview: accent,
        values: {
          ...face,
          accent: accent ?? '',
          privacyUrl: privacyUrl ?? '',
          termsUrl: termsUrl ?? '',
          termsRequired: termsRequired ? 'on' : '',
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
