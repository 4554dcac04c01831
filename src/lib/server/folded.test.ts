import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  someEmail,
  spaceForm,
} from '../../../tests/factories';
import { filter } from '../../../tests/guests';
import { invite, invited, joinSpace, signUp } from '../../../tests/invitations';
import * as accounts from './accounts';
import * as guests from './guests';
import * as cron from './cron';
import { randomId } from './crypto';
import * as folded from './folded';
import * as invitations from './invitations';
import * as memberships from './memberships';
import * as mentions from './mentions/completion';
import { space, spaceTemplate, user } from './schema';
import * as spaces from './spaces';
import * as templates from './space-templates';

/** Rows whose fold is not that of their names. */
async function wrong(): Promise<unknown[]> {
  const { db } = testContext();
  const [people, rooms, made] = [
    await db.select().from(user),
    await db.select().from(space),
    await db.select().from(spaceTemplate),
  ];
  return [
    ...people.filter((row) => row.folded !== folded.person(row)),
    ...[...rooms, ...made].filter((row) => row.folded !== folded.name(row.name)),
  ].map(({ name, folded }) => ({ name, folded }));
}

let ada: User;
beforeAll(async () => {
  await accounts.setUp(testContext(), {
    token: 'set-up-token',
    siteName: 'Harbour',
    email: 'Fürst@foyer.example',
    name: 'Åsa Fürst',
    password: PASSWORD,
    preset: 'hardened',
  });
  ada = await makeAdministrator({ name: 'Ada' });
});

