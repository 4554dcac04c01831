import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** To the new address, if it has an account already: only its mailbox learns that. */
export interface AddressTakenMail {
  kind: 'address-taken';
  siteName: string;
  url: string;
}

export const composeAddressTaken: Compose<AddressTakenMail> = ({ url }, { t, site }) => {
  const taken = t('mail.address-taken.body', { site });
  return {
    subject: t('mail.address-taken.subject', { site }),
    preheader: taken,
    blocks: [
      paragraph(taken),
      paragraph(t('mail.address-taken.what-to-do')),
      { kind: 'button', label: t('mail.address-taken.button'), url },
    ],
    note: t('mail.address-taken.note'),
  };
};
