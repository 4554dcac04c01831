// Who answers for a guest: whom it may be, who chooses, and what happens when they go.
import { beforeAll, describe, expect, it } from 'vitest';
import { as, meanwhile, type User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
} from '../../../../tests/factories';
import { filter } from '../../../../tests/guests';
import { audited, count, dump, refusal } from '../../../../tests/helpers';
import { invite, invitationOf, joinSpace } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import * as accounts from '../accounts';
import * as guests from '../guests';
import * as invitations from '../invitations';
import * as memberships from '../memberships';

let boss: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  boss = await makeAdministrator({ name: 'Boss' });
});

/** Ben runs a space with Cho in it, and has invited Gil. */
async function house() {
  const [ben, cho, gil] = [
    await makeUser({ name: `Ben ${++n}` }),
    await makeUser({ name: `Cho ${n}` }),
    await makeGuest({ name: `Gil ${n}` }),
  ];
  const spaceId = await makeSpace(ben, { name: `Quay ${n}` }, [cho]);
  await joinSpace(ben, spaceId, gil);
  return { ben, cho, gil, spaceId };
}
let n = 0;

const sponsorOf = async (spaceId: number, of: User, by: User) =>
  (await invitations.guestsTab(as(by), spaceId)).rows.find(({ email }) => email === of.email)?.sponsor;
const change = (by: User, spaceId: number, of: User, sponsor: string) =>
  memberships.changeTerms(as(by), spaceId, `guest:${of.id}`, { sponsor, accessEnds: '' });
const settle = async (by: User, act: (ctx: ReturnType<typeof as>) => Promise<unknown>) => {
  const ctx = as(by);
  await act(ctx);
  await ctx.settle();
};

