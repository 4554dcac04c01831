import { paragraph } from '../layout/content';
import type { Compose } from './compose';

export interface ResetMail {
  kind: 'reset';
  siteName: string;
  url: string;
  minutes: number;
  /** For the site's own words. */
  name?: string;
}

export const composeReset: Compose<ResetMail> = ({ url, minutes }, { t, site }) => ({
  subject: t('mail.reset.subject', { site }),
  preheader: t('mail.reset.body', { site }),
  blocks: [
    paragraph(t('mail.reset.body', { site })),
    { kind: 'button', label: t('mail.reset.button'), url },
    paragraph(t('mail.reset.valid', { minutes })),
  ],
  note: t('mail.reset.note'),
});
