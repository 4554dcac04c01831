import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, HOUR, MINUTE, ORIGIN, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, site } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { count } from '../../../../tests/helpers';
import {
  BODY,
  dueOf,
  kinds,
  mailsDueAt,
  mailsOf,
  prefer,
  run,
  say,
  stage,
  type Stage,
} from '../../../../tests/notifications';
import { randomId } from '../crypto';
import * as cron from '../cron';
import * as memberships from '../memberships';
import * as threads from '../threads';
import * as notifications from '.';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

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

  it('it says where to unfollow its thread and mute its space, where that would stop such mail', async () => {
    const s = await stage();
    const { ctx } = await say(s, s.ava, { mentioned: [s.ben] });
    await mailsDueAt(ctx.now + 11 * MINUTE);
    const ways = async (who: User) =>
      (await mailsOf(who)).map(({ text }) => [
        /unfollow it:?\s+(\S+)/.exec(text)?.[1],
        /mute it:?\s+(\S+)/.exec(text)?.[1],
      ]);
    const space = `${ORIGIN}/spaces/${s.spaceId}`;
    expect(await ways(s.gil)).toEqual([[`${space}/threads/${s.threadId}`, space]]);
    expect(await ways(s.ben)).toEqual([[undefined, undefined]]);
  });

  it('what is followed is mailed after ten minutes, in one mail for a space with what came since; what was seen is not', async () => {
    const s = await stage();
    const other = await stage();
    await run(sql`insert into membership (space_id, user_id, joined_at, last_read_at)
      values (${other.spaceId}, ${s.gil.id}, 1, 1)`);
    const now = Date.now() + HOUR;
    await say(s, s.ava, { body: 'Seen', now });
    await threads.markRead(as(s.gil, { now: now + MINUTE }), s.spaceId, s.threadId, now + MINUTE);
    await say(s, s.ava, { body: 'First', now: now + 2 * MINUTE });
    await say(s, s.ben, { body: 'Second', now: now + 9 * MINUTE });
    await say(other, other.ava, { body: 'Elsewhere', now: now + 5 * MINUTE });
    await mailsDueAt(now + 12 * MINUTE - 1);
    expect(await mailsOf(s.gil)).toEqual([]);
    await mailsDueAt(now + 12 * MINUTE);
    const [mail, ...more] = await mailsOf(s.gil);
    expect(more).toEqual([]);
    expect(['Seen', 'First', 'Second', 'Elsewhere'].filter((word) => mail!.text.includes(word))).toEqual([
      'First',
      'Second',
    ]);
    await mailsDueAt(now + 20 * MINUTE);
    const mails = await mailsOf(s.gil);
    expect(mails).toHaveLength(2);
    expect(mails.map(({ text }) => text).join()).toContain('Elsewhere');
    expect((await dueOf(s.gil)).filter((at) => at !== null)).toEqual([]);
  });

  it('what was seen sends what waits no earlier', async () => {
    const s = await stage();
    const now = Date.now() + HOUR;
    await say(s, s.ava, { body: 'Seen', now });
    await threads.markRead(as(s.gil, { now: now + MINUTE }), s.spaceId, s.threadId, now + MINUTE);
    await say(s, s.ava, { body: 'New', now: now + 9 * MINUTE });
    await mailsDueAt(now + 10 * MINUTE);
    expect(await mailsOf(s.gil)).toEqual([]);
    await mailsDueAt(now + 19 * MINUTE);
    expect(await mailsOf(s.gil)).toHaveLength(1);
  });

  it('a guest writes, and the space administrator is mailed within ten minutes, though nobody was named', async () => {
    const s = await stage();
    const now = Date.now();
    const ctx = as(s.gil, { now });
    await threads.begin(ctx, s.spaceId, {
      title: 'Urgent',
      body: 'The site is down',
      requestKey: randomId(),
    });
    await ctx.settle();
    await cron.run(testContext({ now: now + 10 * MINUTE }));
    expect((await mailsOf(s.ava))[0]!.text).toContain('The site is down');
  });

  it('a mention goes at once and alone; what else waits keeps its time', async () => {
    const s = await stage();
    const now = Date.now() + HOUR;
    await say(s, s.ava, { body: 'For all', now });
    await say(s, s.ava, { body: 'For you', mentioned: [s.gil], now: now + MINUTE });
    const [mail, ...more] = await mailsOf(s.gil);
    expect([mail!.text.includes('For you'), mail!.text.includes('For all'), more]).toEqual([true, false, []]);
    expect(await dueOf(s.gil)).toEqual([now + 10 * MINUTE, null]);
  });

  it('only mentions, or nothing, as chosen; in a muted space and an unfollowed thread only mentions', async () => {
    const now = Date.now() + HOUR;
    const ways: [(s: Stage) => Promise<unknown>, mentions: number][] = [
      [(s) => prefer(s.gil, { mailAbout: 'mentions' }), 1],
      [(s) => prefer(s.gil, { mailAbout: 'nothing' }), 0],
      [(s) => memberships.mute(as(s.gil), s.spaceId, true), 1],
      [(s) => threads.follow(as(s.gil), s.spaceId, s.threadId, false), 1],
    ];
    for (const [choose, mentions] of ways)
      for (const meanwhile of [false, true]) {
        const s = await stage();
        if (!meanwhile) await choose(s);
        await say(s, s.ava, { body: 'For everybody', everybody: true, now });
        if (meanwhile) await choose(s);
        await mailsDueAt(now + 10 * MINUTE);
        expect(await mailsOf(s.gil)).toEqual([]);
        await say(s, s.ava, { body: 'For Gil', mentioned: [s.gil], now });
        expect(await mailsOf(s.gil)).toHaveLength(mentions);
        expect((await dueOf(s.gil)).filter((at) => at !== null)).toEqual([]);
        expect(await kinds(s.gil)).toEqual(['mention', 'comment']);
      }
  });

  it('in the language of the reader, whatever the writer’s', async () => {
    const s = await stage();
    await prefer(s.ben, { locale: 'ja' });
    await prefer(s.ava, { locale: 'ja' });
    await say(s, s.ava, { mentioned: [s.ben, s.gil] });
    expect((await mailsOf(s.ben)).map(firstLine)).toEqual(['Avaさんが「Piles」であなたをメンションしました']);
    expect((await mailsOf(s.gil)).map(firstLine)).toEqual(['Ava mentioned you in “Piles”']);
  });

  it('what is attached to the text is named, and nothing else of the thread', async () => {
    const s = await stage();
    const attach = (name: string, commentId: number | null) => {
      const id = randomId();
      return run(sql`insert into file (id, kind, space_id, thread_id, comment_id, name, type, size, key, uploader_id, created_at, attached_at)
        values (${id}, 'attachment', ${s.spaceId}, ${s.threadId}, ${commentId}, ${name}, 'text/plain', 2048, ${id}, ${s.ava.id}, 1, 1)`);
    };
    const said = await say(s, s.ava, { mentioned: [s.ben], settle: false });
    await attach('of the thread.txt', null);
    await attach('plan.txt', said.commentId);
    const ctx = testContext({ now: said.ctx.now });
    await notifications.mailDue(ctx);
    await ctx.settle();
    const [mail] = await mailsOf(s.ben);
    expect(mail!.text).toContain('\nAttached: plan.txt (2 kB)\n');
    expect(mail!.text).not.toContain('of the thread.txt');
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
      (s) => run(sql`update user set mail_about = 'nothing' where id = ${s.gil.id}`),
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
    await prefer(s.ben, { mailAbout: 'all' });
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

  it('several that are due at once are one mail for a space, by thread, with a link to the first of each thread', async () => {
    const s = await stage();
    const other = await stage();
    await run(
      sql`insert into membership (space_id, user_id, joined_at, last_read_at) values (${other.spaceId}, ${s.ben.id}, 1, 1)`,
    );
    const a = await say(s, s.ava, { mentioned: [s.ben], body: 'One', settle: false });
    await say(s, s.gil, { mentioned: [s.ben], body: 'Two', settle: false });
    const c = await say(other, other.ava, { mentioned: [s.ben], body: 'Three', settle: false });
    await mailsDueAt(Date.now());
    const mails = await mailsOf(s.ben);
    expect(mails).toHaveLength(2);
    const [both, single] = ['One', 'Three'].map((word) => mails.find(({ text }) => text.includes(word))!);
    expect(both!.text).toMatch(new RegExp(`#comment-${a.commentId}$`, 'm'));
    expect(both!.text).toContain('Two');
    expect(single!.text).toMatch(new RegExp(`#comment-${c.commentId}$`, 'm'));
    expect(both!.text).not.toContain('Three');
  });
});

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
