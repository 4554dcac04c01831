// For writing: whom somebody can name, the preview of a text, and whom the Members tab finds.
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, bindings, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, settlePeople } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { refusal } from '../../../../tests/helpers';
import * as memberships from '../memberships';
import * as mentions from './completion';
import { space, user } from '../schema';

let ava: User, ben: User, gil: User, taro: User, stranger: User;
let spaceId: number, hidden: number;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind', company: 'Foyer' });
  ben = await makeUser({ name: 'Ben Ärger', email: 'ben.secret@foyer.example' });
  gil = await makeGuest({ name: 'Gil Ben Ferreira', company: 'Partner Ltd' });
  taro = await makeGuest({ name: '田中太郎', company: '田中商事' });
  stranger = await makeGuest({ name: 'Ben Stranger' });
  spaceId = await makeSpace(ava, {}, [ben]);
  hidden = await makeSpace(ava, {}, [ben]);
  for (const guest of [gil, taro]) {
    await joinSpace(ava, spaceId, guest);
    await joinSpace(ava, hidden, guest);
  }
  await joinSpace(ava, await makeSpace(ava), stranger);
  await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, hidden));
});

describe('completion', () => {
  const names = async (who: User, typed: string, where = spaceId) =>
    (await mentions.complete(as(who), where, typed)).map((p) => p.name);

  it('offers the people of this space by a part of their name, beginnings first, never oneself', async () => {
    expect(await names(ava, 'ben')).toEqual(['Ben Ärger', 'Gil Ben Ferreira']);
    expect(await names(ava, 'FERR')).toEqual(['Gil Ben Ferreira']);
    expect(await names(ava, 'Är')).toEqual(['Ben Ärger']);
    expect(await names(ava, '田中')).toEqual(['田中太郎']);
    expect(await names(ava, '太')).toEqual(['田中太郎']);
    expect(await names(ben, 'ben')).toEqual(['Gil Ben Ferreira']);
    expect(await names(ava, '')).toEqual(['Ben Ärger', 'Gil Ben Ferreira', '田中太郎']);
    for (const typed of ['%', '_', "'", '"', 'stranger', 'ava', 'x'.repeat(5_000)])
      expect(await names(ava, typed), typed).toEqual([]);
  });

  it('never gives an address, nor finds by one', async () => {
    expect(await names(ava, 'secret')).toEqual([]);
    const all = await mentions.complete(as(ava), spaceId, '');
    expect(JSON.stringify(all)).not.toContain('@');
    expect(Object.keys(all[0]!).sort()).toEqual(['avatar', 'company', 'guest', 'id', 'name']);
    expect(all.map((p) => p.guest)).toEqual([false, true, true]);
  });

  it('where guests are hidden, a guest is offered the company alone', async () => {
    expect(await names(gil, '', hidden)).toEqual(['Ava Lind', 'Ben Ärger']);
    expect(await names(gil, '田中', hidden)).toEqual([]);
    expect(await names(ava, '田中', hidden)).toEqual(['田中太郎']);
  });

  it('offers nobody who is suspended, and at most eight', async () => {
    const room = await makeSpace(ava);
    for (let i = 0; i < 10; i++) {
      const person = await makeUser({ name: `Zoe ${i}` });
      await memberships.addMember(as(ava), room, person.id, false);
      if (i === 0)
        await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, person.id));
    }
    expect(await names(ava, 'zoe', room)).toEqual(Array.from({ length: 8 }, (_, i) => `Zoe ${i + 1}`));
  });

  it('is nobody’s of another space', async () => {
    for (const who of [stranger, await makeUser()]) {
      await expect(mentions.complete(as(who), spaceId, 'b')).rejects.toMatchObject(refusal('missing'));
      await expect(mentions.nameable(as(who), spaceId)).rejects.toMatchObject(refusal('missing'));
    }
  });
});

