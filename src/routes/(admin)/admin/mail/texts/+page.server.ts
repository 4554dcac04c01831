import { isTextKind } from '$lib/mail-texts';
import { locales } from '$lib/messages';
import { withQuery } from '$lib/pages';
import { mailText } from '$lib/schemas';
import type { SignedIn } from '$lib/server/context';
import { form, show } from '$lib/server/http';
import * as mailLog from '$lib/server/mail-log';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const kind = query.get('kind') ?? '';
    const locale = locales.find((one) => one === query.get('language')) ?? ctx.locale;
    return {
      ...(await mailLog.textPage(ctx, locale, isTextKind(kind) ? kind : 'invitation')),
      done: query.get('done'),
    };
  });

const administers = (ctx: SignedIn) => allow(ctx, 'site.administer');

export const actions = {
  save: form(
    mailText,
    async (ctx, input) => {
      await mailLog.changeText(ctx, input);
      const { locale: language, kind } = input;
      return withQuery('/admin/mail/texts', { language, kind, done: 'saved' });
    },
    administers,
    { judge: mailLog.judgeText },
  ),
  /** The form again, with the mail below it. */
  preview: form(
    mailText,
    async (ctx, { revision, was, ...typed }) => ({
      shown: await mailLog.previewText(ctx, { revision, ...typed }),
      values: { ...typed, revision: String(revision), ...(was && { was }) },
    }),
    administers,
    { judge: mailLog.judgeText },
  ),
};
