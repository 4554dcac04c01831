import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** To whoever runs a space: its guests have nobody who answers for them. */
export interface SponsorLostMail {
  kind: 'sponsor-lost';
  siteName: string;
  spaceName: string;
  /** Empty: their account is deleted. */
  sponsor: string;
  guests: number;
  url: string;
}

export const composeSponsorLost: Compose<SponsorLostMail> = ({ spaceName, sponsor, guests, url }, { t }) => {
  const space = oneLine(spaceName);
  const who = oneLine(sponsor);
  const happened = who
    ? t('mail.sponsor-lost.body', { who, space, guests })
    : t('mail.sponsor-lost.body-nobody', { space, guests });
  return {
    subject: t('mail.sponsor-lost.subject', { space }),
    preheader: happened,
    blocks: [
      paragraph(happened),
      paragraph(t('mail.sponsor-lost.next', { guests })),
      { kind: 'button', label: t('mail.sponsor-lost.button'), url },
    ],
    note: t('mail.sponsor-lost.note'),
  };
};
