import { expect, it } from 'vitest';
import { refusalsOf } from './forms';
import { loadTranslator } from './messages';

const t = await loadTranslator('en');
const forms = { invite: 'email', storage: 'spaceStorage' };
const failure = (values: Record<string, string>) => ({
  values,
  errors: { '': { key: 'form.number' as const } },
});
const refused = (form: unknown) =>
  Object.entries(refusalsOf(form, t, forms)).flatMap(([name, refusal]) => (refusal.refused ? [name] : []));

it('a refusal belongs to the form that sends its field, and any other to the page', () => {
  expect(refused(failure({ email: '' }))).toEqual(['invite']);
  expect(refused(failure({ spaceStorage: 'lots' }))).toEqual(['storage']);
  expect(refused(failure({ id: 'ava' }))).toEqual(['page']);
  for (const answer of [null, undefined, { saved: true }]) expect(refused(answer)).toEqual([]);
});
