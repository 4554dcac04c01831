/** What is erased with a person, as the receipt counts it. */
import { inARow, type Locale, type Translate } from './messages';

export const ERASED = [
  'sessions',
  'memberships',
  'invitations',
  'notifications',
  'readings',
  'reactions',
  'pictures',
  'uploads',
  'mails',
  'audit',
] as const;
export type Erased = (typeof ERASED)[number];
export type Counts = Partial<Record<Erased, number>>;

/** In an address, for whoever asked. */
export const writeCounts = (counts: Counts): string =>
  ERASED.flatMap((what) => (counts[what] ? [`${what}.${counts[what]}`] : [])).join('-');

/** "Logins: 2, spaces: 1"; empty for none. */
export function countsInWords(t: Translate, locale: Locale, written: string | null): string {
  const read = new Map(
    (written ?? '').split('-').map((one): [string, string] => {
      const [what = '', count = ''] = one.split('.');
      return [what, count];
    }),
  );
  return inARow(
    locale,
    ERASED.flatMap((what) => {
      const count = Number(/^\d{1,9}$/.exec(read.get(what) ?? '')?.[0] ?? 0);
      return count ? [t('erased.counted', { what: t(`erased.${what}`), count })] : [];
    }),
  );
}
