import { ERASED, type Counts } from '../../../erased';
import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';

/** The last mail that somebody gets: what was erased with their account. */
export interface ErasedMail {
  kind: 'erased';
  siteName: string;
  guest: boolean;
  counts: Counts;
  at: number;
  timeZone: string;
}

export const composeErased: Compose<ErasedMail> = ({ guest, counts, at, timeZone }, { t, locale, site }) => {
  const erased = t('mail.erased.body', { site, when: longTime(locale, timeZone, at) });
  const rows = ERASED.flatMap((what) => {
    const count = counts[what] ?? 0;
    return count > 0 ? [[t(`erased.${what}`), t('erased.number', { count })] as const] : [];
  });
  return {
    subject: t('mail.erased.subject', { site }),
    preheader: erased,
    blocks: [
      paragraph(erased),
      ...(rows.length ? [{ kind: 'facts' as const, rows }] : []),
      paragraph(t('mail.erased.left', { who: t(guest ? 'people.former-guest' : 'people.former-user') })),
    ],
    note: t('mail.erased.note'),
  };
};
