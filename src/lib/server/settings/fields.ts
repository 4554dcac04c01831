/** The forms of the site's settings. */
import type { CredentialPolicy, Settings } from '../schema';
import { wasOf, type Fields } from '../stale';

export const GB = 1024 ** 3;

export type Face = Pick<Settings, 'siteName' | 'companyName' | 'accent'>;
export type Storage = Pick<Settings, 'spaceStorage' | 'guestStorage'>;
export type Authentication = Pick<Settings, 'twoStep' | 'allowedDomains'> & CredentialPolicy;

export const appearanceFields: Fields<Face> = {
  companyName: { label: 'setup.company' },
  siteName: { label: 'setup.site-name' },
  accent: { label: 'appearance.accent' },
};

const inGB = (bytes: number) => String(Math.max(1, Math.round(bytes / GB)));
export const storageFields: Fields<Storage> = {
  spaceStorage: { label: 'storage.space', write: inGB },
  guestStorage: { label: 'storage.guest', write: inGB },
};

export const authenticationOf = ({ twoStep, allowedDomains, policy }: Settings): Authentication => ({
  twoStep,
  allowedDomains,
  ...policy,
});
export const authenticationFields: Fields<Authentication> = {
  twoStep: { label: 'authentication.two-step' },
  preset: { label: 'authentication.preset', say: (preset) => ({ key: `policy.${preset}` }) },
  minLength: { label: 'authentication.min' },
  maxLength: { label: 'authentication.max' },
  composition: { label: 'authentication.composition' },
  refuseCommon: { label: 'authentication.refuse-common' },
  mailPassword: { label: 'authentication.mail-password' },
  allowedDomains: { label: 'authentication.domains', write: (domains) => domains.join('\n') },
};

export const authenticationShown = (site: Settings): string =>
  wasOf(authenticationOf(site), authenticationFields);
