import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, site } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { refusal } from '../../../../tests/helpers';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import * as spaces from '../spaces';
import * as threads from '../threads';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

const sight = async (who: User, room: number) => (await spaces.overview(as(who), room)).firstSight;
const text = () => ({ title: 'Hello', body: 'I am here.', requestKey: randomId() });

describe('a guest’s first sight of a space', () => {
  it('says who invited them, and how many people of which company read along, without themselves', async () => {
    const [ben, ava] = [await makeUser({ name: 'Ben Kowalski' }), await makeUser()];
    const room = await makeSpace(ben, {}, [ava]);
    for (const company of ['Northwind', 'Southwind', 'Southwind', 'Eastwind', 'Westwind', ''])
      await joinSpace(ben, room, await makeGuest({ company }));
    const mia = await makeGuest({ company: 'Northwind' });
    await joinSpace(ben, room, mia);
    expect(await sight(mia, room)).toEqual({
      inviter: 'Ben Kowalski',
      own: 'Northwind',
      users: 2,
      companies: [
        { name: 'Southwind', count: 2 },
        { name: 'Eastwind', count: 1 },
        { name: 'Northwind', count: 1 },
      ],
      others: 2,
    });
    expect(await sight(ben, room)).toBeNull();
  });

  it('tells of no other guest where guests are hidden', async () => {
    const ben = await makeUser();
    const room = await makeSpace(ben, { guestsHidden: true });
    const [gil, mia] = [await makeGuest({ company: 'Northwind' }), await makeGuest({ company: 'Southwind' })];
    for (const guest of [gil, mia]) await joinSpace(ben, room, guest);
    expect(await sight(mia, room)).toMatchObject({ users: 1, companies: [], others: 0 });
  });

  it('stays until they have put it away, begun a thread or commented, in this space alone', async () => {
    const ben = await makeUser();
    const [room, other] = [await makeSpace(ben), await makeSpace(ben)];
    const topic = await threads.begin(as(ben), room, text());
    const acts: ((guest: User) => Promise<unknown>)[] = [
      (guest) => memberships.endGreeting(as(guest), room),
      (guest) => threads.begin(as(guest), room, text()),
      (guest) => threads.addComment(as(guest), room, topic, text()),
    ];
    for (const act of acts) {
      const mia = await makeGuest();
      for (const space of [room, other]) await joinSpace(ben, space, mia);
      await spaces.overview(as(mia), room);
      await threads.read(as(mia), room, topic);
      await memberships.markRead(as(mia), room, Date.now());
      expect(await sight(mia, room)).not.toBeNull();
      await act(mia);
      expect(await sight(mia, room)).toBeNull();
      expect(await sight(mia, other)).not.toBeNull();
    }
  });

  it('comes again for somebody who was removed and is invited anew', async () => {
    const ben = await makeUser();
    const mia = await makeGuest();
    const room = await makeSpace(ben);
    await joinSpace(ben, room, mia);
    await memberships.endGreeting(as(mia), room);
    await memberships.removeGuest(as(ben), room, mia.id);
    await expect(spaces.overview(as(mia), room)).rejects.toMatchObject(refusal('missing'));
    await joinSpace(ben, room, mia);
    expect(await sight(mia, room)).not.toBeNull();
  });

  it('counts nobody for those who know the space', async () => {
    const ben = await makeUser();
    const mia = await makeGuest();
    const room = await makeSpace(ben);
    for (const guest of [mia, await makeGuest(), await makeGuest()]) await joinSpace(ben, room, guest);
    await memberships.endGreeting(as(mia), room);
    const { query } = await import('./first-sight');
    const { sql, params } = query(as(mia), room).toSQL();
    const { meta } = await bindings.DB.prepare(sql)
      .bind(...params)
      .run();
    expect(meta.rows_read).toBeLessThanOrEqual(1);
  });
});
