/** Countries by their codes (ISO 3166), in the reader's language. On the server alone, because browsers name some of them otherwise. */
import { kept } from './kept';
import type { Locale } from './messages';

const names = kept((locale) => new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' }));

/** Null for what Cloudflare calls `XX` (unknown) and `T1` (Tor). */
export const countryName = (locale: Locale, code: string): string | null =>
  /^(?!XX)[A-Z]{2}$/.test(code) ? (names(locale).of(code) ?? null) : null;
