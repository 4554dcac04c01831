/**
 * Every word that a person reads. `en.ts` gives the keys their type; another language is one more file and
 * one line in LOCALES. Placeholders, plurals and choices are ICU MessageFormat (intl-messageformat).
 */
import { IntlMessageFormat } from 'intl-messageformat';
import en, { type MessageKey, type Messages } from './en';

export type { MessageKey };
export type Params = Record<string, string | number>;

/** Language tag → its own name (shown in lists of languages) and its dictionary. */
export const LOCALES = {
  en: { name: 'English', load: () => Promise.resolve(en as Messages) },
  ja: { name: '日本語', load: () => import('./ja').then((m) => m.default) },
} satisfies Record<string, { name: string; load: () => Promise<Messages> }>;

export type Locale = keyof typeof LOCALES;
export const locales = Object.keys(LOCALES) as Locale[];
export const defaultLocale: Locale = 'en';
export const isLocale = (value: unknown): value is Locale => locales.includes(value as Locale);

export type Translate = (key: MessageKey, params?: Params) => string;

const compiled = new Map<string, IntlMessageFormat>();

/** The translator of a language: `t('guests.count', { count: 2 })`. A key without placeholders is returned as it is. */
function translator(locale: Locale, messages: Messages): Translate {
  return (key, params) => {
    const text = messages[key];
    if (!text.includes('{')) return text;
    const id = `${locale}:${key}`;
    let format = compiled.get(id);
    if (!format)
      compiled.set(id, (format = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })));
    return String(format.format(params));
  };
}

/** Loads a language's dictionary (in the browser: the viewer's, and English, which is built in) and returns its translator. */
export const loadTranslator = async (locale: Locale): Promise<Translate> =>
  translator(locale, await LOCALES[locale].load());
