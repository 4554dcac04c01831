import { together, type Locale, type Translate } from './messages';

/** Why somebody was not newly invited. */
export const SKIPPED = ['again', 'active', 'left'] as const;

export interface Skipped {
  why: (typeof SKIPPED)[number];
  names: string[];
}

/** So many are named for each reason; the rest is folded. */
export const NAMED = 10;

/** What became of a list of addresses, in numbers, apart from those that were refused. */
export const invitedWords = (
  t: Translate,
  locale: Locale,
  { sent, active, left }: { sent: number; active: number; left: number },
): string =>
  together(
    locale,
    sent > 0 && t('guests.sent', { count: sent }),
    active > 0 && t('guests.already-active', { count: active }),
    left > 0 && t('invite.left-out', { count: left }),
  );
