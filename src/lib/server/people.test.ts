// Stored order and counts of people equal a fresh count, whatever happens; and everybody sees exactly the people they may see.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, type User } from '../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  settlePeople,
  site,
  someEmail,
} from '../../../tests/factories';
import { invite, invitationOf, joinSpace, signUp } from '../../../tests/invitations';
import { refusal } from '../../../tests/helpers';
import * as accounts from './accounts';
import * as invitations from './invitations';
import * as memberships from './memberships';
import * as search from './search';
import * as spaces from './spaces';
import * as threads from './threads';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

/** Stored counts or places that a fresh count contradicts. */
async function wrong(): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare(
    `select s.id, s.user_count, s.guest_count, s.guest_companies from space s where
       s.user_count <> (select count(*) from membership m join user u on u.id = m.user_id
         where m.space_id = s.id and u.kind = 'user' and u.status = 'active')
       or s.guest_count <> (select count(*) from membership m join user u on u.id = m.user_id
         where m.space_id = s.id and u.kind = 'guest' and u.status = 'active')
       or s.inactive_guest_count <> (select count(*) from membership m join user u on u.id = m.user_id
         where m.space_id = s.id and u.kind = 'guest' and u.status <> 'active')
       or json_array_length(s.guest_companies) + s.more_companies <> (select count(distinct u.company)
         from membership m join user u on u.id = m.user_id
         where m.space_id = s.id and u.kind = 'guest' and u.status = 'active' and u.company <> '')
       or exists (select 1 from json_each(s.guest_companies) c where c.value ->> 'count' <> (select count(*)
         from membership m join user u on u.id = m.user_id where m.space_id = s.id and u.kind = 'guest'
         and u.status = 'active' and u.company = c.value ->> 'name'))
     union all
     select m.space_id, m.rank, m.name_key || m.company_key, u.name from membership m join user u on u.id = m.user_id
       where m.rank <> iif(u.kind = 'guest', 2, 1 - m.administrator) or m.name_key <> substr(u.folded, 1, instr(u.folded, char(10)) - 1)
         or m.address <> iif(u.kind = 'guest', u.email, '')
         or m.company_key <> iif(u.kind = 'user', '', iif(u.company = '', char(1114111), lower(u.company)))`,
  ).all();
  return results;
}

