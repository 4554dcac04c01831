import { expect, it } from 'vitest';
import { dialogOver, actionWith, keptQuery, withQuery } from './pages';

const url = new URL('http://localhost/list?search=a%26b&after=&done=changed&status=open');

it('a list keeps what it shows, and nothing that was said once', () => {
  const kept = keptQuery(url, 'search', 'after', 'status');
  expect(kept).toEqual({ search: 'a&b', status: 'open' });
  expect(withQuery('/list', kept)).toBe('/list?search=a%26b&status=open');
  expect(actionWith(kept)('remove')).toBe('?/remove&search=a%26b&status=open');
});

it('a list that shows everything has a bare address', () => {
  expect(withQuery('/list', {})).toBe('/list');
  expect(actionWith({})('remove')).toBe('?/remove');
});

const people = [{ id: 'ava', name: 'Ava' }];
const asked = (query: string) => dialogOver(new URL(`http://x/?${query}`), { edit: people, cancel: [] });

it('a dialog over a list is about a row of that list, and covers the page', () => {
  expect(asked('edit=ava')).toEqual({ dialog: { edit: people[0] }, covered: true });
  for (const query of ['', 'edit', 'edit=gil', 'cancel=ava', 'delete=ava'])
    expect(asked(query), query).toEqual({ dialog: {}, covered: false });
});
