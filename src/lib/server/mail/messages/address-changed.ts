import { paragraph, type Block } from '../layout/content';
import type { Compose } from './compose';

/** To both addresses. */
export interface AddressChangedMail {
  kind: 'address-changed';
  siteName: string;
  /** The new one; for the old mailbox shortened. */
  address: string;
  /** Where to log in with it. The old mailbox gets no link. */
  url?: string;
}

export const composeAddressChanged: Compose<AddressChangedMail> = ({ address, url }, { t, site }) => {
  const changed = t(url ? 'mail.address-changed.new' : 'mail.address-changed.old', { address, site });
  const next: Block = url
    ? { kind: 'button', label: t('mail.address-changed.button'), url }
    : paragraph(t('mail.address-changed.not-you', { site }));
  return {
    subject: t('mail.address-changed.subject', { site }),
    preheader: changed,
    blocks: [paragraph(changed), paragraph(t('mail.address-changed.others')), next],
    note: t('mail.password-changed.note'),
  };
};
