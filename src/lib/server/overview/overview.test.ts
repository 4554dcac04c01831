import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, DAY, HOUR, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, site } from '../../../../tests/factories';
import { countingD1, parallel, refusal } from '../../../../tests/helpers';
import { invite, joinSpace } from '../../../../tests/invitations';
import * as accounts from '../accounts';
import { randomId } from '../crypto';
import * as threads from '../threads';
import { countMore, read } from '.';
import { walks } from './walks';

let ava: User;
let ben: User;
let spaceId: number;
beforeAll(async () => {
  await site({ setUp: true });
  ava = await makeAdministrator();
  ben = await makeUser();
  spaceId = await makeSpace(ben);
  const [gil, mia] = [await makeGuest(), await makeGuest()];
  for (const who of [gil, mia]) await joinSpace(ben, spaceId, who);
  await accounts.setActive(as(ava), mia.id, false);
  await makeGuest();
  await invite(ben, spaceId, 'open@partner.example');
  await makeSpace(ben);
  await threads.begin(as(ben), spaceId, { title: 'Piles', body: '', requestKey: randomId() });
});

const sums = async () => {
  const { results } = await bindings.DB.prepare('select name, sums, place, at from site_count').all<{
    name: string;
    sums: string;
    place: number;
    at: number;
  }>();
  return Object.fromEntries(results.map((row) => [row.name, { ...row, sums: JSON.parse(row.sums) }]));
};

describe('the overview', () => {
  it('says that nothing was counted yet, and then what there is', async () => {
    expect(await read(as(ava))).toMatchObject({ counted: { guests: null, storage: null } });
    await countMore(testContext());
    const seen = await read(as(ava));
    expect(seen).toMatchObject({
      guests: { active: 2, inactive: 1, waiting: 1, expired: 0 },
      outside: 1,
      attention: { failed: 0, locked: 0, without: 0 },
    });
    expect(seen.invitations.at(-1)).toMatchObject({ sent: 3, joined: 2, delivered: 0 });
    expect(seen.invitations).toHaveLength(8);
    expect(Object.fromEntries(seen.spaces.map(({ age, count }) => [age, count]))).toMatchObject({
      week: 1,
      never: 1,
    });
  });

  it('names what needs attention now, not when it was counted', async () => {
    await bindings.DB.prepare(`update user set status = 'inactive' where id = ?`).bind(ben.id).run();
    expect((await read(as(ava))).attention.without).toBe(2);
    await bindings.DB.prepare(`update user set status = 'active' where id = ?`).bind(ben.id).run();
  });

  it('is for administrators of the site alone', async () => {
    for (const who of [ben, await makeGuest()])
      await expect(read(as(who))).rejects.toMatchObject(refusal('forbidden'));
  });

  it('reads as many rows with very many guests', async () => {
    const many = (from: number, to: number) =>
      bindings.DB.prepare(
        `with recursive n(i) as (select ? union all select i + 1 from n where i < ?)
         insert into user (id, kind, email, email_original, name, folded, password_hash, created_at, updated_at)
         select printf('m%015d', i), 'guest', 'm' || i || '@many.example', '', 'Many', '', '', 0, 0 from n`,
      )
        .bind(from, to)
        .run();
    const rows = async () => {
      const { DB, rowsRead } = countingD1();
      await read(as(ava, { env: { DB } }));
      return rowsRead();
    };
    await many(1, 1_000);
    const few = await rows();
    await many(1_001, 25_000);
    expect(await rows()).toBeLessThanOrEqual(few + 5);
  });
});

describe('counting', () => {
  it('goes through a table in pieces, publishes at the end, and rests for an hour', async () => {
    const now = Date.now() + 2 * HOUR;
    const before = (await sums()).guests!.sums;
    const piece = walks.guests.piece;
    // Three pieces of 25,000 guests in a minute.
    for (let minute = 0; minute < 2; minute++) await countMore(testContext({ now: now + minute * 60_000 }));
    const after = (await sums()).guests!;
    expect(piece).toBe(10_000);
    expect(after).toMatchObject({ place: 0 });
    expect(after.sums.active).toBe(before.active + 25_000 + 1);
    await bindings.DB.prepare(`delete from user where email like '%@many.example'`).run();
    await countMore(testContext({ now: now + HOUR / 2 }));
    expect((await sums()).guests!.sums.active).toBe(after.sums.active);
    await countMore(testContext({ now: now + DAY }));
    expect((await sums()).guests!.sums.active).toBe(before.active + 1);
  });

  it('by twenty at the same time counts nothing twice', async () => {
    const now = Date.now() + 3 * DAY;
    await parallel(20, () => countMore(testContext({ now })));
    const { results } = await bindings.DB.prepare(
      `select count(*) n from user where kind = 'guest' and status = 'active'`,
    ).all<{ n: number }>();
    expect((await sums()).guests!.sums.active).toBe(results[0]!.n);
  });
});