describe('who answers for a guest', () => {
  it('is whoever invited them, on the tab, in the administration and for the guest', async () => {
    const { ben, gil, spaceId } = await house();
    expect(await sponsorOf(spaceId, gil, ben)).toBe(ben.name);
    expect((await guests.one(as(boss), gil.id)).spaces).toMatchObject([{ sponsor: ben.name }]);
    const { rows } = await guests.list(as(boss), filter({ search: gil.email }));
    expect(rows).toMatchObject([{ spaces: [{ sponsor: ben.name }] }]);
    expect(await memberships.ofActor(as(gil))).toMatchObject([{ sponsor: ben.name }]);
  });

  it('is changed to any active user in the space, by name or address, and recorded', async () => {
    const { ben, cho, gil, spaceId } = await house();
    await change(ben, spaceId, gil, ` ${cho.name.toUpperCase()} `);
    expect(await sponsorOf(spaceId, gil, ben)).toBe(cho.name);
    await change(ben, spaceId, gil, ben.email);
    expect(await sponsorOf(spaceId, gil, ben)).toBe(ben.name);
    await memberships.changeTermsForSite(as(boss), spaceId, gil.id, { sponsor: cho.email, accessEnds: '' });
    expect(await sponsorOf(spaceId, gil, ben)).toBe(cho.name);
    await change(ben, spaceId, gil, '');
    expect(await sponsorOf(spaceId, gil, ben)).toBeNull();
    expect((await audited('space.guest-access-changed', gil.id)).map((entry) => entry.actor_id)).toEqual([
      ben.id,
      ben.id,
      boss.id,
      ben.id,
    ]);
  });

  it('is nobody from outside, nobody elsewhere, and nobody who is one of two', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const [other, suspended] = [await makeUser(), await makeUser({ status: 'inactive' })];
    await memberships.addMember(as(ben), spaceId, other.id, false);
    await memberships.removeMember(as(ben), spaceId, other.id);
    for (const typed of [gil.email, other.email, suspended.email, 'nobody'])
      await expect(change(ben, spaceId, gil, typed)).rejects.toMatchObject(
        refusal('invalid', 'sponsor.unknown'),
      );
    const twin = await makeUser({ name: cho.name });
    await memberships.addMember(as(ben), spaceId, twin.id, false);
    await expect(change(ben, spaceId, gil, cho.name)).rejects.toMatchObject(
      refusal('invalid', 'sponsor.several'),
    );
    expect(await sponsorOf(spaceId, gil, ben)).toBe(ben.name);
  });

  it('is chosen by who runs the space or the site, for guests and open invitations there alone', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const ref = `guest:${gil.id}`;
    for (const who of [cho, gil])
      await expect(
        memberships.changeTerms(as(who), spaceId, ref, { sponsor: '', accessEnds: '' }),
      ).rejects.toMatchObject(refusal('forbidden'));
    await expect(memberships.terms(as(cho), spaceId, ref)).rejects.toMatchObject(refusal('forbidden'));
    await expect(
      memberships.changeTermsForSite(as(ben), spaceId, gil.id, { sponsor: '', accessEnds: '' }),
    ).rejects.toMatchObject(refusal('forbidden'));
    const elsewhere = await house();
    for (const other of [`guest:${elsewhere.gil.id}`, `guest:${cho.id}`, 'invitation:nothing'])
      await expect(
        memberships.changeTerms(as(ben), spaceId, other, { sponsor: '', accessEnds: '' }),
      ).rejects.toMatchObject(refusal('missing'));
    expect(await memberships.terms(as(ben), spaceId, ref)).toMatchObject({
      sponsor: ben.email,
      offered: [{ id: ben.id }, { id: cho.id }],
    });
  });

  it('of an invitation holds for whoever accepts it', async () => {
    const { ben, cho, spaceId } = await house();
    const kim = await makeGuest();
    await invite(ben, spaceId, kim.email);
    const { id, version } = await invitationOf(kim.email, spaceId);
    await memberships.changeTerms(as(ben), spaceId, `invitation:${id}`, {
      sponsor: cho.name,
      accessEnds: '',
    });
    expect(await sponsorOf(spaceId, kim, ben)).toBe(cho.name);
    const ctx = as(kim);
    await invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
    expect(await sponsorOf(spaceId, kim, ben)).toBe(cho.name);
  });

  it('is not whoever leaves while they are chosen', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const ctx = meanwhile(as(ben), () => memberships.leave(as(cho), spaceId));
    await expect(
      memberships.changeTerms(ctx, spaceId, `guest:${gil.id}`, { sponsor: cho.email, accessEnds: '' }),
    ).rejects.toMatchObject(refusal('conflict', 'sponsor.unknown'));
    expect(await sponsorOf(spaceId, gil, ben)).toBe(ben.name);
  });

  it('as it is already is written and recorded once', async () => {
    const { ben, cho, gil, spaceId } = await house();
    await change(ben, spaceId, gil, cho.name);
    const before = await dump();
    await change(ben, spaceId, gil, cho.name);
    const after = await dump();
    expect(after.audit_entry).toEqual(before.audit_entry);
    expect(after.membership).toEqual(before.membership);
  });
});

