// Spaces, people, files and texts in one search: what is found, by whom, page by page, and at what cost.
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, settlePeople } from '../../../../tests/factories';
import { countingD1 } from '../../../../tests/helpers';
import { joinSpace } from '../../../../tests/invitations';
import { randomId } from '../crypto';
import { space } from '../schema';
import type { SearchKind } from '../../search';
import * as spaces from '../spaces';
import * as threads from '../threads';
import * as search from '.';

const all = { kind: null, after: null };
const named = async (who: User, typed: string) => {
  const { found } = await search.everything(as(who), typed, all);
  const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
  return {
    spaces: names(found!.spaces.rows),
    people: names(found!.people.rows),
    files: names(found!.files.rows),
  };
};
const nothing = { spaces: [], people: [], files: [] };
const change = (id: number, values: Partial<typeof space.$inferInsert>) =>
  testContext().db.update(space).set(values).where(eq(space.id, id));
const attach = (who: User, spaceId: number, name: string, audience?: 'company') =>
  threads.begin(as(who), spaceId, {
    title: 'With a file',
    body: 'x',
    requestKey: randomId(),
    files: [new File(['x'], name)],
    ...(audience && { audience }),
  });

let ava: User, ben: User, gil: User, noor: User, far: User;
let quay: number, elsewhere: number;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  ben = await makeUser({ name: 'Ben Kowalski' });
  gil = await makeGuest({ name: 'Gil Ferreira', company: 'Northwind' });
  noor = await makeGuest({ name: 'Noor Haddad', company: 'Quayside Ltd' });
  far = await makeGuest({ name: 'Faraway Quayle' });
  quay = await makeSpace(ava, { name: 'Quay wall' }, [ben]);
  elsewhere = await makeSpace(ava, { name: 'Old quay' });
  for (const guest of [gil, noor]) await joinSpace(ava, quay, guest);
  await joinSpace(ava, elsewhere, far);
  await attach(ava, quay, 'quay-plan.pdf');
  await attach(ava, quay, 'Quay costs.xlsx', 'company');
  await attach(noor, quay, 'Quay photo.png');
  await attach(ava, elsewhere, 'Quay elsewhere.txt');
});

describe('one search', () => {
  it('finds spaces, people and files by a part of their name, and people by their company', async () => {
    expect(await named(ava, 'quay')).toEqual({
      // What begins with it comes first, then by name; files are newest first.
      spaces: ['Quay wall', 'Old quay'],
      people: ['Faraway Quayle', 'Noor Haddad'],
      files: ['Quay elsewhere.txt', 'Quay photo.png', 'Quay costs.xlsx', 'quay-plan.pdf'],
    });
    expect((await named(ava, 'kowal')).people).toEqual(['Ben Kowalski']);
    expect((await named(ava, 'FERREIRÁ')).people).toEqual(['Gil Ferreira']);
    expect((await named(ava, '"quay" wall')).spaces).toEqual(['Quay wall']);
    expect((await named(ava, 'northwind')).people).toEqual(['Gil Ferreira']);
  });

  it('finds nobody by an address, nor the viewer, nor who is deactivated', async () => {
    expect((await named(ava, gil.email)).people).toEqual([]);
    expect((await named(ava, 'lind')).people).toEqual([]);
    const gone = await makeGuest({ name: 'Gone Quaylander' });
    await joinSpace(ava, quay, gone);
    expect((await named(ben, 'quaylander')).people).toEqual(['Gone Quaylander']);
    await testContext().db.run(`update user set status = 'suspended' where id = '${gone.id}'`);
    expect((await named(ben, 'quaylander')).people).toEqual([]);
  });

  it('finds nothing without words', async () => {
    for (const typed of ['', '  ', '"', '""']) expect(await named(ava, typed)).toEqual(nothing);
  });

  it('offers the first of each while somebody types', async () => {
    const offered = await search.suggest(as(ava), 'quay');
    expect(offered.spaces.map(({ name }) => name)).toEqual(['Quay wall', 'Old quay']);
    expect(offered.files).toHaveLength(4);
    expect(offered.texts).toHaveLength(4);
  });
});

describe('reach', () => {
  it('of a guest ends with the spaces they are in', async () => {
    expect(await named(gil, 'quay')).toEqual({
      spaces: ['Quay wall'],
      people: ['Noor Haddad'],
      // Neither the company's own file, nor one of another space.
      files: ['Quay photo.png', 'quay-plan.pdf'],
    });
    expect(await named(far, 'quay')).toEqual({
      spaces: ['Old quay'],
      people: [],
      files: ['Quay elsewhere.txt'],
    });
    expect(await named(await makeUser(), 'quay')).toEqual(nothing);
  });

  it('leaves out guests who are hidden from each other, and their files, for them alone', async () => {
    await change(quay, { guestsHidden: true });
    expect(await named(gil, 'quay')).toEqual({ spaces: ['Quay wall'], people: [], files: ['quay-plan.pdf'] });
    expect((await named(noor, 'quay')).files).toEqual(['Quay photo.png', 'quay-plan.pdf']);
    expect((await named(gil, 'lind')).people).toEqual(['Ava Lind']);
    expect((await named(ben, 'haddad')).people).toEqual(['Noor Haddad']);
    await change(quay, { guestsHidden: false });
  });

  it('leaves out the people of a space that shows none, and everything of one in the trash', async () => {
    const kim = await makeGuest({ name: 'Kim Park' });
    const room = await makeSpace(ava, { name: 'Quay three' });
    await joinSpace(ava, room, kim);
    await attach(ava, room, 'quay three.txt');
    expect(await named(kim, 'quay three')).toEqual({
      spaces: ['Quay three'],
      people: [],
      files: ['quay three.txt'],
    });
    expect((await named(ava, 'kim park')).people).toEqual(['Kim Park']);
    await change(room, { showPeople: false });
    expect((await named(ava, 'kim park')).people).toEqual([]);
    await change(room, { showPeople: true, deletedAt: 1 });
    expect(await named(kim, 'quay three')).toEqual(nothing);
    expect((await named(ava, 'kim park')).people).toEqual([]);
  });

  it('leads to a card that the viewer can open', async () => {
    const { found } = await search.everything(as(gil), 'haddad', all);
    const [person] = found!.people.rows;
    expect((await spaces.card(as(gil), person!.spaceId, person!.id)).card.name).toBe('Noor Haddad');
  });
});

