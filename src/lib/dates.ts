/** Dates as the reader's region writes them. Server and browser are told the same locale, so that they agree. */
import type { Locale } from './messages';

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

const formats = new Map<string, Intl.DateTimeFormat>();

/** A format takes longer to make than to use, and lists use the same one for every row. */
export function formatDate(locale: string, options: Intl.DateTimeFormatOptions, at: number): string {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    // Bounded, because every reader may have another zone.
    if (formats.size >= 500) formats.clear();
    formats.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  }
  return format.format(at);
}
