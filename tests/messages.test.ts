/** Every language has every message, with the placeholders of the English one. */
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { LOCALES, locales, type MessageKey } from '../src/lib/messages';

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
