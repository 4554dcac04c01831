import { isLocale } from '$lib/messages';
import { samples } from '$lib/server/mail/samples';
import { previewResponse } from '$lib/server/mail/preview';

export const GET = async ({ params: { locale, name } }) => {
  const all = isLocale(locale) ? await samples(locale) : [];
  const found = all.find((sample) => sample.name === name);
  return found ? previewResponse(found.html) : new Response('Not found', { status: 404 });
};
