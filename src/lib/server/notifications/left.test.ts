// The administrators of a space, and whoever invited the guest, hear that a guest has left by themselves.
import { beforeAll, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, site } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { change, dueOf, mailsDueAt, mailsOf, prefer, told } from '../../../../tests/notifications';
import { sql } from 'drizzle-orm';
import { DAY, MINUTE } from '../../time';
import * as memberships from '../memberships';
import { space } from '../schema';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

/** Ava runs the space; Ben, who no longer does, invited Gil; Cho is a member, Pia a guest. */
async function stay() {
  const [ava, ben, cho] = [await makeUser(), await makeUser(), await makeUser()];
  const spaceId = await makeSpace(ava, { name: 'Lamps' }, [cho]);
  await memberships.addMember(as(ava), spaceId, ben.id, true);
  const gil = await makeGuest({ name: 'Gil', company: 'Northwind' });
  const pia = await makeGuest({ name: 'Pia' });
  await joinSpace(ben, spaceId, gil);
  await joinSpace(ava, spaceId, pia);
  await memberships.setAdministrator(as(ava), spaceId, ben.id, false);
  return { ava, ben, cho, gil, pia, spaceId };
}
const later = () => testContext().now + 11 * MINUTE;
const departures = async (who: User) => (await told(who)).filter(({ kind }) => kind === 'leave');

it('in the bell, and in a mail a little later that says why they get it; and nobody else hears', async () => {
  const { ava, ben, cho, gil, pia, spaceId } = await stay();
  await mailsDueAt(later());
  const before = (await mailsOf(ava)).length;
  await memberships.leave(as(gil), spaceId);
  for (const who of [ava, ben])
    expect(await departures(who)).toMatchObject([
      { actor: 'Gil', guest: true, company: 'Northwind', space: 'Lamps', href: `/spaces/${spaceId}` },
    ]);
  expect([await told(cho), await told(pia), await told(gil)]).toEqual([[], [], []]);
  expect(await mailsOf(ava)).toHaveLength(before);
  await mailsDueAt(later());
  const why = { runs: 'because you run this space', left: 'because you invited the guest' };
  for (const [who, reason] of [
    [ava, why.runs],
    [ben, why.left],
  ] as const) {
    const mail = (await mailsOf(who))[0]!;
    expect(mail.subject).toBe('Gil (guest, Northwind) left “Lamps”');
    expect(mail.text).toContain(reason);
    expect(mail.text).toContain(`/spaces/${spaceId}\n`);
  }
  for (const who of [cho, pia, gil]) expect(await mailsOf(who)).toEqual([]);
});

it('is mailed as its reader has chosen, and not at all from a muted space', async () => {
  const due = async (values: Parameters<typeof prefer>[1], muted = false) => {
    const { ava, gil, spaceId } = await stay();
    await prefer(ava, values);
    await memberships.mute(as(ava), spaceId, muted);
    await memberships.leave(as(gil), spaceId);
    return { due: (await dueOf(ava)).slice(1), heard: (await departures(ava)).length };
  };
  expect(await due({ mailAbout: 'mentions' })).toEqual({ due: [null], heard: 1 });
  expect(await due({ mailAbout: 'nothing' })).toEqual({ due: [null], heard: 1 });
  const digestAt = testContext().now + DAY / 2;
  expect((await due({ digest: true, digestAt })).due).toEqual([digestAt]);
  expect(await due({ mailAbout: 'all' }, true)).toEqual({ due: [], heard: 0 });
});

it('once, however often it is posted, and no more once the guest is back', async () => {
  const { ava, ben, gil, spaceId } = await stay();
  await Promise.all([1, 2, 3].map(() => memberships.leave(as(gil), spaceId).catch(() => {})));
  expect(await departures(ava)).toHaveLength(1);
  await joinSpace(ava, spaceId, gil);
  for (const who of [ava, ben]) expect(await departures(who)).toEqual([]);
  await mailsDueAt(later());
  for (const who of [ava, ben])
    for (const { subject, text } of await mailsOf(who)) expect(subject + text).not.toContain(' left ');
});

it('stands in one mail with what else has happened in the space', async () => {
  const { ava, gil, spaceId } = await stay();
  await memberships.leave(as(gil), spaceId);
  await mailsDueAt(later());
  const [mail, ...more] = await mailsOf(ava);
  expect(more).toEqual([]);
  expect(mail!.subject).toBe('Lamps: 2 notifications');
  expect(mail!.text).toContain('Pia (guest) joined “Lamps”');
  expect(mail!.text).toContain('Gil (guest, Northwind) left “Lamps”');
  expect(mail!.text).toContain(
    'You’re getting this because you run a space and someone you invited has joined.',
  );
});

it('not of a user who leaves, nor of a guest who is removed, nor by an inviter who has gone', async () => {
  const { ava, ben, cho, gil, pia, spaceId } = await stay();
  await memberships.leave(as(cho), spaceId);
  await memberships.removeGuest(as(ava), spaceId, pia.id);
  await memberships.leave(as(ben), spaceId);
  expect([await departures(ava), await departures(ben)]).toEqual([[], []]);
  await memberships.leave(as(gil), spaceId);
  expect([(await departures(ava)).length, await told(ben)]).toEqual([1, []]);
});

it('is heard where guests do not see each other, and not by them', async () => {
  const { ava, gil, pia, spaceId } = await stay();
  await change(space, sql`id = ${spaceId}`, { guestsHidden: true });
  await memberships.leave(as(gil), spaceId);
  expect([(await departures(ava)).length, await told(pia)]).toEqual([1, []]);
});
