/** Every language has every message, with the placeholders of the English one. */
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import style from '../docs/style.md?raw';
import { administrationKeys, isMailed } from '../vite/words';
import { loadTranslator, LOCALES, locales, type MessageKey } from '../src/lib/messages';

const english = await LOCALES.en.load();
const keys = Object.keys(english) as MessageKey[];

/** The placeholders of a message, at any depth; it must also compile. */
function placeholders(text: string): string[] {
  void new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true });
  const names = [...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map(([, name]) => name!);
  return [...new Set(names)].sort();
}

test.each(locales)('%s has every key, no other, and each sentence the same placeholders', async (locale) => {
  const messages = await LOCALES[locale].load();
  expect(Object.keys(messages).sort()).toEqual([...keys].sort());
  for (const key of keys) expect(placeholders(messages[key]), key).toEqual(placeholders(english[key]));
});

test('what the build gives to the administration alone is said nowhere else', () => {
  const of = (said: string) =>
    administrationKeys(['users.one', 'users.two-a', 'audit.three'], {
      'src/routes/(admin)/admin/users/+page.svelte': "t('users.one') + t(`users.two-${kind}`)",
      'src/routes/(app)/+page.svelte': said,
    });
  expect([...of('')]).toEqual(['users.one', 'users.two-a', 'audit.three']);
  expect([...of("t('users.one')")]).toEqual(['users.two-a', 'audit.three']);
  expect([...of("t('users.one-more')")]).toEqual(['users.one', 'users.two-a', 'audit.three']);
  expect([...of('t(`users.two-${kind}`)')]).toEqual(['users.one', 'audit.three']);
  expect([...of("t('audit.' + what)")]).toEqual(['users.one', 'users.two-a']);
});

test('what the build leaves out for browsers is said by mails alone', () => {
  const sources = Object.entries(
    import.meta.glob(
      ['/src/**/*.{ts,svelte}', '!/src/**/*.test.ts', '!/src/lib/server/mail/{messages,layout}/**'],
      {
        query: '?raw',
        import: 'default',
        eager: true,
      },
    ) as Record<string, string>,
  ).filter(([path]) => !path.startsWith('/src/lib/messages/'));
  const mailed = keys.filter(isMailed);
  expect(mailed.length).toBeGreaterThan(50);
  const found = sources.flatMap(([path, text]) =>
    mailed.filter((key) => text.includes(`'${key}'`)).map((key) => `${path}: ${key}`),
  );
  expect(found).toEqual([]);
});

/** The words alone: plurals taken apart, a dash for what is filled in. */
const wording = (text: string): string =>
  text
    .replace(/\{\w+(?:, number)?\}/g, '–')
    .replace(/\{\w+, plural,|(?:=\d+|zero|one|two|few|many|other) \{|\}/g, ' ');

const refused = [...style.matchAll(/^\|[^|]+\|[^|]+\|([^|]+)\|[^|]+\|$/gm)]
  .flatMap(([, column]) => [...column!.matchAll(/"([^"]+)"/g)].map(([, word]) => word!))
  .map((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'i'));

test('English keeps to the word list of docs/style.md', () => {
  expect(refused.length).toBeGreaterThan(30);
  const found = keys.flatMap((key) =>
    refused.filter((word) => word.test(wording(english[key]))).map((word) => `${key}: ${word.source}`),
  );
  expect(found).toEqual([]);
});

test('English has curly quotes, contractions, and a full stop after the last of several sentences', () => {
  for (const key of keys) {
    const text = wording(english[key]);
    expect(text, key).not.toMatch(/['"]/);
    // Its words are the contract's.
    if (key === 'decline.title') continue;
    expect(text, key).not.toMatch(
      /\b(?:do|does|did|is|are|was|were|has|have|had|could|would|should|will) not\b/,
    );
    expect(text, key).not.toMatch(/\b(?:You|We|They|It) (?:are|will|is)\b/);
    if (/[.?!] \p{Lu}/u.test(text)) expect(text.trim(), key).toMatch(/[.?!:–]$/);
  }
});

test('Japanese has full-width punctuation, and no blank beside a placeholder', async () => {
  const japanese = await LOCALES.ja.load();
  for (const key of keys) {
    const text = japanese[key];
    expect(text, key).not.toMatch(/[\u3040-\u30ff\u3400-\u9fff][?!:(]|[)?!:][\u3040-\u30ff\u3400-\u9fff]/);
    expect(text, key).not.toMatch(/\} [\u3040-\u30ff\u3400-\u9fff]|[\u3040-\u30ff\u3400-\u9fff。、] \{/);
  }
});

test('a name that runs against the language is isolated in its sentence, and no other is touched', async () => {
  const t = await loadTranslator('en');
  expect(t('first-sight.title', { name: 'ليلى' })).toBe('Welcome, \u2068ليلى\u2069.');
  expect(t('first-sight.title', { name: 'שרה Levi' })).toBe('Welcome, \u2068שרה Levi\u2069.');
  expect(t('first-sight.title', { name: 'Mia' })).toBe('Welcome, Mia.');
  expect((await loadTranslator('ja'))('first-sight.title', { name: '花子' })).toBe('花子さん、ようこそ。');
});

test.each(['long', 'mirrored'] as const)(
  '%s: every text is in brackets, longer, and holds what it is given',
  async (pseudo) => {
    const [t, disguised] = [await loadTranslator('en'), await loadTranslator('en', pseudo)];
    for (const key of keys) {
      const given = Object.fromEntries(placeholders(english[key]).map((name) => [name, 3]));
      const said = disguised(key, given);
      expect(said, key).toMatch(/^⟦[^]*⟧$/);
      expect(said.length, key).toBeGreaterThan(t(key, given).length);
      expect(said.includes('3'), key).toBe(t(key, given).includes('3'));
    }
  },
);
