/** All words that people read, as ICU MessageFormat. Another language is one more file and a line in LOCALES. */
import { IntlMessageFormat } from 'intl-messageformat';
import en, { type MessageKey, type Messages } from './en';

export type { MessageKey };
export type Params = Record<string, string | number>;

/** By language tag: the language's own name, and its dictionary. */
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

/** Browsers load the viewer's language; English is built in. */
export const loadTranslator = async (locale: Locale): Promise<Translate> =>
  translator(locale, await LOCALES[locale].load());
