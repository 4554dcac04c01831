/** Names in sentences, titles and mails (PersonName.svelte on pages): guests are told apart from users of the same name. */
import type { Translate } from './messages';
import { oneLine } from './text';

export interface Person {
  name: string;
  guest: boolean;
  company?: string;
  /** The id of their picture's file. */
  avatar?: string | null;
}

/** Somebody among the people of a space, as their card shows them. */
export interface Card extends Person {
  id: string;
  administrator: boolean;
  own: boolean;
  /** Where whoever runs the space sees it as this guest does. */
  viewAs: string | null;
  /** Not for guests. */
  inside: {
    email: string;
    lastVisitAt: number | null;
    joinedAt: number;
    invitedAt: number | null;
    inviter: Person | null;
  } | null;
}

export const cardHref = (spaceId: number, personId: string): string =>
  `/spaces/${spaceId}/people/${personId}`;

export interface Company {
  name: string;
  count: number;
}

/** Who reads what is written in a space, as far as the viewer may know. A guest counts themselves. */
export interface Readers {
  guestCount: number;
  /** Those with the most guests. */
  guestCompanies: Company[];
  /** The number of further companies. */
  moreCompanies: number;
  /** Somebody is invited and may join at any time. */
  awaitsGuests: boolean;
}

/** Of a space in which nobody writes any more. */
export interface Archived {
  at: number;
  /** Null for guests who do not know them. */
  by: string | null;
}

/** Some stored names predate the cleaning. */
export const shown = (name: string): string => oneLine(name) || '–';

/** Whoever was erased has no name; their posts say so. */
export const isFormer = ({ name }: Pick<Person, 'name'>): boolean => name === '';

/** Without company and badge. */
export const nameOf = (t: Translate, person: Pick<Person, 'name' | 'guest'>): string =>
  isFormer(person) ? t(person.guest ? 'people.former-guest' : 'people.former-user') : shown(person.name);

/** Of somebody who works for the company. */
export const userName = (t: Translate, name: string): string => nameOf(t, { name, guest: false });

/** "Ben Kowalski (guest, Northwind)"; for users, the name alone. */
export function displayName(t: Translate, person: Person): string {
  if (isFormer(person)) return nameOf(t, person);
  const name = shown(person.name);
  if (!person.guest) return name;
  const company = oneLine(person.company ?? '');
  return company ? t('guest.named', { name, company }) : t('guest.named-alone', { name });
}

/** "Bo Larsen from Hafen GmbH": a user, for guests who may not know them yet. */
export const fromCompany = (t: Translate, name: string, company: string | null | undefined): string =>
  company ? t('people.from', { name: userName(t, name), company: oneLine(company) }) : userName(t, name);
