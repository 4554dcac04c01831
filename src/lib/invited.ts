import type { Translate } from './messages';

/** What became of a list of addresses, apart from those that were refused. */
export const invitedWords = (
  t: Translate,
  { sent, active, left }: { sent: number; active: number; left: number },
): string =>
  [
    sent > 0 && t('guests.sent', { count: sent }),
    active > 0 && t('guests.already-active', { count: active }),
    left > 0 && t('invite.left-out', { count: left }),
  ]
    .filter(Boolean)
    .join(' ');