describe('whoever goes', () => {
  it('leaves their guests without a sponsor, which whoever runs the space is told, and who did it is not', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const eve = await makeUser({ name: 'Eve' });
    await memberships.addMember(as(ben), spaceId, eve.id, true);
    await change(ben, spaceId, gil, cho.name);
    await settle(ben, (ctx) => memberships.removeMember(ctx, spaceId, cho.id));
    expect(await sponsorOf(spaceId, gil, ben)).toBeNull();
    expect(await memberships.ofActor(as(gil))).toMatchObject([{ sponsor: null }]);
    const [mail] = await mailsTo(eve.email);
    expect(mail).toMatchObject({ subject: expect.stringContaining('need a sponsor') });
    expect(mail!.text).toContain(`${cho.name} can no longer answer for 1 guest`);
    expect(mail!.text).toContain(`/spaces/${spaceId}/settings/guests?status=unsponsored`);
    expect(await mailsTo(ben.email)).toEqual([]);
    const { rows } = await invitations.guestsTab(as(ben), spaceId, '', { status: 'unsponsored' });
    expect(rows.map(({ email }) => email)).toEqual([gil.email]);
  });

  it('answers again when they come back', async () => {
    const { ben, cho, gil, spaceId } = await house();
    await change(ben, spaceId, gil, cho.name);
    await settle(cho, (ctx) => memberships.leave(ctx, spaceId));
    expect((await mailsTo(ben.email)).length).toBe(1);
    await memberships.addMember(as(ben), spaceId, cho.id, false);
    expect(await sponsorOf(spaceId, gil, ben)).toBe(cho.name);
  });

  it('hands their guests over as they are deactivated, where the new one may answer', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const eve = await makeUser({ name: `Eve ${n}` });
    await memberships.addMember(as(ben), spaceId, eve.id, true);
    const elsewhere = await makeSpace(eve, { name: 'Elsewhere' }, [ben]);
    await memberships.setAdministrator(as(eve), elsewhere, ben.id, true);
    await joinSpace(ben, elsewhere, gil);
    expect(await accounts.guestsOfUser(as(boss), ben.id)).toMatchObject({
      count: 2,
      offered: [{ id: eve.id }],
    });
    await expect(accounts.setActive(as(boss), ben.id, false, 'nobody at all')).rejects.toMatchObject(
      refusal('invalid', 'sponsor.nobody-there'),
    );
    await settle(boss, (ctx) => accounts.setActive(ctx, ben.id, false, cho.name));
    expect(await sponsorOf(spaceId, gil, eve)).toBe(cho.name);
    expect(await sponsorOf(elsewhere, gil, eve)).toBeNull();
    const mails = await mailsTo(eve.email);
    expect(mails.map(({ text }) => text.includes(`/spaces/${elsewhere}/`))).toEqual([true]);
    expect(await audited('space.guest-access-changed', gil.id)).toMatchObject([{ actor_id: boss.id }]);
  });

  it('hands nothing over if they stay after all', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const ctx = meanwhile(as(boss), () => accounts.setActive(as(boss), ben.id, false));
    await accounts.setActive(ctx, ben.id, false, cho.name);
    await accounts.setActive(as(boss), ben.id, true);
    expect(await sponsorOf(spaceId, gil, ben)).toBe(ben.name);
  });

  it('is not named once they are erased', async () => {
    const { ben, cho, gil, spaceId } = await house();
    await change(ben, spaceId, gil, cho.name);
    await settle(cho, (ctx) => accounts.eraseSelf(ctx, { current: PASSWORD, typed: cho.email }));
    const [mail] = await mailsTo(ben.email);
    expect(mail!.text).toContain('whose account was deleted');
    expect(mail!.text).not.toContain(cho.name);
    expect(await sponsorOf(spaceId, gil, ben)).toBeNull();
  });
});

describe('Guest Management', () => {
  it('finds guests by their sponsor, and those without one', async () => {
    const { ben, cho, gil, spaceId } = await house();
    const kim = await makeGuest();
    await joinSpace(ben, spaceId, kim);
    await change(ben, spaceId, gil, cho.name);
    const asked = `asked${n}@partner.example`;
    await invite(ben, spaceId, asked);
    const found = async (values: Record<string, string>) =>
      (await guests.list(as(boss), filter(values))).rows.map(({ email }) => email).sort();
    expect(await found({ sponsor: cho.email })).toEqual([gil.email]);
    expect(await found({ sponsor: ben.email })).toEqual([asked, kim.email].sort());
    await change(ben, spaceId, kim, '');
    expect(await found({ status: 'unsponsored', space: `Quay ${n}` })).toEqual([kim.email]);
    const [csv] = await new Response(
      guests.exported(as(boss), filter({ sponsor: cho.email })).pipeThrough(new TextEncoderStream()),
    )
      .text()
      .then((text) => [text.trim().split('\r\n')]);
    expect(csv![0]).toMatch(/,sponsors,access ends,terms version,terms accepted$/);
    expect(csv![1]).toMatch(new RegExp(`,"${cho.name}","none","",""$`));
  });

  it('has no sponsor for a guest who becomes a user', async () => {
    const { ben, spaceId } = await house();
    const email = `later${n}@partner.example`;
    await settle(boss, (ctx) =>
      invitations.inviteUser(ctx, { email, administrator: false, canCreateSpaces: false, locale: 'en' }),
    );
    const { id, version } = await invitationOf(email);
    const gil = await makeGuest({ email });
    await joinSpace(ben, spaceId, gil);
    const ctx = as(gil);
    await invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
    expect(
      await count('membership', 'space_id = ? and sponsor_id is null and user_id = ?', spaceId, gil.id),
    ).toBe(1);
  });
});
