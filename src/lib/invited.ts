import { inARow, together, type Locale, type Translate } from './messages';

/** What became of a list of addresses, apart from those that were refused. */
export const invitedWords = (
  t: Translate,
  locale: Locale,
  { sent, active, left, skipped = [] }: { sent: number; active: number; left: number; skipped?: string[] },
): string =>
  together(
    locale,
    sent > 0 && t('guests.sent', { count: sent }),
    active > 0 && t('guests.already-active', { count: active }),
    left > 0 && t('invite.left-out', { count: left }),
    skipped.length > 0 &&
      t('invite.skipped', { names: inARow(locale, skipped), more: left - skipped.length }),
  );
