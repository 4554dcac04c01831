// Who has seen a post: names for users, one fact for guests.
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, someEmail } from '../../../../tests/factories';
import { countingD1, refusal } from '../../../../tests/helpers';
import { invitationOf, joinSpace } from '../../../../tests/invitations';
import { randomId } from '../crypto';
import * as invitations from '../invitations';
import * as memberships from '../memberships';
import { space, user } from '../schema';
import * as threads from '.';

const NOW = Date.now();
let ava: User, ben: User, cho: User, mia: User, ken: User, room: number;
let now: number;

const words = (body = 'Words') => ({ body, requestKey: randomId() });
/** Each act a second after the one before. */
const at = (who: User) => as(who, { now: (now += 1_000) });
const begin = (who: User, audience: 'company' | null = null) =>
  threads.begin(at(who), room, { title: 'T', audience, ...words() });
const say = (who: User, thread: number, audience: 'company' | null = null) =>
  threads.addComment(at(who), room, thread, { audience, ...words() });
async function look(who: User, thread: number, where = room): Promise<void> {
  const ctx = at(who);
  await threads.markRead(ctx, where, thread, ctx.now);
}
const hideGuests = () => testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, room));

beforeEach(async () => {
  now = NOW - 3_600_000;
  ava = await makeUser({ name: 'Ava' });
  ben = await makeUser({ name: 'Ben' });
  cho = await makeUser({ name: 'Cho' });
  mia = await makeGuest({ name: 'Mia', company: 'Northwind' });
  ken = await makeGuest({ name: 'Ken', company: 'Quay' });
  room = await makeSpace(ava, {}, [ben, cho]);
  for (const guest of [mia, ken]) await joinSpace(ava, room, guest);
});

/** What somebody reads under a post. */
async function under(who: User, thread: number, comment: number | null = null) {
  const page = await threads.read(as(who), room, thread);
  const { seen } = comment === null ? page.thread : page.comments.find(({ id }) => id === comment)!;
  return seen && { ...seen, people: seen.people.map(({ name }) => name) };
}
const listed = async (who: User, thread: number, comment: number | null = null) =>
  (await threads.seenBy(as(who), room, thread, comment)).rows.map(({ name }) => name);
const names = (...people: string[]) => ({ people, others: 0, more: false });
/** What guests read, whoever it was. */
const byCompany = names();

