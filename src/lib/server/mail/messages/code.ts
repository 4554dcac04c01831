import { paragraph } from '../layout/content';
import type { Compose } from './compose';

export interface CodeMail {
  kind: 'code';
  siteName: string;
  code: string;
  purpose: 'login' | 'signup';
  /** Missing in mails that waited while this was new. */
  minutes?: number;
}

export const composeCode: Compose<CodeMail> = ({ code, purpose, minutes = 60 }, { t, site }) => {
  const login = purpose === 'login';
  return {
    subject: t('mail.code.subject', { site }),
    code,
    // Empty, so that lists of mails show the mail's beginning: the code.
    preheader: '',
    blocks: [
      paragraph(login ? t('mail.code.login', { site }) : t('mail.code.signup', { site })),
      paragraph(t('mail.code.valid', { minutes })),
    ],
    note: login ? t('mail.code.login-note') : t('mail.code.signup-note'),
  };
};
