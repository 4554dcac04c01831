/** A site's own words in mails, for each language, with placeholders in braces. */
import type { Locale } from './messages';
import { withoutIsolates } from './text';

/** The mails that can have own words, and what their placeholders can be. Of an invitation it is the ready text that inviters find. */
export const PLACEHOLDERS = {
  invitation: ['inviter', 'space', 'site'],
  'user-invitation': ['inviter', 'site'],
  welcome: ['name', 'space', 'site'],
  reset: ['name', 'site'],
} as const;

export type TextKind = keyof typeof PLACEHOLDERS;
export const textKinds = Object.keys(PLACEHOLDERS) as TextKind[];
export const isTextKind = (word: string): word is TextKind => word in PLACEHOLDERS;

/** Empty: the site's ready words, and no introduction. */
export interface OwnText {
  subject: string;
  introduction: string;
}

export type MailTexts = Partial<
  Record<Locale, { sender?: string; texts?: Partial<Record<TextKind, OwnText>> }>
>;

const BRACES = /\{([^{}]*)\}/g;

/** The first that this mail can't fill in, as typed; null if there is none. */
export function unknownPlaceholder(kind: TextKind, text: string): string | null {
  const known: readonly string[] = PLACEHOLDERS[kind];
  return [...text.matchAll(BRACES)].find(([, name]) => !known.includes(name!))?.[0] ?? null;
}

/** What a person or a space is called becomes no link of its own. */
export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(BRACES, (whole, name: string) =>
    name in values ? withoutIsolates(values[name]!).replaceAll('://', ': //') : whole,
  );
