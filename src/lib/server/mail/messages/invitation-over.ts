import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** To whoever invited: it was declined, or the mail came back. */
export interface InvitationOverMail {
  kind: 'invite-over';
  siteName: string;
  /** Null: to the site. */
  spaceName: string | null;
  guestEmail: string;
  what: 'declined' | 'bounced';
  /** In the words of whoever declined, or of a mail server. */
  reason: string;
  url: string;
}

export const composeInvitationOver: Compose<InvitationOverMail> = (message, { t, site }) => {
  const { guestEmail: guest, what, url } = message;
  const place = message.spaceName === null ? site : oneLine(message.spaceName);
  const reason = oneLine(message.reason);
  const happened = t(`mail.over.${what}`, { guest, place });
  return {
    subject: t(`mail.over.${what}-subject`, { guest, place }),
    preheader: happened,
    blocks: [
      paragraph(happened),
      ...(reason ? [{ kind: 'facts' as const, rows: [[t('mail.over.reason'), reason] as const] }] : []),
      paragraph(t(`mail.over.${what}-next`)),
      {
        kind: 'button',
        label: t(message.spaceName === null ? 'mail.notification.users' : 'mail.link-asked.button'),
        url,
      },
    ],
    note: t(`mail.over.${what}-note`),
  };
};
