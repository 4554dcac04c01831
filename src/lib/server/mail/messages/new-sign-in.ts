import { kept } from '../../../kept';
import type { Locale } from '../../../messages';
import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import { longTime, type Compose } from './compose';

/** The login may not be the owner's. */
export interface NewSignInMail {
  kind: 'new-sign-in';
  siteName: string;
  loginName: string;
  browser?: string;
  system?: string;
  city?: string;
  /** ISO code. */
  country?: string;
  /** Part of the IP address; empty if it is unknown. */
  address: string;
  at: number;
  timeZone: string;
  url: string;
}

export const composeNewSignIn: Compose<NewSignInMail> = (message, { t, locale, site }) => {
  const { loginName, browser, system, at, timeZone } = message;
  const begun = t('mail.new-sign-in.body', { login: loginName, site });
  const device =
    browser && system
      ? t('me.session-device', { browser, system })
      : (browser ?? system ?? t('me.session-unknown'));
  return {
    subject: t('mail.new-sign-in.subject', { site }),
    preheader: begun,
    blocks: [
      paragraph(begun),
      {
        kind: 'facts',
        rows: [
          [t('mail.new-sign-in.device'), device],
          [t('mail.new-sign-in.place'), placeOf(message, locale) || t('mail.new-sign-in.nowhere')],
          [t('mail.new-sign-in.time'), longTime(locale, timeZone, at)],
        ],
      },
      paragraph(t('mail.new-sign-in.not-you')),
      { kind: 'button', label: t('mail.new-sign-in.button'), url: message.url },
    ],
    note: t('mail.new-sign-in.note'),
  };
};

const placeOf = ({ city, country, address }: NewSignInMail, locale: Locale): string =>
  [city && oneLine(city), country && countryOf(locale, country), address].filter(Boolean).join(' · ');

/** Where the network hides it, the platform's code is none of a country. */
const countryOf = (locale: Locale, code: string): string | undefined =>
  /^[A-Z]{2}$/.test(code) && code !== 'XX' ? names(locale).of(code) : undefined;

const names = kept((locale) => new Intl.DisplayNames(locale, { type: 'region' }));
