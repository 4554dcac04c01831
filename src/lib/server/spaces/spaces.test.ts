import { describe, expect, it } from 'vitest';
import { as, testContext, visit } from '../../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  someEmail,
  spaceForm,
} from '../../../../tests/factories';
import { invite, invited, joinSpace, signUp } from '../../../../tests/invitations';
import { login } from '../../../../tests/logins';
import * as access from '../access';
import { audited, count, dump, parallel, refusal, whileFailing } from '../../../../tests/helpers';
import { signedIn } from '../context';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import * as spaces from './index';
import * as threads from '../threads';
import * as trash from '../trash';

const membersOf = (spaceId: number) => count('membership', 'space_id = ?', spaceId);
const administratorsOf = (spaceId: number) =>
  count('membership', 'space_id = ? and administrator = 1', spaceId);

/** A space with one of each: administrator, member, guest; and a stranger. */
async function house() {
  const [ava, ben, gil, stranger] = [await makeUser(), await makeUser(), await makeGuest(), await makeUser()];
  const spaceId = await makeSpace(ava, {}, [ben]);
  await joinSpace(ava, spaceId, gil);
  return { ava, ben, gil, stranger, spaceId };
}

describe('making a space', () => {
  it('makes the creator its administrator, with the chosen members', async () => {
    const [ava, ben, cho] = [await makeUser(), await makeUser(), await makeUser()];
    const list = [
      { id: ben.id, administrator: true },
      { id: cho.id, administrator: false },
    ];
    const spaceId = await spaces.create(as(ava), spaceForm, list, randomId());
    const { people } = await spaces.overview(as(ava), spaceId);
    expect(
      people
        .filter((p) => p.administrator)
        .map((p) => p.id)
        .sort(),
    ).toEqual([ava.id, ben.id].sort());
    expect(people).toHaveLength(3);
  });

  it('needs the permission', async () => {
    for (const person of [
      await makeUser({ canCreateSpaces: false }),
      await makeGuest({ canCreateSpaces: true }),
    ])
      await expect(makeSpace(person)).rejects.toMatchObject(refusal('forbidden'));
    expect(await makeSpace(await makeAdministrator({ canCreateSpaces: false }))).toBeGreaterThan(0);
  });

  it('takes neither guests nor the inactive as members, nor ids of nobody', async () => {
    const ava = await makeUser();
    const others = [await makeGuest(), await makeUser({ status: 'inactive' })];
    const list = [...others.map((p) => p.id), randomId()].map((id) => ({ id, administrator: true }));
    const spaceId = await spaces.create(as(ava), spaceForm, list, randomId());
    expect(await membersOf(spaceId)).toBe(1);
  });

  it('takes a person once who stands in the list twice, the creator too', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const list = [ben, ben, ava].map((p) => ({ id: p.id, administrator: false }));
    const spaceId = await spaces.create(as(ava), spaceForm, list, randomId());
    expect(await membersOf(spaceId)).toBe(2);
    expect(await administratorsOf(spaceId)).toBe(1);
  });

  it('makes one of two posts of the same form, also at the same time', async () => {
    const ava = await makeUser();
    const key = randomId();
    const { done } = await parallel(5, () => spaces.create(as(ava), spaceForm, [], key));
    expect(done).toHaveLength(5);
    expect(new Set(done).size).toBe(1);
    expect(await count('space', 'created_by = ?', ava.id)).toBe(1);
    // The key belongs to a form and a person: nobody gets into another person's space with it.
    const other = await makeUser();
    expect(await spaces.create(as(other), spaceForm, [], key)).not.toBe(done[0]);
  });

  it('posted again with other words is another space, never silently the first one', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const key = randomId();
    const first = await spaces.create(as(ava), spaceForm, [], key);
    const members = [{ id: ben.id, administrator: false }];
    const ids = [
      first,
      await spaces.create(as(ava), { ...spaceForm, name: 'Another name' }, [], key),
      await spaces.create(as(ava), { ...spaceForm, guestsHidden: !spaceForm.guestsHidden }, [], key),
      await spaces.create(as(ava), spaceForm, members, key),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(await spaces.create(as(ava), spaceForm, [], key)).toBe(first);
  });

  it('leaves nothing when its batch fails half-way', async () => {
    const ava = await makeUser();
    const before = await dump();
    await whileFailing('audit_entry', '1', async () => {
      await expect(makeSpace(ava)).rejects.toThrow();
    });
    expect(await dump()).toEqual(before);
  });

  it('without several threads makes the one nameless thread', async () => {
    const spaceId = await makeSpace(await makeUser(), { severalThreads: false });
    expect(await count('thread', `space_id = ? and title = ''`, spaceId)).toBe(1);
  });
});

