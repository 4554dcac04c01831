import { sql, type SQL } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  as,
  DAY,
  HOUR,
  MINUTE,
  ORIGIN,
  testContext,
  type TestCtx,
  type User,
} from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, site, account } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import { count, refusal } from '../../../../tests/helpers';
import * as accounts from '../accounts';
import { changed, must } from '../context';
import { randomId } from '../crypto';
import * as cron from '../cron';
import * as memberships from '../memberships';
import { space as spaceTable, thread as threadTable, user as userTable } from '../schema';
import * as threads from '../threads';
import { nextMorning } from './mornings';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

const BODY = 'Hello,\n\nthe **pile** stands.';

interface Stage {
  ava: User;
  ben: User;
  gil: User;
  spaceId: number;
  threadId: number;
}

/** Ava's space with Ben and the guest Gil, and a thread that nobody follows. */
async function stage(form: { blockFollowing?: boolean; guestsHidden?: boolean } = {}): Promise<Stage> {
  const [ava, ben, gil] = [
    await makeUser({ name: 'Ava' }),
    await makeUser({ name: 'Ben' }),
    await makeGuest({ name: 'Gil' }),
  ];
  const spaceId = await makeSpace(ava, {}, [ben]);
  await joinSpace(ava, spaceId, gil);
  const threadId = await threads.begin(as(ava), spaceId, {
    title: 'Piles',
    body: BODY,
    requestKey: randomId(),
  });
  await change(spaceTable, sql`id = ${spaceId}`, {
    blockFollowing: form.blockFollowing ?? false,
    guestsHidden: form.guestsHidden ?? false,
  });
  return { ava, ben, gil, spaceId, threadId };
}

/** Directly, not through the domain. */
const change = (
  table: never | typeof spaceTable | typeof userTable | typeof threadTable,
  where: SQL,
  values: object,
) => testContext().db.update(table).set(values).where(where);

const prefer = (who: User, values: Partial<User>) => change(userTable, sql`id = ${who.id}`, values);

async function follow(who: User, threadId: number, following: boolean | null = true): Promise<void> {
  const ctx = testContext();
  await ctx.commit([
    ctx.db.run(sql`insert into thread_person (space_id, thread_id, user_id, following)
      select space_id, id, ${who.id}, ${following === null ? null : Number(following)} from thread where id = ${threadId}
      on conflict do update set following = excluded.following`),
  ]);
}

let keys = 0;

/** Comment and notifications in one batch, as in threads.ts. */
async function say(
  s: Stage,
  who: User,
  options: {
    body?: string;
    mentioned?: User[];
    everybody?: boolean;
    now?: number;
    settle?: boolean;
    threadId?: number;
  } = {},
): Promise<{ ctx: TestCtx; commentId: number }> {
  const ctx = as(who, { now: options.now });
  // The Worker died between the commit and what follows.
  if (options.settle === false) ctx.afterCommit = () => {};
  const threadId = options.threadId ?? s.threadId;
  const key = `test:${++keys}`;
  await ctx.commit([
    ctx.db.run(sql`insert into comment (space_id, thread_id, author_id, body, request_key, created_at)
      values (${s.spaceId}, ${threadId}, ${who.id}, ${options.body ?? BODY}, ${key}, ${ctx.now})`),
    must(ctx, changed()),
    ...notifications.notify(ctx, {
      spaceId: s.spaceId,
      threadId,
      commentId: sql`(select id from comment where request_key = ${key})`,
      kind: 'comment',
      mentioned: (options.mentioned ?? []).map((person) => person.id),
      everybody: options.everybody,
    }),
  ]);
  if (options.settle !== false) await ctx.settle();
  const [row] = await ctx.db.all<{ id: number }>(sql`select id from comment where request_key = ${key}`);
  return { ctx, commentId: row!.id };
}

const told = async (who: User, show: notifications.Shown = 'all') =>
  (await notifications.list(as(who), { show })).items;
