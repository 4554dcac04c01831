/** What a page shows of a refused form: the typed values, and a sentence per field. */
import type { MessageKey, Params, Translate } from './messages';

/** A sentence by key, still to be translated. */
export interface Sentence {
  key: MessageKey;
  params?: Params;
}

/** What somebody else has saved since the form was shown. */
export interface SavedField {
  field: string;
  label: MessageKey;
  text: string | Sentence;
}

/** A sentence that says where to go, in a link (ErrorSummary.svelte). */
export interface LinkedSentence {
  /** The sentence, given what to put where the link stands. */
  of: (link: string) => string;
  link: string;
  to: 'login' | 'sessions';
}

const links: Partial<Record<MessageKey, { words: MessageKey; to: LinkedSentence['to'] }>> = {
  'login.ended': { words: 'login.ended-link', to: 'login' },
  // The login is only for who is not logged in.
  'login.other': { words: 'login.other-link', to: 'sessions' },
};

/** Secrets are left out of the values. The field '' is the whole form. */
export interface FormFailure {
  values: Record<string, string | string[]>;
  errors: Record<string, Sentence>;
  newer?: SavedField[];
  /** Of the text, as HTML. Nothing was refused, and nothing posted. */
  preview?: string;
}

/** The answer gave back what was typed: all of it, or what is left to correct. */
export const gaveBack = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'values' in answer;

function sentenceOf({ key, params }: Sentence, t: Translate): string | LinkedSentence {
  const link = links[key];
  return link ? { of: (login) => t(key, { login }), link: t(link.words), to: link.to } : t(key, params);
}

export function refusalOf(form: unknown, t: Translate) {
  const { values = {}, errors = {}, newer = [], preview } = (form ?? {}) as Partial<FormFailure>;
  const again = gaveBack(form);
  const { '': whole, ...ofFields } = errors;
  const sentences = Object.entries(ofFields).map(([field, { key, params }]) => [field, t(key, params)]);
  return {
    message: whole && sentenceOf(whole, t),
    errors: Object.fromEntries(sentences) as Record<string, string | undefined>,
    refused: whole !== undefined || sentences.length > 0,
    preview,
    saved: newer.map(({ field, label, text }) => ({
      field,
      label: t(label),
      text: typeof text === 'string' ? text : t(text.key, text.params),
    })),
    value: (name: string, otherwise = ''): string => {
      const typed = values[name];
      return typeof typed === 'string' ? typed : otherwise;
    },
    /** Hidden fields that say which version the form shows: those of the refused form. */
    shown: (fields: Record<string, string | number>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(fields).map(([name, otherwise]) => {
          const sent = values[name];
          return [name, typeof sent === 'string' ? sent : String(otherwise)];
        }),
      ),
    ticked: (name: string, otherwise = false): boolean =>
      again ? values[name] !== undefined && values[name] !== '' : otherwise,
    list: (name: string): string[] => [values[name] ?? []].flat(),
  };
}

export type Refusal = ReturnType<typeof refusalOf>;

/**
 * On a page of several forms: the refusal of each, and what is said above all of them.
 * @param forms for each form, a field that only it sends
 */
export function refusalsOf<Name extends string>(
  form: unknown,
  t: Translate,
  forms: Record<Name, string>,
): Record<Name | 'page', Refusal> {
  const names = Object.keys(forms) as Name[];
  const own = names.find((name) => gaveBack(form) && forms[name] in (form as FormFailure).values) ?? 'page';
  return Object.fromEntries(
    [...names, 'page'].map((name) => [name, refusalOf(name === own ? form : null, t)]),
  ) as Record<Name | 'page', Refusal>;
}
