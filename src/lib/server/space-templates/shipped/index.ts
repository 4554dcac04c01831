/** Shipped templates: `setups.ts` with the words of one file per language. */
import type { Locale } from '../../../messages';
import { defaultOptions } from '../../../space-options';
import type { TemplateContent } from '../../schema';
import en from './en';
import ja from './ja';
import { setups, type Dictionary, type Setup, type ShippedId } from './setups';

const dictionaries: Record<Locale, Dictionary> = { en, ja };

export interface Shipped {
  id: `shipped:${ShippedId}`;
  name: string;
  description: string;
  content: TemplateContent;
}

export const shipped = (locale: Locale): Shipped[] =>
  (Object.entries(setups) as [ShippedId, Setup][]).map(([id, setup]) => {
    const { name, description, announcement, threads, links } = dictionaries[locale][id];
    const content = {
      ...defaultOptions,
      ...setup,
      announcement,
      threads,
      links,
    };
    return { id: `shipped:${id}`, name, description, content };
  });
