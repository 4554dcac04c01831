/** All words that people read, as ICU MessageFormat. Another language is one more file and a line in LOCALES. */
import { IntlMessageFormat } from 'intl-messageformat';
import { kept } from '../kept';
import { isolated, type Direction, type Params } from './direction';
import en, { type MessageKey, type Messages } from './en';
import type { Parsed } from './parsed';
import type { Pseudo } from './pseudo';

export type { MessageKey, Params };

/** By language tag: the language's own name, its direction, what stands between two sentences and in a list, and its dictionary. */
export const LOCALES = {
  en: {
    name: 'English',
    direction: 'ltr',
    between: ' ',
    comma: ', ',
    load: () => Promise.resolve(en as Messages),
  },
  ja: {
    name: '日本語',
    direction: 'ltr',
    between: '',
    comma: '、',
    load: () => import('./ja').then((m) => m.default),
  },
} satisfies Record<
  string,
  { name: string; direction: Direction; between: string; comma: string; load: () => Promise<Messages> }
>;

export type Locale = keyof typeof LOCALES;
export const locales = Object.keys(LOCALES) as Locale[];
export const defaultLocale: Locale = 'en';
export const isLocale = (value: unknown): value is Locale => locales.includes(value as Locale);

/** Sentences in a row, as one paragraph. Whichever is not said is left out. */
export const together = (locale: Locale, ...sentences: (string | false | null | undefined)[]): string =>
  sentences.filter(Boolean).join(LOCALES[locale].between);

const conjunction = kept((locale) => new Intl.ListFormat(locale, { type: 'conjunction' }));

/** "Ava, Ben, and Cho", in a sentence. */
export const listed = (locale: Locale, items: readonly string[]): string => conjunction(locale).format(items);

/** The same for elements: the words between them, and for each element its number. */
export const listedAround = (locale: Locale, count: number): (string | number)[] =>
  new Intl.ListFormat(locale, { type: 'conjunction' })
    .formatToParts(Array.from({ length: count }, (_, i) => String(i)))
    .map(({ type, value }) => (type === 'element' ? Number(value) : value));

/** "Ava, Ben, Cho", behind a label. */
export const inARow = (locale: Locale, items: readonly string[]): string => items.join(LOCALES[locale].comma);

export type Translate = (key: MessageKey, params?: Params) => string;

/** A part of a dictionary, as the build makes it. */
export type Words = Partial<Record<MessageKey, string | Parsed>>;

/** To a dictionary that has none of these: for words that browsers get later than the others. */
export const addWords = async (locale: Locale, words: Words): Promise<void> =>
  void Object.assign(await LOCALES[locale].load(), words);

const compiled = new Map<string, IntlMessageFormat>();

function translator(locale: Locale, messages: Record<MessageKey, string | Parsed>): Translate {
  return (key, params) => {
    const text: string | Parsed | undefined = messages[key];
    // Should the build have left out a word that is said after all, the page stays whole.
    if (text === undefined) {
      reportError(new Error(`No words for ${key}`));
      return key;
    }
    if (typeof text === 'string' && !text.includes('{')) return text;
    const id = `${locale}:${key}`;
    let format = compiled.get(id);
    if (!format)
      compiled.set(id, (format = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })));
    return String(format.format(params && isolated(params, LOCALES[locale].direction)));
  };
}

/** Browsers load the viewer's language; English is built in. */
export const loadTranslator = async (locale: Locale, pseudo?: Pseudo | null): Promise<Translate> =>
  pseudo
    ? (await import('./pseudo')).pseudoTranslator(pseudo)
    : translator(locale, await LOCALES[locale].load());
