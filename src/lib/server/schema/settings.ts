import { sql, type SQL } from 'drizzle-orm';
import type { MailTexts } from '../../mail-texts';
import type { SpaceCreators } from '../../roles';

export interface CredentialPolicy {
  preset: 'documented' | 'hardened';
  minLength: number;
  maxLength: number;
  composition: boolean;
  refuseCommon: boolean;
  mailPassword: boolean;
}

/** A row of `file` with the same id has its bytes. */
export interface Logo {
  id: string;
  type: string;
  width: number;
  height: number;
}

/** The page "Login Security". */
export interface LoginSecurity {
  /** Failures in a row that lock. */
  lockAfter: number;
  /** Minutes: the longest lock. */
  lockMinutes: number;
  /** Minutes until a session ends: without use, and in any case. */
  userIdle: number;
  userAbsolute: number;
  guestIdle: number;
  guestAbsolute: number;
  /** A mailed code at each login. That of guests is `twoStep`. */
  administratorStep: boolean;
  userStep: boolean;
  /** IP addresses and ranges (networks.ts); empty: any. */
  administratorNetworks: string[];
  userNetworks: string[];
  guestNetworks: string[];
  /** Whose account it is hears of a login in a new browser. */
  newBrowserMail: boolean;
}

const DAY = 24 * 60;
export const loginSecurityDefaults: LoginSecurity = {
  lockAfter: 10,
  lockMinutes: 15,
  userIdle: 14 * DAY,
  userAbsolute: 60 * DAY,
  guestIdle: 14 * DAY,
  guestAbsolute: 60 * DAY,
  administratorStep: false,
  userStep: false,
  administratorNetworks: [],
  userNetworks: [],
  guestNetworks: [],
  newBrowserMail: true,
};

/** Browsers that skip the second step. */
export const trustDefaults = { trustBrowsers: false, trustedDays: 30, trustedSince: 0 };

const numbers = { ...loginSecurityDefaults, ...trustDefaults };
type StoredNumber = {
  [K in keyof typeof numbers]: (typeof numbers)[K] extends number ? K : never;
}[keyof typeof numbers];

/** SQL: as it is at that moment, for statements that decide by it. */
export const storedNumber = (key: StoredNumber): SQL<number> =>
  sql<number>`coalesce((select cast(value as integer) from setting where key = ${key}), ${numbers[key]})`;

export interface Settings extends LoginSecurity {
  siteName: string;
  /** As guests know their host. Empty: the site's name, see `companyOf`. */
  companyName: string;
  /** `#rrggbb`; null: evergreen. */
  accent: string | null;
  logo: Logo | null;
  /** Above the login form: one paragraph a line. */
  loginText: string;
  /** On every page; https. */
  privacyUrl: string | null;
  termsUrl: string | null;
  /** Guests must accept the terms (terms.ts). */
  termsRequired: boolean;
  /** Rises when an administrator asks everybody again. */
  termsVersion: number;
  /** Logins since then are asked. */
  termsAskedAt: number;
  setUp: boolean;
  /** Who may create guest spaces; `chosen`: whose account says so. Administrators always may. */
  spaceCreators: SpaceCreators;
  twoStep: boolean;
  /** How long a mailed code is valid, of those that are sent from now on. */
  codeMinutes: number;
  /** And an invitation. */
  invitationDays: number;
  /** Guests may skip the code in browsers that they trust; trust from before `trustedSince` is none. */
  trustBrowsers: boolean;
  trustedDays: number;
  trustedSince: number;
  /** Days until a guest's access ends, as each invitation suggests; 0: it does not. */
  accessDays: number;
  policy: CredentialPolicy;
  /** Guests' domains; empty: any. */
  allowedDomains: string[];
  /** The site's own words in mails. */
  mailTexts: MailTexts;
  /** Bytes per space, and per guest in all spaces together. */
  spaceStorage: number;
  guestStorage: number;
  hiddenTemplates: string[];
  /** People see who else is in a thread, and who writes. */
  presence: boolean;
  /** Older entries of the audit are removed; 0: never. */
  auditYears: number;
  /** Rises with each change, so that a stale form is noticed. */
  revision: number;
  seeding: boolean;
  seeded: boolean;
}
