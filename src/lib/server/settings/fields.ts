/** The forms of the site's settings. */
import type { Sentence } from '../../forms';
import type { OwnText, TextKind } from '../../mail-texts';
import type { Locale, MessageKey } from '../../messages';
import { duration } from '../../session-limits';
import type { CredentialPolicy, LoginSecurity, Settings } from '../schema';
import { fieldText, wasOf, type Fields } from '../stale';

export const GB = 1024 ** 3;

export type Face = Pick<
  Settings,
  'siteName' | 'companyName' | 'accent' | 'loginText' | 'privacyUrl' | 'termsUrl' | 'termsRequired'
>;
export type Creators = Pick<Settings, 'spaceCreators'>;
export type Storage = Pick<Settings, 'spaceStorage' | 'guestStorage'>;
export type Authentication = Pick<
  Settings,
  | 'twoStep'
  | 'trustBrowsers'
  | 'trustedDays'
  | 'codeMinutes'
  | 'invitationDays'
  | 'accessDays'
  | 'allowedDomains'
> &
  CredentialPolicy;

export const creatorFields: Fields<Creators> = {
  spaceCreators: { label: 'permissions.create', say: (who) => ({ key: `permissions.${who}` }) },
};

export const appearanceFields: Fields<Face> = {
  companyName: { label: 'setup.company' },
  siteName: { label: 'setup.site-name' },
  accent: { label: 'appearance.accent' },
  loginText: { label: 'appearance.login-text' },
  privacyUrl: { label: 'appearance.privacy-url' },
  termsUrl: { label: 'appearance.terms-url' },
  termsRequired: { label: 'appearance.terms-required' },
};

export const faceOf = ({
  siteName,
  companyName,
  accent,
  loginText,
  privacyUrl,
  termsUrl,
  termsRequired,
}: Settings): Face => ({
  siteName,
  companyName,
  accent,
  loginText,
  privacyUrl,
  termsUrl,
  termsRequired,
});

export interface MailText extends OwnText {
  sender: string;
}
export const mailTextOf = ({ mailTexts }: Settings, locale: Locale, kind: TextKind): MailText => ({
  sender: mailTexts[locale]?.sender ?? '',
  subject: '',
  introduction: '',
  ...mailTexts[locale]?.texts?.[kind],
});
export const mailTextFields: Fields<MailText> = {
  sender: { label: 'mail-texts.sender' },
  subject: { label: 'mail-texts.subject' },
  introduction: { label: 'mail-texts.introduction' },
};

const inGB = (bytes: number) => String(Math.max(1, Math.round(bytes / GB)));
export const storageFields: Fields<Storage> = {
  spaceStorage: { label: 'storage.space', write: inGB },
  guestStorage: { label: 'storage.guest', write: inGB },
};

export const authenticationOf = ({ policy, ...site }: Settings): Authentication => ({
  twoStep: site.twoStep,
  trustBrowsers: site.trustBrowsers,
  trustedDays: site.trustedDays,
  codeMinutes: site.codeMinutes,
  invitationDays: site.invitationDays,
  accessDays: site.accessDays,
  allowedDomains: site.allowedDomains,
  ...policy,
});
export const authenticationFields: Fields<Authentication> = {
  twoStep: { label: 'authentication.two-step' },
  trustBrowsers: { label: 'authentication.trust' },
  trustedDays: { label: 'authentication.trusted-days' },
  codeMinutes: { label: 'authentication.code-minutes' },
  invitationDays: { label: 'authentication.invitation-days' },
  accessDays: { label: 'authentication.access-days' },
  preset: { label: 'authentication.preset', say: (preset) => ({ key: `policy.${preset}` }) },
  minLength: { label: 'authentication.min' },
  maxLength: { label: 'authentication.max' },
  composition: { label: 'authentication.composition' },
  refuseCommon: { label: 'authentication.refuse-common' },
  mailPassword: { label: 'authentication.mail-password' },
  allowedDomains: { label: 'authentication.domains', write: (domains) => domains.join('\n') },
};

const lines = (list: string[]) => list.join('\n');
export const loginSecurityFields: Fields<LoginSecurity> = {
  lockAfter: { label: 'security.lock-after' },
  lockMinutes: { label: 'security.lock-minutes' },
  userIdle: { label: 'security.user-idle', say: duration },
  userAbsolute: { label: 'security.user-absolute', say: duration },
  guestIdle: { label: 'security.guest-idle', say: duration },
  guestAbsolute: { label: 'security.guest-absolute', say: duration },
  administratorStep: { label: 'security.administrator-step' },
  userStep: { label: 'security.user-step' },
  administratorNetworks: { label: 'security.administrator-networks', write: lines },
  userNetworks: { label: 'security.user-networks', write: lines },
  guestNetworks: { label: 'security.guest-networks', write: lines },
  newBrowserMail: { label: 'security.new-browser' },
};

export const loginSecurityOf = (site: Settings): LoginSecurity =>
  Object.fromEntries(
    (Object.keys(loginSecurityFields) as (keyof LoginSecurity)[]).map((name) => [name, site[name]]),
  ) as unknown as LoginSecurity;

/** Every value that a form sets, by its name in `Settings`, or that of a part of the policy. */
const fields: Fields<Record<string, never>> = {
  ...appearanceFields,
  ...storageFields,
  ...creatorFields,
  ...authenticationFields,
  ...loginSecurityFields,
  logo: { label: 'appearance.logo' },
  termsVersion: { label: 'appearance.terms-version' },
  presence: { label: 'presence.title' },
  auditYears: {
    label: 'audit.keep-choice',
    say: (years: number) => ({ key: 'audit.keep-years', params: { years } }),
  },
  hiddenTemplates: { label: 'template.title' },
};

/** A setting in words. Null for what no form sets. */
export function said(name: string, value: unknown): { label: MessageKey; text: string | Sentence } | null {
  const field = fields[name];
  if (!field) return null;
  // Of a picture or templates only that they are others now.
  const plain = typeof value !== 'object' || value === null || Array.isArray(value);
  return { label: field.label, text: plain ? fieldText(field, value as never) : '' };
}

export const authenticationShown = (site: Settings): string =>
  wasOf(authenticationOf(site), authenticationFields);
