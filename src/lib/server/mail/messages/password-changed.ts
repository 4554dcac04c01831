import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** The change may not be the owner's. */
export interface PasswordChangedMail {
  kind: 'password-changed';
  siteName: string;
  loginName: string;
  url: string;
}

export const composePasswordChanged: Compose<PasswordChangedMail> = ({ loginName, url }, { t, site }) => {
  const changed = t('mail.password-changed.body', { login: loginName, site });
  return {
    subject: t('mail.password-changed.subject', { site }),
    preheader: changed,
    blocks: [
      paragraph(changed),
      paragraph(t('mail.password-changed.not-you')),
      { kind: 'button', label: t('mail.password-changed.button'), url },
    ],
    note: t('mail.password-changed.note'),
  };
};
