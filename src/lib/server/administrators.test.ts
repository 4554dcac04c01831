import { describe, expect, it } from 'vitest';
import { as, DAY, type User } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, someEmail } from '../../../tests/factories';
import { invitationOf, invite, inviteForm, joinSpace } from '../../../tests/invitations';
import * as access from './access';
import { login } from '../../../tests/logins';
import { audited, count, dump, parallel, refusal } from '../../../tests/helpers';
import * as accounts from './accounts';
import * as administrators from './administrators';
import * as archive from './archive';
import * as changes from './changes';
import type { SignedIn } from './context';
import { randomId } from './crypto';
import * as guests from './guests';
import * as invitations from './invitations';
import * as mailLog from './mail-log';
import * as outbox from './mail/outbox';
import * as loginSecurity from './login-security';
import * as memberships from './memberships';
import * as templates from './space-templates';
import { shipped } from './space-templates/shipped';
import * as spaces from './spaces';
import * as threads from './threads';
import * as trash from './trash';
import { throttle } from './schema';
import * as site from './site';

/** A space whose only administrator has left the company; cho is a member of it, gil a guest. */
async function orphan() {
  const [ava, ben, cho, gil] = [
    await makeAdministrator(),
    await makeUser(),
    await makeUser(),
    await makeGuest(),
  ];
  const spaceId = await makeSpace(ben, { name: `Pier ${ben.id}` }, [cho]);
  await joinSpace(ben, spaceId, gil);
  await accounts.setActive(as(ava), ben.id, false);
  return { ava, ben, cho, gil, spaceId };
}

const inCharge = async (viewer: User, spaceId: number) =>
  (await spaces.overview(as(viewer), spaceId)).administrators;
const listed = async (ava: User, spaceId: number, without = false) =>
  (await spaces.list(as(ava), { search: 'Pier', after: '', without })).rows.find((row) => row.id === spaceId);