describe('whoever writes a name writes how it is compared', () => {
  it('set-up, sign-up, profile, spaces and templates', async () => {
    const { email, token } = await invited();
    await signUp(token, { name: 'Siobhán O’Neill' });
    const [guest] = await testContext().db.select().from(user).where(eq(user.email, email));
    await accounts.changeProfile(as(guest!), {
      name: 'Siobhán Ó Néill',
      company: 'Łódź Sp.',
      locale: null,
      timeZone: null,
    });
    const room = await makeSpace(ada, { name: 'Größe' });
    await spaces.change(as(ada), room, { ...spaceForm, name: 'Ølstykke', announcement: '', links: [] });
    const id = await templates.fromSpace(as(ada), room, { name: 'Übung', description: '' });
    const [{ updatedAt }] = (await testContext()
      .db.select({ updatedAt: spaceTemplate.updatedAt })
      .from(spaceTemplate)
      .where(eq(spaceTemplate.id, id))) as [{ updatedAt: number }];
    await templates.change(as(ada), id, { name: 'Ärger', description: '' }, updatedAt);
    expect(await wrong()).toEqual([]);
    const names = await testContext().db.select({ folded: user.folded }).from(user);
    expect(names.map((row) => row.folded)).toContain(`siobhan o neill\n${email}\nlodz sp.`);
  });

  it('cron folds what was written before, piece by piece, and searching finds it meanwhile', async () => {
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < 450)
         select 'old' || i, 'guest', 'old' || i || '@guest.example', '', 'Jürgen Alt ' || i, '', 1, 1 from n`,
      ),
      bindings.DB.prepare('update space set folded = null'),
      bindings.DB.prepare('update space_template set folded = null'),
    ]);
    const found = async (search: string) => (await guests.list(as(ada), filter({ search }))).rows.length;
    expect(await found('rgen alt 17')).toBeGreaterThan(0);
    expect(await found('JÜRGEN alt 450')).toBe(0);
    for (let i = 0; i < 3; i++) await cron.run(testContext());
    expect(await found('JÜRGEN alt 450')).toBe(1);
    expect(await wrong()).toEqual([]);
    await bindings.DB.prepare(`delete from user where id like 'old%'`).run();
  });
});

describe('an international address is found as it is written', () => {
  let room: number;
  beforeAll(async () => {
    room = await makeSpace(ada);
    await joinSpace(ada, room, await makeGuest({ name: 'Dora', email: 'dora@xn--bcher-kva.example' }));
    await invite(ada, room, 'Ümit@BÜCHER.example');
  });
  it.each(['bücher', 'BÜCHER', 'bucher', 'dora@bücher.example', 'dora@xn--bcher-kva.example', 'xn--bcher'])(
    'in Guest Management: %s',
    async (search) => {
      const { rows } = await guests.list(as(ada), filter({ search }));
      expect(rows.filter(({ name }) => name !== null).map(({ name }) => name)).toEqual(['Dora']);
    },
  );
  it.each([
    ['bücher', 2],
    ['bücher.example', 2],
    ['ümit@bücher.example', 1],
    ['xn--bcher', 2],
    ['dora bücher', 1],
    ['tücher', 0],
  ])('in the guests of a space: %s', async (find, count) => {
    const { rows } = await invitations.guestsTab(as(ada), room, '', { find });
    expect(rows).toHaveLength(count);
  });
});

describe('people are found by name, address and company as a reader compares them', () => {
  let room: number;
  beforeAll(async () => {
    room = await makeSpace(ada);
    const people: Partial<User>[] = [
      { name: 'Siobhán Ryan', email: 'sryan@guest.example' },
      { name: 'Jürgen Groß', email: 'csv-eq@guest.example', company: 'Straßenbau Łódź' },
      { name: 'Ёлкина Ирина', email: 'elkina@guest.example' },
      { name: 'ﾊﾅｺ 佐藤', email: 'hanako@guest.example' },
      { name: 'Işıl Çağlar', email: 'isil@guest.example' },
      { name: 'Jean–Luc O’Neill', email: 'jl@guest.example' },
      { name: '山田 太郎', email: 'yamada@guest.example', company: 'Anna Tamada' },
    ];
    for (const person of people) {
      await joinSpace(ada, room, await makeGuest(person));
      await makeUser({ ...person, email: person.email!.replace('guest', 'staff') });
    }
  });

  const cases: [string, string[]][] = [
    ['SIOBHÁN', ['sryan']],
    ['siobhan', ['sryan']],
    ['JÜRGEN', ['csv-eq']],
    ['  csv-eq ', ['csv-eq']],
    ['CSV‑EQ', ['csv-eq']],
    ['gross', ['csv-eq']],
    ['GROẞ', ['csv-eq']],
    ['strassenbau lodz', ['csv-eq']],
    ['елкина', ['elkina']],
    ['ирина ёлк', ['elkina']],
    ['ハナコ', ['hanako']],
    ['ＨＡＮＡＫＯ＠', ['hanako']],
    ['佐藤', ['hanako']],
    ['ISIL', ['isil']],
    ['caglar', ['isil']],
    ["jean-luc o'neill", ['jl']],
    ['jean-luc  O`Neill', ['jl']],
    ['sio\u00adbhan\u200b', ['sryan']],
    ['山田太郎', ['yamada']],
    ['山田　太', ['yamada']],
    ['山田太', ['yamada']],
    ['太郎', ['yamada']],
    ['太郎山田', []],
    ['AnnaTamada', ['yamada']],
    ['natam', []],
    ['SiobhánRyan', ['sryan']],
    ['siobhan_r', ['sryan']],
    ['jürgen.groß', ['csv-eq']],
    ['JeanLuc', ['jl']],
    ['ﾊﾅｺ佐藤', ['hanako']],
    ['siobhan groß', []],
    ['%', []],
    ['_', []],
    ['._', []],
    ["'; --", []],
    ['x'.repeat(5_000), []],
  ];
  it.each(cases)(
    'Guest Management, Users, the Members tab and a new space: %j finds %j',
    async (typed, names) => {
      const local = (rows: { email: string }[]) =>
        rows
          .map(({ email }) => email)
          .filter((email) => /@(guest|staff)\./.test(email))
          .map((email) => email.split('@')[0]);
      expect(local((await guests.list(as(ada), filter({ search: typed }))).rows)).toEqual(names);
      expect(local((await accounts.list(as(ada), { search: typed })).rows)).toEqual(names);
      expect(local((await memberships.members(as(ada), room, { find: typed })).found)).toEqual(names);
      expect(local((await accounts.colleagues(as(ada), typed)).people)).toEqual(names);
    },
  );

  it('blanks are nothing typed', async () => {
    expect((await memberships.members(as(ada), room, { find: ' \u3000 ' })).found).toEqual([]);
    expect((await guests.list(as(ada), filter({ search: ' \u200b ' }))).rows.length).toBeGreaterThan(5);
  });

  it.each([
    ['SIOB', 'Siobhán Ryan'],
    ['ryan', 'Siobhán Ryan'],
    ['JÜ', 'Jürgen Groß'],
    ['gross', 'Jürgen Groß'],
    ['ハナ', 'ﾊﾅｺ 佐藤'],
    ['佐', 'ﾊﾅｺ 佐藤'],
    ['ирина', 'Ёлкина Ирина'],
    ['елк', 'Ёлкина Ирина'],
    ['ISIL', 'Işıl Çağlar'],
    ['jean-luc o', 'Jean–Luc O’Neill'],
    ["O'Neill", 'Jean–Luc O’Neill'],
    ['山田太', '山田 太郎'],
    ['山田 太郎', '山田 太郎'],
    ['siobhanr', 'Siobhán Ryan'],
    ['Siobhán_Ryan', 'Siobhán Ryan'],
    ['jeanluc.o', 'Jean–Luc O’Neill'],
  ])('completion: %s offers %s', async (typed, name) => {
    expect((await mentions.complete(as(ada), room, typed)).map((p) => p.name)).toEqual([name]);
  });

  it('completion knows names only', async () => {
    for (const typed of ['sryan', 'guest.example', 'Straßenbau', 'lodz', 'siobhan ryan sryan', '\n'])
      if (typed.trim()) expect(await mentions.complete(as(ada), room, typed), typed).toEqual([]);
  });

  it('completion offers beginnings of the name first, then of a word', async () => {
    const other = await makeSpace(ada);
    for (const name of ['Zoë Aßmann', 'Bassmann', 'ASSMANN Eva'])
      await joinSpace(ada, other, await makeGuest({ name, email: someEmail('order') }));
    expect((await mentions.complete(as(ada), other, 'aßm')).map((p) => p.name)).toEqual([
      'ASSMANN Eva',
      'Zoë Aßmann',
      'Bassmann',
    ]);
  });
});

describe('spaces and templates', () => {
  it('Space Management finds spaces as a reader compares their names', async () => {
    const name = `Brücke Łódź ${randomId()}`;
    await makeSpace(ada, { name });
    for (const search of [name.toUpperCase(), `  ${name} `, name.replace('ü', 'u').replace('Łó', 'Lo')]) {
      const { rows } = await spaces.list(as(ada), { search, after: '' });
      expect(
        rows.map((row) => row.name),
        search,
      ).toEqual([name]);
    }
  });
  it('two templates never have names that a reader takes for one', async () => {
    const room = await makeSpace(ada);
    await templates.fromSpace(as(ada), room, { name: 'Größe', description: '' });
    for (const name of ['GRÖSSE', 'große', 'Gro\u0308\u00adße'])
      await expect(templates.fromSpace(as(ada), room, { name, description: '' }), name).rejects.toMatchObject(
        {
          detail: { key: 'template.name-taken' },
        },
      );
  });
});
