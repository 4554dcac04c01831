// What a page costs does not grow with what lies in the space, or beside it.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, joinSpace, makeGuest, makeSpace, makeUser, type User } from '../../../tests/factories';
import { countingD1 } from '../../../tests/helpers';
import * as spaces from './spaces';
import * as threads from './threads';

const THREADS = 1_000;
const COMMENTS = 100_000;

/** Fills a space past the domain: writing a hundred thousand comments one by one would take an hour. */
async function fill(spaceId: number, author: User, howMany: number, comments: number): Promise<void> {
  const now = Date.now() - 1_000_000;
  const series = (n: number) =>
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})`;
  await bindings.DB.prepare(
    `insert into thread (space_id, title, body, author_id, last_activity_at, company_activity_at, comment_count, company_comment_count, request_key, created_at)
     ${series(howMany)} select ?1, 'Thread ' || i, 'Words', ?2, ?3 + i, ?3 + i, ${comments / howMany}, ${comments / howMany}, 'fill:' || ?1 || ':' || i, ?3 from n`,
  )
    .bind(spaceId, author.id, now)
    .run();
  const { first } = (await bindings.DB.prepare('select min(id) as first from thread where space_id = ?')
    .bind(spaceId)
    .first<{ first: number }>())!;
  for (let done = 0; done < comments; done += 20_000)
    await bindings.DB.prepare(
      `insert into comment (thread_id, author_id, body, request_key, created_at)
       ${series(Math.min(20_000, comments - done))} select ?1 + (i + ${done}) % ${howMany}, ?2, 'Words ' || i, 'fill:' || ?1 || ':' || (i + ${done}), ?3 + i from n`,
    )
      .bind(first, author.id, now)
      .run();
}

async function rowsRead(who: User, read: (ctx: ReturnType<typeof as>) => Promise<unknown>): Promise<number> {
  const counting = countingD1();
  await read(as(who, { env: { DB: counting.DB } }));
  return counting.rowsRead();
}

let ava: User, gil: User;
let empty: number, onePage: number, hundred: number, huge: number;
beforeAll(async () => {
  [ava, gil] = [await makeUser(), await makeGuest()];
  [empty, onePage, hundred, huge] = [
    await makeSpace(ava),
    await makeSpace(ava),
    await makeSpace(ava),
    await makeSpace(ava),
  ];
  for (const space of [empty, onePage, huge]) await joinSpace(ava, space, gil);
  await fill(onePage, ava, 31, 31 * 100);
  await fill(hundred, ava, 101, 101);
  await fill(huge, ava, THREADS, COMMENTS);
}, 120_000);

describe(`a space with ${THREADS} threads and ${COMMENTS} comments`, () => {
  it('opens with as many rows read as one with a single page of threads (±10 %), for members and guests', async () => {
    for (const who of [ava, gil]) {
      const read = (space: number) => rowsRead(who, (ctx) => spaces.room(ctx, space));
      const [none, few, many] = [await read(empty), await read(onePage), await read(huge)];
      expect(
        Math.abs(many - few),
        `rows read by a ${who.kind}: empty ${none}, one page ${few}, huge ${many}`,
      ).toBeLessThanOrEqual(few * 0.1);
    }
  });

  it('goes on to its tenth page at the same cost', async () => {
    let before: string | null = null;
    const cost: number[] = [];
    for (let i = 0; i < 10; i++) {
      cost.push(await rowsRead(ava, async (ctx) => (before = (await spaces.room(ctx, huge, before)).next)));
      expect(before).not.toBeNull();
    }
    expect(Math.abs(cost.at(-1)! - cost[1]!)).toBeLessThanOrEqual(cost[1]! * 0.1);
  });

  it('a thread of it opens with as many rows read as the only thread of another', async () => {
    const read = async (space: number) => {
      const [thread] = (await spaces.room(as(ava), space)).threads;
      return rowsRead(ava, (ctx) => threads.read(ctx, space, thread!.id));
    };
    const [few, many] = [await read(onePage), await read(huge)];
    expect(Math.abs(many - few), `rows read by a thread: ${few} and ${many}`).toBeLessThanOrEqual(few * 0.1);
  });

  it('is a card of the portal like any other, for members and for guests, whether these see each other or not', async () => {
    for (const hidden of [0, 1])
      for (const who of ['user', 'guest'] as const) {
        const read = async (space: number) => {
          const viewer = who === 'user' ? await makeUser() : await makeGuest();
          await bindings.DB.batch([
            bindings.DB.prepare(
              'insert into membership (space_id, user_id, administrator, joined_at, last_read_at) values (?, ?, 0, 0, 0)',
            ).bind(space, viewer.id),
            bindings.DB.prepare('update space set guests_hidden = ? where id = ?').bind(hidden, space),
          ]);
          const rows = await rowsRead(viewer, spaces.portal);
          await bindings.DB.prepare('delete from membership where user_id = ?').bind(viewer.id).run();
          return rows;
        };
        // A hundred threads are looked through for unread ones at most.
        const [few, many] = [await read(hundred), await read(huge)];
        expect(few).toBeGreaterThan(100);
        expect(Math.abs(many - few), `rows read by a ${who}: ${few} and ${many}`).toBeLessThanOrEqual(
          few * 0.1,
        );
      }
  });
});