describe('for the people of the company', () => {
  it('says who has seen a post: guests first, whoever was there last before others; neither its author nor the reader', async () => {
    const thread = await begin(ava);
    expect(await under(ava, thread)).toBeNull();
    for (const who of [mia, ben, ken, ava]) await look(who, thread);
    expect(await under(ava, thread)).toEqual(names('Ken', 'Mia', 'Ben'));
    expect(await under(ben, thread)).toEqual(names('Ken', 'Mia'));
    expect(await listed(ava, thread)).toEqual(['Ken', 'Mia', 'Ben']);
  });

  it('names two, and counts the others', async () => {
    const thread = await begin(ava);
    for (const who of [cho, ben, mia, ken]) await look(who, thread);
    expect(await under(ava, thread)).toEqual({ ...names('Ken', 'Mia'), others: 2 });
    expect(await listed(ava, thread)).toEqual(['Ken', 'Mia', 'Ben', 'Cho']);
  });

  it('a newer post is not seen until somebody comes back', async () => {
    const thread = await begin(ava);
    await look(mia, thread);
    const comment = await say(ava, thread);
    expect(await under(ava, thread)).toEqual(names('Mia'));
    expect(await under(ava, thread, comment)).toBeNull();
    await look(mia, thread);
    expect(await under(ava, thread, comment)).toEqual(names('Mia'));
  });

  it('whoever answers has seen what was there', async () => {
    const thread = await begin(ava);
    const answer = await say(mia, thread);
    expect(await under(ava, thread)).toEqual(names('Mia'));
    expect(await under(mia, thread, answer)).toBeNull();
  });

  it('opening a page, following, and “Mark all as read” prove nothing', async () => {
    const thread = await begin(ava);
    await threads.page(at(mia), room, thread, new URLSearchParams());
    await threads.follow(at(mia), room, thread, true);
    await memberships.markRead(at(mia), room, NOW);
    expect(await under(ava, thread)).toBeNull();
    const { unread, unseen } = await threads.read(at(mia), room, thread);
    expect({ unread, unseen }).toEqual({ unread: false, unseen: true });
    await look(mia, thread);
    expect((await threads.read(at(mia), room, thread)).unseen).toBe(false);
    expect(await under(ava, thread)).toEqual(names('Mia'));
  });

  it('nobody who has left, or whose account is deactivated; whoever comes back has seen it', async () => {
    const thread = await begin(ava);
    for (const who of [mia, ken]) await look(who, thread);
    await memberships.removeGuest(at(ava), room, mia.id);
    await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, ken.id));
    expect(await under(ava, thread)).toBeNull();
    expect(await listed(ava, thread)).toEqual([]);
    await joinSpace(ava, room, mia);
    expect(await under(ava, thread)).toEqual(names('Mia'));
  });

  it('of what is only for the company: users, and no guest who has seen the rest of the thread', async () => {
    const thread = await begin(ava);
    const only = await say(ava, thread, 'company');
    for (const who of [mia, ben]) await look(who, thread);
    expect(await under(ava, thread, only)).toEqual(names('Ben'));
    expect(await listed(ava, thread, only)).toEqual(['Ben']);
    const inner = await begin(ava, 'company');
    await say(ben, inner);
    expect(await under(ava, inner)).toEqual(names('Ben'));
    expect(await listed(ava, inner)).toEqual(['Ben']);
  });

  it('of what was opened to guests: a guest only once they have been there since', async () => {
    const thread = await begin(ava);
    const comment = await say(ava, thread, 'company');
    for (const who of [mia, ben]) await look(who, thread);
    const { seen } = (
      await threads.page(at(ava), room, thread, new URLSearchParams({ open: String(comment) }))
    ).opening!;
    await threads.open(at(ava), room, thread, comment, seen);
    expect(await under(ava, thread, comment)).toEqual(names('Ben'));
    expect(await listed(ava, thread, comment)).toEqual(['Ben']);
    await look(mia, thread);
    expect(await under(ava, thread, comment)).toEqual(names('Mia', 'Ben'));
    expect(await listed(ava, thread, comment)).toEqual(['Mia', 'Ben']);
  });

  it('where guests are hidden: no guest has seen what another one wrote', async () => {
    await hideGuests();
    const thread = await begin(ava);
    const ofMia = await say(mia, thread);
    for (const who of [ken, ben]) await look(who, thread);
    expect(await under(ava, thread)).toEqual(names('Ken', 'Mia', 'Ben'));
    expect(await under(ava, thread, ofMia)).toEqual(names('Ben'));
    expect(await listed(ava, thread, ofMia)).toEqual(['Ben']);
    const owned = await begin(mia);
    const answer = await say(ava, owned);
    await look(mia, owned);
    expect(await under(ben, owned, answer)).toEqual(names('Mia'));
    expect(await listed(ben, owned, answer)).toEqual(['Mia']);
  });

  it('a guest who becomes a user is one of the company’s', async () => {
    const boss = as(await makeUser({ administrator: true }));
    const email = someEmail('both');
    // Invited as a user first, then made a guest by an older link.
    await invitations.inviteUser(boss, {
      ...{ email, administrator: false, canCreateSpaces: false, locale: 'en' },
    });
    const invitation = await invitationOf(email);
    const zoe = await makeGuest({ name: 'Zoe', email });
    await joinSpace(ava, room, zoe);
    const thread = await begin(ava);
    for (const who of [mia, ben, zoe]) await look(who, thread);
    expect(await under(ava, thread)).toEqual(names('Zoe', 'Mia', 'Ben'));
    await invitations.join(as(zoe), invitations.mailToken(boss, invitation));
    expect(await under(ava, thread)).toEqual(names('Mia', 'Zoe', 'Ben'));
  });

  it('the list goes on, and is no guest’s', async () => {
    const thread = await begin(ava);
    const crowd = Array.from({ length: 120 }, (_, i) => ({ id: `seer${i}${room}`, guest: i < 70 ? 1 : 0 }));
    await fillIn(room, thread, crowd, now + 1);
    const rows: string[] = [];
    let pages = 0;
    for (let after: string | null = null; ; pages++) {
      const page = await threads.seenBy(as(ava), room, thread, null, after);
      rows.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(pages).toBe(2);
    expect([...rows].sort()).toEqual(crowd.map(({ id }) => id).sort());
    expect(new Set(rows.slice(0, 70))).toEqual(new Set(crowd.slice(0, 70).map(({ id }) => id)));
    const seen = await under(ava, thread);
    expect({ ...seen, people: seen!.people.length }).toEqual({ people: 2, others: 30, more: true });
    await expect(threads.seenBy(as(mia), room, thread, null)).rejects.toMatchObject(refusal('forbidden'));
    const asked = new URLSearchParams({ seen: 'first' });
    expect((await threads.page(as(mia), room, thread, asked)).seenBy).toBeNull();
    expect((await threads.page(as(ava), room, thread, asked)).seenBy!.rows).toHaveLength(50);
    await expect(threads.seenBy(as(await makeUser()), room, thread, null)).rejects.toMatchObject(
      refusal('missing'),
    );
  });
});

