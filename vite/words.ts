/**
 * The dictionaries as browsers get them (docs/performance.md): sentences with parameters are parsed when the site is built, so that the
 * parser stays here; what only mails say is left out, and what only the administration says comes with its pages. The server has the
 * words as they are written.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Plugin } from 'vite';
import { isLocale, LOCALES, type Locale } from '../src/lib/messages';

const PARSER = '@formatjs/icu-messageformat-parser';

/** Only mails say it. Why one failed is said on pages. */
export const isMailed = (key: string): boolean => /^mail\.(?!failure\.)/.test(key);

/** Said by the administration, and some of them elsewhere too. */
const ADMINISTRATION =
  /^(?:appearance|audit|authentication|guest-admin|handed|import|mail-admin|mail-texts|many|overview|permissions|security|space-admin|users)\./;

/** Sources that speak in the administration alone; and words that browsers do not have. */
const ALONE =
  /\/\(admin\)\/|src\/lib\/(?:messages\/|server\/(?:appearance|audit-log|guests|login-security|mail-log|mail|overview)[/.])|\.test\.ts$/;

/**
 * Keys that only the administration uses. What another source contains, or begins with a part of (`audit.kind-${kind}`), stays with all pages.
 * @param sources texts by path
 */
export function administrationKeys(keys: readonly string[], sources: Record<string, string>): Set<string> {
  const said = Object.entries(sources)
    .filter(([path]) => !ALONE.test(path))
    .flatMap(([, text]) => text.match(/(?<=['"`])[a-z-]+\.[\w-]*\S/g) ?? [])
    .filter((one) => ADMINISTRATION.test(one));
  const whole = new Set(said.filter((one) => /\w['"`]$/.test(one)).map((one) => one.slice(0, -1)));
  const begun = said.filter((one) => !/\w['"`]$/.test(one)).map((one) => one.slice(0, -1));
  return new Set(
    keys.filter(
      (key) => ADMINISTRATION.test(key) && !whole.has(key) && !begun.some((start) => key.startsWith(start)),
    ),
  );
}

async function readSources(): Promise<Record<string, string>> {
  const { globSync, readFileSync } = await import('node:fs');
  const paths = globSync('src/**/*.{ts,svelte}');
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

const compiled = (text: string) =>
  text.includes('{') ? new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst() : text;

/** A file of words for browsers. */
const words = (entries: [string, string][]): string =>
  `export default ${JSON.stringify(Object.fromEntries(entries.map(([key, text]) => [key, compiled(text)])))}`;

const OF_ADMINISTRATION = 'administration-words/';

/** What `src/lib/messages/administration.ts` is in browsers: English is built in, as in `index.ts`. */
const loadAdministration = `
import en from '${OF_ADMINISTRATION}en';
const others = {${Object.keys(LOCALES)
  .filter((locale) => locale !== 'en')
  .map((locale) => `${locale}: () => import('${OF_ADMINISTRATION}${locale}')`)
  .join()}};
export const loadAdministration = async (locale) => (locale === 'en' ? en : (await others[locale]()).default);
`;

export function compiledWords(): Plugin {
  let ofAdministration: Set<string>;
  const entriesOf = async (locale: Locale) =>
    Object.entries(await LOCALES[locale].load()).filter(([key]) => !isMailed(key));

  return {
    name: 'words',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    async buildStart() {
      ofAdministration = administrationKeys(Object.keys(await LOCALES.en.load()), await readSources());
    },
    resolveId(id, importer) {
      if (id.startsWith(OF_ADMINISTRATION)) return `\0${id}`;
      return id === PARSER ? this.resolve(`${PARSER}/no-parser.js`, importer) : null;
    },
    async load(id) {
      const locale = id.startsWith(`\0${OF_ADMINISTRATION}`) && id.split('/').at(-1);
      if (!isLocale(locale)) return null;
      return words((await entriesOf(locale)).filter(([key]) => ofAdministration.has(key)));
    },
    async transform(_code, id) {
      const [, file] = /\/src\/lib\/messages\/(\w+)\.ts$/.exec(id) ?? [];
      if (file === 'administration') return { code: loadAdministration, map: null };
      if (!isLocale(file)) return null;
      const everywhere = (await entriesOf(file)).filter(([key]) => !ofAdministration.has(key));
      return { code: words(everywhere), map: null };
    },
  };
}
