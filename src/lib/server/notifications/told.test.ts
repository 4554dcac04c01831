// The words beside the button name those who will be told, because both ask the same condition.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { makeGuest, makeUser, site } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { prefer, run, stage, type Stage } from '../../../../tests/notifications';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import * as threads from '../threads';

beforeAll(() => site({ setUp: true, siteName: 'Foyer' }));

const names = (people: { name: string }[]) => people.map(({ name }) => name).sort();

/** What the page says before somebody writes without naming anybody, and who is told then. */
async function saidAndDone(s: Stage, who: User, threadId: number | null) {
  const ctx = as(who);
  const { told } =
    threadId === null ? await threads.prepare(ctx, s.spaceId) : await threads.read(ctx, s.spaceId, threadId);
  const words = { body: 'Words', requestKey: randomId() };
  const begun = threadId ?? (await threads.begin(ctx, s.spaceId, { title: 'T', ...words }));
  const commentId = threadId === null ? null : await threads.addComment(ctx, s.spaceId, threadId, words);
  const done = await testContext().db.all<{ name: string }>(sql`
    select u.name from notification n join user u on u.id = n.user_id
    where n.thread_id = ${begun} and n.comment_id is ${commentId}`);
  return { told, done: names(done) };
}

it('are true for everybody, whatever people follow, mute and leave', async () => {
  for (const hidden of [false, true]) {
    const s = await stage({ guestsHidden: hidden });
    const [hana, cho, gone] = [
      await makeGuest({ name: 'Hana' }),
      await makeUser({ name: 'Cho' }),
      await makeUser({ name: 'Gone' }),
    ];
    await joinSpace(s.ava, s.spaceId, hana);
    for (const who of [cho, gone]) await memberships.addMember(as(s.ava), s.spaceId, who.id, false);
    await memberships.setAdministrator(as(s.ava), s.spaceId, s.ben.id, true);
    const hers = await threads.begin(as(hana), s.spaceId, {
      title: 'Hers',
      body: '',
      requestKey: randomId(),
    });
    const steps: (() => Promise<unknown>)[] = [
      async () => {},
      () => threads.follow(as(cho), s.spaceId, s.threadId, true),
      () => threads.follow(as(gone), s.spaceId, s.threadId, true),
      () => threads.follow(as(s.gil), s.spaceId, s.threadId, false),
      () => memberships.mute(as(s.ben), s.spaceId, true),
      () => memberships.mute(as(hana), s.spaceId, true),
      () => prefer(gone, { status: 'inactive' }),
      () => memberships.removeMember(as(s.ava), s.spaceId, cho.id),
    ];
    for (const step of steps) {
      await step();
      for (const who of [s.ava, s.ben, s.gil])
        for (const threadId of [null, s.threadId, ...(who === s.gil && hidden ? [] : [hers])]) {
          const { told, done } = await saidAndDone(s, who, threadId);
          const says = names(told.people);
          if (told.others) expect(done).toEqual(expect.arrayContaining(says));
          else expect(says, `${who.name} in ${threadId}`).toEqual(done);
          expect([told.who, told.more, told.others]).toEqual([
            'people',
            false,
            who === s.gil && threadId !== null,
          ]);
        }
    }
  }
});

it('show a guest no other guest who is hidden, and no user whom they do not see writing there', async () => {
  const s = await stage({ guestsHidden: true });
  const hana = await makeGuest({ name: 'Hana' });
  await joinSpace(s.ava, s.spaceId, hana);
  const page = async () => JSON.stringify((await threads.read(as(s.gil), s.spaceId, s.threadId)).told);
  const before = await page();
  expect(names(JSON.parse(before).people)).toEqual(['Ava']);
  // Ben follows from then on, because of a text that Gil does not see.
  await threads.addComment(as(hana), s.spaceId, s.threadId, { body: '@Ben?', requestKey: randomId() });
  expect(await page()).toBe(before);
  await threads.addComment(as(s.ben), s.spaceId, s.threadId, { body: 'Yes', requestKey: randomId() });
  expect(names(JSON.parse(await page()).people)).toEqual(['Ava', 'Ben']);
  expect(names((await threads.prepare(as(s.gil), s.spaceId)).told.people)).toEqual(['Ava']);
});

it('say "everybody" where following is blocked, except in a thread that other guests do not see', async () => {
  const s = await stage({ blockFollowing: true, guestsHidden: true });
  const his = await threads.begin(as(s.gil), s.spaceId, { title: 'His', body: '', requestKey: randomId() });
  const who = async (by: User, thread: number) => (await threads.read(as(by), s.spaceId, thread)).told.who;
  expect([await who(s.ava, s.threadId), await who(s.ava, his)]).toEqual(['everybody', 'readers']);
});

it('count two and thirty people, and say that there are more', async () => {
  const s = await stage();
  const crowd = `crowd${s.spaceId}:`;
  await run(sql`insert into user (id, kind, email, email_original, name, password_hash, created_at, updated_at)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 40)
    select ${crowd} || i, 'guest', ${crowd} || i, '', 'Guest ' || i, '', 0, 0 from n`);
  await run(sql`insert into membership (space_id, user_id, joined_at, last_read_at)
    select ${s.spaceId}, id, 0, 0 from user where id like ${`${crowd}%`}`);
  const { told } = await threads.read(as(s.ava), s.spaceId, s.threadId);
  expect([told.people.length, told.more]).toEqual([32, true]);
});