const kinds = async (who: User) => (await told(who)).map((n) => n.kind);
const mailsOf = async (who: User) => (await mailsTo(who.email)).filter((m) => m.headers['List-Unsubscribe']);
const dueOf = async (who: User): Promise<(number | null)[]> =>
  (
    await testContext().db.all<{ at: number | null }>(
      sql`select mail_at at from notification where user_id = ${who.id} order by id`,
    )
  ).map((row) => row.at);

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
    expect(await kinds(s.gil)).toEqual([]);
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

  it('of a new thread: those who are named, or everybody if that is requested', async () => {
    const s = await stage();
    for (const everybody of [false, true]) {
      const ctx = as(s.ava);
      await ctx.commit(
        notifications.notify(ctx, {
          spaceId: s.spaceId,
          threadId: s.threadId,
          commentId: null,
          kind: 'thread',
          mentioned: [s.ben.id],
          everybody,
        }),
      );
    }
    expect(await kinds(s.ben)).toEqual(['mention', 'mention']);
    expect(await told(s.gil)).toMatchObject([
      {
        kind: 'thread',
        href: `/spaces/${s.spaceId}/threads/${s.threadId}`,
        excerpt: 'Hello, the pile stands.',
      },
    ]);
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
    // Notified as a follower first; now a mention, once.
    expect(await told(s.gil)).toMatchObject([{ kind: 'mention' }]);
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
    expect(await notifications.countUnread(as(s.gil))).toBe(1);
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

  it('open as the list that holds all that is unread', () => {
    expect(notifications.listToOpen({ me: 0, all: 0 })).toBe('me');
    expect(notifications.listToOpen({ me: 2, all: 2 })).toBe('me');
    expect(notifications.listToOpen({ me: 0, all: 1 })).toBe('all');
    expect(notifications.listToOpen({ me: 1, all: 2 })).toBe('all');
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

const firstLine = (mail: { text: string }) => mail.text.split('\n')[0];

describe('by mail', () => {
  it('a mention is mailed at once, with the whole text and its address, also to people who are signed in', async () => {
    const s = await stage();
    const { commentId } = await say(s, s.ava, { mentioned: [s.ben] });
    const [mail, ...more] = await mailsOf(s.ben);
    expect(more).toEqual([]);
    expect(mail!.subject).toBe('Re: [Harbour Bridge] Piles');
    expect(mail!.text).toMatch(/^Ava mentioned you in “Piles”\n\n/);
    expect(mail!.text).toContain(BODY);
    expect(mail!.text.split('\n')).toContain(
      `${ORIGIN}/spaces/${s.spaceId}/threads/${s.threadId}?comment=${commentId}#comment-${commentId}`,
    );
    expect(mail!.from).toBe('"Ava (via Foyer)" <no-reply@foyer.example>');
    expect(mail!.headers).not.toHaveProperty('Reply-To');
    expect(await dueOf(s.ben)).toEqual([null]);
  });

  it('by default only mentions; everything, or nothing, as chosen', async () => {
    const s = await stage();
    const hana = await makeGuest();
    await joinSpace(s.ava, s.spaceId, hana);
    await prefer(s.gil, { notify: 'all' });
    await prefer(hana, { notify: 'never' });
    await say(s, s.ava, { everybody: true, mentioned: [hana] });
    expect((await mailsOf(s.ben)).length).toBe(0);
    expect((await mailsOf(s.gil)).map(firstLine)).toEqual(['Ava commented on “Piles”']);
    expect((await mailsOf(hana)).length).toBe(0);
    expect(await kinds(hana)).toEqual(['mention']);
  });

  it('in the language of the reader, whatever the writer’s', async () => {
    const s = await stage();
    await prefer(s.ben, { locale: 'ja' });
    await prefer(s.ava, { locale: 'ja' });
    await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    expect((await mailsOf(s.ben)).map(firstLine)).toEqual(['Avaさんが「Piles」であなたをメンションしました']);
    expect((await mailsOf(s.gil)).map(firstLine)).toEqual(['Ava mentioned you in “Piles”']);
  });

  it('a long text is cut, and says so', async () => {
    const s = await stage();
    await say(s, s.ava, { mentioned: [s.ben], body: `${'ü'.repeat(3_999)}END${'x'.repeat(500)}` });
    const [mail] = await mailsOf(s.ben);
    expect(mail!.text).toContain('üE\n');
    expect(mail!.text).not.toContain('END');
    expect(mail!.text).toContain('Read the rest in the thread');
  });

  it('contains the current text, and leaves out what is deleted, hidden or out of reach', async () => {
    const gone: ((s: Stage, commentId: number) => Promise<unknown>)[] = [
      (_s, id) => run(sql`delete from comment where id = ${id}`),
      (s) => run(sql`delete from membership where space_id = ${s.spaceId} and user_id = ${s.gil.id}`),
      (s) => run(sql`update space set guests_hidden = 1 where id = ${s.spaceId}`),
      (s) => run(sql`update space set deleted_at = 1 where id = ${s.spaceId}`),
      (s) => run(sql`update user set status = 'inactive' where id = ${s.gil.id}`),
      (s) => run(sql`update user set notify = 'never' where id = ${s.gil.id}`),
    ];
    const hana = await makeGuest();
    for (const end of gone) {
      const s = await stage();
      await joinSpace(s.ava, s.spaceId, hana);
      const { commentId } = await say(s, hana, { mentioned: [s.gil], settle: false });
      await end(s, commentId);
      const ctx = testContext();
      await notifications.mailDue(ctx);
      await ctx.settle();
      expect(await mailsOf(s.gil)).toEqual([]);
      expect(await count('notification', 'user_id = ? and mail_at is not null', s.gil.id)).toBe(0);
    }
    const s = await stage();
    const { commentId } = await say(s, s.ava, { mentioned: [s.gil], settle: false });
    await run(sql`update comment set body = 'Edited.' where id = ${commentId}`);
    const ctx = testContext();
    await notifications.mailDue(ctx);
    await ctx.settle();
    expect((await mailsOf(s.gil))[0]!.text).toContain('\n\nEdited.\n');
  });

  it('ten runs at the same time write each mail once', async () => {
    const s = await stage();
    await prefer(s.ben, { notify: 'all' });
    await say(s, s.ava, { mentioned: [s.ben, s.gil], settle: false });
    await say(s, s.gil, { mentioned: [s.ben, s.ava], settle: false });
    const runs = Array.from({ length: 10 }, () => testContext());
    const written = await Promise.all(runs.map((ctx) => notifications.mailDue(ctx)));
    for (const ctx of runs) await ctx.settle();
    expect(written.reduce((a, b) => a + b)).toBe(3);
    for (const who of [s.ben, s.gil, s.ava]) expect(await mailsOf(who)).toHaveLength(1);
  });

  it('if the commit of the mails fails, the next run writes them', async () => {
    const s = await stage();
    const { ctx } = await say(s, s.ava, { mentioned: [s.ben], settle: false });
    await run(sql`create trigger no_mail before insert on mail begin select raise(abort, 'fire'); end`);
    await expect(notifications.mailDue(testContext())).rejects.toThrow();
    await run(sql`drop trigger no_mail`);
    expect((await dueOf(s.ben))[0]).toBe(ctx.now);
    await cron.run(testContext({ now: ctx.now + MINUTE }));
    expect(await mailsOf(s.ben)).toHaveLength(1);
  });

  it('several that are due at once are one mail, by space and thread, with a link to the first of each thread', async () => {
    const s = await stage();
    const other = await stage();
    await run(
      sql`insert into membership (space_id, user_id, joined_at, last_read_at) values (${other.spaceId}, ${s.ben.id}, 1, 1)`,
    );
    const a = await say(s, s.ava, { mentioned: [s.ben], body: 'One', settle: false });
    const b = await say(s, s.gil, { mentioned: [s.ben], body: 'Two', settle: false });
    const c = await say(other, other.ava, { mentioned: [s.ben], body: 'Three', settle: false });
    const ctx = testContext();
    await notifications.mailDue(ctx);
    await ctx.settle();
    const [mail, ...more] = await mailsOf(s.ben);
    expect(more).toEqual([]);
    expect(mail!.subject).toBe('3 notifications from Foyer');
    for (const said of [a, c]) expect(mail!.text).toMatch(new RegExp(`#comment-${said.commentId}$`, 'm'));
    expect(mail!.text).not.toContain(`#comment-${b.commentId}`);
    expect(mail!.from).toBe('"Foyer" <no-reply@foyer.example>');
    expect(mail!.headers).not.toHaveProperty('References');
    expect(mail!.text.match(/^Harbour Bridge · Piles$/gm)).toHaveLength(2);
  });
});

describe('once a day', () => {
  const EIGHT = Date.UTC(2026, 5, 10, 8);

  it('arrives at the daily hour, leaves out what was read, and sets the next one', async () => {
    const s = await stage();
    await prefer(s.ben, { notify: 'all', digest: true, digestAt: EIGHT - 9 * DAY, timeZone: 'UTC' });
    await follow(s.ben, s.threadId);
    await say(s, s.ava, { body: 'Early', now: EIGHT + HOUR });
    await say(s, s.ava, { body: 'Seen', now: EIGHT + 2 * HOUR });
    await say(s, s.ava, { body: 'Late', mentioned: [s.ben], now: EIGHT + 23 * HOUR });
    expect(await dueOf(s.ben)).toEqual([EIGHT + DAY, EIGHT + DAY, EIGHT + DAY]);
    const seen = (await told(s.ben)).find((n) => n.excerpt === 'Seen')!;
    await notifications.markRead(as(s.ben), [seen.id]);
    for (const now of [EIGHT + DAY - 1, EIGHT + DAY + MINUTE, EIGHT + DAY + 2 * MINUTE]) {
      const ctx = testContext({ now });
      await cron.run(ctx);
      await ctx.settle();
      expect(await mailsOf(s.ben)).toHaveLength(now < EIGHT + DAY ? 0 : 1);
    }
    const [mail] = await mailsOf(s.ben);
    expect(mail!.text).toContain('Early');
    expect(mail!.text).toContain('Late');
    expect(mail!.text).not.toContain('Seen');
    expect((await account(s.ben.email))!.digestAt).toBe(EIGHT + 2 * DAY);
  });

  it('arrives a day later if no hour is set, and not at all if everything was read', async () => {
    const s = await stage();
    await prefer(s.ben, { digest: true, digestAt: 0 });
    const { ctx } = await say(s, s.ava, { mentioned: [s.ben] });
    expect(await dueOf(s.ben)).toEqual([ctx.now + DAY]);
    await notifications.markRead(as(s.ben), 'all');
    await notifications.mailDue(testContext({ now: ctx.now + DAY }));
    expect(await mailsOf(s.ben)).toEqual([]);
    expect(await dueOf(s.ben)).toEqual([null]);
  });

  it('lists many events, and says how many more there are', async () => {
    const s = await stage();
    await prefer(s.ben, { notify: 'all', digest: true, digestAt: EIGHT });
    const ctx = testContext();
    await ctx.commit([
      ctx.db.run(sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 70)
        insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at, mail_at)
        select ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, 1, 1 from n`),
    ]);
    await notifications.mailDue(ctx);
    await ctx.settle();
    const [mail] = await mailsOf(s.ben);
    expect(mail!.subject).toBe('[Harbour Bridge] Piles');
    expect(firstLine(mail!)).toBe('70 new messages in “Piles”');
    expect(mail!.text).toContain('And 20 more.');
  });

  it('is at eight in the morning of the reader, on both sides of a change of the clocks', () => {
    const at = (iso: string) => Date.parse(iso);
    // Berlin changes in the night to 29 March and to 25 October 2026.
    expect(nextMorning('Europe/Berlin', at('2026-03-28T07:00:00Z'))).toBe(at('2026-03-29T06:00:00Z'));
    expect(nextMorning('Europe/Berlin', at('2026-03-28T06:59:59Z'))).toBe(at('2026-03-28T07:00:00Z'));
    expect(nextMorning('Europe/Berlin', at('2026-10-24T06:00:00Z'))).toBe(at('2026-10-25T07:00:00Z'));
    expect(nextMorning('Asia/Tokyo', at('2026-10-24T00:00:00Z'))).toBe(at('2026-10-24T23:00:00Z'));
    expect(nextMorning('Asia/Kathmandu', at('2026-10-24T00:00:00Z'))).toBe(at('2026-10-24T02:15:00Z'));
    expect(nextMorning('America/Los_Angeles', at('2026-11-01T08:30:00Z'))).toBe(at('2026-11-01T16:00:00Z'));
    expect(nextMorning('Pacific/Kiritimati', at('2026-11-01T17:59:00Z'))).toBe(at('2026-11-01T18:00:00Z'));
  });
});

describe('what is mailed', () => {
  it('is saved with the next morning of the own zone, and so is another zone', async () => {
    const person = await makeUser({ timeZone: 'Asia/Tokyo' });
    const now = Date.UTC(2026, 5, 10, 12);
    const ctx = as(person, { now });
    ctx.timeZone = 'Asia/Tokyo';
    await accounts.setNotifications(ctx, { notify: 'all', digest: true });
    expect(await account(person.email)).toMatchObject({
      notify: 'all',
      digest: true,
      digestAt: Date.UTC(2026, 5, 10, 23),
    });
    await accounts.changeProfile(ctx, { name: 'N', company: '', locale: null, timeZone: 'Europe/Berlin' });
    expect((await account(person.email))!.digestAt).toBe(Date.UTC(2026, 5, 11, 6));
  });

  it('when changed, leaves nothing waiting for a mail that is never sent', async () => {
    const s = await stage();
    await prefer(s.ben, { digest: true, digestAt: Date.now() + HOUR });
    await prefer(s.gil, { digest: true, digestAt: Date.now() + HOUR });
    await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    const ctx = as(s.ben);
    await accounts.setNotifications(ctx, { notify: 'mentions', digest: false });
    await accounts.setNotifications(as(s.gil), { notify: 'never', digest: false });
    expect([await dueOf(s.ben), await dueOf(s.gil)]).toEqual([[ctx.now], [null]]);
    await cron.run(testContext({ now: ctx.now + MINUTE }));
    expect([(await mailsOf(s.ben)).length, (await mailsOf(s.gil)).length]).toEqual([1, 0]);
  });
});

describe('the link that stops it', () => {
  const tokenIn = (url: string) => url.split('/unsubscribe/')[1]!;

  it('stands in the mail and in its headers (RFC 8058), and in no other mail', async () => {
    const s = await stage();
    await say(s, s.ava, { mentioned: [s.ben] });
    const [mail] = await mailsOf(s.ben);
    const url = notifications.unsubscribeUrl(testContext(), s.ben.id);
    expect(mail!.headers['List-Unsubscribe']).toBe(`<${url}>`);
    expect(mail!.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    expect(mail!.text.replaceAll('%3', '').includes('/unsubscribe/')).toBe(true);
    for (const other of await mailsTo(s.gil.email))
      expect(Object.keys(other.headers).join()).not.toMatch(/List-/);
  });

  it('shows whose mail it stops, not in full; stops it and all that waits, once or twice; needs no session', async () => {
    const s = await stage();
    await prefer(s.gil, { digest: true });
    await say(s, s.ava, { mentioned: [s.gil] });
    const token = tokenIn(notifications.unsubscribeUrl(testContext(), s.gil.id));
    const target = await accounts.unsubscribeTarget(testContext(), token);
    expect(target).toEqual({ email: 'g…@partner.example', stopped: false });
    expect((await account(s.gil.email))!.notify).toBe('mentions');
    await accounts.unsubscribe(testContext(), token);
    // It does not matter who is signed in.
    await accounts.unsubscribe(as(s.ben), token);
    expect((await account(s.gil.email))!.notify).toBe('never');
    expect((await account(s.ben.email))!.notify).toBe('mentions');
    expect(await dueOf(s.gil)).toEqual([null]);
    expect(await accounts.unsubscribeTarget(testContext(), token)).toMatchObject({ stopped: true });
    expect(await count('audit_entry', "subject = ? and detail like '%link%'", `user:${s.gil.id}`)).toBe(2);
  });

  it('cannot be guessed, made from somebody’s id, or turned into somebody else’s', async () => {
    const [a, b] = [await makeUser(), await makeUser()];
    const token = tokenIn(notifications.unsubscribeUrl(testContext(), a.id));
    for (const forged of [
      '',
      'nobody',
      a.id,
      b.id + token.slice(16),
      `${token}a`,
      token.slice(0, -1),
      token.toUpperCase(),
      `${randomId()}${'a'.repeat(32)}`,
    ]) {
      expect(await accounts.unsubscribeTarget(testContext(), forged)).toBeNull();
      await expect(accounts.unsubscribe(testContext(), forged)).rejects.toMatchObject(refusal('missing'));
    }
    const other = testContext({ config: { secret: ['another secret of thirty-two characters'] } });
    expect(await accounts.unsubscribeTarget(other, token)).toBeNull();
  });
});

describe('the end of notifications', () => {
  it('read ones go after 90 days unless put aside, all after a year; in windows that reach every one', async () => {
    const s = await stage();
    const now = Date.UTC(2030, 0, 1);
    const rows = [
      [100, 95, 0],
      [100, 95, 1],
      [100, null, 0],
      [100, 80, 0],
      [366, null, 0],
      [366, 365, 1],
      [1, null, 0],
    ];
    const ctx = testContext({ now });
    await ctx.commit([ctx.db.run(sql`delete from notification`)]);
    await ctx.commit([
      ctx.db.run(sql`
        insert into notification (user_id, space_id, thread_id, kind, actor_id, created_at, read_at, later)
        select ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, ${now} - (value ->> 0) * ${DAY},
          ${now} - (value ->> 1) * ${DAY}, value ->> 2 from json_each(${JSON.stringify(rows)})`),
      // Far from the others, so that the range has to move on.
      ctx.db.run(sql`insert into notification (id, user_id, space_id, thread_id, kind, actor_id, created_at)
        values (1000000, ${s.ben.id}, ${s.spaceId}, ${s.threadId}, 'thread', ${s.ava.id}, 0)`),
    ]);
    for (let minute = 0; minute < 1_050; minute++) {
      const later = testContext({ now: now + minute * MINUTE });
      await later.commit([notifications.purge(later)]);
    }
    expect(await count('notification', 'user_id = ?', s.ben.id)).toBe(4);
    expect(await count('notification', 'id = 1000000')).toBe(0);
  });

  it('an empty table is no trouble', async () => {
    const ctx = testContext();
    await ctx.commit([ctx.db.run(sql`delete from notification`), notifications.purge(ctx)]);
  });
});

/** Directly, not through the domain. */
async function run(statement: SQL): Promise<void> {
  const ctx = testContext();
  await ctx.commit([ctx.db.run(statement)]);
}

it('mail of another space still arrives when somebody loses a space, unless it also quotes that one', async () => {
  const s = await stage();
  const other = await makeSpace(s.ava, {}, [s.ben]);
  const away = { env: { MAIL_QUEUE: { send: async () => {}, sendBatch: async () => {} } as never } };
  const ctx = as(s.ava, away);
  await threads.begin(ctx, other, { title: 'Piers', body: `@${s.ben.name}`, requestKey: randomId() });
  await ctx.settle();
  await memberships.removeMember(as(s.ava), s.spaceId, s.ben.id);
  expect(await count('mail', `user_id = ? and status = 'queued' and space_id = ?`, s.ben.id, other)).toBe(1);
  // Of several spaces: it may quote either.
  await ctx.commit([
    ctx.db.run(sql`update mail set kind = 'digest', space_id = null where user_id = ${s.ben.id}`),
  ]);
  await memberships.removeMember(as(s.ava), other, s.ben.id);
  expect(await count('mail', `user_id = ? and status = 'queued'`, s.ben.id)).toBe(0);
});

it('mail that still waits when somebody loses a space is never sent, whichever way they lost it', async () => {
  const ways: [keyof Stage, (s: Stage) => Promise<void>][] = [
    ['gil', (s) => memberships.removeGuest(as(s.ava), s.spaceId, s.gil.id)],
    ['ben', (s) => memberships.removeMember(as(s.ava), s.spaceId, s.ben.id)],
    ['gil', (s) => memberships.leave(as(s.gil), s.spaceId)],
  ];
  for (const [name, lose] of ways) {
    const s = await stage();
    const who = s[name] as User;
    const queued = () => count('mail', `user_id = ? and kind = 'notification' and status = 'queued'`, who.id);
    // The queue is down: the mail is written and waits.
    const ctx = as(s.ava, {
      env: { MAIL_QUEUE: { send: async () => {}, sendBatch: async () => {} } as never },
    });
    await threads.addComment(ctx, s.spaceId, s.threadId, {
      body: `@${who.name} only for you`,
      requestKey: randomId(),
    });
    await ctx.settle();
    expect(await queued()).toBe(1);
    await lose(s);
    expect(await queued()).toBe(0);
    expect(await count('mail', `user_id = ? and status = 'dropped' and sealed is null`, who.id)).toBe(1);
  }
});
