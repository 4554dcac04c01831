/**
 * What only the administration says. Browsers get these words with its pages, because the build takes them out of the dictionary
 * that comes with every page (vite/words.ts). Everywhere else all words are in one dictionary, and here are none.
 */
import type { Locale, Words } from '.';

// eslint-disable-next-line @typescript-eslint/no-unused-vars -- the build's version has it
export const loadAdministration = (locale: Locale): Promise<Words> => Promise.resolve({});