describe('the people of a space', () => {
  it('stand in order and are counted right, whatever happens to them', async () => {
    const [ava, ben] = [await makeAdministrator({ name: 'Ava' }), await makeUser({ name: 'Ben' })];
    const gil = await makeGuest({ name: 'Gil', company: 'Northwind' });
    const room = await makeSpace(ava, {}, [ben]);
    const other = await makeSpace(ben);
    const numbers = async () => {
      const { peopleCount, guestCount, guestCompanies } = await spaces.overview(as(ava), room);
      return [peopleCount, guestCount, guestCompanies.map(({ name }) => name)];
    };
    const step = async (what: string, act: () => Promise<unknown>, people: number, guests: number) => {
      await act();
      expect(await wrong(), what).toEqual([]);
      expect((await numbers()).slice(0, 2), what).toEqual([people, guests]);
    };
    const cho = await makeUser({ name: 'Cho' });
    await step('made', async () => {}, 2, 0);
    await step('a guest joins', () => joinSpace(ava, room, gil), 3, 1);
    await step('and another space', () => joinSpace(ben, other, gil), 3, 1);
    expect((await numbers())[2]).toEqual(['Northwind']);
    const email = someEmail('new');
    await step('invited is not in', () => invite(ava, room, email), 3, 1);
    await step(
      'a guest signs up',
      async () => signUp(invitations.mailToken(as(ava), await invitationOf(email, room)), { name: 'Zoe' }),
      4,
      2,
    );
    await step('added', () => memberships.addMember(as(ava), room, cho.id, false), 5, 2);
    await step('promoted', () => memberships.setAdministrator(as(ava), room, cho.id, true), 5, 2);
    await step('demoted', () => memberships.setAdministrator(as(ava), room, cho.id, false), 5, 2);
    const profile = { locale: null, timeZone: null };
    await step(
      'another name and company',
      () => accounts.changeProfile(as(gil), { name: 'Aaron', company: 'Southwind', ...profile }),
      5,
      2,
    );
    expect((await numbers())[2]).toEqual(['Southwind']);
    expect((await spaces.overview(as(ava), room)).people.map((p) => p.name)).toEqual([
      'Ava',
      'Ben',
      'Cho',
      'Aaron',
      'Zoe',
    ]);
    await step('deactivated', () => accounts.setActive(as(ava), gil.id, false), 4, 1);
    expect((await numbers())[2]).toEqual([]);
    await step('reactivated', () => accounts.setActive(as(ava), gil.id, true), 5, 2);
    await step('a member is deactivated', () => accounts.setActive(as(ava), cho.id, false), 4, 2);
    await step('removed', () => memberships.removeMember(as(ava), room, cho.id), 4, 2);
    await step('left', () => memberships.leave(as(ben), room), 3, 2);
    const zoe = await account(email);
    await step('a guest is removed', () => memberships.removeGuest(as(ava), room, zoe!.id), 2, 1);
    await step('a guest leaves', () => memberships.leave(as(gil), room), 1, 0);
  });

  it('a guest who becomes a user is one in each of their spaces', async () => {
    const ava = await makeAdministrator();
    const room = await makeSpace(ava);
    const email = someEmail('both');
    // Invited as a user first, then made a guest by an older link.
    await invitations.inviteUser(as(ava), {
      email,
      administrator: false,
      canCreateSpaces: false,
      locale: 'en',
    });
    const open = await invitationOf(email);
    const guest = await makeGuest({ email });
    await joinSpace(ava, room, guest);
    expect(await spaces.overview(as(ava), room)).toMatchObject({ peopleCount: 2, guestCount: 1 });
    await invitations.join(as(guest), invitations.mailToken(as(ava), open));
    expect((await account(email))!.kind).toBe('user');
    expect(await wrong()).toEqual([]);
    expect(await spaces.overview(as(ava), room)).toMatchObject({ peopleCount: 2, guestCount: 0 });
  });

  it('rows that were changed by hand are right again within a day', async () => {
    const ava = await makeUser();
    const room = await makeSpace(ava, {}, [await makeUser(), await makeUser()]);
    await bindings.DB.batch([
      bindings.DB.prepare(
        `update membership set rank = 2, name_key = '', company_key = 'x' where space_id = ?`,
      ).bind(room),
      bindings.DB.prepare(`update space set user_count = 77, guest_count = 5 where id = ?`).bind(room),
    ]);
    expect(await wrong()).toHaveLength(4);
    await settlePeople(room);
    expect(await wrong()).toEqual([]);
  });

  it('a row that nobody put in order counts as a guest’s: it is shown to no other guest', async () => {
    const ava = await makeUser();
    const [gil, kim] = [await makeGuest({ name: 'Gil' }), await makeGuest({ name: 'Kim' })];
    const room = await makeSpace(ava, { guestsHidden: true });
    await joinSpace(ava, room, gil);
    await bindings.DB.prepare(
      'insert into membership (space_id, user_id, joined_at, last_read_at) values (?, ?, 1, 1)',
    )
      .bind(room, kim.id)
      .run();
    const seen = JSON.stringify([await spaces.overview(as(gil), room), await spaces.people(as(gil), room)]);
    expect(seen).not.toContain('Kim');
  });
});

