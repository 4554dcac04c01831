import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';
import { fromInviter } from './inviter';

export interface UserInvitationMail {
  kind: 'user-invitation';
  siteName: string;
  inviterName: string;
  inviterEmail?: string;
  url: string;
  expiresAt: number;
  /** How long that is from now on. Missing in mails that waited while this was new. */
  days?: number;
  timeZone: string;
}

export const composeUserInvitation: Compose<UserInvitationMail> = (message, { t, locale, site }) => {
  const inviter = oneLine(message.inviterName);
  const expires = t('mail.expires', {
    days: message.days ?? 7,
    when: longTime(locale, message.timeZone, message.expiresAt),
  });
  return {
    ...fromInviter(message),
    subject: t('mail.user-invitation.subject', { inviter, site }),
    preheader: expires,
    blocks: [
      paragraph(t('mail.user-invitation.body', { inviter, site })),
      { kind: 'button', label: t('mail.invitation.button'), url: message.url },
      paragraph(expires),
    ],
    note: t('mail.invitation.note', { inviter }),
  };
};