const MANY = 120;
const CROWD = 3_000;

describe('many', () => {
  let busy: User;
  let room: number;
  beforeAll(async () => {
    busy = await makeUser({ name: 'Busy Person' });
    for (let i = 0; i < MANY; i++) await makeSpace(busy, { name: `Berth ${i}` });
    room = await makeSpace(busy, { name: 'Crowded' });
    await bindings.DB.prepare(
      `insert into user (id, kind, email, email_original, name, folded, company, password_hash, created_at, updated_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
       select 'berth' || i, 'guest', 'b' || i || '@crowd.example', 'b' || i || '@crowd.example',
         iif(i <= ${MANY}, 'Berth ', 'Someone ') || i, iif(i <= ${MANY}, 'berth ', 'someone ') || i || char(10) || char(10), '', '', 0, 0 from n`,
    )
      .bind(CROWD)
      .run();
    await bindings.DB.prepare(
      `insert into membership (space_id, user_id, joined_at, last_read_at) select ?, id, 0, 0 from user where id like 'berth%'`,
    )
      .bind(room)
      .run();
    await settlePeople(room);
    const thread = await threads.begin(as(busy), room, { title: 'T', body: 'x', requestKey: randomId() });
    await bindings.DB.prepare(
      `insert into file (id, kind, space_id, thread_id, name, folded, type, size, key, uploader_id, created_at, attached_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
       select 'file' || i, 'attachment', ?2, ?3, iif(i <= ${MANY}, 'berth ', 'other ') || i, iif(i <= ${MANY}, 'berth ', 'other ') || i, '', 1, 'k' || i, ?4, i, i from n`,
    )
      .bind(CROWD, room, thread, busy.id)
      .run();
  }, 120_000);

  it.each(['spaces', 'people', 'files'] as const)('%s are shown page by page, each once', async (kind) => {
    const few = (await search.everything(as(busy), 'berth', all)).found![kind];
    expect(few.rows).toHaveLength(5);
    expect(few.next).not.toBeNull();
    const names: string[] = [];
    let pages = 0;
    for (let after: string | null = ''; after !== null; pages++) {
      const { found } = await search.everything(as(busy), 'berth', { kind, after });
      const { rows, next }: { rows: { name: string }[]; next: string | null } = found![kind];
      names.push(...rows.map(({ name }) => name));
      after = next;
    }
    expect(pages).toBe(3);
    expect(names).toHaveLength(MANY);
    expect(new Set(names).size).toBe(MANY);
  });

  it('reads a few rows for each space, person and file, whoever else is on the site', async () => {
    const read = async (typed: string) => {
      const counting = countingD1();
      await search.suggest(as(busy, { env: { DB: counting.DB } }), typed);
      return counting.rowsRead();
    };
    for (const typed of ['berth', 'zzzz', 'b'])
      expect(await read(typed), typed).toBeLessThanOrEqual(20 * MANY + 2 * (CROWD + CROWD));
    const counting = countingD1();
    await search.suggest(as(gil, { env: { DB: counting.DB } }), 'berth');
    expect(counting.rowsRead()).toBeLessThanOrEqual(100);
  });

  it('stops after ten thousand people and files, and says so', async () => {
    const partial = async () => (await search.everything(as(busy), 'berth', all)).found!.partial;
    expect(await partial()).toBe(false);
    await bindings.DB.prepare(
      `insert into file (id, kind, space_id, thread_id, name, folded, type, size, key, uploader_id, created_at, attached_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < 7500)
       select 'more' || i, 'attachment', space_id, thread_id, 'more', 'more', '', 1, 'm' || i, uploader_id, i, i
       from n join file on file.id = 'file1'`,
    ).run();
    expect(await partial()).toBe(true);
    expect((await search.everything(as(busy), 'berth', { kind: 'people', after: null })).found!.partial).toBe(
      false,
    );
  }, 60_000);
});

it('an unknown kind is none, and a broken key begins at the beginning', async () => {
  expect((await search.everything(as(ava), 'quay', { kind: 'x', after: 'x' })).kind).toBeNull();
  for (const kind of ['spaces', 'people', 'files', 'texts'] satisfies SearchKind[])
    await search.everything(as(ava), 'quay', { kind, after: 'x' });
});