describe('the preview', () => {
  const preview = async (who: User, text: string, where = spaceId) =>
    mentions.preview(text, await mentions.nameable(as(who), where));
  const html = async (...of: Parameters<typeof preview>) => (await preview(...of)).html;
  it('shows a text as it will be, with the people that it names', async () => {
    expect(await html(ava, '**Hello** @gil ben ferreira, @田中太郎さん <b>')).toBe(
      '<p><strong>Hello</strong> <bdi class="mention guest">@Gil Ben Ferreira</bdi>, <bdi class="mention guest">@田中太郎</bdi>さん &lt;b&gt;</p>\n',
    );
  });
  it('says whom the text notifies: not the writer, and nobody in quotations and code', async () => {
    const named = async (...of: Parameters<typeof preview>) =>
      (await preview(...of)).named.map(({ name }) => name).sort();
    expect(await named(ava, 'Hello @gil ben ferreira, @田中太郎さん')).toEqual([
      'Gil Ben Ferreira',
      '田中太郎',
    ]);
    expect(await named(gil, '@Gil Ben Ferreira')).toEqual([]);
    expect(await named(ava, '> @Gil Ben Ferreira\n\n`@田中太郎`')).toEqual([]);
    expect(await named(gil, '@田中太郎 @Ben Ärger', hidden)).toEqual(['Ben Ärger']);
  });
  it('names nobody who is hidden from the writer', async () => {
    expect(await html(gil, '@田中太郎 @Ben Ärger', hidden)).toBe(
      '<p>@田中太郎 <bdi class="mention">@Ben Ärger</bdi></p>\n',
    );
  });
});

describe('the Members tab', () => {
  it('finds users who could be added, by a part of name or address; nobody unasked', async () => {
    const room = await makeSpace(ava);
    const nils = await makeUser({ name: 'Nils Öberg', email: 'nils.o@foyer.example' });
    const found = async (find?: string) => (await memberships.members(as(ava), room, { find })).found;
    for (const typed of ['nils', 'NILS', 'Öb', 'nils.o@foyer', 'Nils Öberg'])
      expect(await found(typed), typed).toEqual([{ id: nils.id, name: 'Nils Öberg', email: nils.email }]);
    for (const typed of [undefined, '', ' ', '%', '_', 'Gil']) expect(await found(typed), typed).toEqual([]);
    await memberships.addMember(as(ava), room, nils.id, false);
    expect(await found('nils')).toEqual([]);
  });

  it('shows twenty, and says that there are more', async () => {
    const room = await makeSpace(ava);
    for (let i = 0; i < 22; i++) await makeUser({ name: `Many ${i}` });
    const { found, more } = await memberships.members(as(ava), room, { find: 'many' });
    expect(found).toHaveLength(20);
    expect(more).toBe(true);
  });

  it('shows the owner of a whole address first', async () => {
    const room = await makeSpace(ava);
    for (let i = 10; i < 40; i++) await makeUser({ email: `${i}.zoe@foyer.example` });
    const zoe = await makeUser({ email: 'zoe@foyer.example' });
    const { found } = await memberships.members(as(ava), room, { find: zoe.email });
    expect(found[0]!.id).toBe(zoe.id);
  });

  it('pages a long list by key: everybody once, administrators first', async () => {
    const room = await makeSpace(ava);
    await bindings.DB.batch([
      bindings.DB.prepare(
        `insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 150)
        select 'long' || i, 'user', 'long' || i, '', 'Same name ' || (i % 3), '', 1, 1 from n`,
      ),
      bindings.DB.prepare(
        `insert into membership (space_id, user_id, administrator, joined_at, last_read_at)
        select ?, id, id = 'long77', 1, 1 from user where id like 'long%'`,
      ).bind(room),
    ]);
    await settlePeople(room);
    const first = await memberships.members(as(ava), room);
    expect(first.members).toHaveLength(100);
    expect(
      first.members
        .slice(0, 2)
        .map((m) => m.id)
        .sort(),
    ).toEqual([ava.id, 'long77'].sort());
    const second = await memberships.members(as(ava), room, { after: first.next! });
    expect(second.next).toBeNull();
    expect(new Set([...first.members, ...second.members].map((m) => m.id)).size).toBe(151);
    expect(second.members).toHaveLength(51);
  });

  it('is for administrators of the space alone', async () => {
    for (const who of [gil, ben, stranger])
      await expect(memberships.members(as(who), spaceId, { find: 'a' })).rejects.toMatchObject({
        kind: who === stranger ? 'missing' : 'forbidden',
      });
  });
});
