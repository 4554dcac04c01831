import { expect, it } from 'vitest';
import { actionWith, keptQuery, withQuery } from './pages';

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
