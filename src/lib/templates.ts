/** The contents of a space template in words. */
import type { I18n } from './i18n';
import { listed } from './messages';

/** Of a template as a file, in bytes. */
export const LARGEST_TEMPLATE = 512 * 1024;

export interface TemplateCard {
  id: string;
  name: string;
  description: string;
  cover: string;
  threads: number;
  links: number;
  announcement: boolean;
}
type Counts = Pick<TemplateCard, 'threads' | 'links' | 'announcement'>;

/** "4 threads, an announcement and 2 links". */
export function insideWords({ locale, t }: Pick<I18n, 'locale' | 't'>, counts: Counts): string {
  const parts = [
    counts.threads > 0 && t('template.threads', { count: counts.threads }),
    counts.announcement && t('template.an-announcement'),
    counts.links > 0 && t('template.links', { count: counts.links }),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t('template.empty') : listed(locale, parts);
}