describe('deactivating the only administrator of spaces', () => {
  async function house() {
    const [ava, ben, cho, dan, gil] = [
      await makeAdministrator(),
      await makeUser(),
      await makeUser(),
      await makeUser({ status: 'inactive' }),
      await makeGuest(),
    ];
    const one = await makeSpace(ben, { name: 'Pier A' }, [cho, dan]);
    const two = await makeSpace(ben, { name: 'Pier B' }, [cho]);
    const shared = await makeSpace(ben, { name: 'Pier C' }, [cho]);
    await memberships.setAdministrator(as(ben), shared, cho.id, true);
    await joinSpace(ben, one, gil);
    return { ava, ben, cho, dan, gil, one, two, shared };
  }

  it('says which those are, and who can be the next: active users of the space', async () => {
    const { ava, ben, cho, one, two } = await house();
    const { spaces: left, more } = await administrators.leftBy(as(ava), ben.id);
    expect(left.map(({ id }) => id)).toEqual([one, two]);
    expect(left[0]!.candidates.map(({ id }) => id)).toEqual([cho.id]);
    expect(more).toBe(0);
    await expect(administrators.leftBy(as(cho), ben.id)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('appoints those who were chosen in the same batch; a space without a choice is shown as without one', async () => {
    const { ava, ben, cho, one, two } = await house();
    await accounts.setActive(as(ava), ben.id, false, '', [{ spaceId: one, userId: cho.id }]);
    expect((await inCharge(cho, one)).names).toEqual([cho.name]);
    expect(await audited('space.administrator-appointed', cho.id)).toHaveLength(1);
    expect(await listed(ava, one)).toMatchObject({ without: 0 });
    expect(await listed(ava, two)).toMatchObject({ without: 1 });
  });

  it('can make the one who does it the administrator', async () => {
    const { ava, ben, cho, one } = await house();
    await accounts.setActive(as(ava), ben.id, false, '', [{ spaceId: one, userId: ava.id }]);
    expect((await inCharge(cho, one)).names).toEqual([ava.name]);
  });

  it('does nothing at all where a choice can’t be: a guest, somebody inactive or from elsewhere, a space with another', async () => {
    const { ava, ben, cho, dan, gil, one, shared } = await house();
    const stranger = await makeUser();
    const before = await dump();
    for (const [spaceId, userId] of [
      [one, gil.id],
      [one, dan.id],
      [one, stranger.id],
      [one, ben.id],
      [shared, cho.id],
    ] as const)
      await expect(
        accounts.setActive(as(ava), ben.id, false, '', [{ spaceId, userId }]),
      ).rejects.toMatchObject(refusal('conflict', 'users.successors-changed'));
    expect(await dump()).toEqual(before);
  });
});

describe('a space whose last administrator has left', () => {
  it('is shown as such, in Space Management and to its people, and nobody may invite there', async () => {
    const { ava, cho, gil, spaceId } = await orphan();
    expect(await listed(ava, spaceId)).toMatchObject({ without: 1 });
    expect(await listed(ava, spaceId, true)).toMatchObject({ without: 1 });
    expect((await spaces.list(as(ava), { search: '', after: '' })).someWithout).toBe(true);
    expect(await spaces.someWithout(as(ava))).toBe(true);
    for (const viewer of [cho, gil])
      expect(await inCharge(viewer, spaceId)).toEqual({ names: [], more: false, appointed: null });
    for (const person of [ava, cho, gil])
      await expect(invite(person, spaceId, someEmail())).rejects.toMatchObject({ name: 'Refusal' });
  });

  it('is not one whose other administrator is active', async () => {
    const [ava, ben, cho] = [await makeAdministrator(), await makeUser(), await makeUser()];
    const spaceId = await makeSpace(ben, { name: `Pier ${ben.id}` }, [cho]);
    await memberships.setAdministrator(as(ben), spaceId, cho.id, true);
    await accounts.setActive(as(ava), ben.id, false);
    expect(await listed(ava, spaceId)).toMatchObject({ without: 0 });
    expect(await listed(ava, spaceId, true)).toBeUndefined();
    expect(await inCharge(cho, spaceId)).toMatchObject({ names: [cho.name] });
    // And the one who is left cannot leave.
    await expect(memberships.leave(as(cho), spaceId)).rejects.toMatchObject(
      refusal('conflict', 'members.last-administrator'),
    );
    await expect(administrators.become(as(ava), spaceId)).rejects.toMatchObject(
      refusal('conflict', 'space-admin.has-administrator'),
    );
  });

  it('is listed with the administrators it has, and when somebody last wrote in it', async () => {
    const ava = await makeAdministrator();
    const users = [];
    for (let n = 0; n < 5; n++) users.push(await makeUser({ name: `Pier user ${n}` }));
    const [ben, ...others] = users as [User, ...User[]];
    const spaceId = await makeSpace(ben, { name: `Pier ${ben.id}` }, others);
    expect(await listed(ava, spaceId)).toMatchObject({
      administrators: { names: [ben.name], more: false },
      activeAt: null,
    });
    for (const one of others) await memberships.setAdministrator(as(ben), spaceId, one.id, true);
    await accounts.setActive(as(ava), ben.id, false);
    const later = Date.now() + DAY;
    await threads.begin(as(others[0]!, { now: later }), spaceId, {
      title: 'Tide',
      body: 'High',
      requestKey: 'tidetidetidetidetide',
    });
    expect(await listed(ava, spaceId)).toMatchObject({
      administrators: { names: others.slice(0, 3).map(({ name }) => name), more: true },
      activeAt: later,
    });
  });

  it('has its administrator again when that account is reactivated', async () => {
    const { ava, ben, spaceId } = await orphan();
    await accounts.setActive(as(ava), ben.id, true);
    expect(await listed(ava, spaceId)).toMatchObject({ without: 0 });
    expect(await inCharge(ben, spaceId)).toMatchObject({ names: [ben.name], appointed: null });
  });

  it('does not count a guest as administrator, whatever a row says', async () => {
    const { ava, gil, spaceId } = await orphan();
    await as(ava).db.run(
      `update membership set administrator = 1 where space_id = ${spaceId} and user_id = '${gil.id}'`,
    );
    expect(await listed(ava, spaceId)).toMatchObject({ without: 1 });
    expect(await inCharge(gil, spaceId)).toMatchObject({ names: [] });
    const people = (await spaces.overview(as(gil), spaceId)).people;
    expect(people.find((p) => p.id === gil.id)).toMatchObject({ administrator: false });
  });
});

describe('an administrator of the site', () => {
  it('finds everybody who could be appointed, a page at a time, each once', async () => {
    const { ava, ben, cho } = await orphan();
    await accounts.setActive(as(ava), ben.id, true);
    const members = [cho, ...(await Promise.all(Array.from({ length: 105 }, () => makeUser())))];
    const spaceId = await makeSpace(ben, { name: `Pier ${ben.id}` }, members);
    await accounts.setActive(as(ava), ben.id, false);
    const first = await administrators.candidates(as(ava), spaceId, '');
    const second = await administrators.candidates(as(ava), spaceId, first.next!);
    expect(first.rows.length).toBeLessThan(members.length);
    expect(second.next).toBeNull();
    expect([...first.rows, ...second.rows].map(({ id }) => id).sort()).toEqual(
      members.map(({ id }) => id).sort(),
    );
  });

  it('appoints an active member, which is audited and said in the space', async () => {
    const { ava, cho, gil, spaceId } = await orphan();
    const { rows, needed } = await administrators.candidates(as(ava), spaceId, '');
    expect([needed, rows.map((row) => row.id)]).toEqual([true, [cho.id]]);
    const { seq } = await spaces.overview(as(gil), spaceId);
    await administrators.appoint(as(ava), spaceId, cho.id);
    await expect(access.requireAdministrator(as(cho), spaceId)).resolves.toMatchObject({ id: spaceId });
    for (const viewer of [cho, gil])
      expect(await inCharge(viewer, spaceId)).toMatchObject({
        names: [cho.name],
        appointed: { name: cho.name, by: ava.name, became: false },
      });
    expect(await changes.since(as(gil), spaceId, seq)).not.toBeNull();
    expect(await audited('space.administrator-appointed', cho.id)).toMatchObject([
      { actor_id: ava.id, space_id: spaceId, detail: { became: false } },
    ]);
    // Appointing somebody gives no access.
    await expect(access.requireSpace(as(ava), spaceId)).rejects.toMatchObject(refusal('missing'));
  });

  it('becomes it by asking, which is audited and said in the space for a month', async () => {
    const { ava, gil, spaceId } = await orphan();
    await administrators.become(as(ava), spaceId);
    await expect(access.requireAdministrator(as(ava), spaceId)).resolves.toMatchObject({ id: spaceId });
    expect(await inCharge(gil, spaceId)).toMatchObject({
      names: [ava.name],
      appointed: { name: ava.name, became: true },
    });
    expect(await audited('space.administrator-appointed', ava.id)).toMatchObject([
      { space_id: spaceId, detail: { became: true } },
    ]);
    const later = as(gil, { now: Date.now() + 31 * DAY });
    expect((await spaces.overview(later, spaceId)).administrators).toMatchObject({ appointed: null });
  });

  it('who is a member already becomes it too', async () => {
    const { ben, spaceId, ava } = await orphan();
    await accounts.setActive(as(ava), ben.id, true);
    await memberships.addMember(as(ben), spaceId, ava.id, false);
    await accounts.setActive(as(ava), ben.id, false);
    await administrators.become(as(ava), spaceId);
    expect(await count('membership', 'space_id = ? and administrator = 1', spaceId)).toBe(2);
  });

  it('appoints no guest, nobody inactive, nobody from elsewhere', async () => {
    const { ava, ben, gil, spaceId } = await orphan();
    const elsewhere = await orphan();
    for (const person of [gil, ben, elsewhere.cho, await makeUser()])
      await expect(administrators.appoint(as(ava), spaceId, person.id)).rejects.toMatchObject(
        refusal('conflict', 'space-admin.not-appointed'),
      );
    expect(await inCharge(gil, spaceId)).toMatchObject({ names: [], appointed: null });
    expect(await inCharge(elsewhere.gil, elsewhere.spaceId)).toMatchObject({ names: [] });
  });

  it('appoints a member of several spaces in the one that was meant', async () => {
    const { ava, cho, spaceId } = await orphan();
    const other = await orphan();
    await as(ava).db.run(`update membership set user_id = '${cho.id}' where user_id = '${other.cho.id}'`);
    await administrators.appoint(as(ava), spaceId, cho.id);
    expect(await inCharge(cho, spaceId)).toMatchObject({ names: [cho.name] });
    expect(await inCharge(cho, other.spaceId)).toMatchObject({ names: [] });
  });

  it('takes charge of no space that is deleted', async () => {
    const { ava, cho, spaceId } = await orphan();
    await as(ava).db.run(`update space set deleted_at = ${Date.now()} where id = ${spaceId}`);
    const missing = refusal('missing');
    await expect(administrators.candidates(as(ava), spaceId, '')).rejects.toMatchObject(missing);
    await expect(administrators.appoint(as(ava), spaceId, cho.id)).rejects.toMatchObject(missing);
    await expect(administrators.become(as(ava), spaceId)).rejects.toMatchObject(missing);
    expect(await count('membership', 'space_id = ? and user_id = ?', spaceId, ava.id)).toBe(0);
  });

  it('is one: of ten at the same time one takes charge', async () => {
    const { ava, cho, gil, spaceId } = await orphan();
    const others = await Promise.all(Array.from({ length: 9 }, () => makeAdministrator()));
    const { done, refused } = await parallel(10, (i) =>
      i === 0
        ? administrators.appoint(as(ava), spaceId, cho.id)
        : administrators.become(as(others[i - 1]!), spaceId),
    );
    expect([done.length, refused.length]).toEqual([1, 9]);
    for (const reason of refused)
      expect(reason).toMatchObject(refusal('conflict', 'space-admin.has-administrator'));
    expect((await inCharge(gil, spaceId)).names).toHaveLength(1);
  });

  it('is nobody else, and of spaces that are there', async () => {
    const { ava, cho, gil, spaceId } = await orphan();
    for (const person of [cho, gil, await makeUser()]) {
      await expect(administrators.become(as(person), spaceId)).rejects.toMatchObject(refusal('forbidden'));
      await expect(administrators.appoint(as(person), spaceId, cho.id)).rejects.toMatchObject(
        refusal('forbidden'),
      );
      await expect(administrators.candidates(as(person), spaceId, '')).rejects.toMatchObject(
        refusal('forbidden'),
      );
    }
    await expect(administrators.become(as(ava), 999_999)).rejects.toMatchObject(refusal('missing'));
  });

  it.each(['administrator = 0', `status = 'inactive'`, `kind = 'guest'`])(
    'takes charge only while the account is one: not after %s',
    async (change) => {
      const { ava, spaceId } = await orphan();
      const stale = as(ava);
      await as(ava).db.run(`update user set ${change} where id = '${ava.id}'`);
      await expect(administrators.become(stale, spaceId)).rejects.toMatchObject({ name: 'Refusal' });
      expect(await count('membership', 'space_id = ? and user_id = ?', spaceId, ava.id)).toBe(0);
    },
  );
});

describe('an administrator of the site who has just lost that right', () => {
  /** What a request that began earlier could still do. */
  async function scene() {
    const { ava, cho, gil, spaceId } = await orphan();
    const [trashed, thrower] = [await makeSpace(ava, { name: 'Old pier' }), as(ava)];
    await trash.putSpace(thrower, trashed, 'Old pier');
    const archived = await makeSpace(ava);
    await login(gil.email);
    await archive.setForSite(as(ava), archived, true);
    const moving = await makeGuest();
    const mover = as(ava);
    await accounts.askAddressFor(mover, moving.id, someEmail(), randomId());
    const quay = await makeSpace(ava);
    const asked = someEmail();
    await invitations.inviteGuests(as(ava), quay, { ...inviteForm, addresses: asked });
    const document = JSON.parse((await templates.exportFile(as(ava), shippedId)).text) as object;
    const template = await templates.importFile(
      as(ava),
      JSON.stringify({ ...document, name: `T ${ava.id}` }),
    );
    const { rows } = await templates.manage(as(ava));
    const email = someEmail('invited', 'foyer.example');
    await invitations.inviteUser(as(ava), { email, ...may, locale: 'en' });
    const open = (await invitations.openOfUsers(as(ava))).rows.find((row) => row.email === email)!;
    const failed = randomId();
    const message = { kind: 'test', siteName: 'Foyer', url: 'http://localhost/' } as const;
    const mails = as(ava);
    const { statement } = await outbox.queue(mails, { id: failed, to: email, locale: 'en', message });
    await mails.commit([statement]);
    await mails.db.run(`update mail set status = 'failed', finished_at = 1 where id = '${failed}'`);
    const lock = { key: `lock of ${cho.id}`, count: 10, windowStartedAt: 1, updatedAt: 1, userId: cho.id };
    await mails.db.insert(throttle).values({ ...lock, lockedUntil: mails.now + DAY });
    return {
      ...{ ava, cho, gil, spaceId, trashed, archived, document, failed, invited: open.id },
      ...{ moving, sentAt: mover.now },
      waiting: (await invitationOf(asked, quay)).id,
      run: await guests.many.begin(as(ava), 'deactivate', { refs: [`guest:${gil.id}`] }, randomId()),
      idle: await makeUser({ status: 'inactive' }),
      guest: await makeGuest(),
      template: { id: template.id, updatedAt: rows.find(({ id }) => id === template.id)!.updatedAt },
    };
  }
  const may = { administrator: true, canCreateSpaces: true };
  const shippedId = shipped('en')[0]!.id;

  const verbs: Record<string, (ctx: SignedIn, there: Awaited<ReturnType<typeof scene>>) => Promise<unknown>> =
    {
      'gives permissions': (ctx, { cho }) => accounts.setPermissions(ctx, cho.id, may),
      'says who can create spaces': (ctx) =>
        accounts.changeSpaceCreators(ctx, { who: 'everyone', shown: [], allowed: [], revision: 0 }),
      'lets users create spaces': (ctx, { cho }) => accounts.setSpaceCreators(ctx, [cho.id], []),
      'deactivates an account': (ctx, { cho }) => accounts.setActive(ctx, cho.id, false),
      'activates an account': (ctx, { idle }) => accounts.setActive(ctx, idle.id, true),
      'corrects an address': (ctx, { gil }) => accounts.askAddressFor(ctx, gil.id, someEmail(), randomId()),
      'sends the link to a corrected address again': (ctx, { moving, sentAt }) =>
        accounts.resendAddressFor(ctx, moving.id, sentAt),
      'cancels a corrected address': (ctx, { moving }) => accounts.cancelAddressFor(ctx, moving.id),
      'makes a guest a user': (ctx, { moving }) => accounts.makeUser(ctx, moving.id),
      'unlocks an account': (ctx, { cho }) => loginSecurity.unlock(ctx, cho.id),
      'erases a guest': (ctx, { guest }) => accounts.eraseGuest(ctx, guest.id),
      'logs a guest out': (ctx, { gil }) => accounts.endSessionsOf(ctx, gil.id, null),
      'hands out a one-time code': (ctx, { gil }) => accounts.handCode(ctx, gil.id, 'd'.repeat(40)),
      'resets the password of a user': (ctx, { cho }) => accounts.resetUser(ctx, cho.id, 'c'.repeat(40)),
      'mails a guest a link for a new password': (ctx, { gil }) =>
        accounts.mailReset(ctx, gil.id, 'a'.repeat(40)),
      'sets the password of a guest': (ctx, { gil }) =>
        accounts.setPassword(ctx, gil.id, 'another quiet harbour 7', 'b'.repeat(40)),
      'removes a guest from a space': (ctx, { gil, spaceId }) =>
        memberships.removeGuestForSite(ctx, spaceId, gil.id),
      'changes the access of a guest': (ctx, { gil, spaceId }) =>
        memberships.changeTermsForSite(ctx, spaceId, gil.id, { sponsor: '', accessEnds: '' }),
      'changes settings': (ctx) => site.changeSettings(ctx, { siteName: 'Taken over' }),
      'archives a space': (ctx, { spaceId }) => archive.setForSite(ctx, spaceId, true),
      'brings an archived space back': (ctx, { archived }) => archive.setForSite(ctx, archived, false),
      'restores a space': (ctx, { trashed }) => trash.restore(ctx, trashed),
      'appoints an administrator': (ctx, { spaceId, cho }) => administrators.appoint(ctx, spaceId, cho.id),
      'becomes the administrator of a space': (ctx, { spaceId }) => administrators.become(ctx, spaceId),
      'sends a failed mail again': (ctx, { failed }) => mailLog.sendAgain(ctx, failed),
      'sends all failed mails again': (ctx) => mailLog.sendAllAgain(ctx),
      'sends a test mail': (ctx) => mailLog.sendTest(ctx, randomId()),
      'changes a template': (ctx, { template }) =>
        templates.change(ctx, template.id, { name: 'Other', description: '' }, template.updatedAt),
      'deletes a template': (ctx, { template }) => templates.remove(ctx, template.id),
      'hides a template': (ctx) => templates.setHidden(ctx, shippedId, true),
      'imports a template': (ctx, { document }) =>
        templates.importFile(ctx, JSON.stringify({ ...document, name: 'Smuggled' })),
      'invites a user': (ctx) => invitations.inviteUser(ctx, { email: someEmail(), ...may, locale: 'en' }),
      'sends an invitation again': (ctx, { invited }) => invitations.resend(ctx, null, invited),
      'copies the link of an invitation': (ctx, { invited }) => invitations.copyLink(ctx, null, invited),
      'begins an action on many guests': (ctx, { guest }) =>
        guests.many.begin(ctx, 'deactivate', { refs: [`guest:${guest.id}`] }, randomId()),
      'goes on with one': (ctx, { run }) => guests.many.step(ctx, run),
      'cancels an invitation to any space': (ctx, { waiting }) => invitations.cancelForSite(ctx, waiting),
      'cancels an invitation': (ctx, { invited }) => invitations.cancel(ctx, null, invited),
    };

  it.each(Object.keys(verbs))('no longer %s', async (name) => {
    const there = await scene();
    const eve = await makeAdministrator();
    const begun = as(eve);
    await accounts.setPermissions(as(there.ava), eve.id, { administrator: false, canCreateSpaces: true });
    const before = await dump();
    await expect(verbs[name]!(begun, there)).rejects.toMatchObject({ name: 'Refusal' });
    expect(await dump()).toEqual(before);
    // The same request succeeds for somebody who still has the right.
    await verbs[name]!(as(there.ava), there);
    expect(await dump()).not.toEqual(before);
  });
});
