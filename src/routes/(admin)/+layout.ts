import { addWords } from '$lib/messages';
import { loadAdministration } from '$lib/messages/administration';
import type { LayoutLoad } from './$types';

export const csr = true;

export const load: LayoutLoad = async ({ data, parent }) => {
  const { locale, pseudo } = await parent();
  // Words in disguise are made of the English ones.
  const language = pseudo ? 'en' : locale;
  await addWords(language, await loadAdministration(language));
  return data;
};
