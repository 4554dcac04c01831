import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';

/** To whom a one-time code was made for: it may be somebody else who asked for it. */
export interface CodeHandedMail {
  kind: 'code-handed';
  siteName: string;
  administrator: string;
  at: number;
  timeZone: string;
  url: string;
}

export const composeCodeHanded: Compose<CodeHandedMail> = (
  { administrator, at, timeZone, url },
  { t, locale, site },
) => {
  const made = t('mail.code-handed.body', { administrator, site, when: longTime(locale, timeZone, at) });
  return {
    subject: t('mail.code-handed.subject', { site }),
    preheader: made,
    blocks: [
      paragraph(made),
      paragraph(t('mail.code-handed.not-you', { administrator })),
      { kind: 'button', label: t('mail.password-changed.button'), url },
    ],
    note: t('mail.code-handed.note'),
  };
};
