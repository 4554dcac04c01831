// Access that ends: by the clock at once, written down by cron, with reminders and requests for more time.
import { beforeAll, describe, expect, it } from 'vitest';
import {
  as,
  bindings,
  DAY,
  HOUR,
  meanwhile,
  MINUTE,
  testContext,
  type User,
} from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, site } from '../../../../tests/factories';
import { audited, count, countingD1, dump, parallel, refusal } from '../../../../tests/helpers';
import { invitationOf, inviteForm, joinSpace, invite } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import * as zones from '../../zones';
import * as access from '../access';
import * as accounts from '../accounts';
import * as changes from '../changes';
import { randomId } from '../crypto';
import * as cron from '../cron';
import * as files from '../files';
import { findVisible } from '../files/visible';
import * as invitations from '../invitations';
import * as search from '../search';
import * as spaces from '../spaces';
import * as threads from '../threads';
import * as memberships from '.';

let boss: User;
beforeAll(async () => {
  await site({ setUp: true, siteName: 'Foyer' });
  boss = await makeAdministrator({ name: 'Boss' });
});

const run = async (now: number) => {
  const ctx = testContext({ now });
  await cron.run(ctx);
  await ctx.settle();
};
/** The day so many days from now, and when it ends. */
const day = (days: number) => zones.dayOf('UTC', Date.now() + days * DAY);
const endOf = (days: number) => zones.endOfDay(day(days), 'UTC')!;

let n = 0;
/** Ben runs a space; Gil's access ends in so many days. */
async function house(days: number | null = 30) {
  const [ben, gil] = [await makeUser({ name: `Ben ${++n}` }), await makeGuest({ name: `Gil ${n}` })];
  const spaceId = await makeSpace(ben, { name: `Pier ${n}` });
  await joinSpace(ben, spaceId, gil);
  if (days !== null) await change(ben, spaceId, gil, day(days));
  return { ben, gil, spaceId, at: days === null ? 0 : endOf(days) };
}
async function change(by: User, spaceId: number, of: User, accessEnds: string, now = Date.now()) {
  const ctx = as(by, { now });
  await memberships.changeTerms(ctx, spaceId, `guest:${of.id}`, { sponsor: by.email, accessEnds });
  await ctx.settle();
}
const rowOf = async (by: User, spaceId: number, of: User, now = Date.now()) =>
  (await invitations.guestsTab(as(by, { now }), spaceId)).rows.find(({ email }) => email === of.email)!;
const missing = refusal('missing');

