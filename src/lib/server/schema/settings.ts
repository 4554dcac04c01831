/** What the table `setting` holds: one JSON value per key, read and written by settings/. */

/** The rules for new passwords, and whether the confirmation mail holds one. */
export interface CredentialPolicy {
  preset: 'documented' | 'hardened';
  minLength: number;
  maxLength: number;
  /** At least one letter and one digit. */
  composition: boolean;
  /** Refuse commonly used passwords. */
  refuseCommon: boolean;
  mailPassword: boolean;
}

export interface Settings {
  siteName: string;
  /** Whether /setup was done. */
  setUp: boolean;
  /** "Use two-step verification for guest authentication". */
  twoStep: boolean;
  policy: CredentialPolicy;
  /** Guests are invited only from these domains; empty: from any. */
  allowedDomains: string[];
  /** Bytes of files that a space may hold, and that a guest may have in all spaces together. */
  spaceStorage: number;
  guestStorage: number;
  /** Shipped space templates that are not offered. */
  hiddenTemplates: string[];
  /** Rises with each change, so that a stale form is noticed. */
  revision: number;
  /** The demo's seed has started but not finished. */
  seeding: boolean;
  /** The demo's seed has finished. */
  seeded: boolean;
}
