import { filled, type OwnText } from '../../../mail-texts';
import type { Translate } from '../../../messages';
import { fromCompany } from '../../../people';
import { oneLine, withoutIsolates } from '../../../text';
import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';
import { fromInviter } from './inviter';

export interface InvitationMail {
  kind: 'invitation';
  siteName: string;
  spaceName: string;
  inviterName: string;
  inviterEmail?: string;
  inviterCompany?: string | null;
  subject: string;
  message: string;
  url: string;
  expiresAt: number;
  /** How long that is from now on. Missing in mails that waited while this was new. */
  days?: number;
  timeZone: string;
}

export const composeInvitation: Compose<InvitationMail> = (message, { t, locale }) => {
  const [space, inviter] = [oneLine(message.spaceName), oneLine(message.inviterName)];
  const introduced = fromCompany(t, inviter, message.inviterCompany);
  return {
    ...fromInviter(message),
    subject: oneLine(message.subject),
    preheader: t('mail.invitation.preheader', { inviter: introduced, space }),
    blocks: [
      { kind: 'user-text', text: message.message },
      {
        kind: 'facts',
        rows: [
          [t('mail.invitation.space'), space],
          [t('mail.invitation.inviter'), introduced],
        ],
      },
      { kind: 'button', label: t('mail.invitation.button'), url: message.url },
      paragraph(
        t('mail.expires', {
          days: message.days ?? 7,
          when: longTime(locale, message.timeZone, message.expiresAt),
        }),
      ),
    ],
    note: t('mail.invitation.note', { inviter }),
  };
};

export function defaultInvitation(
  t: Translate,
  names: { spaceName: string; inviterName: string; siteName: string },
  own?: OwnText,
): { subject: string; message: string } {
  const params = { space: names.spaceName, inviter: names.inviterName, site: names.siteName };
  const ready = (words: string | undefined, key: 'mail.invitation.subject' | 'mail.invitation.message') =>
    words ? filled(words, params) : withoutIsolates(t(key, params));
  return {
    subject: ready(own?.subject, 'mail.invitation.subject'),
    message: ready(own?.introduction, 'mail.invitation.message'),
  };
}
