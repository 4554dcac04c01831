import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeUser, site, spaceForm } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { count } from '../../../../tests/helpers';
import {
  follow,
  kinds,
  mailsOf,
  prefer,
  run,
  say,
  stage,
  told,
  type Stage,
} from '../../../../tests/notifications';
import { changed, must } from '../context';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import * as spaces from '../spaces';
import * as threads from '../threads';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

describe('who is notified', () => {
  it('of a mention: the person named, whether they follow or not, as "To me"', async () => {
    const s = await stage();
    await follow(s.ben, s.threadId, false);
    await say(s, s.ava, { mentioned: [s.ben] });
    expect(await told(s.ben, 'me')).toMatchObject([
      {
        kind: 'mention',
        actor: 'Ava',
        guest: false,
        space: 'Harbour Bridge',
        thread: 'Piles',
        read: false,
      },
    ]);
  });

  it('of a comment: who follows the thread, and nobody else', async () => {
    const s = await stage();
    await follow(s.gil, s.threadId);
    await follow(s.ben, s.threadId, null);
    await say(s, s.ava);
    expect(await kinds(s.gil)).toEqual(['comment']);
    expect(await told(s.gil, 'me')).toEqual([]);
    expect(await kinds(s.ben)).toEqual([]);
  });

  it('never the actor, even if they follow or name themselves', async () => {
    const s = await stage();
    await follow(s.ava, s.threadId);
    await say(s, s.ava, { mentioned: [s.ava], everybody: true });
    expect(await kinds(s.ava)).toEqual([]);
  });

  it('nobody twice for one event: a mention counts first', async () => {
    const s = await stage();
    await follow(s.ben, s.threadId);
    await say(s, s.ava, { mentioned: [s.ben, s.ben], everybody: true });
    expect(await kinds(s.ben)).toEqual(['mention']);
  });

  it('everybody in the space, if that is requested', async () => {
    const s = await stage();
    await follow(s.ben, s.threadId, false);
    await say(s, s.ava, { everybody: true });
    expect([await kinds(s.ben), await kinds(s.gil)]).toEqual([['comment'], ['comment']]);
  });

  it('everybody, if following is blocked, since nobody can unfollow there', async () => {
    const s = await stage({ blockFollowing: true });
    await follow(s.ben, s.threadId, false);
    await say(s, s.ava);
    expect([await kinds(s.ben), await kinds(s.gil)]).toEqual([['comment'], ['comment']]);
  });

  it('of a new thread: space administrators, the creator while a member, and guests; others if named or all are told', async () => {
    const s = await stage();
    const dora = await makeUser({ name: 'Dora' });
    const cyd = await makeUser({ name: 'Cyd' });
    for (const who of [dora, cyd]) await memberships.addMember(as(s.ava), s.spaceId, who.id, false);
    await memberships.setAdministrator(as(s.ava), s.spaceId, dora.id, true);
    // Ava, who created the space, only belongs to it now.
    await memberships.setAdministrator(as(dora), s.spaceId, s.ava.id, false);
    const begin = (body: string, everybody = false) =>
      threads.begin(as(s.gil), s.spaceId, { title: 'Urgent', body, everybody, requestKey: randomId() });
    const threadId = await begin('The site is down, @Cyd');
    expect(await told(s.ava)).toMatchObject([
      { kind: 'thread', href: `/spaces/${s.spaceId}/threads/${threadId}`, excerpt: 'The site is down, @Cyd' },
    ]);
    const all = [dora, s.ben, cyd, s.gil];
    expect(await Promise.all(all.map(kinds))).toEqual([['thread'], [], ['mention'], []]);
    await begin('For all', true);
    expect(await Promise.all(all.map(kinds))).toEqual([
      ['thread', 'thread'],
      ['thread'],
      ['thread', 'mention'],
      [],
    ]);
    await memberships.leave(as(s.ava), s.spaceId);
    await begin('Ava is not here any more');
    expect(await count('notification', 'user_id = ?', s.ava.id)).toBe(2);
    expect(await kinds(dora)).toHaveLength(3);
  });

  it('of a thread or comment: guests, unless they unfollowed it', async () => {
    const s = await stage();
    await say(s, s.ava);
    await follow(s.gil, s.threadId, false);
    await say(s, s.ava);
    expect(await kinds(s.gil)).toEqual(['comment']);
  });

  it('of what follows: those who began the thread, wrote in it, or were named in it, unless they unfollowed it', async () => {
    const s = await stage();
    const comment = (who: User, body: string) =>
      threads.addComment(as(who), s.spaceId, s.threadId, { body, requestKey: randomId() });
    await comment(s.gil, 'Hello');
    expect([await kinds(s.ava), await kinds(s.ben)]).toEqual([['comment'], []]);
    await comment(s.gil, 'Where is @Ben?');
    await comment(s.gil, 'Still looking');
    expect(await kinds(s.ben)).toEqual(['comment', 'mention']);
    await threads.follow(as(s.ben), s.spaceId, s.threadId, false);
    await comment(s.gil, '@Ben?');
    await comment(s.gil, 'Nobody there');
    expect(await kinds(s.ben)).toEqual(['mention', 'comment', 'mention']);
  });

  it('of nothing in a space that they muted but what names them or is for everybody', async () => {
    const s = await stage();
    await memberships.mute(as(s.gil), s.spaceId, true);
    await say(s, s.ava);
    expect(await kinds(s.gil)).toEqual([]);
    await say(s, s.ava, { everybody: true });
    await say(s, s.ava, { mentioned: [s.gil] });
    expect(await kinds(s.gil)).toEqual(['mention', 'comment']);
    await memberships.mute(as(s.gil), s.spaceId, false);
    await say(s, s.ava);
    expect(await kinds(s.gil)).toEqual(['comment', 'mention', 'comment']);
  });

  it('of a guest’s thread: who runs the space, although they have muted it, without mail', async () => {
    const s = await stage();
    const hana = await makeGuest();
    await joinSpace(s.ava, s.spaceId, hana);
    for (const who of [s.ava, hana]) await memberships.mute(as(who), s.spaceId, true);
    const before = (await threads.prepare(as(s.gil), s.spaceId)).told.people;
    expect(before.map(({ name }) => name)).toEqual(['Ava']);
    await threads.begin(as(s.gil), s.spaceId, { title: 'Urgent', body: 'Down', requestKey: randomId() });
    await threads.begin(as(s.ben), s.spaceId, { title: 'Lunch', body: 'At noon', requestKey: randomId() });
    expect([await kinds(s.ava), await kinds(hana)]).toEqual([['thread'], []]);
    expect(
      await count('notification', `user_id = ? and mail_at is not null and kind <> 'join'`, s.ava.id),
    ).toBe(0);
  });

  it('of what a guest adds to their own thread: who runs the space, until they unfollow or mute', async () => {
    const s = await stage();
    const words = () => ({ body: 'One more thing', requestKey: randomId() });
    const threadId = await threads.begin(as(s.gil), s.spaceId, { title: 'Keys', ...words() });
    const add = () => threads.addComment(as(s.gil), s.spaceId, threadId, words());
    await add();
    expect([await kinds(s.ava), await kinds(s.ben)]).toEqual([['comment', 'thread'], []]);
    expect((await threads.read(as(s.ava), s.spaceId, threadId)).thread.following).toBe(true);
    await memberships.mute(as(s.ava), s.spaceId, true);
    await add();
    await memberships.mute(as(s.ava), s.spaceId, false);
    await threads.follow(as(s.ava), s.spaceId, threadId, false);
    await add();
    expect([await kinds(s.ava), await kinds(s.ben)]).toEqual([['comment', 'thread'], []]);
    await threads.follow(as(s.ava), s.spaceId, threadId, true);
    await add();
    expect(await kinds(s.ava)).toEqual(['comment', 'comment', 'thread']);
  });

  it('of any text of a guest: at least one active user who wants to be, whoever has left or muted', async () => {
    const s = await stage();
    const cyd = await makeUser({ name: 'Cyd' });
    await memberships.addMember(as(s.ava), s.spaceId, cyd.id, false);
    const words = () => ({ body: 'Hello', requestKey: randomId() });
    const begin = (who: User) => threads.begin(as(who), s.spaceId, { title: 'T', ...words() });
    const [his, bens] = [await begin(s.gil), await begin(s.ben)];
    /** Who is told of a comment in each thread, and of a new one. */
    const heard = async () => {
      await run(sql`delete from notification where space_id = ${s.spaceId}`);
      const { told: said } = await threads.prepare(as(s.gil), s.spaceId);
      const begun = await begin(s.gil);
      for (const id of [s.threadId, his, bens, begun])
        await threads.addComment(as(s.gil), s.spaceId, id, words());
      const rows = await testContext().db.all<{ thread: number; comment: number; name: string }>(sql`
        select n.thread_id thread, n.comment_id is not null comment, u.name from notification n
          join user u on u.id = n.user_id where n.space_id = ${s.spaceId} and u.kind = 'user' order by u.name`);
      const of = (thread: number, comment: number) =>
        rows.flatMap((row) => (row.thread === thread && row.comment === comment ? row.name : []));
      expect(said.people.map(({ name }) => name).sort()).toEqual(of(begun, 0));
      return [of(s.threadId, 1), of(his, 1), of(bens, 1), of(begun, 0), of(begun, 1)];
    };
    expect(await heard()).toEqual([['Ava'], ['Ava'], ['Ben'], ['Ava'], ['Ava']]);
    // Ben's thread has no one who listens: Ava runs the space.
    await memberships.mute(as(s.ben), s.spaceId, true);
    expect(await heard()).toEqual([['Ava'], ['Ava'], ['Ava'], ['Ava'], ['Ava']]);
    // Nobody runs the space any more: everyone else in it who has not muted it.
    await prefer(s.ava, { status: 'inactive' });
    expect(await heard()).toEqual([['Cyd'], ['Cyd'], ['Cyd'], ['Cyd'], ['Cyd']]);
    await memberships.mute(as(s.ben), s.spaceId, false);
    expect(await heard()).toEqual(Array(5).fill(['Ben', 'Cyd']));
    // A new administrator, who follows nothing yet.
    const dora = await makeUser({ name: 'Dora' });
    await prefer(s.ava, { status: 'active' });
    await memberships.addMember(as(s.ava), s.spaceId, dora.id, true);
    for (const who of [s.ava, s.ben, cyd]) await memberships.removeMember(as(dora), s.spaceId, who.id);
    expect(await heard()).toEqual([['Dora'], ['Dora'], ['Dora'], ['Dora'], ['Dora']]);
  });

  it('nobody anew by a quotation', async () => {
    const s = await stage();
    const quote = { body: '> @Ben asked\n\nNot so.', requestKey: randomId() };
    await threads.addComment(as(s.ava), s.spaceId, s.threadId, quote);
    expect(await kinds(s.ben)).toEqual([]);
    expect(await count('thread_person', 'user_id = ?', s.ben.id)).toBe(0);
  });

  it('nobody of the threads that a new space begins with', async () => {
    const [ava, ben] = [await makeUser(), await makeUser()];
    const starter = { announcement: '', links: [], threads: [{ title: 'Welcome', body: 'Words' }] };
    await spaces.create(as(ava), spaceForm, [{ id: ben.id, administrator: true }], randomId(), starter);
    expect([await kinds(ava), await kinds(ben)]).toEqual([[], []]);
  });

  it('nobody outside the space and no deactivated account, even if named', async () => {
    const s = await stage();
    const [stranger, gone] = [await makeUser(), await makeGuest()];
    await joinSpace(s.ava, s.spaceId, gone);
    await prefer(gone, { status: 'inactive' });
    await say(s, s.ava, { mentioned: [stranger, gone], everybody: true });
    expect(await count('notification', 'user_id in (?, ?)', stranger.id, gone.id)).toBe(0);
  });

  it('nothing of what a guest wrote, to another guest, where guests are hidden', async () => {
    const s = await stage({ guestsHidden: true });
    const hana = await makeGuest({ name: 'Hana' });
    await joinSpace(s.ava, s.spaceId, hana);
    for (const who of [hana, s.ben]) await follow(who, s.threadId);
    await say(s, s.gil, { mentioned: [hana, s.ava], everybody: true });
    expect([await kinds(hana), await kinds(s.ben), await kinds(s.ava)]).toEqual([
      [],
      ['comment'],
      ['mention'],
    ]);
    await say(s, s.ava, { everybody: true });
    expect(await kinds(hana)).toEqual(['comment']);
  });

  it('nothing of the thread of a guest, to another guest, where guests are hidden; its own guest is told', async () => {
    const s = await stage({ guestsHidden: true });
    const hana = await makeGuest({ name: 'Hana' });
    await joinSpace(s.ava, s.spaceId, hana);
    const threadId = await threads.begin(as(s.gil), s.spaceId, {
      title: 'Mine',
      body: '',
      requestKey: randomId(),
    });
    await say(s, s.ava, { threadId, everybody: true, mentioned: [hana] });
    expect([await kinds(hana), await kinds(s.gil)]).toEqual([[], ['comment']]);
  });

  it('nobody if the change is undone', async () => {
    const s = await stage();
    const ctx = as(s.ava);
    const events = notifications.notify(ctx, {
      spaceId: s.spaceId,
      threadId: s.threadId,
      commentId: null,
      kind: 'thread',
      mentioned: [s.ben.id],
    });
    await expect(
      ctx.commit([
        ...events,
        ctx.db.run(sql`update space set name = name where id = -1`),
        must(ctx, changed()),
      ]),
    ).rejects.toThrow();
    await ctx.settle();
    expect(await kinds(s.ben)).toEqual([]);
    expect(await mailsOf(s.ben)).toEqual([]);
  });
});

