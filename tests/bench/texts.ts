/** What people of the benchmark write, and its rows in the search index, in bulk. */
import { sql, type SQL } from 'drizzle-orm';
import { scopeOf, type Author } from '../../src/lib/server/access';
import { indexed } from '../../src/lib/server/search/tokens';

const SENTENCES = [
  'The drawings of the north quay are **revised**; please look at sheet 4 before Thursday.',
  'Thanks, that helps. We can start once the crane is back, which should be on the 14th.',
  'I have asked the harbour office for a permit and will write here as soon as they answer.',
  'See [the tide tables](https://tides.example/north-quay) for the hours that are possible.',
  'Two things are open: who pays for the divers, and when the road is closed.',
];
const SENTENCE = (n: number) => SENTENCES[n % SENTENCES.length]!;

/** All there are: text number n is the one at n modulo their count. */
const TEXTS = SENTENCES.map((_, n) => `${SENTENCE(n)}\n\n${SENTENCE(n + 2)} ${SENTENCE(n + 3)}`);

export const text = (n: SQL): SQL =>
  sql`(select value from json_each(${JSON.stringify(TEXTS)}) where key = ${n} % ${TEXTS.length})`;

/** SQL: each text as the index has it. */
const words = sql`(select value ->> 0 as body, value ->> 1 as words, value ->> 2 as signs
  from json_each(${JSON.stringify(TEXTS.map((one) => [one, indexed(one).words, indexed(one).signs]))})) w`;

const author = (authorId: string, guest: number): Author => ({
  authorId,
  authorKind: guest ? 'guest' : 'user',
});

/** SQL: whom a text belongs to (`access.scopeOf`), of `b`, who began the thread, and `u`, who wrote. */
const scopes = sql`(select value ->> 0 as begun, value ->> 1 as wrote, value ->> 2 as same, value ->> 3 as scope
  from json_each(${JSON.stringify(
    [0, 1].flatMap((begun) =>
      [0, 1].flatMap((wrote) =>
        [0, 1].map((same) => [
          ...[begun, wrote, same],
          scopeOf([author(same ? '<u>' : '<b>', begun), author('<u>', wrote)], []),
        ]),
      ),
    ),
  )})) o on o.begun = (b.kind = 'guest') and o.wrote = (u.kind = 'guest') and o.same = (b.id = u.id)`;
const scope = sql`replace(replace(o.scope, '<b>', b.id), '<u>', u.id)`;

/** Titles of the benchmark are letters, digits and blanks. */
export const indexThreads = (): SQL => sql`
  insert into search_entry (rowid, scope, words, signs, all_words, all_signs)
  select t.id * 2, 's' || t.space_id || ' ' || ${scope} || ' thread', lower(t.title) || ' ' || w.words, w.signs, '', ''
  from thread t join user u on u.id = t.author_id join user b on b.id = t.author_id
    join ${words} on w.body = t.body join ${scopes}`;

export const indexComments = (from: number, to: number): SQL => sql`
  insert into search_entry (rowid, scope, words, signs, all_words, all_signs)
  select c.id * 2 + 1, 's' || c.space_id || ' ' || ${scope}, w.words, w.signs, '', ''
  from comment c join thread t on t.id = c.thread_id join user u on u.id = c.author_id join user b on b.id = t.author_id
    join ${words} on w.body = c.body join ${scopes}
  where c.id between ${from} and ${to}`;
