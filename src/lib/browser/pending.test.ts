import { expect, it } from 'vitest';
import { loadTranslator, locales, type MessageKey } from '../messages';
import { pending, pendingWord } from './pending';

const listed = Object.values(pending).flat();

/** Pages before the login ship no scripts. */
const sources = Object.entries(
  import.meta.glob<string>(
    ['../../routes/\\(a*\\)/**/*.svelte', '../components/*.svelte', '!**/ListFilter.svelte'],
    {
      eager: true,
      query: '?raw',
      import: 'default',
    },
  ),
);

const KEY = /t\(\s*(?:[\w.]+ \? )?'([a-z.-]+)'(?: : '([a-z.-]+)')?/;

/** The labels of buttons that post. A RowAction with `confirm` opens a dialog, and a ListFilter looks something up. */
function labelsOf(source: string): string[] {
  const tags = [...source.matchAll(/<(\w+)\b(?:=>|[^>])*>/g)].map(([tag, name]) => ({ tag, name }));
  const attributes = tags
    .filter(({ name }) => name !== 'ListFilter')
    .filter(({ tag, name }) => name !== 'RowAction' || !tag.includes('confirm='))
    .flatMap(({ tag, name }) => {
      const attribute = name === 'RowAction' || name === 'SaveBar' ? 'label' : 'submit';
      return [...tag.matchAll(new RegExp(`\\s${attribute}=\\{(t\\([^}]*)\\}`, 'g'))].map(([, call]) => call!);
    });
  const buttons = [...source.matchAll(/<Button type="submit"(?:=>|[^>])*>\s*\{([^}]*)\}/g)]
    .filter(({ index }) => !/method="get"[^<]*$/.test(source.slice(0, index)))
    .map(([, call]) => call!);
  return [...attributes, ...buttons].flatMap((call) => {
    const [, one, other] = KEY.exec(call) ?? [];
    return [one, other].filter((key) => key !== undefined);
  });
}

it('every button of a form has its word for the time that it is on its way', () => {
  const found = new Set(sources.flatMap(([, source]) => labelsOf(source)));
  expect(found.size).toBeGreaterThan(30);
  expect([...found].filter((key) => !listed.includes(key as MessageKey))).toEqual([]);
  expect(listed.filter((key) => !found.has(key))).toEqual([]);
});

it.each(locales)('%s: the label alone tells which word', async (locale) => {
  const t = await loadTranslator(locale);
  for (const [word, labels] of Object.entries(pending))
    for (const label of labels) expect(pendingWord(t, t(label)), label).toBe(t(word as MessageKey));
  expect(pendingWord(t, 'Elsewhere')).toBe(t('pending.working'));
});