describe('the page of a space’s people', () => {
  let ava: User, gil: User, kim: User, stranger: User;
  let room: number;
  beforeAll(async () => {
    ava = await makeUser({ name: 'Ava Lind' });
    gil = await makeGuest({ name: 'Gil Ferreira', company: 'Northwind' });
    kim = await makeGuest({ name: 'Kim', company: 'Southwind' });
    stranger = await makeGuest();
    room = await makeSpace(ava, {}, [await makeUser({ name: 'ben' }), await makeUser({ name: 'Cho' })]);
    for (const guest of [kim, gil]) await joinSpace(ava, room, guest);
  });
  const names = async (who: User, find = '') =>
    (await spaces.people(as(who), room, { find })).groups.flatMap(({ people }) => people.map((p) => p.name));

  it('has administrators, users, guests, each by name; guests are marked, and nobody’s address is there', async () => {
    expect(await names(ava)).toEqual(['Ava Lind', 'ben', 'Cho', 'Gil Ferreira', 'Kim']);
    const { groups } = await spaces.people(as(gil), room);
    const rows = groups.flatMap(({ people }) => people);
    expect(rows.map((p) => p.guest)).toEqual([false, false, false, true, true]);
    expect(JSON.stringify(rows)).not.toContain('@');
  });

  it('is searched by a part of a name or company', async () => {
    expect(await names(ava, 'FERR')).toEqual(['Gil Ferreira']);
    expect(await names(ava, ' southwind ')).toEqual(['Kim']);
    expect(await names(ava, 'wind')).toEqual(['Gil Ferreira', 'Kim']);
    for (const typed of ['%', '_', '@', "'"]) expect(await names(ava, typed)).toEqual([]);
  });

  it('where guests do not see each other, a guest finds the company and themselves', async () => {
    const hide = (hidden: number) =>
      bindings.DB.prepare('update space set guests_hidden = ? where id = ?').bind(hidden, room).run();
    await hide(1);
    expect(await names(kim)).toEqual(['Ava Lind', 'ben', 'Cho', 'Kim']);
    expect(await names(kim, 'northwind')).toEqual([]);
    expect(await names(ava)).toHaveLength(5);
    const { people, peopleCount, guestCount, guestCompanies, moreCompanies } = await spaces.overview(
      as(kim),
      room,
    );
    expect(people.map((p) => p.name)).toEqual(['Ava Lind', 'ben', 'Cho', 'Kim']);
    expect([peopleCount, guestCount, guestCompanies, moreCompanies]).toEqual([
      ...[4, 1, [{ name: 'Southwind', count: 1 }], 0],
    ]);
    const card = (await spaces.portal(as(kim))).spaces.find((s) => s.id === room)!;
    expect([card.users, card.guestCount]).toEqual([3, 1]);
    expect(JSON.stringify(card)).not.toContain('Gil');
    await hide(0);
  });

  it('groups people by company, however it is written: the house first, guests without a company last', async () => {
    const other = await makeSpace(ava, {}, [await makeUser({ name: 'Zed', company: 'Aardvark' })]);
    for (const [name, company] of [
      ['Moe', ''],
      ['Kim', 'northwind'],
      ['Abe', 'Northwind'],
      ['Lou', 'Aardvark'],
    ] as const)
      await joinSpace(ava, other, await makeGuest({ name, company }));
    const { groups } = await spaces.people(as(ava), other);
    expect(groups.map((g) => [g.company, g.guests, ...g.people.map((p) => p.name)])).toEqual([
      ['', false, 'Ava Lind', 'Zed'],
      ['Aardvark', true, 'Lou'],
      ['Northwind', true, 'Abe', 'Kim'],
      ['', true, 'Moe'],
    ]);
  });

  it('is 404 for strangers, and where the space shows no people', async () => {
    await expect(spaces.people(as(stranger), room)).rejects.toMatchObject(refusal('missing'));
    const bare = await makeSpace(ava, { showPeople: false });
    await expect(spaces.people(as(ava), bare)).rejects.toMatchObject(refusal('missing'));
  });
});

