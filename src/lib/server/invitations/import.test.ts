import { describe, expect, it } from 'vitest';
import { as, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeUser, someEmail } from '../../../../tests/factories';
import { count, refusal } from '../../../../tests/helpers';
import { invitationOf } from '../../../../tests/invitations';
import { linkIn, mailsTo } from '../../../../tests/mailbox';
import { randomId } from '../crypto';
import * as invitations from '.';

const form = (users: string) => ({ users, locale: 'en' as const, requestKey: randomId() });

describe('importing users', () => {
  it('invites each by mail, with name and role; what is wrong comes back with its reason', async () => {
    const ava = await makeAdministrator();
    const [one, two, three] = [0, 1, 2].map(() => someEmail('new', 'foyer.example'));
    const [guest, user] = [await makeGuest(), await makeUser()];
    const ctx = as(ava);
    const { invited, not } = await invitations.importUsers(
      ctx,
      form(
        `name,email,role\nMia,${one},\nCho,${two},administrator\nDan,${three},creator\nDan,${three}\n` +
          `Gil,${guest.email},\nBen,${user.email},\nEve,nonsense,\nFay,fay@foyer.example,boss`,
      ),
    );
    await ctx.settle();
    expect(invited).toBe(3);
    expect(not.map(({ line, reason }) => [line, reason.key])).toEqual([
      [6, 'users.is-guest'],
      [7, 'users.exists'],
      [8, 'address.malformed'],
      [9, 'users.import-role-unknown'],
    ]);
    expect(await invitationOf(one!)).toMatchObject({
      name: 'Mia',
      administrator: false,
      canCreateSpaces: false,
    });
    expect(await invitationOf(two!)).toMatchObject({ administrator: true });
    expect(await invitationOf(three!)).toMatchObject({ administrator: false, canCreateSpaces: true });
    const token = linkIn((await mailsTo(one!))[0]!);
    expect(await invitations.stateOf(testContext(), token)).toMatchObject({ state: 'open', name: 'Mia' });
  });

  it('invites nobody twice when its form is posted again', async () => {
    const ava = await makeAdministrator();
    const email = someEmail('again', 'foyer.example');
    const sent = form(email);
    for (let i = 0; i < 2; i++) await invitations.importUsers(as(ava), sent);
    expect(await count('invitation', 'email = ? and version = 1', email)).toBe(1);
  });

  it('is bounded, says when nobody is in it, and is for administrators of the site', async () => {
    const ava = await makeAdministrator();
    await expect(
      invitations.importUsers(as(ava), form('x@foyer.example\n'.repeat(101))),
    ).rejects.toMatchObject(refusal('invalid', 'users.import-too-many'));
    await expect(invitations.importUsers(as(ava), form('\n'))).rejects.toMatchObject(
      refusal('invalid', 'users.import-nobody'),
    );
    await expect(
      invitations.importUsers(as(await makeUser()), form(someEmail('x', 'foyer.example'))),
    ).rejects.toMatchObject(refusal('forbidden'));
  });
});
