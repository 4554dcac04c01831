import { beforeAll, describe, expect, it } from 'vitest';
import { as, HOUR, type User } from '../../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
  someEmail,
} from '../../../../tests/factories';
import { audited, count, parallel, refusal } from '../../../../tests/helpers';
import { invite, joinSpace } from '../../../../tests/invitations';
import { login } from '../../../../tests/logins';
import * as accounts from '../accounts';
import { randomToken } from '../crypto';
import * as memberships from '../memberships';
import * as threads from '../threads';
import * as guests from './index';

let ava: User, ben: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  [ava, ben] = [await makeAdministrator({ name: 'Ava' }), await makeUser({ name: 'Ben' })];
});

const NEW = 'another quiet harbour 7';

describe('the page of a guest', () => {
  it('shows what they can see since when and by whom, invitations, sessions, and what the audit says of them alone', async () => {
    const [space, other] = [await makeSpace(ben, { name: 'Seen' }), await makeSpace(ben, { name: 'Asked' })];
    const [gil, jil] = [
      await makeGuest({ email: 'an@one.example' }),
      await makeGuest({ email: 'jan@one.example' }),
    ];
    for (const guest of [gil, jil]) await joinSpace(ben, space, guest);
    await invite(ben, other, gil.email);
    await login(gil.email);
    await accounts.setActive(as(ava), jil.id, false);
    const page = await guests.one(as(ava), gil.id);
    expect(page).toMatchObject({
      person: { email: gil.email, status: 'active' },
      proof: 'password',
      spaces: [{ name: 'Seen', inviter: 'Ben', archived: 0 }],
      sessions: [{ current: false }],
    });
    expect(page.invitations.map(({ spaceName, status }) => `${spaceName} ${status}`).sort()).toEqual([
      'Asked invited',
      'Seen accepted',
    ]);
    expect(page.entries.map(({ action }) => action)).toContain('account.signed-in');
    expect(page.entries.map(({ action }) => action)).not.toContain('account.deactivated');
  });

  it('is of guests only, and for administrators of the site', async () => {
    const gil = await makeGuest();
    await expect(guests.one(as(ava), ben.id)).rejects.toMatchObject(refusal('missing'));
    await expect(guests.one(as(ava), 'nobody')).rejects.toMatchObject(refusal('missing'));
    await expect(guests.one(as(ben), gil.id)).rejects.toMatchObject(refusal('forbidden'));
    await expect(accounts.setPassword(as(ava), ben.id, NEW, randomToken())).rejects.toMatchObject(
      refusal('missing'),
    );
    await expect(accounts.mailReset(as(ava), ben.id, randomToken())).rejects.toMatchObject(
      refusal('missing'),
    );
  });
});

