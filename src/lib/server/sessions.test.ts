import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { as, DAY, HOUR, Jar, MINUTE, testContext, visit } from '../../../tests/contexts';
import { makeAdministrator, makeUser, site } from '../../../tests/factories';
import { login } from '../../../tests/logins';
import { count, countingD1, dump } from '../../../tests/helpers';
import * as accounts from './accounts';
import * as cron from './cron';
import { hashToken } from './crypto';
import * as sessions from './sessions';

// Lucia reads the clock itself, so these tests move the clock.
const START = Date.now();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});
const at = (ms: number) => vi.setSystemTime(START + ms);

/** Including the work after its answer. */
async function request(jar: Jar) {
  const ctx = await visit(jar);
  await ctx.settle();
  return ctx;
}

const row = async (jar: Jar) =>
  (await dump()).session!.find((s) => (s as { id_hash: string }).id_hash === hashToken(jar.get('foyer')!)) as
    Record<string, number> | undefined;

describe('a session', () => {
  it('is stored as a hash: the id stands nowhere in D1', async () => {
    const { jar } = await login((await makeUser()).email);
    expect(jar.get('foyer')).toMatch(/^[a-z2-7]{40}$/);
    const all = JSON.stringify(await dump());
    expect(all).not.toContain(jar.get('foyer'));
    expect(all).not.toContain(jar.get('foyer-device')!.split('.')[0]);
    expect(await count('session', 'id_hash = ?', hashToken(jar.get('foyer')!))).toBe(1);
  });

  it('is not had with the hash of its id', async () => {
    const { jar } = await login((await makeUser()).email);
    const stolen = new Jar([['foyer', hashToken(jar.get('foyer')!)]]);
    expect((await request(stolen)).actor).toBeNull();
    expect(stolen.has('foyer')).toBe(false);
  });

  it('is read in one query with user and settings, and none without a cookie', async () => {
    await site({ siteName: 'Harbour' });
    const { jar } = await login((await makeUser()).email);
    const { DB, trips } = countingD1();
    const ctx = testContext({ jar, env: { DB } });
    await sessions.resume(ctx);
    expect(ctx.actor).not.toBeNull();
    expect(ctx.settings?.siteName).toBe('Harbour');
    expect(trips()).toBe(1);
    await sessions.resume(testContext({ env: { DB } }));
    expect(trips()).toBe(1);
  });

  it('ends after 14 days without use', async () => {
    const { jar } = await login((await makeUser()).email);
    at(14 * DAY - MINUTE);
    expect((await visit(new Jar(jar))).actor).not.toBeNull();
    at(14 * DAY + MINUTE);
    const unused = await login((await makeUser()).email);
    at(28 * DAY + 2 * MINUTE);
    const other = await login((await makeUser()).email);
    expect((await request(unused.jar)).actor).toBeNull();
    expect(unused.jar.has('foyer')).toBe(false);
    expect((await request(other.jar)).actor).not.toBeNull();
  });

  it('goes on with use, and ends after 60 days whatever the use', async () => {
    const { jar } = await login((await makeUser()).email);
    const unused = await login((await makeUser()).email);
    for (let day = 8; day < 60; day += 8) {
      at(day * DAY);
      expect((await request(jar)).actor).not.toBeNull();
      const stored = (await row(jar))!;
      expect(stored.expires_at).toBeGreaterThan(Date.now());
      expect(stored.expires_at).toBeLessThanOrEqual(stored.absolute_expires_at!);
      expect(stored.absolute_expires_at).toBe(START + 60 * DAY);
      expect((await row(unused.jar))!.expires_at).toBe(START + 14 * DAY);
    }
    at(60 * DAY - MINUTE);
    expect((await request(jar)).actor).not.toBeNull();
    at(60 * DAY + MINUTE);
    expect((await request(jar)).actor).toBeNull();
  });

  it('ends after 60 days whatever its other limit says', async () => {
    const { jar } = await login((await makeUser()).email);
    await testContext().db.run(`update session set expires_at = ${START + 90 * DAY}`);
    at(60 * DAY + MINUTE);
    expect((await request(jar)).actor).toBeNull();
  });

  it('writes down that it was seen, every few minutes and not oftener', async () => {
    const { jar } = await login((await makeUser()).email);
    const unused = await login((await makeUser()).email);
    at(MINUTE);
    await request(jar);
    expect((await row(jar))!.last_seen_at).toBe(START);
    at(HOUR);
    await request(jar);
    expect((await row(jar))!.last_seen_at).toBe(START + HOUR);
    expect((await row(unused.jar))!.last_seen_at).toBe(START);
  });

  it('of an account that is not active any more is none', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email);
    await testContext().db.run(`update user set status = 'inactive' where id = '${user.id}'`);
    expect((await request(jar)).actor).toBeNull();
    await accounts.setActive(as(await makeAdministrator()), user.id, true);
  });
});

