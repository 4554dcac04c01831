/**
 * The dictionaries as browsers get them (docs/performance.md): sentences with parameters are parsed when the site is built, so that the
 * parser stays here, and what only mails say is left out. The server has the words as they are written.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Plugin } from 'vite';
import { isLocale, LOCALES } from '../src/lib/messages';

const PARSER = '@formatjs/icu-messageformat-parser';

/** Only mails say it. Why one failed is said on pages. */
export const isMailed = (key: string): boolean => /^mail\.(?!failure\.)/.test(key);

const compiled = (text: string) =>
  text.includes('{') ? new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst() : text;

export const compiledWords = (): Plugin => ({
  name: 'words',
  apply: 'build',
  enforce: 'pre',
  applyToEnvironment: ({ config }) => config.consumer === 'client',
  resolveId(id, importer) {
    return id === PARSER ? this.resolve(`${PARSER}/no-parser.js`, importer) : null;
  },
  async transform(_code, id) {
    const [, locale] = /\/src\/lib\/messages\/(\w+)\.ts$/.exec(id) ?? [];
    if (!isLocale(locale)) return null;
    const words = Object.entries(await LOCALES[locale].load())
      .filter(([key]) => !isMailed(key))
      .map(([key, text]) => [key, compiled(text)]);
    return { code: `export default ${JSON.stringify(Object.fromEntries(words))}`, map: null };
  },
});