describe('an administrator of the site', () => {
  it('ends one session of a guest, or all, and none of a user', async () => {
    const [gil, cho] = [await makeGuest(), await makeUser()];
    for (const { email } of [gil, gil, gil, cho]) await login(email);
    const [first] = (await guests.one(as(ava), gil.id)).sessions;
    await accounts.endSessionsOf(as(ava), gil.id, first!.id);
    expect(await count('session', 'user_id = ?', gil.id)).toBe(2);
    await accounts.endSessionsOf(as(ava), gil.id, null);
    await accounts.endSessionsOf(as(ava), gil.id, null);
    await accounts.endSessionsOf(as(ava), cho.id, null);
    expect(await count('session', 'user_id = ?', gil.id)).toBe(0);
    expect(await count('session', 'user_id = ?', cho.id)).toBe(1);
    expect(await audited('account.sessions-ended', gil.id)).toHaveLength(2);
  });

  it('mails a link for a new password: once a form, five an hour, in the audit by name', async () => {
    const gil = await makeGuest();
    const key = randomToken();
    await accounts.mailReset(as(ava), gil.id, key);
    await accounts.mailReset(as(ava), gil.id, key);
    expect(await count('mail', `kind = 'reset' and user_id = ?`, gil.id)).toBe(1);
    for (let i = 0; i < 4; i++) await accounts.mailReset(as(ava), gil.id, randomToken());
    await expect(accounts.mailReset(as(ava), gil.id, randomToken())).rejects.toMatchObject(
      refusal('conflict', 'guest-admin.reset-often'),
    );
    expect(await count('password_reset', 'user_id = ?', gil.id)).toBe(5);
    expect((await audited('account.reset-asked', gil.id)).map((row) => row.actor_id)).toEqual(
      Array(5).fill(ava.id),
    );
    await accounts.mailReset(as(ava, { now: Date.now() + HOUR }), gil.id, randomToken());
  });

  it('sets a password that fits the policy: sessions and links end, the guest is told, the audit has no secret', async () => {
    const gil = await makeGuest();
    await login(gil.email);
    await accounts.mailReset(as(ava), gil.id, randomToken());
    await expect(accounts.setPassword(as(ava), gil.id, 'short', randomToken())).rejects.toMatchObject(
      refusal('invalid'),
    );
    const key = randomToken();
    await accounts.setPassword(as(ava), gil.id, NEW, key);
    await accounts.setPassword(as(ava), gil.id, NEW, key);
    expect(await count('session', 'user_id = ?', gil.id)).toBe(0);
    expect(await count('password_reset', 'user_id = ?', gil.id)).toBe(0);
    const rows = await audited('account.password-changed', gil.id);
    expect(rows).toMatchObject([{ actor_id: ava.id, detail: { by: 'administrator' } }]);
    expect(JSON.stringify(rows)).not.toContain(NEW);
    expect(await count('mail', `kind = 'password-changed' and user_id = ?`, gil.id)).toBe(1);
    await expect(login(gil.email, { password: PASSWORD })).rejects.toMatchObject({ name: 'Refusal' });
    expect((await login(gil.email, { password: NEW })).to).toBe('/');
  });

  it('sets no password of twenty at the same time twice over another, and none for an account that is deactivated', async () => {
    const gil = await makeGuest();
    const { done } = await parallel(20, (i) =>
      accounts.setPassword(as(ava), gil.id, `${NEW} ${i}`, randomToken()),
    );
    expect(done.length).toBeGreaterThan(0);
    expect(await audited('account.password-changed', gil.id)).toHaveLength(done.length);
    expect((await account(gil.email))!.credentialEpoch).toBe(done.length);
    await accounts.setActive(as(ava), gil.id, false);
    for (const act of [
      () => accounts.setPassword(as(ava), gil.id, NEW, randomToken()),
      () => accounts.mailReset(as(ava), gil.id, randomToken()),
    ])
      await expect(act()).rejects.toMatchObject(refusal('conflict', 'guest-admin.not-active'));
  });

  it('corrects an address: shows what waits, sends it again, cancels it; what a guest asks for is their own affair', async () => {
    const gil = await makeGuest();
    const email = someEmail('right');
    expect((await guests.one(as(ava), gil.id)).newAddress).toBeNull();
    const ctx = as(ava);
    await accounts.askAddressFor(ctx, gil.id, email, 'k'.repeat(16));
    await ctx.settle();
    const { newAddress } = await guests.one(as(ava), gil.id);
    expect(newAddress).toMatchObject({ email, sentAt: ctx.now, failed: false });
    const later = as(ava, { now: ctx.now + 60_000 });
    await accounts.resendAddressFor(later, gil.id, newAddress!.sentAt);
    await later.settle();
    // Posted twice, it is sent once.
    await accounts.resendAddressFor(as(ava), gil.id, newAddress!.sentAt);
    expect(await count('mail', `kind = 'address-confirm' and user_id = ?`, gil.id)).toBe(2);
    expect((await guests.one(as(ava), gil.id)).newAddress).toMatchObject({ sentAt: later.now });
    for (const who of [ben, gil])
      for (const act of [
        () => accounts.resendAddressFor(as(who), gil.id, later.now),
        () => accounts.cancelAddressFor(as(who), gil.id),
      ])
        await expect(act()).rejects.toMatchObject(refusal('forbidden'));
    await accounts.cancelAddressFor(as(ava), gil.id);
    await accounts.cancelAddressFor(as(ava), gil.id);
    expect((await guests.one(as(ava), gil.id)).newAddress).toBeNull();
    expect(await audited('account.address-cancelled', gil.id)).toMatchObject([{ actor_id: ava.id }]);
    await expect(accounts.cancelAddressFor(as(ava), ben.id)).rejects.toMatchObject(refusal('missing'));
    await accounts.askAddress(as(gil), { email: someEmail(), ownPassword: PASSWORD });
    expect((await guests.one(as(ava), gil.id)).newAddress).toBeNull();
    await expect(accounts.resendAddressFor(as(ava), gil.id, 1)).rejects.toMatchObject(
      refusal('conflict', 'me.email-gone'),
    );
  });

  it('makes a guest a user: a member of their spaces, logged out, told, in the audit, once', async () => {
    const space = await makeSpace(ben, { name: 'Promoted', guestsHidden: true });
    const gil = await makeGuest();
    await joinSpace(ben, space, gil);
    const inner = await threads.begin(as(ben), space, {
      ...{
        title: 'Inner',
        body: 'For us',
        audience: 'company',
        requestKey: randomToken().slice(0, 16).toLowerCase(),
      },
    });
    await login(gil.email);
    await accounts.askAddressFor(as(ava), gil.id, someEmail(), 'm'.repeat(16));
    await parallel(5, () => accounts.makeUser(as(ava), gil.id));
    await accounts.makeUser(as(ava), gil.id);
    const now = (await account(gil.email))!;
    expect(now).toMatchObject({
      kind: 'user',
      administrator: false,
      canCreateSpaces: false,
      credentialEpoch: 1,
    });
    expect(await count('session', 'user_id = ?', gil.id)).toBe(0);
    expect(await count('address_change', 'user_id = ? and used_at is null', gil.id)).toBe(0);
    expect(await count('mail', `kind = 'made-user' and user_id = ?`, gil.id)).toBe(1);
    expect(await audited('account.permission-changed', gil.id)).toMatchObject([
      { actor_id: ava.id, detail: { kind: 'user', administrator: false } },
    ]);
    expect(await count('membership', 'user_id = ? and rank = 1 and administrator = 0', gil.id)).toBe(1);
    const asUser = as({ ...gil, kind: 'user' });
    expect((await threads.read(asUser, space, inner)).thread.title).toBe('Inner');
    expect((await login(gil.email)).to).toBe('/');
    await expect(guests.one(as(ava), gil.id)).rejects.toMatchObject(refusal('missing'));
  });

  it('only administrators of the site do that, to active guests', async () => {
    const [gil, off] = [await makeGuest(), await makeGuest({ status: 'inactive' })];
    for (const who of [ben, gil])
      await expect(accounts.makeUser(as(who), gil.id)).rejects.toMatchObject(refusal('forbidden'));
    await expect(accounts.makeUser(as(ava), off.id)).rejects.toMatchObject(
      refusal('conflict', 'guest-admin.not-active'),
    );
    await expect(accounts.makeUser(as(ava), 'nobody')).rejects.toMatchObject(refusal('missing'));
    expect((await account(gil.email))!.kind).toBe('guest');
  });

  it('removes a guest from a space that they are not in themselves; the others stay', async () => {
    const [space, other] = [await makeSpace(ben, { name: 'Left' }), await makeSpace(ben, { name: 'Kept' })];
    const gil = await makeGuest();
    for (const one of [space, other]) await joinSpace(ben, one, gil);
    expect(await memberships.removeGuestForSite(as(ava), space, gil.id)).toBe(true);
    expect(await memberships.removeGuestForSite(as(ava), space, gil.id)).toBe(false);
    expect((await guests.one(as(ava), gil.id)).spaces.map(({ name }) => name)).toEqual(['Kept']);
    expect(await audited('space.guest-removed', gil.id)).toMatchObject([
      { actor_id: ava.id, space_id: space },
    ]);
    await expect(memberships.removeGuestForSite(as(ben), other, gil.id)).rejects.toMatchObject(
      refusal('forbidden'),
    );
    await expect(memberships.removeGuestForSite(as(ava), other, ben.id)).resolves.toBe(false);
  });
});
