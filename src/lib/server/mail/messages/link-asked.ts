import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import { actorName, type Actor } from './activity';
import type { Compose } from './compose';

/** Somebody with an expired invitation, or who was removed since they joined, asks for a new one. */
export interface LinkAskedMail {
  kind: 'link-asked';
  siteName: string;
  spaceName: string;
  guestEmail: string;
  removed?: boolean;
  /** Whom the reader knows by it; null without an account. */
  guest?: Actor | null;
  url: string;
}

export const composeLinkAsked: Compose<LinkAskedMail> = (
  { spaceName, guestEmail, removed, guest, url },
  { t },
) => {
  const space = oneLine(spaceName);
  const asks = t(removed ? 'mail.link-asked.body-removed' : 'mail.link-asked.body', {
    guest: guest ? actorName(t, guest) : guestEmail,
    space,
  });
  return {
    replyTo: { name: '', email: guestEmail },
    subject: t('mail.link-asked.subject', { space }),
    preheader: asks,
    blocks: [
      paragraph(asks),
      ...(guest
        ? [{ kind: 'facts' as const, rows: [[t('field.email-short'), guestEmail] as [string, string]] }]
        : []),
      paragraph(t(removed ? 'mail.link-asked.what-to-do-removed' : 'mail.link-asked.what-to-do')),
      {
        kind: 'button',
        label: t(removed ? 'mail.link-asked.button-removed' : 'mail.link-asked.button'),
        url,
      },
    ],
    note: t(removed ? 'mail.link-asked.note-removed' : 'mail.link-asked.note'),
  };
};
