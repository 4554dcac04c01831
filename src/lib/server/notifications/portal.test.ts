import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, DAY, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, site } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { refusal } from '../../../../tests/helpers';
import { change, follow, kinds, mailsOf, run, say, stage, told } from '../../../../tests/notifications';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import { space as spaceTable } from '../schema';
import * as threads from '../threads';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('in the portal', () => {
  it('each leads to its comment, with the beginning of the text in plain words', async () => {
    const s = await stage();
    const { commentId } = await say(s, s.ava, {
      mentioned: [s.ben],
      body: '> old words\n\n# Look\n\n- [the _plan_](https://x.example) is **ready**',
    });
    expect((await told(s.ben))[0]).toMatchObject({
      href: `/spaces/${s.spaceId}/threads/${s.threadId}?comment=${commentId}#comment-${commentId}`,
      excerpt: 'Look the plan is ready',
    });
  });

  it('are paged by key, the latest first', async () => {
    const s = await stage();
    for (let i = 0; i < 5; i++) await say(s, s.ava, { mentioned: [s.ben], body: `No. ${i}` });
    const ctx = as(s.ben);
    const first = await notifications.list(ctx, { show: 'all', limit: 2 });
    expect(first.items.map((n) => n.excerpt)).toEqual(['No. 4', 'No. 3']);
    const second = await notifications.list(ctx, { show: 'me', limit: 2, before: first.next });
    expect(second.items.map((n) => n.excerpt)).toEqual(['No. 2', 'No. 1']);
    const third = await notifications.list(ctx, { show: 'all', limit: 2, before: second.next });
    expect([third.items.map((n) => n.excerpt), third.next]).toEqual([['No. 0'], null]);
  });

  it('are read with the thread that is opened, up to when its page was made', async () => {
    const s = await stage();
    await say(s, s.ava, { mentioned: [s.ben, s.gil], now: 1_000_000 });
    await say(s, s.ava, { mentioned: [s.ben], now: 2_000_000 });
    const ctx = as(s.ben);
    await ctx.commit([notifications.readThread(ctx, s.threadId, 1_500_000)]);
    expect((await told(s.ben)).map((n) => n.read)).toEqual([false, true]);
    await ctx.commit([notifications.readThread(ctx, s.threadId)]);
    expect(await notifications.countUnread(ctx)).toBe(0);
    expect(await notifications.countUnread(as(s.gil))).toBe(2);
  });

  it('are marked as read one by one or as a list, up to what was shown, never those of somebody else', async () => {
    const s = await stage();
    await follow(s.ben, s.threadId);
    await say(s, s.ava);
    await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    const [mention, comment] = await told(s.ben);
    await notifications.markRead(as(s.gil), [mention!.id, comment!.id]);
    expect(await notifications.countUnread(as(s.ben))).toBe(2);
    await notifications.markRead(as(s.ben), 'all', 'me');
    expect((await told(s.ben)).map((n) => n.read)).toEqual([true, false]);
    const { commentId } = await say(s, s.ava);
    expect(commentId).toBeGreaterThan(0);
    await notifications.markRead(as(s.ben), 'all', 'all', mention!.id);
    expect((await told(s.ben)).map((n) => n.read)).toEqual([false, true, true]);
    await notifications.markRead(as(s.ben), [(await told(s.ben))[0]!.id]);
    expect(await notifications.countUnread(as(s.ben))).toBe(0);
  });

  it('can be saved for later and taken back, only by their owner', async () => {
    const s = await stage();
    await say(s, s.ava, { mentioned: [s.ben] });
    const [one] = await told(s.ben);
    await expect(notifications.setLater(as(s.gil), one!.id, true)).rejects.toMatchObject(refusal('missing'));
    await notifications.setLater(as(s.ben), one!.id, true);
    expect(await told(s.ben, 'later')).toMatchObject([{ id: one!.id, later: true }]);
    await notifications.setLater(as(s.ben), one!.id, false);
    expect(await told(s.ben, 'later')).toEqual([]);
  });

  it('disappear and return with the membership, the comment or the space', async () => {
    const s = await stage();
    const { commentId } = await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    await change(spaceTable, sql`id = ${s.spaceId}`, { deletedAt: 1 });
    expect([await kinds(s.ben), await notifications.countUnread(as(s.ben))]).toEqual([[], 0]);
    await change(spaceTable, sql`id = ${s.spaceId}`, { deletedAt: null });
    expect(await kinds(s.ben)).toEqual(['mention']);
    await memberships.removeGuest(as(s.ava), s.spaceId, s.gil.id);
    expect([await kinds(s.gil), await notifications.countUnread(as(s.gil))]).toEqual([[], 0]);
    const ctx = testContext();
    await ctx.commit([ctx.db.run(sql`delete from comment where id = ${commentId}`)]);
    expect(await kinds(s.ben)).toEqual([]);
  });

  it('are not written in a space that is in the trash', async () => {
    const s = await stage();
    await change(spaceTable, sql`id = ${s.spaceId}`, { deletedAt: 1 });
    await say(s, s.ava, { mentioned: [s.ben] });
    await change(spaceTable, sql`id = ${s.spaceId}`, { deletedAt: null });
    expect(await kinds(s.ben)).toEqual([]);
  });

  it('hide what other guests did once guests are hidden, even if it was notified before', async () => {
    const s = await stage();
    const hana = await makeGuest();
    await joinSpace(s.ava, s.spaceId, hana);
    await say(s, s.gil, { mentioned: [hana, s.ben] });
    expect(await notifications.countUnread(as(hana))).toBe(1);
    await change(spaceTable, sql`id = ${s.spaceId}`, { guestsHidden: true });
    expect([await kinds(hana), await notifications.countUnread(as(hana))]).toEqual([[], 0]);
    expect(await kinds(s.ben)).toEqual(['mention']);
  });

  it('show no guest another guest’s name where guests are hidden, except in their own texts', async () => {
    const s = await stage();
    const hana = await makeGuest({ name: 'Hana Mori' });
    await joinSpace(s.ava, s.spaceId, hana);
    // Written while guests saw each other.
    const own = await threads.begin(as(s.gil), s.spaceId, {
      title: 'My list for @Hana Mori',
      body: 'a',
      requestKey: randomId(),
    });
    await change(spaceTable, sql`id = ${s.spaceId}`, { guestsHidden: true });
    const ava = as(s.ava);
    await threads.begin(ava, s.spaceId, {
      title: 'Plan of @Hana_Mori',
      body: '@Gil, @HanaMori and @Ben: look, @Hana Mori is there.',
      requestKey: randomId(),
    });
    await threads.addComment(ava, s.spaceId, own, {
      body: '@Gil and @Ben, ask @Hana Mori',
      requestKey: randomId(),
    });
    await ava.settle();
    const seen = async (who: User) => (await told(who)).map(({ thread, excerpt }) => [thread, excerpt]);
    expect(await seen(s.gil)).toEqual([
      ['My list for @Hana Mori', '@Gil and @Ben, ask @…'],
      ['Plan of @…', '@Gil, @… and @Ben: look, @… is there.'],
    ]);
    expect(await seen(hana)).toEqual([
      ['Plan of @Hana_Mori', '@…, @HanaMori and @Ben: look, @Hana Mori is there.'],
    ]);
    expect(await seen(s.ben)).toEqual([
      ['My list for @Hana Mori', '@Gil and @Ben, ask @Hana Mori'],
      ['Plan of @Hana_Mori', '@Gil, @HanaMori and @Ben: look, @Hana Mori is there.'],
    ]);
    const mailed = async (who: User) =>
      (await mailsOf(who)).map(({ subject, text, html }) => [subject, text, html].join('\n')).join('\n');
    const [gils, hanas, bens] = [await mailed(s.gil), await mailed(hana), await mailed(s.ben)];
    expect(gils.replaceAll('My list for @Hana Mori', '')).not.toMatch(/hana|mori/i);
    expect(gils).toContain('My list for @Hana Mori');
    expect(hanas.replaceAll(hana.email, '')).not.toContain('Gil');
    expect(bens).toContain('@Hana_Mori');
  });

  it('open as the list that holds all that is unread', async () => {
    const s = await stage();
    const opened = async () => (await notifications.open(as(s.ben), undefined, {})).show;
    expect(await opened()).toBe('me');
    await say(s, s.ava, { mentioned: [s.ben] });
    expect(await opened()).toBe('me');
    await say(s, s.ava, { everybody: true });
    expect(await opened()).toBe('all');
    expect((await notifications.open(as(s.ben), 'me', {})).show).toBe('me');
    await notifications.markRead(as(s.ben), 'all', 'me');
    expect(await opened()).toBe('all');
    await notifications.markRead(as(s.ben), 'all');
    expect(await opened()).toBe('me');
  });

  it('and spaces have a stamp, which is another one after anything that their reader sees there, and only then', async () => {
    const s = await stage();
    const stamp = async (who: User) => (await notifications.news(as(who))).stamp;
    let last = await stamp(s.ben);
    expect(await stamp(s.ben)).toBe(last);
    const differs = async (change: () => Promise<unknown>) => {
      await change();
      const now = await stamp(s.ben);
      const other = now !== last;
      last = now;
      return other;
    };
    const body = { body: 'Hello', requestKey: randomId() };
    expect(await differs(() => threads.addComment(as(s.ava), s.spaceId, s.threadId, body))).toBe(true);
    expect(await differs(() => say(s, s.ava, { mentioned: [s.ben] }))).toBe(true);
    expect((await notifications.news(as(s.ben))).unread).toEqual({ me: 1, all: 1 });
    expect(await differs(() => notifications.markRead(as(s.ben), 'all'))).toBe(true);
    await follow(s.ben, s.threadId, false);
    expect(await differs(() => say(s, s.ava, { mentioned: [s.gil] }))).toBe(false);
    expect(await differs(() => makeSpace(s.ava, {}, [s.ben]))).toBe(true);
    expect(await differs(() => makeSpace(s.ava))).toBe(false);
    const elsewhere = await stage();
    expect(await differs(() => say(elsewhere, elsewhere.ava, { everybody: true }))).toBe(false);
    await run(sql`update space set guests_hidden = 1 where id = ${s.spaceId}`);
    const hana = await makeGuest();
    await joinSpace(s.ava, s.spaceId, hana);
    const before = await stamp(hana);
    await threads.addComment(as(s.gil), s.spaceId, s.threadId, { body: 'Hidden', requestKey: randomId() });
    expect(await stamp(hana)).toBe(before);
    last = await stamp(s.ben);
    expect(
      await differs(() =>
        run(sql`delete from membership where space_id = ${s.spaceId} and user_id = ${s.ben.id}`),
      ),
    ).toBe(true);
  });

  it('are beside the ten spaces where something happened last, and where their reader has just come', async () => {
    const s = await stage();
    for (let i = 0; i < 11; i++)
      await makeSpace(s.ava, { name: `Berth ${String.fromCharCode(75 - i)}` }, [s.ben]);
    const later = { now: Date.now() + 2 * DAY };
    await threads.addComment(as(s.ava), s.spaceId, s.threadId, { body: 'Hello', requestKey: randomId() });
    const { spaces, more } = (await notifications.news(as(s.ben, later))).spaces;
    expect(more).toBe(true);
    expect(spaces.map(({ name }) => name)).toEqual([
      // By name; of those where nothing has happened, the newest.
      ...'ABCDEFGHI'.split('').map((letter) => `Berth ${letter}`),
      spaces.at(-1)!.name,
    ]);
    expect(spaces.at(-1)!.id).toBe(s.spaceId);
    await run(sql`update membership set joined_at = ${later.now} where user_id = ${s.ben.id}
      and space_id = (select id from space where name = 'Berth K')`);
    expect((await notifications.news(as(s.ben, later))).spaces.spaces.map(({ name }) => name)).toContain(
      'Berth K',
    );
  });

  it('are counted up to a hundred', async () => {
    const s = await stage();
    const ctx = testContext();
    await ctx.commit([
      ctx.db.run(sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 150)
        insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at)
        select ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, 1 from n`),
    ]);
    expect(await notifications.countUnread(as(s.ben))).toBe(100);
  });
});
