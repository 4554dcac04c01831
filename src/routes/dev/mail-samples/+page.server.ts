import { locales } from '$lib/messages';
import { samples } from '$lib/server/mail/samples';

export const load = async () => ({
  languages: await Promise.all(locales.map(async (locale) => ({ locale, samples: await samples(locale) }))),
});
