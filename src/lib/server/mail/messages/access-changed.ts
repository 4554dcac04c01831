import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';

/** To a guest: until when they have access to a space now, or that they don't get more time. */
export interface AccessChangedMail {
  kind: 'access-changed';
  siteName: string;
  spaceName: string;
  /** Null: without an end. */
  endsAt: number | null;
  timeZone: string | null;
  declined: boolean;
  url: string;
}

export const composeAccessChanged: Compose<AccessChangedMail> = (
  { spaceName, endsAt, timeZone, declined, url },
  { t, locale },
) => {
  const space = oneLine(spaceName);
  const when = endsAt === null ? '' : longTime(locale, timeZone ?? 'UTC', endsAt);
  const what = declined ? 'declined' : endsAt === null ? 'always' : 'until';
  const happened = t(`mail.access-changed.${what}`, { space, when });
  return {
    subject: t(`mail.access-changed.${declined ? 'declined-subject' : 'subject'}`, { space }),
    preheader: happened,
    blocks: [
      paragraph(happened),
      {
        kind: 'button',
        label: t(declined ? 'mail.access-ends.own-button' : 'mail.access-changed.button'),
        url,
      },
    ],
    note: t('mail.access-ends.own-note'),
  };
};