describe('the clock', () => {
  it('ends access at once, before cron has run: everywhere as if the guest had been removed', async () => {
    const { ben, gil, spaceId, at } = await house(30);
    const other = await makeSpace(ben, { name: 'Other' });
    await joinSpace(ben, other, gil);
    const body = { body: 'Quayside plan', requestKey: randomId(), everybody: true };
    const thread = await threads.begin(as(ben), spaceId, { title: 'Quayside', ...body });
    const { id: fileId } = await files.upload(as(gil), spaceId, {
      ...{ kind: 'attachment' as const, name: 'quayside.txt', body: new Uint8Array(3), size: 3 },
    });
    const before = as(gil, { now: at - 1 });
    await access.requireSpace(before, spaceId);
    expect((await spaces.portal(before)).spaces.map(({ id }) => id)).toContain(spaceId);
    const after = () => as(gil, { now: at });
    for (const reach of [
      () => access.requireSpace(after(), spaceId),
      () => spaces.overview(after(), spaceId),
      () => threads.read(after(), spaceId, thread),
      () => threads.addComment(after(), spaceId, thread, { body: 'x', requestKey: randomId() }),
      () => changes.since(after(), spaceId, ''),
      () => findVisible(after(), fileId),
      () => memberships.mute(after(), spaceId, true),
      () => search.inSpace(after(), spaceId, 'quayside'),
    ])
      await expect(reach(), String(reach)).rejects.toMatchObject(missing);
    const seen = JSON.stringify([
      await spaces.portal(after()),
      await search.everything(after(), 'quayside', { kind: null, after: null }),
      await memberships.ofActor(after()),
    ]);
    expect(seen).not.toMatch(new RegExp(`Pier ${n}|Quayside`));
    await access.requireSpace(after(), other);
  });

  it('refuses a write that was under way when access ended', async () => {
    const { ben, gil, spaceId } = await house(30);
    const before = await dump();
    const ctx = meanwhile(as(gil), () =>
      bindings.DB.prepare('update membership set ends_at = 1 where user_id = ?').bind(gil.id).run(),
    );
    await expect(
      threads.begin(ctx, spaceId, { title: 'x', body: 'y', requestKey: randomId(), everybody: false }),
    ).rejects.toThrow();
    expect((await dump()).thread).toEqual(before.thread);
    expect((await rowOf(ben, spaceId, gil)).status).toBe('ended');
  });

  it('is that of the last day, in the zone of whoever chose it; the same day in another zone changes nothing', async () => {
    const { ben, gil, spaceId } = await house(null);
    const ctx = as(ben, { timeZone: 'Asia/Tokyo' });
    await memberships.changeTerms(ctx, spaceId, `guest:${gil.id}`, {
      sponsor: ben.email,
      accessEnds: '2031-03-04',
    });
    expect((await rowOf(ben, spaceId, gil)).accessEndsAt).toBe(Date.UTC(2031, 2, 4, 14, 59));
    const form = await memberships.terms(as(ben), spaceId, `guest:${gil.id}`);
    expect(form).toMatchObject({ accessEnds: '2031-03-04' });
    await change(ben, spaceId, gil, '2031-03-04');
    expect((await rowOf(ben, spaceId, gil)).accessEndsAt).toBe(Date.UTC(2031, 2, 4, 14, 59));
  });

  it('takes no day that is over, none that there is not, and none in a hundred years', async () => {
    const { ben, gil, spaceId } = await house(null);
    await expect(change(ben, spaceId, gil, day(-1))).rejects.toMatchObject(
      refusal('invalid', 'access-end.past'),
    );
    for (const wrong of ['2031-02-31x', '2131-01-01'])
      await expect(change(ben, spaceId, gil, wrong)).rejects.toMatchObject(
        refusal('invalid', 'access-end.no-day'),
      );
  });
});

describe('an invitation', () => {
  it('says until when, which holds for whoever accepts it, and is over when that has passed', async () => {
    const { ben, spaceId } = await house(null);
    const [kim, lee] = [await makeGuest(), await makeGuest()];
    await invitations.inviteGuests(as(ben), spaceId, {
      ...inviteForm,
      addresses: `${kim.email}, ${lee.email}`,
      accessEnds: day(3),
    });
    const join = async (who: User, now: number) => {
      const { id, version } = await invitationOf(who.email, spaceId);
      const ctx = as(who, { now });
      return invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
    };
    expect(await join(kim, Date.now())).toBe(`/spaces/${spaceId}`);
    expect((await rowOf(ben, spaceId, kim)).accessEndsAt).toBe(endOf(3));
    expect(await join(lee, endOf(3))).toBeNull();
    expect((await rowOf(ben, spaceId, lee, endOf(3))).status).toBe('expired');
    await invitations.resend(
      as(ben, { now: endOf(3) }),
      spaceId,
      (await invitationOf(lee.email, spaceId)).id,
    );
    expect(await join(lee, endOf(3) + 1)).toBe(`/spaces/${spaceId}`);
  });

  it('suggests the day that the site says', async () => {
    const { ben } = await house(null);
    expect(await memberships.defaultDay(as(ben))).toBe('');
    await site({ accessDays: 90 });
    expect(await memberships.defaultDay(as(ben))).toBe(day(90));
    await site({ accessDays: 0 });
  });

  it('brings back whoever’s access has ended as a new guest', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    await run(at);
    await invite(ben, spaceId, gil.email, { now: at });
    const { id, version } = await invitationOf(gil.email, spaceId);
    const ctx = as(gil, { now: at });
    await invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({ status: 'active', accessEndsAt: null });
    expect(await count('ended_access', 'user_id = ?', gil.id)).toBe(0);
  });
});