describe('an edit that names more people', () => {
  const edit = async (s: Stage, commentId: number, mentioned: User[]) => {
    const ctx = as(s.ava);
    await ctx.commit(
      notifications.notifyMentioned(ctx, {
        spaceId: s.spaceId,
        threadId: s.threadId,
        commentId,
        kind: 'comment',
        mentioned: mentioned.map((m) => m.id),
      }),
    );
    await ctx.settle();
  };

  it('notifies only those who had no notification of this text', async () => {
    const s = await stage();
    await follow(s.gil, s.threadId);
    const { commentId } = await say(s, s.ava, { mentioned: [s.ben] });
    await edit(s, commentId, [s.ben, s.gil]);
    expect(await kinds(s.ben)).toEqual(['mention']);
    // Notified as a follower first; now a mention, once, and mailed at once.
    expect(await told(s.gil)).toMatchObject([{ kind: 'mention' }]);
    expect(await mailsOf(s.gil)).toHaveLength(1);
    await edit(s, commentId, [s.gil]);
    expect(await mailsOf(s.gil)).toHaveLength(1);
    expect(await mailsOf(s.ben)).toHaveLength(1);
    const hana = await makeGuest();
    await joinSpace(s.ava, s.spaceId, hana);
    await edit(s, commentId, [hana]);
    await edit(s, commentId, [hana]);
    expect(await kinds(hana)).toEqual(['mention']);
    expect(await mailsOf(hana)).toHaveLength(1);
  });

  it('notifies nobody if it names nobody', () => {
    const ctx = testContext();
    const event = {
      spaceId: 1,
      threadId: 1,
      commentId: 1,
      kind: 'comment',
      mentioned: [],
    } as const;
    expect(notifications.notifyMentioned(ctx, { ...event, mentioned: [] })).toEqual([]);
  });
});
