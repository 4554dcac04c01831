import { beforeAll, describe, expect, it } from 'vitest';
import { as, type User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  site,
  someEmail,
} from '../../../../tests/factories';
import { invitationOf, invite, joinSpace } from '../../../../tests/invitations';
import { randomId } from '../crypto';
import * as invitations from '../invitations';
import * as memberships from '../memberships';
import * as spaces from '../spaces';
import * as threads from '../threads';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

const greets = async (who: User, room: number) => (await spaces.overview(as(who), room)).firstInvitation;

describe('“Now invite your guests”', () => {
  it('greets only the creator of a space, while they may invite', async () => {
    const [ben, ava, cho] = [await makeUser(), await makeAdministrator(), await makeUser()];
    const room = await makeSpace(ben, {}, [ava, cho]);
    await memberships.setAdministrator(as(ben), room, ava.id, true);
    expect(await greets(ben, room)).toBe(true);
    for (const other of [ava, cho]) expect(await greets(other, room)).toBe(false);
    await memberships.setAdministrator(as(ava), room, ben.id, false);
    expect(await greets(ben, room)).toBe(false);
  });

  it('stays while they write, and goes with the first invitation for good', async () => {
    const ben = await makeUser();
    const room = await makeSpace(ben);
    await threads.begin(as(ben), room, { title: 'Hello', body: 'I am here.', requestKey: randomId() });
    expect(await greets(ben, room)).toBe(true);
    const email = someEmail();
    await invite(ben, room, email);
    expect(await greets(ben, room)).toBe(false);
    await invitations.cancel(as(ben), room, (await invitationOf(email, room)).id);
    expect(await greets(ben, room)).toBe(false);
  });

  it('is not said where guests are', async () => {
    const ben = await makeUser();
    const room = await makeSpace(ben);
    await joinSpace(ben, room, await makeGuest());
    expect(await greets(ben, room)).toBe(false);
  });

  it('is put away for this space alone', async () => {
    const ben = await makeUser();
    const [room, other] = [await makeSpace(ben), await makeSpace(ben)];
    await memberships.endGreeting(as(ben), room);
    expect(await greets(ben, room)).toBe(false);
    expect(await greets(ben, other)).toBe(true);
  });
});
