import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, DAY, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, someEmail } from '../../../../tests/factories';
import { audited, refusal } from '../../../../tests/helpers';
import { invite, invitationOf, inviteForm } from '../../../../tests/invitations';
import * as notifications from '../notifications';
import { invitation, mail } from '../schema';
import * as invitations from './index';

async function invited() {
  const ava = await makeUser();
  const spaceId = await makeSpace(ava);
  const email = someEmail('invited');
  await invite(ava, spaceId, email);
  const row = await invitationOf(email, spaceId);
  return { ava, spaceId, email, row, token: invitations.mailToken(testContext(), row) };
}
const now = async (id: string) =>
  (await testContext().db.select().from(invitation).where(eq(invitation.id, id)))[0]!;

describe('“This is not for me”', () => {
  it('declines once, however often it is posted, and its link is over', async () => {
    const { ava, spaceId, email, row, token } = await invited();
    await Promise.all(
      Array.from({ length: 20 }, () => invitations.decline(testContext(), token, 'Wrong person.\nSorry')),
    );
    expect(await now(row.id)).toMatchObject({ status: 'declined', declineReason: 'Wrong person.\nSorry' });
    expect(await audited('invitation.declined', row.id)).toMatchObject([
      { actor_id: null, space_id: spaceId },
    ]);
    expect(await invitations.stateOf(testContext(), token)).toEqual({ state: 'declined' });
    await expect(
      invitations.signUp(testContext(), token, {
        name: 'Gil',
        company: '',
        password: 'quiet harbour 27 lamps',
      }),
    ).resolves.toBeNull();
    // The inviter is told, here and by mail, once.
    const { items } = await notifications.list(as(ava), { show: 'all' });
    expect(items).toMatchObject([
      {
        kind: 'decline',
        actor: email,
        href: expect.stringContaining(`/spaces/${spaceId}/settings/guests?find=`),
      },
    ]);
    const mails = await testContext().db.select().from(mail).where(eq(mail.userId, ava.id));
    expect(mails.map((one) => one.kind)).toEqual(['invite-over']);
    const tab = await invitations.guestsTab(as(ava), spaceId);
    expect(tab.rows).toMatchObject([
      { email, status: 'declined', declined: { reason: 'Wrong person.\nSorry' }, delivery: null },
    ]);
  });

  it('or is accepted: one of the two', async () => {
    const { row, token } = await invited();
    const form = { name: 'Gil', company: '', password: 'quiet harbour 27 lamps' };
    await Promise.all([
      invitations.signUp(testContext(), token, form).catch(() => null),
      invitations.decline(testContext(), token, ''),
    ]);
    const { status, acceptedAt, declinedAt } = await now(row.id);
    expect([status, acceptedAt === null, declinedAt === null]).toEqual(
      status === 'accepted' ? ['accepted', false, true] : ['declined', true, false],
    );
  });

  it('is not offered by a copied link, which may be anybody’s, nor by one that is over', async () => {
    const { ava, spaceId, row } = await invited();
    const copied = (await invitations.copyLink(as(ava), spaceId, row.id)).split('/').at(-1)!;
    expect(await invitations.stateOf(testContext(), copied)).toMatchObject({
      state: 'open',
      declinable: false,
    });
    await invitations.decline(testContext(), copied, '');
    expect((await now(row.id)).status).toBe('invited');
    const token = invitations.mailToken(testContext(), row);
    await invitations.decline(testContext({ now: Date.now() + 8 * DAY }), token, '');
    expect((await now(row.id)).status).toBe('invited');
  });

  it('is not posted by looking at the page', async () => {
    const { row, token } = await invited();
    await invitations.stateOf(testContext(), token);
    expect((await now(row.id)).status).toBe('invited');
  });

  it('whoever has declined is invited again only after a warning', async () => {
    const { ava, spaceId, email, row, token } = await invited();
    await invitations.decline(testContext(), token, '');
    const form = { ...inviteForm, addresses: email };
    expect(await invitations.inviteGuests(as(ava), spaceId, form)).toMatchObject([
      { result: 'refused', reason: 'invite.declined', at: expect.any(Number) },
    ]);
    expect(await invitations.inviteGuests(as(ava), spaceId, { ...form, declinedToo: true })).toMatchObject([
      { result: 'sent' },
    ]);
    expect((await now(row.id)).status).toBe('cancelled');
    expect(await invitations.stateOf(testContext(), token)).toEqual({ state: 'replaced' });
    expect((await invitations.guestsTab(as(ava), spaceId)).rows).toMatchObject([
      { email, status: 'invited' },
    ]);
  });

  it('also to the site', async () => {
    const ava = await makeAdministrator();
    const email = someEmail('user', 'foyer.example');
    const form = { email, administrator: false, canCreateSpaces: false, locale: 'en' } as const;
    await invitations.inviteUser(as(ava), form);
    const row = await invitationOf(email);
    await invitations.decline(testContext(), invitations.mailToken(testContext(), row), 'No');
    await expect(invitations.inviteUser(as(ava), form)).rejects.toMatchObject(
      refusal('conflict', 'users.declined'),
    );
    await invitations.inviteUser(as(ava), { ...form, declinedToo: true });
    expect((await notifications.list(as(ava), { show: 'all' })).items).toMatchObject([
      { kind: 'decline', space: null, href: '/admin/users' },
    ]);
  });

  it('is told to nobody who no longer runs the space', async () => {
    const { ava, spaceId, token } = await invited();
    const other = await makeUser();
    const ctx = testContext();
    await invitations.decline(testContext(), token, '');
    await ctx.db.run(
      `insert into membership (space_id, user_id, administrator, joined_at, last_read_at)
      values (${spaceId}, '${other.id}', 1, 0, 0)`,
    );
    await ctx.db.run(
      `update membership set administrator = 0 where space_id = ${spaceId} and user_id = '${ava.id}'`,
    );
    expect((await notifications.list(as(ava), { show: 'all' })).items).toEqual([]);
    expect((await notifications.list(as(await makeGuest()), { show: 'all' })).items).toEqual([]);
  });
});