describe('a person’s card', () => {
  let ava: User, ben: User, gil: User, kim: User;
  let room: number;
  beforeAll(async () => {
    [ava, ben] = [await makeUser({ name: 'Ava Lind' }), await makeUser({ name: 'Ben' })];
    gil = await makeGuest({ name: 'Gil', company: 'Northwind' });
    kim = await makeGuest({ name: 'Kim', company: 'Southwind' });
    room = await makeSpace(ava, {}, [ben]);
    for (const guest of [kim, gil]) await joinSpace(ava, room, guest);
  });
  const card = async (who: User, of: User, at = room) => (await spaces.card(as(who), at, of.id)).card;

  it('tells the company how to reach somebody, who brought them and when; a guest none of that', async () => {
    expect(await card(ben, gil)).toMatchObject({
      ...{ name: 'Gil', company: 'Northwind', guest: true, administrator: false, own: false },
      inside: { email: gil.email, inviter: { name: 'Ava Lind', guest: false } },
    });
    const { inside } = await card(ben, gil);
    expect(inside!.invitedAt).toBeGreaterThan(0);
    expect(inside!.joinedAt).toBeGreaterThanOrEqual(inside!.invitedAt!);
    for (const of of [ava, kim, gil]) {
      const seen = await card(gil, of);
      expect(seen).toMatchObject({ inside: null, own: of === gil, administrator: of === ava });
      expect(JSON.stringify(seen)).not.toContain('@');
    }
  });

  it('exists exactly for whoever sees the person in the list: not for strangers, and no other guest where they are hidden', async () => {
    const stranger = await makeGuest();
    const away = await makeSpace(ben);
    const missing = (who: User, of: User, at = room) =>
      expect(spaces.card(as(who), at, of.id)).rejects.toMatchObject(refusal('missing'));
    await missing(stranger, gil);
    await missing(ava, stranger);
    await missing(ben, gil, away);
    await bindings.DB.prepare('update space set guests_hidden = 1 where id = ?').bind(room).run();
    for (const who of [ava, ben, gil, kim]) {
      const { groups } = await spaces.people(as(who), room);
      const listed = groups.flatMap(({ people }) => people.map(({ id }) => id));
      for (const of of [ava, ben, gil, kim])
        if (listed.includes(of.id)) expect((await card(who, of)).id).toBe(of.id);
        else await missing(who, of);
    }
    expect((await card(gil, gil)).own).toBe(true);
    await bindings.DB.prepare('update space set guests_hidden = 0 where id = ?').bind(room).run();
    const bare = await makeSpace(ava, { showPeople: false }, [ben]);
    await missing(ava, ben, bare);
  });

  it('goes with the account or the membership, and so does the link from a post', async () => {
    const thread = await threads.begin(as(kim), room, { title: 'T', body: 'x', requestKey: 'card:thread' });
    const author = async () => (await threads.read(as(ava), room, thread)).thread;
    expect(await author()).toMatchObject({ author: 'Kim', card: true });
    const site = await makeAdministrator();
    await accounts.setActive(as(site), kim.id, false);
    await expect(card(ava, kim)).rejects.toMatchObject(refusal('missing'));
    expect(await author()).toMatchObject({ author: 'Kim', card: false });
    await accounts.setActive(as(site), kim.id, true);
    expect((await card(ava, kim)).name).toBe('Kim');
    await memberships.removeGuest(as(ava), room, kim.id);
    await expect(card(ava, kim)).rejects.toMatchObject(refusal('missing'));
    expect(await author()).toMatchObject({ author: 'Kim', card: false });
  });
});

