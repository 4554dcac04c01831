import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** A guest has been made a user. */
export interface MadeUserMail {
  kind: 'made-user';
  siteName: string;
  actorName: string;
  url: string;
}

export const composeMadeUser: Compose<MadeUserMail> = ({ actorName, url }, { t, site }) => {
  const made = t('mail.made-user.body', { site });
  return {
    sender: { name: actorName, guest: false },
    subject: t('mail.made-user.subject', { site }),
    preheader: made,
    blocks: [
      paragraph(made),
      paragraph(t('mail.made-user.rest')),
      { kind: 'button', label: t('mail.made-user.button'), url },
    ],
    note: t('mail.made-user.note', { actor: actorName }),
  };
};