describe('cron', () => {
  it('writes the end down once, tells both, and keeps the row to be renewed', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    await run(at - MINUTE);
    expect(await audited('space.access-ended', gil.id)).toEqual([]);
    await parallel(3, () => run(at));
    await run(at + MINUTE);
    expect(await audited('space.access-ended', gil.id)).toMatchObject([
      { actor_id: null, actor_name: 'Foyer' },
    ]);
    expect(await count('membership', 'space_id = ? and user_id = ?', spaceId, gil.id)).toBe(0);
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({
      ref: `ended:${gil.id}`,
      status: 'ended',
      accessEndsAt: at,
      sponsor: ben.name,
    });
    for (const who of [gil, ben])
      expect(
        (await mailsTo(who.email)).filter(({ subject }) => subject.includes('has ended')),
        who.name,
      ).toHaveLength(1);
    const { active } = await invitations.guestsTab(as(ben), spaceId);
    expect(active).toBe(0);
  });

  it('reminds both seven days and a day before, once for each end', async () => {
    const { ben, gil, spaceId, at } = await house(10);
    const soon = async (who: User) =>
      (await mailsTo(who.email)).filter(({ subject }) => subject.includes('ends soon')).length;
    await run(at - 8 * DAY);
    expect(await soon(gil)).toBe(0);
    for (const minutes of [0, 1]) await run(at - 7 * DAY + minutes * MINUTE);
    expect([await soon(gil), await soon(ben)]).toEqual([1, 1]);
    await run(at - DAY);
    await run(at - HOUR);
    expect([await soon(gil), await soon(ben)]).toEqual([2, 2]);
    await change(ben, spaceId, gil, day(20), at - HOUR);
    await run(at - HOUR + MINUTE);
    expect(await soon(gil)).toBe(2);
    await run(endOf(20) - DAY);
    expect(await soon(gil)).toBe(3);
  });

  it('ends nothing whose end has just been moved', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    const ctx = meanwhile(testContext({ now: at }), () => change(ben, spaceId, gil, day(9)));
    await memberships.endOverdue(ctx);
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({ status: 'active', accessEndsAt: endOf(9) });
    expect(await audited('space.access-ended', gil.id)).toEqual([]);
  });

  it('reads as few rows when thousands have an end', async () => {
    const { spaceId, at } = await house(20);
    await bindings.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
      insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
      select 'e' || i, 'guest', 'e' || i || '@ends.example', '', 'E', '', 0, 0 from n`,
    ).run();
    await bindings.DB.prepare(
      `insert into membership (space_id, user_id, joined_at, last_read_at, ends_at, ends_told)
      select ${spaceId}, id, 0, 0, ${at + 90 * DAY}, 0 from user where email like '%@ends.example'`,
    ).run();
    // What other tests have left.
    await run(at - 10 * DAY);
    const counting = countingD1();
    const ctx = testContext({ now: at - 10 * DAY, env: { DB: counting.DB } });
    await memberships.endOverdue(ctx);
    await memberships.remindOfEnd(ctx);
    expect(counting.rowsRead()).toBeLessThan(50);
    await bindings.DB.prepare(
      `delete from membership where user_id like 'e%' and space_id = ${spaceId}`,
    ).run();
  });
});

describe('more time', () => {
  it('is asked for by the guest alone, in the last week or afterwards, once', async () => {
    const { ben, gil, spaceId, at } = await house(30);
    const asked = async () =>
      (await mailsTo(ben.email)).filter(({ subject }) => subject.includes('asks for more time')).length;
    const ask = async (now: number) => {
      const ctx = as(gil, { now });
      await memberships.askRenewal(ctx, spaceId);
      await ctx.settle();
    };
    await ask(at - 8 * DAY);
    expect(await asked()).toBe(0);
    await parallel(5, () => ask(at - 6 * DAY));
    expect(await asked()).toBe(1);
    expect((await rowOf(ben, spaceId, gil)).renewalAskedAt).toBe(at - 6 * DAY);
    await run(at);
    await ask(at + DAY);
    expect(await asked()).toBe(1);
    expect(await memberships.endedOfActor(as(gil, { now: at }))).toMatchObject([{ askedAt: at - 6 * DAY }]);
    await expect(memberships.askRenewal(as(await makeGuest()), spaceId)).rejects.toMatchObject(missing);
    await expect(memberships.askRenewal(as(ben), spaceId)).rejects.toMatchObject(missing);
  });

  it('is asked for also while cron ends the access', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    await memberships.askRenewal(
      meanwhile(as(gil, { now: at }), () => run(at)),
      spaceId,
    );
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({ status: 'ended', renewalAskedAt: at });
  });

  it('is given by the sponsor, who need not run the space, also of what has ended', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    const [cho, dan] = [await makeUser({ name: `Cho ${n}` }), await makeUser()];
    for (const who of [cho, dan]) await memberships.addMember(as(ben), spaceId, who.id, false);
    await memberships.changeTerms(as(ben), spaceId, `guest:${gil.id}`, {
      sponsor: cho.email,
      accessEnds: day(1),
    });
    await run(at);
    await memberships.askRenewal(as(gil, { now: at }), spaceId);
    for (const who of [dan, gil])
      await expect(memberships.extend(as(who, { now: at }), spaceId, gil.id, day(40))).rejects.toMatchObject(
        who === gil ? missing : refusal('forbidden'),
      );
    await expect(memberships.accessOf(as(dan), spaceId, gil.id)).rejects.toMatchObject(missing);
    expect(await memberships.accessOf(as(cho, { now: at }), spaceId, gil.id)).toMatchObject({
      ended: true,
      askedAt: at,
      sponsor: cho.name,
    });
    const ctx = as(cho, { now: at });
    await memberships.extend(ctx, spaceId, gil.id, day(40));
    await ctx.settle();
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({
      status: 'active',
      accessEndsAt: endOf(40),
      renewalAskedAt: null,
    });
    await access.requireSpace(as(gil, { now: at }), spaceId);
    expect(
      (await mailsTo(gil.email)).filter(
        ({ text }) => text.includes('without an end date') || text.includes('You have access'),
      ),
    ).not.toEqual([]);
    expect((await invitations.guestsTab(as(ben, { now: at }), spaceId)).active).toBe(1);
  });

  it('is given although cron ends the access at that moment', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    const ctx = meanwhile(as(ben, { now: at }), () => run(at));
    await memberships.extend(ctx, spaceId, gil.id, day(40));
    expect(await rowOf(ben, spaceId, gil, at)).toMatchObject({ status: 'active', accessEndsAt: endOf(40) });
    expect(await count('ended_access', 'user_id = ?', gil.id)).toBe(0);
  });

  it('is declined once, the guest is told, and can ask again only after a new end', async () => {
    const { ben, gil, spaceId, at } = await house(5);
    await memberships.askRenewal(as(gil), spaceId);
    const ctx = as(ben);
    await parallel(3, () => memberships.declineRenewal(ctx, spaceId, gil.id));
    await ctx.settle();
    const told = async () =>
      (await mailsTo(gil.email)).filter(({ subject }) => subject.includes('won’t be extended')).length;
    expect(await told()).toBe(1);
    await memberships.askRenewal(as(gil), spaceId);
    expect((await rowOf(ben, spaceId, gil)).renewalAskedAt).toBeNull();
    await run(at);
    await change(ben, spaceId, gil, day(20), at);
    await memberships.askRenewal(as(gil, { now: endOf(20) - DAY }), spaceId);
    expect((await rowOf(ben, spaceId, gil)).renewalAskedAt).toBe(endOf(20) - DAY);
  });

  it('is not given in an archived space, and what has ended can be taken off the list', async () => {
    const { ben, gil, spaceId, at } = await house(1);
    await run(at);
    await memberships.forgetEnded(as(ben), spaceId, gil.id);
    await memberships.forgetEnded(as(ben), spaceId, gil.id);
    expect(await rowOf(ben, spaceId, gil)).toBeUndefined();
    await expect(memberships.askRenewal(as(gil), spaceId)).rejects.toMatchObject(missing);
  });
});

it('an administrator of the site sets the end, and the guest reads until when', async () => {
  const { ben, gil, spaceId } = await house(null);
  await memberships.changeTermsForSite(as(boss), spaceId, gil.id, { sponsor: ben.email, accessEnds: day(5) });
  expect(await memberships.ofActor(as(gil))).toMatchObject([{ endsAt: endOf(5) }]);
  expect((await spaces.overview(as(gil), spaceId)).endsAt).toBe(endOf(5));
  expect((await spaces.overview(as(ben), spaceId)).endsAt).toBeNull();
  await accounts.eraseGuest(as(boss), gil.id);
  expect(await count('ended_access', 'user_id = ?', gil.id)).toBe(0);
});
