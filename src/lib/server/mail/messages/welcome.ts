import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import type { Compose } from './compose';

export interface WelcomeMail {
  kind: 'welcome';
  siteName: string;
  /** Null: a user joined the site. */
  spaceName: string | null;
  url: string;
  loginName: string;
  /** For the site's own words. */
  name?: string;
  /** Only if the credential policy says so. */
  password: string | null;
}

export const composeWelcome: Compose<WelcomeMail> = (
  { spaceName, url, loginName, password },
  { t, site },
) => {
  const space = spaceName === null ? null : oneLine(spaceName);
  const opening =
    space === null ? t('mail.welcome.site', { site }) : t('mail.welcome.space', { site, space });
  return {
    subject: t('mail.welcome.subject'),
    preheader: opening,
    blocks: [
      paragraph(opening),
      {
        kind: 'button',
        label: space === null ? t('mail.welcome.open-site') : t('mail.welcome.open-space'),
        url,
      },
      {
        kind: 'facts',
        rows: [
          [t('mail.welcome.login-name'), loginName],
          ...(password === null ? [] : [[t('mail.welcome.password'), password] as const]),
        ],
      },
      paragraph(password === null ? t('mail.welcome.own-password') : t('mail.welcome.keep')),
    ],
    note: t('mail.welcome.note', { site }),
  };
};
