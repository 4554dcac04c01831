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

export interface Settings {
  siteName: string;
  /** As guests know their host. Empty: the site's name, see `companyOf`. */
  companyName: string;
  /** `#rrggbb`; null: evergreen. */
  accent: string | null;
  logo: Logo | null;
  setUp: boolean;
  twoStep: boolean;
  policy: CredentialPolicy;
  /** Guests' domains; empty: any. */
  allowedDomains: string[];
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
