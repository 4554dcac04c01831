import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** To the new address. It names nobody: anybody with an account can have it sent to any address. */
export interface AddressConfirmMail {
  kind: 'address-confirm';
  siteName: string;
  url: string;
  minutes: number;
}

export const composeAddressConfirm: Compose<AddressConfirmMail> = ({ url, minutes }, { t, site }) => {
  const asked = t('mail.address-confirm.body', { site });
  return {
    subject: t('mail.address-confirm.subject', { site }),
    preheader: asked,
    blocks: [
      paragraph(asked),
      { kind: 'button', label: t('mail.address-confirm.button'), url },
      paragraph(t('mail.reset.valid', { minutes })),
    ],
    note: t('mail.address-confirm.note'),
  };
};
