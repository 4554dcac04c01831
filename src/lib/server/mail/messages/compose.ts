import { dateLocale, formatDate } from '../../../dates';
import type { Locale, Translate } from '../../../messages';
import type { MailContent } from '../layout/content';

export interface Reader {
  t: Translate;
  locale: Locale;
  site: string;
}

export type Compose<Message> = (message: Message, reader: Reader) => Omit<MailContent, 'siteName'>;

/** "Saturday 28 November 2026 at 18:20 GMT+9": with the zone, because the writer may live in another. */
export const longTime = (locale: Locale, timeZone: string, at: number): string =>
  formatDate(dateLocale(locale), 'long', timeZone, at);

export const shortTime = (locale: Locale, timeZone: string, at: number): string =>
  formatDate(dateLocale(locale), 'week', timeZone, at);
