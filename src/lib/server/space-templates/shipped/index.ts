/**
 * The templates that ship with Foyer: what each sets up stands here, its words in a file per language. What a viewer
 * starts from is in their language; the ids never change, since a site may have hidden one.
 */
import type { Locale } from '../../../messages';
import type { TemplateContent } from '../../schema';
import en from './en';
import ja from './ja';

/** What a template says, in one language. */
export interface Words {
  /** At most 30 characters. */
  name: string;
  /** At most 200. */
  description: string;
  announcement: string;
  /** At most 10; the first stands on top. */
  threads: { title: string; body: string }[];
  links: { title: string; url: string }[];
}

/** What differs from a space as it is from scratch. */
type Setup = { cover: string } & Partial<Omit<TemplateContent, keyof Words>>;

/** In the order in which they are shown. */
const setups = {
  'client-project': { cover: 'harbour' },
  'supplier-onboarding': { cover: 'orchard', guestsHidden: true, showPeople: false },
  event: { cover: 'night' },
  recruiting: { cover: 'stairs', showLinks: false },
  'design-review': { cover: 'windows' },
  'support-desk': { cover: 'lighthouse' },
  board: { cover: 'arcade', blockJoining: true, showLinks: false },
  'due-diligence': { cover: 'reeds', guestsHidden: true, blockJoining: true, showPeople: false },
  works: { cover: 'terraces' },
} satisfies Record<string, Setup>;

export type ShippedId = keyof typeof setups;
export type Dictionary = Record<ShippedId, Words>;

const dictionaries: Record<Locale, Dictionary> = { en, ja };

export interface Shipped {
  id: `shipped:${ShippedId}`;
  name: string;
  description: string;
  content: TemplateContent;
}

/** All of them, in a language. */
export const shipped = (locale: Locale): Shipped[] =>
  (Object.entries(setups) as [ShippedId, Setup][]).map(([id, setup]) => {
    const { name, description, announcement, threads, links } = dictionaries[locale][id];
    const content = {
      severalThreads: true,
      blockJoining: false,
      blockFollowing: false,
      guestsHidden: false,
      showAnnouncement: true,
      showThreads: true,
      showPeople: true,
      showLinks: true,
      ...setup,
      announcement,
      threads,
      links,
    };
    return { id: `shipped:${id}`, name, description, content };
  });
