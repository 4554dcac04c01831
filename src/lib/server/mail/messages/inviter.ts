import type { MailContent } from '../layout/content';

/** Only users invite. An answer reaches them, not us. */
export const fromInviter = (invitation: {
  inviterName: string;
  inviterEmail?: string;
}): Pick<MailContent, 'sender' | 'replyTo'> => ({
  sender: { name: invitation.inviterName, guest: false },
  ...(invitation.inviterEmail && {
    replyTo: { name: invitation.inviterName, email: invitation.inviterEmail },
  }),
});
