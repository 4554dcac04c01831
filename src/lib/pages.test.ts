import { expect, it } from 'vitest';
import { actionWith, dialogOver, keptQuery, withoutNews, withQuery } from './pages';

const url = new URL('http://localhost/list?search=a%26b&after=&done=changed&status=open');

it('a list keeps what it shows, and nothing that was said once', () => {
  const kept = keptQuery(url, 'search', 'after', 'status');
  expect(kept).toEqual({ search: 'a&b', status: 'open' });
  expect(withQuery('/list', kept)).toBe('/list?search=a%26b&status=open');
  expect(actionWith(kept)('remove')).toBe('?/remove&search=a%26b&status=open');
});

it('a list keeps a filter that has no value', () => {
  const kept = keptQuery(new URL('http://localhost/admin/spaces?without&search='), 'search', 'without');
  expect(withQuery('/admin/spaces', kept)).toBe('/admin/spaces?without=');
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

it('an address loses the news of a form, which are said once, and nothing else', () => {
  const clean = (address: string) => withoutNews(new URL(address, 'http://x'));
  expect(clean('/spaces/7/settings/guests?find=mia&done=invited&sent=2&active=0&left=1')).toBe(
    '/spaces/7/settings/guests?find=mia',
  );
  expect(clean('/me?done=notifications#notification-mail')).toBe('/me#notification-mail');
  // Without news, a list's own filters may have the same names.
  expect(clean('/list?active=1')).toBeNull();
});
