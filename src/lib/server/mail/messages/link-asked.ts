import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** A guest with an expired invitation asks its inviter for a new one. */
export interface LinkAskedMail {
  kind: 'link-asked';
  siteName: string;
  spaceName: string;
  guestEmail: string;
  url: string;
}

export const composeLinkAsked: Compose<LinkAskedMail> = ({ spaceName, guestEmail, url }, { t }) => {
  const space = oneLine(spaceName);
  const asks = t('mail.link-asked.body', { guest: guestEmail, space });
  return {
    replyTo: { name: '', email: guestEmail },
    subject: t('mail.link-asked.subject', { space }),
    preheader: asks,
    blocks: [
      paragraph(asks),
      paragraph(t('mail.link-asked.what-to-do')),
      { kind: 'button', label: t('mail.link-asked.button'), url },
    ],
    note: t('mail.link-asked.note'),
  };
};
