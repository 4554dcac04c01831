/**
 * How the site puts a person's name in words: titles, labels, mail, notifications. On pages PersonName.svelte does it.
 * A guest is told from a user of the same name everywhere, so nothing else puts a name anywhere.
 */
import type { Translate } from './messages';
import { oneLine } from './text';

export interface Person {
  name: string;
  guest: boolean;
  company?: string;
}

/** Some names were stored before names were cleaned. */
export const shown = (name: string): string => oneLine(name) || '–';

/** "Ben Kowalski (guest, Northwind)"; a user's name alone. */
export function displayName(t: Translate, person: Person): string {
  const name = shown(person.name);
  if (!person.guest) return name;
  const company = oneLine(person.company ?? '');
  return company ? t('guest.named', { name, company }) : t('guest.named-alone', { name });
}
