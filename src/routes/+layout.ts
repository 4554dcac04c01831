import { loadTranslator } from '$lib/messages';
import type { LayoutLoad } from './$types';

// Scripts are opt-in: a guest's way in and error pages have none.
export const csr = false;

export const load: LayoutLoad = async ({ data }) => ({
  ...data,
  t: await loadTranslator(data.locale, data.pseudo),
});
