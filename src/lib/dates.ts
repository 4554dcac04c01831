/** Dates as the reader's region writes them. Server and browser are told the same locale, so that they agree. */
import { kept } from './kept';
import type { Locale } from './messages';
import { usable } from './zones';

/** Every browser knows these. Elsewhere English dates are British: day before month, 24 hours. */
const ENGLISH = ['AU', 'CA', 'GB', 'IE', 'IN', 'NZ', 'US', 'ZA'];

/** @param accepted the header `Accept-Language`; mails have none */
export function dateLocale(locale: Locale, accepted: string | null = null): string {
  if (locale !== 'en') return locale;
  const region = accepted && regionOf(/^\s*([a-z\d-]{2,35})/i.exec(accepted)?.[1]);
  return `en-${region && ENGLISH.includes(region) ? region : 'GB'}`;
}

function regionOf(tag: string | undefined): string | undefined {
  try {
    return tag && new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined;
  }
}

const STYLES = {
  /** "21 Nov 2026, 18:20" */
  short: { year: 'numeric', month: 'short', day: 'numeric' },
  /** "21 Nov 2026, 18:20 GMT+9", for times that matter. */
  named: { year: 'numeric', month: 'short', day: 'numeric', timeZoneName: 'short' },
  /** "Saturday 28 November 2026 at 18:20 GMT+9" */
  long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', timeZoneName: 'short' },
  /** "Sat 28 Nov, 18:20 GMT+9" */
  week: { weekday: 'short', month: 'short', day: 'numeric', timeZoneName: 'short' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

export type DateStyle = keyof typeof STYLES;

const format = kept(
  (locale, style, timeZone) =>
    new Intl.DateTimeFormat(locale, {
      ...STYLES[style as DateStyle],
      hour: 'numeric',
      minute: '2-digit',
      timeZone: usable(timeZone),
    }),
);

/** Day and time. @param locale of `dateLocale` @param timeZone an IANA name; UTC if this engine does not know it */
export const formatDate = (locale: string, style: DateStyle, timeZone: string, at: number): string =>
  format(locale, style, timeZone).format(at);

const day = kept(
  (locale) => new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }),
);

/** "21 Nov": the day on which something begins for everybody, in UTC. @param locale of `dateLocale` */
export const formatDay = (locale: string, at: number): string => day(locale).format(at);
