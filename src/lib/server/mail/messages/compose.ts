import { dateLocale, formatDate } from '../../../dates';
import type { Locale, Translate } from '../../../messages';
import { usable } from '../../../zones';
import type { MailContent } from '../layout/content';

export interface Reader {
  t: Translate;
  locale: Locale;
  site: string;
}

export type Compose<Message> = (message: Message, reader: Reader) => Omit<MailContent, 'siteName'>;

/** "Saturday 28 November 2026 at 18:20 GMT+9": with the zone, because the writer may live in another. */
export const longTime = (locale: Locale, timeZone: string, at: number): string =>
  formatTime(locale, timeZone, at, { weekday: 'long', year: 'numeric', month: 'long' });

export const shortTime = (locale: Locale, timeZone: string, at: number): string =>
  formatTime(locale, timeZone, at, { weekday: 'short', month: 'short' });

const formatTime = (locale: Locale, timeZone: string, at: number, date: Intl.DateTimeFormatOptions): string =>
  formatDate(
    dateLocale(locale),
    {
      ...date,
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone: usable(timeZone),
    },
    at,
  );
