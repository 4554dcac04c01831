/** What a page needs of a form that was refused: what was typed, and a sentence per field. */
import type { MessageKey, Params, Translate } from './messages';

/** A sentence by its key, for the page to speak in the viewer's language. */
export interface Sentence {
  key: MessageKey;
  params?: Params;
}

/** What a refused form gives back: what was typed (but secrets), and what is wrong with which field ('' = the whole). */
export interface FormFailure {
  values: Record<string, string | string[]>;
  errors: Record<string, Sentence>;
}

/** What the page shows of a form that was refused; of one that was not, nothing. */
export function refusalOf(form: unknown, t: Translate) {
  const { values = {}, errors = {} } = (form ?? {}) as Partial<FormFailure>;
  /** Whether the page shows a form again, whatever the reason. */
  const again = typeof form === 'object' && form !== null && 'values' in form;
  const sentences = Object.entries(errors).map(
    ([field, { key, params }]) => [field, t(key, params)] as const,
  );
  return {
    message: sentences.find(([field]) => field === '')?.[1],
    errors: Object.fromEntries(sentences.filter(([field]) => field !== '')) as Record<
      string,
      string | undefined
    >,
    refused: sentences.length > 0,
    /** What was typed, otherwise the given value. */
    value: (name: string, otherwise = ''): string => {
      const typed = values[name];
      return typeof typed === 'string' ? typed : otherwise;
    },
    /** Whether a box was ticked, otherwise the given state. */
    ticked: (name: string, otherwise = false): boolean =>
      again ? values[name] !== undefined && values[name] !== '' : otherwise,
    list: (name: string): string[] => [values[name] ?? []].flat(),
  };
}

export type Refusal = ReturnType<typeof refusalOf>;

/** The credential policy in words, as the hint of a new password. */
export const policyWords = (
  policy: { minLength: number; maxLength: number; composition: boolean; refuseCommon: boolean },
  t: Translate,
): string =>
  [
    t('policy.length', { min: policy.minLength, max: policy.maxLength }),
    policy.composition && t('policy.composition'),
    policy.refuseCommon && t('policy.common'),
  ]
    .filter(Boolean)
    .join(' ');
