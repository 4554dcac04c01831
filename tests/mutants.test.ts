// What `npm run mutate` finds in SQL.
import { expect, it } from 'vitest';
import { conjunctsOf } from '../scripts/mutate/sql.mjs';

/** The statement once without each of its conditions. */
const without = (body: string) =>
  conjunctsOf(body).map(({ from, to, by }) =>
    (body.slice(0, from) + by + body.slice(to)).replace(/\s+/g, ' '),
  );

it.each([
  ['where a = 1', ['where 1']],
  ['where a = 1 and b = 2', ['where b = 2', 'where a = 1 ']],
  ['where ${x} and b in (1, 2) limit 3', ['where b in (1, 2) limit 3', 'where ${x} limit 3']],
  ['where a between 1 and 2 and b', ['where b', 'where a between 1 and 2 ']],
  [
    'where (a or b and c) and d',
    ['where (a or c) and d', 'where (a or b ) and d', 'where d', 'where (a or b and c) '],
  ],
  [
    'on a.id = b.id and a.x = 1 where c',
    ['on a.x = 1 where c', 'on a.id = b.id where c', 'on a.id = b.id and a.x = 1 where 1'],
  ],
  ['select case when a and b then 1 end', ['select case when b then 1 end', 'select case when a then 1 end']],
  ["where a = ' and ' -- and\n and b", ['where b', "where a = ' and ' -- and "]],
  ['where true on conflict do nothing', []],
])('of %s each condition is left out', (body, others) => {
  expect(
    without(body)
      .map((text) => text.trimEnd())
      .sort(),
  ).toEqual(others.map((text) => text.trimEnd()).sort());
});
