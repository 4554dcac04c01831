/** What a password lacks by the site's policy: the same code on the server and while somebody types. */
import type { Sentence } from './forms';
import { together, type Locale, type Translate } from './messages';
import { characters } from './text';

export interface PasswordRules {
  minLength: number;
  maxLength: number;
  composition: boolean;
  refuseCommon: boolean;
}

/** Without the list of common passwords, which only the server has. */
export function lacking(rules: PasswordRules, password: string): Sentence | null {
  const length = characters(password);
  if (length < rules.minLength) return { key: 'password.too-short', params: { min: rules.minLength } };
  if (length > rules.maxLength) return { key: 'password.too-long', params: { max: rules.maxLength } };
  if (rules.composition && !(/\p{L}/u.test(password) && /\p{Nd}/u.test(password)))
    return { key: 'password.letter-and-digit' };
  return null;
}

/** In words, while it is typed. */
export function strengthOf(rules: PasswordRules, password: string): Sentence {
  const missing = rules.minLength - characters(password);
  if (missing > 0) return { key: 'password.more', params: { count: missing } };
  return lacking(rules, password) ?? { key: rules.refuseCommon ? 'password.long-enough' : 'password.enough' };
}

/** The hint of a new password. */
export const policyWords = (policy: PasswordRules, t: Translate, locale: Locale): string =>
  together(
    locale,
    t('policy.length', { min: policy.minLength, max: policy.maxLength }),
    policy.composition && t('policy.composition'),
    policy.refuseCommon && t('policy.common'),
  );
