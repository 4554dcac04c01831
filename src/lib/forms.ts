/** What a page shows of a refused form: the typed values, and a sentence per field. */
import type { MessageKey, Params, Translate } from './messages';

/** A sentence by key, still to be translated. */
export interface Sentence {
  key: MessageKey;
  params?: Params;
}

/** Secrets are left out of the values. The field '' is the whole form. */
export interface FormFailure {
  values: Record<string, string | string[]>;
  errors: Record<string, Sentence>;
}

export function refusalOf(form: unknown, t: Translate) {
  const { values = {}, errors = {} } = (form ?? {}) as Partial<FormFailure>;
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
    value: (name: string, otherwise = ''): string => {
      const typed = values[name];
      return typeof typed === 'string' ? typed : otherwise;
    },
    ticked: (name: string, otherwise = false): boolean =>
      again ? values[name] !== undefined && values[name] !== '' : otherwise,
    list: (name: string): string[] => [values[name] ?? []].flat(),
  };
}

export type Refusal = ReturnType<typeof refusalOf>;
