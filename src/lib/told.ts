/** Who will be told of a text that is being written, in words. */
import type { I18n } from './i18n';
import { listed } from './messages';
import { displayName, type Person } from './people';

export interface Told {
  /** Everybody in the space, who can read the thread (`readers`), or all users in the space; otherwise these people. */
  who: 'everybody' | 'readers' | 'company' | 'people';
  people: (Person & { id: string })[];
  /** There are more people. */
  more: boolean;
  /** Others may follow the thread, whom the viewer does not get to know. */
  others: boolean;
  /** Of a text that is only for the company. */
  forCompany?: boolean;
}

interface Now {
  /** The people of the space whom the viewer sees, without the viewer. */
  count: number;
  named?: Told['people'];
  /** "Notify everyone in this space" is ticked. */
  everybody?: boolean;
}

/** "Mia Ito and 2 others will be notified". */
export function toldWords(
  { locale, t }: Pick<I18n, 'locale' | 't'>,
  told: Told,
  { count, named = [], everybody = false }: Now,
): string {
  if (told.who === 'company' || (told.forCompany && everybody)) return t('told.company');
  if (told.who === 'readers') return t('told.readers');
  if (told.who === 'everybody' || everybody)
    return t(count === 0 ? 'told.alone' : 'told.everybody', { count });
  const ids = new Set(named.map(({ id }) => id));
  const people = [...named, ...told.people.filter(({ id }) => !ids.has(id))];
  if (people.length === 0) return t(told.others ? 'told.followers' : 'told.nobody');
  const [first, second] = people.map((person) => t('told.person', { name: displayName(t, person) }));
  const further = people.length - 2;
  const all = [
    first,
    second,
    told.more ? t('told.more', { count: further }) : further > 0 && t('told.others', { count: further }),
    told.others && t('told.other-followers'),
  ].filter((words) => words !== undefined && words !== false);
  return t('told.people', { who: listed(locale, all) });
}

/** What decides whom a text names: another one has to be read again. Empty if it names nobody. */
export const callsIn = (text: string): string =>
  /[@＠]/.test(text) ? text.match(/^ {0,3}>|[@＠][^\n@＠]{0,60}|[`~\\]/gm)!.join('\n') : '';