describe('reach', () => {
  it('is 404 for everybody but its people: pages, threads, settings, posts', async () => {
    const { spaceId, ava, stranger } = await house();
    const threadId = await threads.begin(as(ava), spaceId, { title: 'T', body: '', requestKey: randomId() });
    const others = [stranger, await makeAdministrator(), await makeGuest()].map((p) => as(p));
    expect(() => signedIn(testContext())).toThrow(expect.objectContaining(refusal('missing')));
    for (const ctx of others)
      for (const attempt of [
        () => spaces.overview(ctx, spaceId),
        () => access.requireSpace(ctx, spaceId),
        () => access.requireAdministrator(ctx, spaceId),
        () => spaces.settingsOf(ctx, spaceId),
        () => spaces.change(ctx, spaceId, { ...spaceForm, announcement: '' }),
        () => memberships.members(ctx, spaceId),
        () => memberships.addMember(ctx, spaceId, stranger.id, true),
        () => memberships.leave(ctx, spaceId),
        () => threads.read(ctx, spaceId, threadId),
        () => threads.begin(ctx, spaceId, { title: 'T', body: '', requestKey: randomId() }),
        () => threads.addComment(ctx, spaceId, threadId, { body: 'x', requestKey: randomId() }),
      ])
        await expect(attempt()).rejects.toMatchObject(refusal('missing'));
    await expect(access.requireSpace(as(ava), 999_999)).rejects.toMatchObject(refusal('missing'));
  });

  it('ends with the space', async () => {
    const { spaceId, ava } = await house();
    await ava_deletes(spaceId);
    await expect(spaces.overview(as(ava), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect((await spaces.portal(as(ava))).spaces).toHaveLength(0);
  });
  const ava_deletes = (spaceId: number) =>
    testContext().db.run(`update space set deleted_at = 1 where id = ${spaceId}`);

  it('of a thread is through its own space', async () => {
    const { spaceId, ava } = await house();
    const other = await makeSpace(ava);
    const threadId = await threads.begin(as(ava), other, { title: 'T', body: '', requestKey: randomId() });
    await expect(threads.read(as(ava), spaceId, threadId)).rejects.toMatchObject(refusal('missing'));
    await expect(
      threads.addComment(as(ava), spaceId, threadId, { body: 'x', requestKey: randomId() }),
    ).rejects.toMatchObject(refusal('missing'));
  });
});

describe('what people may', () => {
  it('members and guests read, write and leave; only space administrators administer', async () => {
    const { spaceId, ava, ben, gil } = await house();
    const may = async (p: typeof ava) => (await spaces.overview(as(p), spaceId)).may;
    const all = { administer: true, change: true, write: true, leave: true };
    expect(await may(ava)).toEqual(all);
    expect(await may(ben)).toEqual({ ...all, administer: false, change: false });
    expect(await may(gil)).toEqual({ ...all, administer: false, change: false });
    for (const person of [ava, ben, gil])
      await threads.begin(as(person), spaceId, { title: 'Hello', body: '', requestKey: randomId() });
    for (const person of [ben, gil])
      for (const attempt of [
        () => spaces.settingsOf(as(person), spaceId),
        () => spaces.change(as(person), spaceId, { ...spaceForm, announcement: 'x' }),
        () => memberships.members(as(person), spaceId),
        () => memberships.addMember(as(person), spaceId, person.id, true),
        () => memberships.setAdministrator(as(person), spaceId, person.id, true),
        () => memberships.removeMember(as(person), spaceId, ava.id),
        () => memberships.removeGuest(as(person), spaceId, gil.id),
      ])
        await expect(attempt()).rejects.toMatchObject(refusal('forbidden'));
  });

  it('a guest administers nothing, whatever the membership row says', async () => {
    const { spaceId, ava, ben, gil } = await house();
    await invite(ava, spaceId, someEmail());
    await spaces.change(as(ava), spaceId, { ...spaceForm, blockJoining: true, announcement: '' });
    const { db } = testContext();
    await db.run(`update membership set administrator = 1 where user_id in ('${ben.id}', '${gil.id}')`);
    const sees = async (person: typeof ava) => {
      const page = await spaces.overview(as(person), spaceId);
      const { spaces: cards } = await spaces.portal(as(person));
      const own = await memberships.ofActor(as(person));
      return {
        may: page.may,
        invited: page.invited.length,
        counted: cards.find((card) => card.id === spaceId)!.invitedCount,
        mayLeave: own.map((one) => one.mayLeave),
      };
    };
    // The same row makes a user an administrator.
    const all = {
      may: { administer: true, change: true, write: true, leave: true },
      invited: 1,
      counted: 1,
      mayLeave: [1],
    };
    expect(await sees(ben)).toEqual(all);
    const none = {
      may: { administer: false, change: false, write: true, leave: false },
      invited: 0,
      counted: 0,
      mayLeave: [0],
    };
    expect(await sees(gil)).toEqual(none);
    await expect(memberships.leave(as(gil), spaceId)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('the portal shows the own spaces only', async () => {
    const { spaceId, gil, stranger } = await house();
    expect((await spaces.portal(as(gil))).spaces.map((s) => s.id)).toEqual([spaceId]);
    expect(await spaces.portal(as(gil))).toMatchObject({ mayCreate: false });
    expect((await spaces.portal(as(stranger))).spaces).toEqual([]);
  });

  it('the portal counts people, what is unread, and who is invited (for administrators only)', async () => {
    const { spaceId, ava, gil } = await house();
    await invite(ava, spaceId, someEmail());
    await threads.begin(as(gil, { now: Date.now() + 1_000 }), spaceId, {
      title: 'New',
      body: '',
      requestKey: randomId(),
    });
    const card = async (p: typeof ava) => (await spaces.portal(as(p))).spaces.find((s) => s.id === spaceId);
    expect(await card(ava)).toMatchObject({
      guestCount: 1,
      unread: 1,
      invitedCount: 1,
      latest: 'New',
    });
    expect(await card(gil)).toMatchObject({ invitedCount: 0 });
  });

  it('the portal counts what is unread among what its viewer sees, however much of hidden guests is newer', async () => {
    const { spaceId, ava, gil } = await house();
    const hidden = await makeGuest();
    await joinSpace(ava, spaceId, hidden);
    await spaces.change(as(ava), spaceId, { ...spaceForm, guestsHidden: true, announcement: '' });
    const soon = Date.now() + 1_000;
    for (let i = 0; i < 3; i++)
      await threads.begin(as(ava, { now: soon + i }), spaceId, {
        title: `T${i}`,
        body: '',
        requestKey: randomId(),
      });
    const card = async () => (await spaces.portal(as(gil))).spaces.find((s) => s.id === spaceId);
    const before = await card();
    expect(before).toMatchObject({ unread: 3, latest: 'T2' });
    await testContext().db.run(`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 150)
      insert into thread (space_id, title, body, author_id, last_activity_at, public_activity_at, staff_activity_at, request_key, created_at)
      select ${spaceId}, 'Hidden', '', '${hidden.id}', ${soon} + 1000 + i, ${soon} + 1000 + i, ${soon} + 1000 + i, 'hidden' || i, ${soon} from n`);
    expect(await card()).toEqual(before);
  });
});

describe('settings of a space', () => {
  it('several threads can be switched on, never off again; without them there is no page for another', async () => {
    const ava = await makeUser();
    const spaceId = await makeSpace(ava, { severalThreads: false });
    const change = (severalThreads: boolean) =>
      spaces.change(as(ava), spaceId, { ...spaceForm, severalThreads, announcement: '' });
    const write = () => threads.begin(as(ava), spaceId, { title: 'T', body: '', requestKey: randomId() });
    await expect(write()).rejects.toMatchObject(refusal('missing'));
    await expect(threads.prepare(as(ava), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect((await threads.onlyPage(as(ava), spaceId, new URLSearchParams()))!.thread.title).toBe('');
    await change(false);
    expect((await spaces.settingsOf(as(ava), spaceId)).severalThreads).toBe(false);
    await change(true);
    await change(false);
    expect((await spaces.settingsOf(as(ava), spaceId)).severalThreads).toBe(true);
    expect(await threads.onlyPage(as(ava), spaceId, new URLSearchParams())).toBeNull();
    await expect(threads.only(as(ava), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect(await write()).toBeGreaterThan(0);
  });

  it('change what people see, and the audit knows it', async () => {
    const { spaceId, ava, gil } = await house();
    const form = { ...spaceForm, name: 'New name', showPeople: false, announcement: '**Boots**' };
    await spaces.change(as(ava), spaceId, form);
    const room = await spaces.overview(as(gil), spaceId);
    expect(room).toMatchObject({ space: { name: 'New name', showPeople: false } });
    expect(room.announcementHtml).toContain('<strong>Boots</strong>');
    expect(await audited('space.changed', `space:${spaceId}`)).toHaveLength(1);
    expect(await audited('space.announcement-changed', `space:${spaceId}`)).toHaveLength(1);
  });
});

describe('members', () => {
  it('are added once, users only', async () => {
    const { spaceId, ava, gil, stranger } = await house();
    await memberships.addMember(as(ava), spaceId, stranger.id, false);
    for (const id of [stranger.id, gil.id, (await makeGuest()).id, randomId()])
      await expect(memberships.addMember(as(ava), spaceId, id, true)).rejects.toMatchObject(
        refusal('conflict', 'members.not-added'),
      );
    expect(await membersOf(spaceId)).toBe(4);
    expect(await administratorsOf(spaceId)).toBe(1);
  });

  it('never include a guest as administrator', async () => {
    const { spaceId, ava, gil } = await house();
    await expect(memberships.setAdministrator(as(ava), spaceId, gil.id, true)).rejects.toMatchObject(
      refusal('conflict'),
    );
    expect(await administratorsOf(spaceId)).toBe(1);
  });

  it('keep one administrator, even if both leave at the same time', async () => {
    const { spaceId, ava, ben } = await house();
    await expect(memberships.leave(as(ava), spaceId)).rejects.toMatchObject(
      refusal('conflict', 'members.last-administrator'),
    );
    await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
    const { done, refused } = await parallel(2, (i) => memberships.leave(as([ava, ben][i]!), spaceId));
    expect([done.length, refused.length]).toEqual([1, 1]);
    expect(refused[0]).toMatchObject(refusal('conflict', 'members.last-administrator'));
    expect(await administratorsOf(spaceId)).toBe(1);
  });

  it('keep one administrator when two demote or remove each other at the same time', async () => {
    for (const verb of [
      (ctx: ReturnType<typeof as>, spaceId: number, id: string) =>
        memberships.setAdministrator(ctx, spaceId, id, false),
      memberships.removeMember,
    ]) {
      const { spaceId, ava, ben } = await house();
      await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
      await parallel(2, (i) => verb(as([ava, ben][i]!), spaceId, [ben, ava][i]!.id));
      expect(await administratorsOf(spaceId)).toBe(1);
    }
  });

  it('keep one administrator who can still log in', async () => {
    const { spaceId, ava, ben } = await house();
    await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
    await testContext().db.run(`update user set status = 'inactive' where id = '${ben.id}'`);
    await expect(memberships.leave(as(ava), spaceId)).rejects.toMatchObject(
      refusal('conflict', 'members.last-administrator'),
    );
  });

  it('are marked where nobody else could run the space', async () => {
    const { spaceId, ava, ben } = await house();
    const needed = async () =>
      (await memberships.members(as(ava), spaceId)).members.filter((one) => one.needed).map(({ id }) => id);
    expect(await needed()).toEqual([ava.id]);
    await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
    expect(await needed()).toEqual([]);
    await testContext().db.run(`update user set status = 'inactive' where id = '${ben.id}'`);
    expect(await needed()).toEqual([ava.id]);
  });

  it('can leave, and then reach nothing', async () => {
    const { spaceId, ben } = await house();
    await memberships.leave(as(ben), spaceId);
    await expect(spaces.overview(as(ben), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect(await audited('space.left', ben.id)).toHaveLength(1);
  });

  it('are told beforehand if they cannot leave, as the only administrator who can log in', async () => {
    const { spaceId, ava, ben, gil } = await house();
    const told = async () =>
      Promise.all(
        [ava, ben, gil].map(async (who) => (await spaces.overview(as(who), spaceId)).onlyAdministrator),
      );
    expect(await told()).toEqual([true, false, false]);
    await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
    expect(await told()).toEqual([false, false, false]);
    await testContext().db.run(`update user set status = 'inactive' where id = '${ben.id}'`);
    expect((await spaces.overview(as(ava), spaceId)).onlyAdministrator).toBe(true);
  });

  it('once they have left or deleted a space they are told its name, and nobody else is', async () => {
    const { spaceId, ava, ben, gil, stranger } = await house();
    const named = (who: typeof ava, how: 'left' | 'deleted') => spaces.nameOfEnded(as(who), how, spaceId);
    const nobody = async (...people: (typeof ava)[]) => {
      for (const who of people)
        expect([await named(who, 'left'), await named(who, 'deleted')]).toEqual([null, null]);
    };
    await nobody(ava, ben, gil, stranger);
    await memberships.leave(as(ben), spaceId);
    await memberships.removeGuest(as(ava), spaceId, gil.id);
    expect(await named(ben, 'left')).toBe(spaceForm.name);
    await nobody(ava, gil, stranger);
    await trash.putSpace(as(ava), spaceId, spaceForm.name);
    expect(await named(ava, 'deleted')).toBe(spaceForm.name);
    await nobody(gil, stranger);
  });

  it('who has left and come back is refused like everybody else as the only administrator', async () => {
    const { spaceId, ava, ben } = await house();
    await memberships.leave(as(ben), spaceId);
    await memberships.addMember(as(ava), spaceId, ben.id, true);
    await memberships.setAdministrator(as(ava), spaceId, ava.id, false);
    await expect(memberships.leave(as(ben), spaceId)).rejects.toMatchObject(
      refusal('conflict', 'members.last-administrator'),
    );
    expect(await spaces.nameOfEnded(as(ben), 'left', spaceId)).toBeNull();
  });

  it('cannot leave where the space blocks it', async () => {
    const [ava, ben, gil] = [await makeUser(), await makeUser(), await makeGuest()];
    const spaceId = await makeSpace(ava, { blockJoining: true }, [ben]);
    await joinSpace(ava, spaceId, gil);
    for (const person of [ben, gil])
      await expect(memberships.leave(as(person), spaceId)).rejects.toMatchObject(refusal('forbidden'));
    await memberships.removeMember(as(ava), spaceId, ben.id);
    expect(await membersOf(spaceId)).toBe(2);
  });

  it('cannot be removed as guests, nor guests as members', async () => {
    const { spaceId, ava, ben } = await house();
    await memberships.removeGuest(as(ava), spaceId, ben.id);
    expect(await count('membership', 'user_id = ?', ben.id)).toBe(1);
  });
});

describe('removing a guest', () => {
  it('ends access with the next request, and keeps account, session and other spaces', async () => {
    const { token, spaceId, inviter, email } = await invited();
    const { ctx } = await signUp(token);
    const guest = (await account(email))!;
    const other = await makeSpace(inviter);
    await joinSpace(inviter, other, guest);
    await spaces.overview(await visit(ctx.jar), spaceId);
    await memberships.removeGuest(as(inviter), spaceId, guest.id);
    await memberships.removeGuest(as(inviter), spaceId, guest.id);
    const next = await visit(ctx.jar);
    expect(next.actor?.id).toBe(guest.id);
    await expect(spaces.overview(next, spaceId)).rejects.toMatchObject(refusal('missing'));
    expect((await spaces.portal(next)).spaces.map((s) => s.id)).toEqual([other]);
    expect((await login(email)).to).toBe('/');
    expect(await audited('space.guest-removed', guest.id)).toHaveLength(1);
    expect(await count('mail', `user_id = ? and kind = 'removed'`, guest.id)).toBe(1);
  });

  it('keeps what they wrote', async () => {
    const { spaceId, ava, gil } = await house();
    const id = await threads.begin(as(gil), spaceId, { title: 'Piles', body: 'x', requestKey: randomId() });
    await memberships.removeGuest(as(ava), spaceId, gil.id);
    expect(await threads.read(as(ava), spaceId, id)).toMatchObject({
      thread: { title: 'Piles', author: gil.name },
    });
  });
});
