/** What components need to speak the viewer's language. The root layout provides it. */
import { createContext } from 'svelte';
import { formatDate } from './dates';
import { kept } from './kept';
import type { Locale, Translate } from './messages';

export interface I18n {
  locale: Locale;
  /** For dates, see `dateLocale`. */
  dates: string;
  /** An IANA name. */
  timeZone: string;
  /** The server's clock, so that server and browser agree on "2 hours ago". */
  now: number;
  t: Translate;
}

const [getI18nGetter, setI18nGetter] = createContext<() => I18n>();

/** Root layout only. A getter, so that components see a later change of language. */
export const provideI18n = setI18nGetter;

/** `const i18n = useI18n(); … {i18n().t('login.title')}` */
export const useI18n = (): (() => I18n) => getI18nGetter();

/** "21 Nov 2026, 18:20"; `named` adds the zone. */
export const absoluteTime = (i18n: Pick<I18n, 'dates' | 'timeZone'>, at: number, named = false): string =>
  formatDate(i18n.dates, named ? 'named' : 'short', i18n.timeZone, at);

const relative = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** "2 hours ago" */
export function relativeTime(i18n: Pick<I18n, 'locale' | 'now'>, at: number): string {
  const seconds = Math.round((at - i18n.now) / 1000);
  const format = relative(i18n.locale);
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return format.format(0, 'second');
}
