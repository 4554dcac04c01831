import type { Translate } from '../../../messages';
import { shown } from '../../../people';
import type { MailContent } from './content';

export const footer = ({ siteName, replyTo }: MailContent, t: Translate): string =>
  replyTo
    ? t('mail.footer-reply', { site: siteName, name: replyTo.name ? shown(replyTo.name) : replyTo.email })
    : t('mail.footer', { site: siteName });
