// Whoever invited somebody hears that they have joined.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { as, testContext } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, site, someEmail } from '../../../../tests/factories';
import { invite, joinSpace, signUp } from '../../../../tests/invitations';
import { linkIn, mailsTo } from '../../../../tests/mailbox';
import {
  change,
  dueOf,
  mailsDueAt,
  mailsOf,
  prefer,
  say,
  stage,
  told,
} from '../../../../tests/notifications';
import { DAY, MINUTE } from '../../time';
import * as invitations from '../invitations';
import * as memberships from '../memberships';
import { space } from '../schema';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

/** Ava has invited Mia and the others, who sign up. */
async function arrival(...others: string[]) {
  const ava = await makeUser({ name: 'Ava' });
  const spaceId = await makeSpace(ava, { name: 'Lamps' });
  for (const name of ['Mia Ito', ...others]) {
    const email = someEmail('mia');
    await invite(ava, spaceId, email);
    await signUp(linkIn((await mailsTo(email))[0]!), { name, company: 'Northwind' });
  }
  return { ava, spaceId };
}
const later = () => testContext().now + 11 * MINUTE;

it('by signing up: in the bell, and in a mail a little later, with who they are and where', async () => {
  const { ava, spaceId } = await arrival();
  expect(await told(ava)).toMatchObject([
    {
      kind: 'join',
      actor: 'Mia Ito',
      guest: true,
      company: 'Northwind',
      space: 'Lamps',
      href: `/spaces/${spaceId}`,
    },
  ]);
  expect(await mailsOf(ava)).toEqual([]);
  await mailsDueAt(later());
  const [mail, ...more] = await mailsOf(ava);
  expect(more).toEqual([]);
  expect(mail!.subject).toBe('Mia Ito (guest, Northwind) joined “Lamps”');
  expect(mail!.text).toContain('You’re getting this because you sent the invitation.');
  expect(mail!.text).toContain(`/spaces/${spaceId}\n`);
});

it('as somebody who has an account already, and as a colleague who joins the site', async () => {
  const { ava, spaceId } = await arrival();
  const gil = await makeGuest({ name: 'Gil' });
  await joinSpace(ava, spaceId, gil);
  expect((await told(ava)).map(({ actor }) => actor)).toEqual(['Gil', 'Mia Ito']);

  const root = await makeUser({ administrator: true });
  const email = someEmail('cho');
  const ctx = as(root);
  await invitations.inviteUser(ctx, { email, administrator: false, canCreateSpaces: false, locale: 'en' });
  await ctx.settle();
  await signUp(linkIn((await mailsTo(email))[0]!), { name: 'Cho' });
  expect(await told(root)).toMatchObject([
    { kind: 'join', actor: 'Cho', guest: false, space: null, href: '/admin/users' },
  ]);
  await mailsDueAt(later());
  expect((await mailsOf(root))[0]!.subject).toBe('Cho joined Foyer');
  await prefer(root, { administrator: false });
  expect(await told(root)).toEqual([]);
});

it('several are one line, and stand in one mail with what else has happened in the space', async () => {
  const { ava } = await arrival('Kai', 'Lea', 'Max', 'Noa', 'Oli');
  await mailsDueAt(later());
  const [mail, ...more] = await mailsOf(ava);
  expect(more).toEqual([]);
  expect(mail!.subject).toMatch(
    /^Mia Ito \(guest, Northwind\), Kai .*, Noa \(guest, Northwind\), and 1 other joined “Lamps”$/,
  );
  expect(mail!.text).toContain('Your invitations have been accepted.');

  const s = await stage();
  const pia = await makeGuest({ name: 'Pia' });
  await joinSpace(s.ava, s.spaceId, pia);
  await say(s, s.gil, { mentioned: [s.ava] });
  await say(s, s.gil, { everybody: true });
  await mailsDueAt(later());
  const together = (await mailsOf(s.ava))[0]!;
  expect(together.text).toMatch(/Pia \(guest\) joined/);
  expect(together.text).toContain('Piles');
  expect(together.text).toContain(
    'You’re getting this because you follow a thread and someone you invited has joined.',
  );
});

it('a person who joined, was removed and joined again is one in the sentence', async () => {
  const { ava, spaceId } = await arrival();
  const [gil, pia] = [await makeGuest({ name: 'Gil' }), await makeGuest({ name: 'Pia' })];
  await joinSpace(ava, spaceId, gil);
  await memberships.removeGuest(as(ava), spaceId, gil.id);
  await joinSpace(ava, spaceId, pia);
  await joinSpace(ava, spaceId, gil);
  await mailsDueAt(later());
  expect((await mailsOf(ava))[0]!.subject).toMatch(/^Mia Ito .*, .* and .* joined “Lamps”$/);
  expect((await mailsOf(ava))[0]!.subject.match(/Gil/g)).toHaveLength(1);
});

it('is mailed as its reader has chosen, and not at all from a muted space', async () => {
  const due = async (values: Parameters<typeof prefer>[1], muted = false) => {
    const { ava, spaceId } = await arrival();
    await prefer(ava, values);
    await memberships.mute(as(ava), spaceId, muted);
    await joinSpace(ava, spaceId, await makeGuest());
    return { due: (await dueOf(ava)).slice(1), kinds: (await told(ava)).slice(1).map(({ kind }) => kind) };
  };
  expect(await due({ mailAbout: 'mentions' })).toEqual({ due: [null], kinds: ['join'] });
  expect(await due({ mailAbout: 'nothing' })).toEqual({ due: [null], kinds: ['join'] });
  const digestAt = testContext().now + DAY / 2;
  expect((await due({ digest: true, digestAt })).due).toEqual([digestAt]);
  expect(await due({ mailAbout: 'all' }, true)).toEqual({ due: [], kinds: [] });
});

it('is not heard by an inviter who has been removed, or of somebody who has gone', async () => {
  const { ava, spaceId } = await arrival();
  const ben = await makeUser();
  await memberships.addMember(as(ava), spaceId, ben.id, true);
  await memberships.removeMember(as(ben), spaceId, ava.id);
  expect(await told(ava)).toEqual([]);
  await mailsDueAt(later());
  expect(await mailsOf(ava)).toEqual([]);

  const again = await arrival();
  const [mia] = await testContext().db.all<{ id: string }>(
    sql`select user_id id from membership where space_id = ${again.spaceId} and user_id <> ${again.ava.id}`,
  );
  await memberships.removeGuest(as(again.ava), again.spaceId, mia!.id);
  expect(await told(again.ava)).toEqual([]);
  await mailsDueAt(later());
  expect(await mailsOf(again.ava)).toEqual([]);
});

it('once, whatever is posted again; and by nobody else, also not where guests are hidden', async () => {
  const ava = await makeUser();
  const ben = await makeUser();
  const spaceId = await makeSpace(ava, {}, [ben]);
  await change(space, sql`id = ${spaceId}`, { guestsHidden: true });
  const gil = await makeGuest();
  await joinSpace(ava, spaceId, gil);
  const email = someEmail('mia');
  await invite(ava, spaceId, email);
  const token = linkIn((await mailsTo(email))[0]!);
  await Promise.all([1, 2, 3].map(() => signUp(token)));
  expect((await told(ava)).map(({ kind }) => kind)).toEqual(['join', 'join']);
  expect([await told(ben), await told(gil)]).toEqual([[], []]);
});