describe('the space page', () => {
  it('shows a few of the company and a few guests, and says how many there are', async () => {
    const ava = await makeUser();
    const room = await makeSpace(ava);
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into user (id, kind, email, email_original, name, company, password_hash, created_at, updated_at)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < 60)
         select 'few' || i, iif(i % 2, 'guest', 'user'), 'few' || i, '', 'Few ' || i, 'Company ' || i, '', 1, 1 from n`,
      ),
      bindings.DB.prepare(
        `insert into membership (space_id, user_id, joined_at, last_read_at) select ?, id, 1, 1 from user where id like 'few%'`,
      ).bind(room),
    ]);
    await settlePeople(room);
    const page = await spaces.overview(as(ava), room);
    expect(page.people).toHaveLength(8);
    expect(page.people.filter((p) => p.guest)).toHaveLength(4);
    expect(page).toMatchObject({ peopleCount: 61, guestCount: 30, moreCompanies: 22 });
    expect(page.guestCompanies).toHaveLength(8);
    const card = (await spaces.portal(as(ava))).spaces[0]!;
    expect(card.people.map((p) => p.guest)).toEqual([false, false, false, true, true]);
    expect(card).toMatchObject({ users: 31, guestCount: 30 });
  });

  it('shows eight faces where there are as many, however the company and guests are mixed', async () => {
    const ava = await makeUser();
    for (const [users, guests] of [
      [1, 9],
      [9, 1],
      [3, 3],
    ] as const) {
      const room = await makeSpace(
        ava,
        {},
        await Promise.all(Array.from({ length: users - 1 }, () => makeUser())),
      );
      for (let i = 0; i < guests; i++) await joinSpace(ava, room, await makeGuest());
      const { people, peopleCount } = await spaces.overview(as(ava), room);
      expect([people.length, people.filter((p) => p.guest).length, peopleCount]).toEqual([
        ...[Math.min(8, users + guests), Math.min(guests, 8 - Math.min(users, 4)), users + guests],
      ]);
    }
  });

  it('says when more people are invited than it shows', async () => {
    const ava = await makeUser();
    const room = await makeSpace(ava);
    const addresses = Array.from({ length: 9 }, (_, i) => someEmail(`inv${i}`));
    await invite(ava, room, addresses.slice(1).join(', '));
    expect(await spaces.overview(as(ava), room)).toMatchObject({ invitedMore: false });
    await invite(ava, room, addresses[0]!);
    const { invited, invitedMore } = await spaces.overview(as(ava), room);
    expect([invited.length, invitedMore]).toEqual([8, true]);
  });
});

describe('who reads a space', () => {
  /** As pages say it. */
  const readers = async (who: User, room: number) => {
    const { guestCount, guestCompanies, awaitsGuests } = await threads.prepare(as(who), room);
    return [guestCount, guestCompanies.map(({ name }) => name), awaitsGuests];
  };

  it('is the company alone, until a guest is invited, and joins', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const gil = await makeGuest({ company: 'Northwind' });
    const room = await makeSpace(ava, {}, [ben]);
    for (const who of [ava, ben]) expect(await readers(who, room)).toEqual([0, [], false]);
    await invite(ava, room, gil.email);
    for (const who of [ava, ben]) expect(await readers(who, room)).toEqual([0, [], true]);
    await joinSpace(ava, room, gil);
    for (const who of [ava, ben]) expect(await readers(who, room)).toEqual([1, ['Northwind'], false]);
    await memberships.removeGuest(as(ava), room, gil.id);
    for (const who of [ava, ben]) expect(await readers(who, room)).toEqual([0, [], false]);
  });

  it('does not tell a guest who is invited, and no other guest where they are hidden', async () => {
    const ava = await makeUser();
    const [gil, hal] = [await makeGuest({ company: 'Northwind' }), await makeGuest({ company: 'Southwind' })];
    const room = await makeSpace(ava, { guestsHidden: true });
    for (const guest of [gil, hal]) await joinSpace(ava, room, guest);
    await invite(ava, room, someEmail());
    expect(await readers(gil, room)).toEqual([1, ['Northwind'], false]);
    expect(await readers(ava, room)).toEqual([2, ['Northwind', 'Southwind'], true]);
  });

  it('is the same on every page of the space', async () => {
    const ava = await makeUser();
    const gil = await makeGuest({ company: 'Northwind' });
    const room = await makeSpace(ava);
    await joinSpace(ava, room, gil);
    const form = { title: 'Crane', body: '', requestKey: 'k' };
    const thread = await threads.begin(as(ava), room, form);
    const said = {
      guestCount: 1,
      guestCompanies: [{ name: 'Northwind', count: 1 }],
      moreCompanies: 0,
      awaitsGuests: false,
    };
    for (const page of [
      await spaces.overview(as(gil), room),
      await threads.prepare(as(gil), room),
      await threads.read(as(gil), room, thread),
      await search.inSpace(as(gil), room, 'crane'),
    ])
      expect(page).toMatchObject(said);
  });
});
