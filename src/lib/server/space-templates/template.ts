import type { TemplateCard } from '../../templates';
import type { TemplateContent } from '../schema';

/** Per site. A gallery can still show this many. */
export const MOST = 100;
/** Replaces a cover that cannot be copied. */
export const PLAIN_COVER = 'harbour';

export interface Template {
  id: string;
  name: string;
  description: string;
  content: TemplateContent;
}

export const isShipped = (id: string) => id.startsWith('shipped:');

export const cardOf = ({ content, ...template }: Template): TemplateCard => ({
  ...template,
  cover: content.cover,
  threads: content.threads.length,
  links: content.links.length,
  announcement: content.announcement !== '',
});
