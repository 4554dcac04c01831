import { expect, it } from 'vitest';
import { typedIn } from './typed';

interface Field {
  type?: string;
  value: string;
  defaultValue?: string;
  readOnly?: boolean;
}

const form = (fields: Field[], dataset: Record<string, string> = {}, method = 'post', asks = false) =>
  ({
    dataset,
    elements: fields.map((field) => ({ type: 'text', defaultValue: '', readOnly: false, ...field })),
    getAttribute: () => method,
    closest: () => (asks ? {} : null),
  }) as unknown as HTMLFormElement;

const isTyped = (one: HTMLFormElement, kept = false) => typedIn([one], { kept }).length === 1;

it('text that differs from what the page showed is typed', () => {
  expect(isTyped(form([{ value: 'New' }]))).toBe(true);
  expect(isTyped(form([{ value: 'Same ', defaultValue: 'Same' }]))).toBe(false);
  expect(isTyped(form([{ type: 'textarea', value: '', defaultValue: 'All of it' }]))).toBe(true);
});

it('passwords, boxes, and fields that only show something are not', () => {
  for (const field of [{ type: 'password' }, { type: 'checkbox' }, { type: 'hidden' }, { readOnly: true }])
    expect(isTyped(form([{ value: 'x', ...field }])), JSON.stringify(field)).toBe(false);
});

it('a refused form shows what was typed, and it still counts', () => {
  expect(isTyped(form([{ value: 'Typed', defaultValue: 'Typed' }], { unsent: '' }))).toBe(true);
});

it('a draft is kept, so only closing its form asks', () => {
  const drafted = form([{ value: 'New' }], { draft: '' });
  expect(isTyped(drafted)).toBe(false);
  expect(isTyped(drafted, true)).toBe(true);
});

it('what is on its way, a search, and a confirmation ask nothing', () => {
  expect(isTyped(form([{ value: 'New' }], { sending: '' }))).toBe(false);
  expect(isTyped(form([{ value: 'New' }], {}, 'get'))).toBe(false);
  expect(isTyped(form([{ value: 'New' }], {}, 'post', true))).toBe(false);
});
