/** Shipped templates without their words. Ids never change, since a site may have hidden one. */
import type { TemplateContent } from '../../schema';

export interface Words {
  name: string;
  description: string;
  announcement: string;
  threads: { title: string; body: string }[];
  links: { title: string; url: string }[];
}

/** What differs from a space from scratch. */
export type Setup = { cover: string } & Partial<Omit<TemplateContent, keyof Words>>;

export const setups = {
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
