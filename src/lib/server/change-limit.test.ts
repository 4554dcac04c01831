import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, Jar, testContext, visit, type User } from '../../../tests/contexts';
import { account, makeAdministrator, makeSpace, makeUser, spaceForm } from '../../../tests/factories';
import { login } from '../../../tests/logins';
import { count, parallel, refusal } from '../../../tests/helpers';
import { MINUTE } from '../time';
import * as accounts from './accounts';
import { randomId } from './crypto';
import { LostRace } from './errors';
import { changed, must } from './context';
import { setting } from './schema';
import * as settings from './settings';
import * as spaces from './spaces';
import * as threads from './threads';

const NOW = Date.now();

let saved = 0;
/** What is so already is no change. */
const save = (who: User, now: number, name = `Ben ${(saved += 1)}`) =>
  accounts.changeProfile(as(who, { now }), { name, company: '', locale: null, timeZone: null });
const tooOften = refusal('throttled', 'limit.often');
const anotherSpace = (who: User) => spaces.create(as(who, { now: NOW }), spaceForm, [], randomId());
/** Changes something many times. */
const fill = async (who: User, by: number, now: number) => {
  for (let i = 0; i < by; i++) await save(who, now);
};

describe('the changes of one person are limited', () => {
  it('to 240 a minute over all kinds, until the minute is over', async () => {
    const [ben, cho] = [await makeUser({ canCreateSpaces: true }), await makeUser()];
    await fill(ben, 239, NOW);
    await anotherSpace(ben);
    const before = [await count('audit_entry'), await count('space')];
    await expect(save(ben, NOW, 'Bob')).rejects.toMatchObject({
      ...tooOften,
      detail: { params: { minutes: 1 } },
    });
    await expect(anotherSpace(ben)).rejects.toMatchObject(tooOften);
    const noMail = { mailAbout: 'nothing', digest: false } as const;
    await expect(accounts.setNotifications(as(ben, { now: NOW }), noMail)).rejects.toMatchObject(tooOften);
    expect([await count('audit_entry'), await count('space')]).toEqual(before);
    expect((await account(ben.email))!.name).not.toBe('Bob');
    await save(cho, NOW);
    await save(ben, NOW + MINUTE, 'Bob');
    expect((await account(ben.email))!.name).toBe('Bob');
  });

  it('also when many arrive at the same time', async () => {
    const ben = await makeUser();
    await fill(ben, 220, NOW);
    const { done, refused } = await parallel(60, () => save(ben, NOW));
    expect([done.length, refused.length]).toEqual([20, 40]);
    for (const one of refused) expect(one).toMatchObject(tooOften);
  });

  it('also for a new verb, because every commit counts', async () => {
    const ben = await makeUser();
    const write = (now: number) =>
      as(ben, { now }).commit([
        testContext()
          .db.insert(setting)
          .values({ key: `k${Math.random()}`, value: '1' }),
      ]);
    await fill(ben, 240, NOW);
    await expect(write(NOW)).rejects.toMatchObject(tooOften);
    await write(NOW + MINUTE);
  });

  it('to 3,000 an hour', async () => {
    const ben = await makeUser();
    for (let i = 0; i < 13; i++) await fill(ben, i < 12 ? 240 : 120, NOW + i * MINUTE);
    await expect(save(ben, NOW + 14 * MINUTE)).rejects.toMatchObject({
      ...tooOften,
      detail: { params: { minutes: 46 } },
    });
    await save(ben, NOW + 60 * MINUTE);
  }, 240_000);

  it('except those that lose a race or fail, which are not counted', async () => {
    const ben = await makeUser();
    const lose = async () => {
      const ctx = as(ben, { now: NOW });
      await ctx.commit([ctx.db.delete(setting), must(ctx, changed(1000))]);
    };
    for (let i = 0; i < 250; i++) await expect(lose()).rejects.toThrow(LostRace);
    await save(ben, NOW);
  });

  it('not for what the system does afterwards: a comment that is mailed to many is one change', async () => {
    const ava = await makeUser();
    const readers = await Promise.all(Array.from({ length: 41 }, () => makeUser({ mailAbout: 'all' })));
    const id = await makeSpace(ava, { blockFollowing: true }, readers);
    const threadId = await threads.begin(as(ava), id, { title: 'Piles', body: '', requestKey: randomId() });
    const counters = () =>
      testContext().db.all(sql`select key, failures from throttle where key like 'author:%' order by key`);
    const ctx = as(ava);
    const body = readers.map(({ name }) => `@${name}`).join(' ');
    await threads.addComment(ctx, id, threadId, { body, requestKey: randomId() });
    const before = await counters();
    expect(before).not.toEqual([]);
    await ctx.settle();
    const mailed = readers.map((reader) => count('mail', `kind = 'notification' and user_id = ?`, reader.id));
    expect(new Set(await Promise.all(mailed))).toEqual(new Set([1]));
    expect(await counters()).toEqual(before);
  });

  it('but signing out always works, and only people are counted', async () => {
    const ben = await makeAdministrator();
    const { jar } = await login(ben.email, { now: NOW });
    await fill(ben, 239, NOW);
    await expect(save(ben, NOW).then(() => save(ben, NOW))).rejects.toMatchObject(tooOften);
    await accounts.signOut(await visit(jar, { now: NOW }));
    expect(await count('session', 'user_id = ?', ben.id)).toBe(0);
    expect((await login(ben.email, { jar: new Jar(jar), now: NOW })).to).toBe('/');
    for (let i = 0; i < 250; i++) {
      const ctx = testContext({ now: NOW });
      await ctx.commit([settings.put(ctx, 'siteName', `Site ${i}`)]);
    }
  });
});
