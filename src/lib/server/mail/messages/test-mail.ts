import { paragraph } from '../layout/content';
import type { Compose } from './compose';

/** An administrator tries whether mail leaves and arrives. */
export interface TestMail {
  kind: 'test';
  siteName: string;
  url: string;
}

export const composeTest: Compose<TestMail> = ({ url }, { t, site }) => ({
  subject: t('mail.test.subject', { site }),
  preheader: t('mail.test.body', { site }),
  blocks: [paragraph(t('mail.test.body', { site })), { kind: 'button', label: t('mail.test.button'), url }],
  note: t('mail.test.note'),
});
