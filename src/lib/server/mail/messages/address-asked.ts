import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** To the old address, before anything changes. */
export interface AddressAskedMail {
  kind: 'address-asked';
  siteName: string;
  /** The new one, shortened: this mailbox may no longer be theirs. */
  address: string;
  byAdministrator: boolean;
  url: string;
}

export const composeAddressAsked: Compose<AddressAskedMail> = (
  { address, byAdministrator, url },
  { t, site },
) => {
  const asked = t(byAdministrator ? 'mail.address-asked.administrator' : 'mail.address-asked.body', {
    address,
    site,
  });
  return {
    subject: t('mail.address-asked.subject', { site }),
    preheader: asked,
    blocks: [
      paragraph(asked),
      paragraph(t('mail.address-asked.until')),
      paragraph(t('mail.address-asked.not-you')),
      { kind: 'button', label: t('mail.password-changed.button'), url },
    ],
    note: t('mail.password-changed.note'),
  };
};
