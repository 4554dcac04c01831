/** A template, and its card in a list. */
import type { TemplateCard } from '../../templates';
import type { TemplateContent } from '../schema';

/** Templates that a site may have of its own. A gallery can still show this many. */
export const MOST = 100;
/** The cover of a template whose own cannot be taken along. */
export const PLAIN_COVER = 'harbour';

/** A template as a space is made from it. */
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