describe('for guests', () => {
  it('says that the company has seen a post once a user has who did not write it; neither who, nor other guests', async () => {
    const thread = await begin(mia);
    await look(ken, thread);
    expect(await under(mia, thread)).toBeNull();
    await look(ben, thread);
    expect(await under(mia, thread)).toEqual(byCompany);
    const comment = await say(ben, thread);
    expect(await under(mia, thread, comment)).toBeNull();
    await look(ava, thread);
    expect(await under(mia, thread, comment)).toEqual(byCompany);
    expect(JSON.stringify(await threads.read(as(mia), room, thread))).not.toMatch(/"Ava"/);
  });

  it('a comment only for the company does not show that its author has seen the thread', async () => {
    const thread = await begin(mia);
    await say(ben, thread, 'company');
    expect(await under(mia, thread)).toBeNull();
    expect(await under(ava, thread)).toBeNull();
    expect((await threads.read(as(ben), room, thread)).unread).toBe(false);
    await say(ben, thread);
    expect(await under(mia, thread)).toEqual(byCompany);
    await say(ben, thread, 'company');
    expect(await under(mia, thread)).toEqual(byCompany);
  });

  it('what was opened to them counts from then on', async () => {
    const thread = await begin(ava, 'company');
    await look(ben, thread);
    const { seen } = (await threads.page(at(ava), room, thread, new URLSearchParams({ open: 'first' })))
      .opening!;
    await threads.open(at(ava), room, thread, null, seen);
    expect(await under(mia, thread)).toBeNull();
    await look(ben, thread);
    expect(await under(mia, thread)).toEqual(byCompany);
  });

  it('stays when whoever has seen it leaves', async () => {
    const thread = await begin(mia);
    await look(ben, thread);
    await memberships.removeMember(at(ava), room, ben.id);
    expect(await under(mia, thread)).toEqual(byCompany);
  });
});

/** People of a space who have all seen a thread, written directly. */
async function fillIn(where: number, thread: number, crowd: { id: string; guest: number }[], seenAt: number) {
  const list = JSON.stringify(crowd);
  await bindings.DB.batch([
    bindings.DB.prepare(
      `insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
       select value ->> 'id', iif(value ->> 'guest', 'guest', 'user'), value ->> 'id', '', 'X ' || key, '', 0, 0 from json_each(?)`,
    ).bind(list),
    bindings.DB.prepare(
      `insert into membership (space_id, user_id, joined_at, last_read_at) select ?, value ->> 'id', 0, 0 from json_each(?)`,
    ).bind(where, list),
    bindings.DB.prepare(
      `insert into thread_person (space_id, thread_id, user_id, read_at, seen_at, guest)
       select ?1, ?2, value ->> 'id', ?3 + key / 9, ?3 + key / 9, value ->> 'guest' from json_each(?4)`,
    ).bind(where, thread, seenAt, list),
  ]);
}

it('a thread that 3,000 people have seen costs as many rows as one that 80 have', async () => {
  const cost: number[][] = [];
  for (const howMany of [80, 3_000]) {
    const thread = await begin(ava);
    const crowd = Array.from({ length: howMany }, (_, i) => ({
      id: `s${howMany}${room}-${i}`,
      guest: i % 2,
    }));
    await fillIn(room, thread, crowd, now + 1);
    const read = async (act: (ctx: ReturnType<typeof as>) => Promise<unknown>, who: User) => {
      const counting = countingD1();
      await act(as(who, { env: { DB: counting.DB } }));
      return counting.rowsRead();
    };
    cost.push([
      ...(await Promise.all([ava, mia].map((who) => read((ctx) => threads.read(ctx, room, thread), who)))),
      await read((ctx) => threads.seenBy(ctx, room, thread, null), ava),
    ]);
  }
  for (const [i, few] of cost[0]!.entries())
    expect(cost[1]![i]!, JSON.stringify(cost)).toBeLessThanOrEqual(few + 10);
});
