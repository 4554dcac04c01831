import { isLocale } from '$lib/messages';
import { samples } from '$lib/server/mail/samples';
import { sandboxed } from '$lib/server/mail/transport';

export const GET = async ({ params: { locale, name } }) => {
  const all = isLocale(locale) ? await samples(locale) : [];
  const found = all.find((sample) => sample.name === name);
  return found ? sandboxed(found.html) : new Response('Not found', { status: 404 });
};