describe('login', () => {
  it('makes a new id, and the session of before is gone', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    const { jar } = await login(user.email);
    const before = new Jar(jar);
    await login(user.email, { jar });
    expect(jar.get('foyer')).not.toBe(before.get('foyer'));
    expect((await request(before)).actor).toBeNull();
    expect(await count('session', 'user_id = ?', user.id)).toBe(1);
    await login(other.email, { jar });
    expect((await request(jar)).actor?.id).toBe(other.id);
    expect(await count('session', 'user_id = ?', user.id)).toBe(0);
  });

  it('does not take over an id that the browser brought along', async () => {
    const fixed = 'a'.repeat(40);
    const { jar } = await login((await makeUser()).email, { jar: new Jar([['foyer', fixed]]) });
    expect(jar.get('foyer')).not.toBe(fixed);
  });
});

it('signing out ends this session and no other', async () => {
  const user = await makeUser();
  const [here, there] = [await login(user.email), await login(user.email)];
  const copy = new Jar(here.jar);
  await accounts.signOut(await visit(here.jar));
  expect(here.jar.has('foyer')).toBe(false);
  expect((await request(copy)).actor).toBeNull();
  expect((await request(there.jar)).actor).not.toBeNull();
});

it('a browser is known by the epoch of its own account', async () => {
  const user = await makeUser();
  const { jar } = await login(user.email);
  const ctx = await visit(jar);
  await ctx.db.run(`update user set credential_epoch = credential_epoch + 1 where id <> '${user.id}'`);
  expect(await sessions.knownDevice(ctx, user.email)).not.toBeNull();
  await ctx.db.run(`update user set credential_epoch = credential_epoch + 1 where id = '${user.id}'`);
  expect(await sessions.knownDevice(ctx, user.email)).toBeNull();
});

it('a browser is known to an account, not to whoever has its address later', async () => {
  const [former, later] = [await makeUser(), await makeUser()];
  const { jar } = await login(former.email);
  const ctx = await visit(jar);
  await ctx.db.run(`update user set email = 'elsewhere@foyer.example' where id = '${former.id}'`);
  await ctx.db.run(`update user set email = '${former.email}' where id = '${later.id}'`);
  expect(await sessions.knownDevice(ctx, former.email)).toBeNull();
  expect(sessions.deviceOwner(ctx)).toBe(former.id);
  expect(await sessions.knownDevice(ctx, 'elsewhere@foyer.example')).not.toBeNull();
});

describe('of several sessions', () => {
  /** Two of one account, one of another. */
  async function three() {
    const [user, other] = [await makeUser(), await makeUser()];
    const jars = [await login(user.email), await login(user.email), await login(other.email)];
    const hashes = jars.map(({ jar }) => hashToken(jar.get('foyer')!));
    const left = async () => {
      const there = (await dump()).session!.map((one) => (one as { id_hash: string }).id_hash);
      return hashes.map((hash) => there.includes(hash));
    };
    return { user, other, hashes, left, ctx: testContext() };
  }

  it('all of an account end, and nobody else’s', async () => {
    const { user, ctx, left } = await three();
    await ctx.commit([sessions.endAll(ctx, user.id)]);
    expect(await left()).toEqual([false, false, true]);
  });

  it('all but one end', async () => {
    const { user, ctx, hashes, left } = await three();
    await ctx.commit([sessions.endAll(ctx, user.id, hashes[0])]);
    expect(await left()).toEqual([true, false, true]);
  });

  it('one ends, if it is an own one', async () => {
    const { user, ctx, hashes, left } = await three();
    await ctx.commit([sessions.endOne(ctx, user.id, hashes[2]!)]);
    expect(await left()).toEqual([true, true, true]);
    await ctx.commit([sessions.endOne(ctx, user.id, hashes[0]!)]);
    expect(await left()).toEqual([false, true, true]);
  });

  it('the own ones are listed while they last', async () => {
    const { user, ctx, hashes } = await three();
    const listed = async () => (await sessions.ofUser(ctx, user.id)).map(({ id }) => id).sort();
    expect(await listed()).toEqual([hashes[0], hashes[1]].sort());
    await ctx.db.run(`update session set expires_at = ${START} where id_hash = '${hashes[0]}'`);
    expect(await listed()).toEqual([hashes[1]]);
  });
});

it('Cron forgets sessions past a limit, and only those', async () => {
  const user = await makeUser();
  await login(user.email);
  at(13 * DAY);
  await login(user.email);
  at(15 * DAY);
  await cron.run(testContext());
  expect(await count('session', 'user_id = ?', user.id)).toBe(1);
});
