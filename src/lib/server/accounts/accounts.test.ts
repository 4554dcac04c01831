import { scryptSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  as,
  DAY,
  HOUR,
  Jar,
  MINUTE,
  someIp,
  testContext,
  visit,
  type Surroundings,
  type User,
} from '../../../../tests/contexts';
import {
  account,
  documented,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
  someEmail,
} from '../../../../tests/factories';
import { filter } from '../../../../tests/guests';
import { login } from '../../../../tests/logins';
import { linkIn, mailsTo } from '../../../../tests/mailbox';
import * as access from '../access';
import { audited, count, dump, parallel, refusal } from '../../../../tests/helpers';
import { setUp } from '../../schemas';
import * as accounts from './index';
import * as cron from '../cron';
import * as guests from '../guests';
import * as paging from '../paging';
import { can } from '../policy';
import * as settings from '../settings';
import * as rateLimit from '../rate-limit';
import * as audit from '../audit';
import { randomToken, sign } from '../crypto';

const NOW = Date.now();
const db = testContext().db;

/** A login with a wrong password; what was said. */
const miss = (email: string, from: Surroundings & { formKey?: string } = {}): Promise<unknown> =>
  login(email, { ...from, password: 'wrong 1' }).then(
    () => 'came in',
    (reason) => reason.detail?.key ?? reason,
  );
const missTimes = async (times: number, email: string, from: Surroundings = {}) => {
  for (let i = 0; i < times; i++) expect(await miss(email, from)).toBe('login.wrong');
};

describe('set-up', () => {
  const form = {
    token: 'set-up-token',
    siteName: 'Harbour',
    name: 'Ava',
    email: 'Ava@foyer.example',
    password: PASSWORD,
    preset: 'hardened' as const,
  };

  it('needs the token, and is 404 if none is configured', async () => {
    await expect(accounts.setUp(testContext(), { ...form, token: 'wrong' })).rejects.toMatchObject(
      refusal('invalid', 'setup.wrong-token'),
    );
    await expect(accounts.setUp(testContext({ config: { setupToken: null } }), form)).rejects.toMatchObject(
      refusal('missing'),
    );
  });

  it('checks the new password against the chosen policy', async () => {
    await expect(accounts.setUp(testContext(), { ...form, password: 'abc1' })).rejects.toMatchObject(
      refusal('invalid', 'password.too-short'),
    );
    expect(await count('user')).toBe(0);
  });

  it('works without a company name: then guests see the name of the site', async () => {
    expect(v.parse(setUp, { ...form, companyName: undefined })).toMatchObject({ companyName: '' });
    expect(v.parse(setUp, { ...form, companyName: ' Harbour  Ltd ' })).toMatchObject({
      companyName: 'Harbour Ltd',
    });
  });

  it('creates one administrator from two simultaneous posts and signs them in; after that it is 404', async () => {
    const jars = [new Jar(), new Jar()];
    const { done, refused } = await parallel(2, (i) =>
      accounts.setUp(testContext({ jar: jars[i] }), { ...form, email: `ava${i}@foyer.example` }),
    );
    expect([done.length, refused.length]).toEqual([1, 1]);
    expect(refused[0]).toMatchObject(refusal('missing'));
    expect(await count('user', 'administrator = 1')).toBe(1);
    expect(await count('session')).toBe(1);
    expect(jars.filter((jar) => jar.has('foyer'))).toHaveLength(1);
    const ctx = await visit(jars.find((jar) => jar.has('foyer'))!);
    expect(ctx.actor).toMatchObject({ administrator: true, canCreateSpaces: true });
    expect(ctx.settings).toMatchObject({ siteName: 'Harbour', setUp: true, policy: { preset: 'hardened' } });
    await expect(accounts.setUp(testContext(), form)).rejects.toMatchObject(refusal('missing'));
  });

  it('posted again at once signs in too, and only if it is the same form', async () => {
    await testContext().db.run(`delete from setting where key = 'setUp'`);
    const posted = { ...form, email: 'eva@foyer.example', formKey: 'k'.repeat(40) };
    for (let n = 0; n < 2; n++) {
      const jar = new Jar();
      await accounts.setUp(testContext({ jar }), posted);
      expect((await visit(jar)).actor?.email).toBe(posted.email);
    }
    expect(await count('user', 'email = ?', posted.email)).toBe(1);
    for (const other of [{ password: 'another harbour 9' }, { formKey: 'l'.repeat(40) }, { token: 'wrong' }])
      await expect(accounts.setUp(testContext(), { ...posted, ...other })).rejects.toMatchObject(
        refusal('missing'),
      );
  });
});

describe('login', () => {
  it('works with the address in any case, and remembers when', async () => {
    const user = await makeUser();
    const { to, jar } = await login(` ${user.email.toUpperCase()} `, { next: '/spaces/7', now: NOW });
    expect(to).toBe('/spaces/7');
    expect((await visit(jar)).actor?.id).toBe(user.id);
    expect(await account(user.email)).toMatchObject({ loginCount: 2, lastLoginAt: NOW });
    expect(await audited('account.signed-in', user.id)).toMatchObject([{ detail: { step: 'password' } }]);
  });

  it('takes a password after years as on its first day', async () => {
    const user = await makeUser();
    expect((await login(user.email, { now: Date.now() + 3_000 * DAY })).to).toBe('/');
  });

  it('gives the same answer for a wrong password, an unknown name and no name', async () => {
    const user = await makeUser();
    const said = await Promise.all(
      [user.email, someEmail('nobody'), 'nonsense'].map((email) =>
        login(email, { password: 'wrong 1' }).catch(({ kind, detail }) => ({ kind, detail })),
      ),
    );
    expect(said[0]).toMatchObject({ kind: 'invalid', detail: { key: 'login.wrong' } });
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
  });

  it('reveals that an account is inactive only to somebody with its password', async () => {
    const guest = await makeGuest({ status: 'inactive' });
    expect(await miss(guest.email)).toBe('login.wrong');
    await expect(login(guest.email)).rejects.toMatchObject(refusal('forbidden', 'login.inactive'));
    expect(await count('session', 'user_id = ?', guest.id)).toBe(0);
  });

  it('renews an outdated hash', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const key = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 });
    const passwordHash = `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    const user = await makeUser({ passwordHash });
    const { jar } = await login(user.email);
    expect((await visit(jar)).actor?.id).toBe(user.id);
    expect((await account(user.email))!.passwordHash).toMatch(/^scrypt\$16384\$8\$5\$/);
    expect((await login(user.email)).to).toBe('/');
  });

  it('renews it also when a code is needed next', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const key = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 });
    const passwordHash = `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    const guest = await makeGuest({ passwordHash });
    await site({ twoStep: true });
    expect((await login(guest.email)).to).toBe('/verify');
    await site({ twoStep: false });
    expect((await account(guest.email))!.passwordHash).toMatch(/^scrypt\$16384\$8\$5\$/);
  });
});

describe('ten failures in a row', () => {
  it('lock the login name for three minutes, even for the right password', async () => {
    const user = await makeUser();
    await missTimes(10, user.email, { now: NOW });
    await expect(login(user.email, { now: NOW })).rejects.toMatchObject({
      ...refusal('throttled', 'login.throttled'),
      detail: { params: { minutes: 3 } },
    });
    await expect(login(user.email, { now: NOW + 3 * MINUTE - 1 })).rejects.toMatchObject(
      refusal('throttled'),
    );
    expect((await login(user.email, { now: NOW + 3 * MINUTE })).to).toBe('/');
  });

  it('lock a name that does not exist as well', async () => {
    const email = someEmail('nobody');
    await missTimes(10, email, { now: NOW });
    expect(await miss(email, { now: NOW })).toBe('login.throttled');
  });

  it('are reset by a success', async () => {
    const user = await makeUser();
    await missTimes(9, user.email);
    await login(user.email);
    await missTimes(10, user.email);
    expect(await miss(user.email)).toBe('login.throttled');
  });

  it('end no session', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email, { now: NOW });
    await missTimes(10, user.email, { now: NOW });
    expect((await visit(jar)).actor?.id).toBe(user.id);
  });

  it('by others do not lock a known browser', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email, { now: NOW });
    await missTimes(10, user.email, { now: NOW });
    jar.delete('foyer');
    expect((await login(user.email, { jar, now: NOW })).to).toBe('/');
    await expect(login(user.email, { now: NOW })).rejects.toMatchObject(refusal('throttled'));
  });

  it('in a known browser lock that browser', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email, { now: NOW });
    jar.delete('foyer');
    await missTimes(10, user.email, { jar, now: NOW });
    expect(await miss(user.email, { jar, now: NOW })).toBe('login.throttled');
  });

  it('are not avoided by a known browser of another account or a forged cookie', async () => {
    const victim = await makeUser();
    const neighbour = await makeGuest({ email: `x.${victim.email}` });
    const { jar } = await login(neighbour.email);
    jar.delete('foyer');
    const forged = new Jar([
      ['foyer-device', sign(['another secret'], 'known-device', `abc.0.${victim.id}`)],
    ]);
    await missTimes(10, victim.email, { now: NOW });
    expect(await miss(victim.email, { jar, now: NOW })).toBe('login.throttled');
    expect(await miss(victim.email, { jar: forged, now: NOW })).toBe('login.throttled');
  });

  it('compare at most ten passwords of a hundred simultaneous tries', async () => {
    const user = await makeUser();
    const { done } = await parallel(100, () => miss(user.email, { now: NOW }));
    expect(done.filter((said) => said === 'login.wrong').length).toBeLessThanOrEqual(10);
    expect(new Set(done)).toEqual(new Set(['login.wrong', 'login.throttled']));
  });
});

describe('the same form posted again', () => {
  const failures = async (email: string) =>
    (
      await testContext().db.all<{ failures: number }>(
        sql`select failures from throttle where key = ${rateLimit.key(testContext(), 'name', email)[0]}`,
      )
    )[0]?.failures ?? 0;
  const fromOrigin = (ip: string) =>
    count('throttle', 'key = ? and failures > 1', rateLimit.clientIpKey(testContext({ ip }))[0]);

  it('is one failure, however often it is posted, in parallel too, with the same answer', async () => {
    const user = await makeUser();
    const [formKey, ip] = [randomToken(), someIp()];
    const { done } = await parallel(50, () => miss(user.email, { now: NOW, formKey, ip }));
    for (let i = 0; i < 20; i++) done.push(await miss(user.email, { now: NOW, formKey, ip }));
    expect(new Set(done)).toEqual(new Set(['login.wrong']));
    expect(await failures(user.email)).toBe(1);
    expect(await fromOrigin(ip)).toBe(0);
    expect(await audited('account.sign-in-failed', user.id)).toMatchObject([{ count: 1 }]);
  });

  it('works the same for a name that does not exist', async () => {
    const [email, formKey] = [someEmail('nobody'), randomToken()];
    const { done } = await parallel(20, () => miss(email, { now: NOW, formKey }));
    expect(new Set(done)).toEqual(new Set(['login.wrong']));
    expect(await failures(email)).toBe(1);
  });

  it('with other content, or another form key, is another try, so a form key allows no extra guesses', async () => {
    const user = await makeUser();
    const formKey = randomToken();
    const { done } = await parallel(50, (i) =>
      login(user.email, { now: NOW, formKey, password: `guess ${i}` }).catch((r) => r.detail.key as string),
    );
    expect(done.filter((said) => said === 'login.wrong')).toHaveLength(10);
    expect(done.filter((said) => said === 'login.throttled')).toHaveLength(40);
    const other = await makeUser();
    for (let i = 0; i < 10; i++)
      expect(await miss(other.email, { now: NOW, formKey: randomToken() })).toBe('login.wrong');
    expect(await miss(other.email, { now: NOW, formKey: randomToken() })).toBe('login.throttled');
  });

  it('with a key for another login name is another try', async () => {
    const [ben, cho, formKey] = [await makeUser(), await makeUser(), randomToken()];
    await miss(ben.email, { now: NOW, formKey });
    await miss(cho.email, { now: NOW, formKey });
    expect([await failures(ben.email), await failures(cho.email)]).toEqual([1, 1]);
  });

  it('with the right password succeeds each time', async () => {
    const [user, formKey] = [await makeUser(), randomToken()];
    const { done, refused } = await parallel(5, () => login(user.email, { now: NOW, formKey }));
    expect([done.map(({ to }) => to), refused]).toEqual([['/', '/', '/', '/', '/'], []]);
    expect(await failures(user.email)).toBe(0);
  });

  it('is compared once the lock is over, and does not count while locked', async () => {
    const [user, formKey] = [await makeUser(), randomToken()];
    await missTimes(10, user.email, { now: NOW });
    for (let i = 0; i < 3; i++)
      await expect(login(user.email, { now: NOW, formKey })).rejects.toMatchObject(refusal('throttled'));
    expect((await login(user.email, { now: NOW + 3 * MINUTE, formKey })).to).toBe('/');
  });

  it('much later is a new try', async () => {
    const [user, formKey] = [await makeUser(), randomToken()];
    for (const now of [NOW, NOW + 9 * MINUTE, NOW + 11 * MINUTE]) await miss(user.email, { now, formKey });
    expect(await failures(user.email)).toBe(2);
  });

  it('stores nothing that was typed, and nothing that helps to guess passwords', async () => {
    const [user, formKey] = [await makeUser(), randomToken()];
    await miss(user.email, { now: NOW, formKey });
    const rows = JSON.stringify((await dump()).throttle);
    for (const typed of ['wrong 1', user.email, formKey]) expect(rows).not.toContain(typed);
  });
});

describe('a known browser', () => {
  it('is not stopped by failures of its IP address or of the login name', async () => {
    const user = await makeUser();
    const ip = someIp();
    const { jar } = await login(user.email, { now: NOW, ip });
    jar.delete('foyer');
    const ctx = testContext({ ip, now: NOW });
    for (let i = 0; i < 100; i++) await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    await missTimes(10, user.email, { now: NOW });
    expect(await miss(user.email, { ip, now: NOW })).toBe('login.throttled');
    expect((await login(user.email, { jar, ip, now: NOW })).to).toBe('/');
  });

  it('counts only its own failures', async () => {
    const user = await makeUser();
    const ip = someIp();
    const { jar } = await login(user.email, { now: NOW, ip });
    jar.delete('foyer');
    await missTimes(10, user.email, { jar, ip, now: NOW });
    expect(await miss(user.email, { jar, ip, now: NOW })).toBe('login.throttled');
    const { key } = { key: rateLimit.clientIpKey(testContext({ ip }))[0] };
    expect(await count('throttle', 'key = ? and failures > 0', key)).toBe(0);
    expect((await login(user.email, { now: NOW })).to).toBe('/');
  });

  it('of somebody else counts as unknown', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    const ip = someIp();
    const { jar } = await login(other.email, { now: NOW, ip });
    jar.delete('foyer');
    const ctx = testContext({ ip, now: NOW });
    for (let i = 0; i < 100; i++) await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    expect(await miss(user.email, { jar, ip, now: NOW })).toBe('login.throttled');
  });

  it('that is locked is unlocked when the password is reset in another browser', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email, { now: NOW });
    jar.delete('foyer');
    await missTimes(10, user.email, { jar, now: NOW });
    const ctx = testContext({ now: NOW + 1 });
    accounts.askReset(ctx, user.email);
    await ctx.settle();
    const token = linkIn((await mailsTo(user.email)).find((mail) => mail.text.includes('/reset/'))!);
    await accounts.reset(testContext({ now: NOW + 1 }), token, 'another harbour 9');
    expect((await login(user.email, { jar, now: NOW + 2, password: 'another harbour 9' })).to).toBe('/');
  });
});

describe('known browsers together', () => {
  /** Known browsers made by somebody who had the password. */
  async function known(person: { email: string }, many: number): Promise<Jar[]> {
    const jars: Jar[] = [];
    for (let i = 0; i < many; i++) {
      const { jar } = await login(person.email, { now: NOW });
      jar.delete('foyer');
      jars.push(jar);
    }
    return jars;
  }
  const compared = async (email: string, jars: Jar[], each: number, now = NOW) => {
    const [ip, said] = [someIp(), [] as unknown[]];
    for (const jar of jars) for (let i = 0; i < each; i++) said.push(await miss(email, { jar, ip, now }));
    return said.filter((one) => one === 'login.wrong').length;
  };
  const newPassword = async (email: string) => {
    const ctx = testContext({ now: NOW });
    accounts.askReset(ctx, email);
    await ctx.settle();
    const token = linkIn((await mailsTo(email)).find((mail) => mail.text.includes('/reset/'))!);
    const there = testContext({ now: NOW });
    await accounts.reset(there, token, PASSWORD);
    return there.jar;
  };

  it(
    'all those of a name together have fifty failures; then they count as any browser',
    { timeout: 60_000 },
    async () => {
      const user = await makeUser();
      const jars = await known(user, 8);
      expect(await compared(user.email, jars, 9)).toBe(50 + 10);
      // A quarter of an hour later, the own browser works again.
      await missTimes(10, user.email, { now: NOW + 16 * MINUTE });
      expect((await login(user.email, { jar: jars[7], now: NOW + 16 * MINUTE })).to).toBe('/');
    },
  );

  it('are not counted for a success, and nobody else can raise their count', async () => {
    const user = await makeUser();
    const [jar] = await known(user, 1);
    const strange = new Jar([['foyer-device', sign(['another secret'], 'known-device', `abc.0.${user.id}`)]]);
    for (let i = 0; i < 60; i++) {
      await miss(user.email, { jar: i % 2 ? strange : undefined, now: NOW });
      if (i % 6 === 0) expect((await login(user.email, { jar: new Jar(jar), now: NOW })).to).toBe('/');
    }
    expect((await login(user.email, { jar, now: NOW })).to).toBe('/');
  });

  it.each<[string, (user: User) => Promise<unknown>]>([
    ['a reset', (user) => newPassword(user.email)],
    [
      'a new password on /me',
      (user) => accounts.changePassword(as(user, { now: NOW }), { current: PASSWORD, password: PASSWORD }),
    ],
    [
      'a deactivation, also when it is over',
      async (user) => {
        const ava = await makeAdministrator();
        await accounts.setActive(as(ava), user.id, false);
        await accounts.setActive(as(ava), user.id, true);
      },
    ],
  ])('%s ends them', async (_what, end) => {
    const user = await makeUser();
    const jars = await known(user, 3);
    await end(user);
    expect(await compared(user.email, jars, 10)).toBe(10);
    expect(await miss(user.email, { now: NOW })).toBe('login.throttled');
  });

  it('except for the browser that has just set the new password', async () => {
    const user = await makeUser();
    const here = await newPassword(user.email);
    expect(here.has('foyer')).toBe(false);
    const there = (await login(user.email, { now: NOW })).jar;
    await accounts.changePassword(await visit(there, { now: NOW }), {
      current: PASSWORD,
      password: PASSWORD,
    });
    there.delete('foyer');
    await missTimes(10, user.email, { now: NOW });
    expect((await login(user.email, { jar: there, now: NOW })).to).toBe('/');
    // The other browser was known for the old password.
    await expect(login(user.email, { jar: here, now: NOW })).rejects.toMatchObject(refusal('throttled'));
  });
});

describe('the audit of failures is bounded', () => {
  const rowsOf = (action: string) => count('audit_entry', 'action = ?', action);

  it('an account has one row an hour, with a count', async () => {
    const user = await makeUser();
    const hour = Math.ceil(NOW / HOUR) * HOUR;
    for (let i = 0; i < 10; i++) await miss(user.email, { now: hour + i });
    for (let i = 0; i < 5; i++) await miss(user.email, { now: hour + HOUR + i });
    expect(await audited('account.sign-in-failed', user.id)).toMatchObject([
      { count: 10, actor_id: null, at: hour, last_at: hour + 9 },
      { count: 5 },
    ]);
    expect(await audited('account.locked', user.id)).toMatchObject([{ count: 1, detail: { what: 'name' } }]);
  });

  it('made-up names and addresses make at most 256 rows an hour, which do not contain the name', async () => {
    const hour = Math.ceil(NOW / HOUR) * HOUR + 5 * HOUR;
    const before = await rowsOf('account.sign-in-failed');
    const flood = async (i: number) => {
      const ctx = testContext({ now: hour, ip: `203.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
      const subject = audit.unknownName(ctx);
      await ctx.commit([audit.tally(ctx, 'account.sign-in-failed', subject, {}, null, audit.nobody)]);
    };
    for (let i = 0; i < 2_000; i++) await flood(i);
    const name = someEmail('madeup');
    for (let i = 0; i < 5; i++) await miss(name, { now: hour });
    expect((await rowsOf('account.sign-in-failed')) - before).toBeLessThanOrEqual(256);
    expect(JSON.stringify((await dump()).audit_entry)).not.toContain('madeup');
  });

  it('a locked IP address is recorded once an hour', async () => {
    const ip = someIp();
    const ctx = testContext({ ip, now: NOW });
    for (let i = 0; i < 99; i++) await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    const before = await rowsOf('account.locked');
    for (let i = 0; i < 5; i++) await miss(someEmail('nobody'), { ip, now: NOW });
    expect((await rowsOf('account.locked')) - before).toBe(1);
  });

  it('contains no secret', async () => {
    const user = await makeUser();
    await miss(user.email);
    const rows = JSON.stringify(await audited('account.sign-in-failed', user.id));
    expect(rows).not.toContain('wrong 1');
    expect(rows).not.toContain(user.email);
  });

  it('an export is recorded once an hour for each person', async () => {
    const ava = await makeAdministrator();
    const actor = as(ava, { now: NOW });
    for (let i = 0; i < 3; i++)
      await new Response(guests.exported(actor, filter()).pipeThrough(new TextEncoderStream())).text();
    const rows = (await audited('site.guests-exported')).filter((row) => row.actor_id === ava.id);
    expect(rows).toMatchObject([{ count: 3 }]);
  });
});

describe('a client address', () => {
  it('is refused after 100 failures, whatever the name', async () => {
    const user = await makeUser();
    const ip = someIp();
    const ctx = testContext({ ip, now: NOW });
    for (let i = 0; i < 99; i++) await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    expect(await miss(someEmail(), { ip, now: NOW })).toBe('login.wrong');
    await expect(login(user.email, { ip, now: NOW })).rejects.toMatchObject(refusal('throttled'));
    expect((await login(user.email, { now: NOW })).to).toBe('/');
    expect((await login(user.email, { ip, now: NOW + 15 * MINUTE })).to).toBe('/');
  });

  it('does not count successes', async () => {
    const user = await makeUser();
    const ip = someIp();
    for (let i = 0; i < 3; i++) await login(user.email, { ip });
    const key = rateLimit.clientIpKey(testContext({ ip }));
    expect(await count('throttle', 'key = ? and failures > 0', key[0])).toBe(0);
    expect(await count('throttle', 'key = ?', rateLimit.key(testContext(), 'name', user.email)[0])).toBe(0);
  });
});

describe('a reset', () => {
  const ask = async (email: string, from: Surroundings = {}) => {
    const ctx = testContext(from);
    accounts.askReset(ctx, email);
    await ctx.settle();
  };
  const linkTo = async (email: string) =>
    linkIn((await mailsTo(email)).find((mail) => mail.text.includes('/reset/'))!);

  it('sets a new password, ends all sessions, and signs nobody in', async () => {
    const user = await makeUser();
    const sessions = [await login(user.email), await login(user.email)];
    await ask(user.email.toUpperCase());
    const ctx = testContext();
    await accounts.reset(ctx, await linkTo(user.email), 'another harbour 9');
    await ctx.settle();
    expect(ctx.jar.has('foyer')).toBe(false);
    for (const { jar } of sessions) expect((await visit(jar)).actor).toBeNull();
    expect(await miss(user.email)).toBe('login.wrong');
    await expect(login(user.email)).rejects.toMatchObject(refusal('invalid', 'login.wrong'));
    expect((await login(user.email, { password: 'another harbour 9' })).to).toBe('/');
    const told = (await mailsTo(user.email)).filter(({ subject }) => subject.includes('password'));
    expect(told).toHaveLength(2);
    expect(await audited('account.password-changed', user.id)).toMatchObject([{ detail: { by: 'reset' } }]);
  });

  it('ends pending logins', async () => {
    const guest = await makeGuest();
    await site({ twoStep: true });
    const { jar } = await login(guest.email);
    await site({ twoStep: false });
    expect(await count('login_challenge', 'user_id = ?', guest.id)).toBe(1);
    await ask(guest.email);
    await accounts.reset(testContext(), await linkTo(guest.email), 'another harbour 9');
    expect(await count('login_challenge', 'user_id = ?', guest.id)).toBe(0);
    expect(jar.has('foyer')).toBe(false);
  });

  it('works once, even for two simultaneous posts', async () => {
    const user = await makeUser();
    await ask(user.email);
    const token = await linkTo(user.email);
    const { done, refused } = await parallel(2, (i) =>
      accounts.reset(testContext(), token, `lamps of pier ${i}`),
    );
    expect([done.length, refused.length]).toEqual([1, 1]);
    expect(refused[0]).toMatchObject(refusal('conflict', 'reset.dead'));
    await expect(accounts.reset(testContext(), token, 'lamps of pier 9')).rejects.toMatchObject(
      refusal('conflict', 'reset.dead'),
    );
  });

  it('invalidates the other links that were requested', async () => {
    const user = await makeUser();
    await ask(user.email);
    const first = await linkTo(user.email);
    await ask(user.email, { now: NOW + 1_000 });
    await accounts.reset(testContext(), await linkTo(user.email), 'another harbour 9');
    expect(await accounts.resetTarget(testContext(), first)).toBeNull();
  });

  it('works for one hour', async () => {
    const user = await makeUser();
    await ask(user.email, { now: NOW });
    const token = await linkTo(user.email);
    expect(await accounts.resetTarget(testContext({ now: NOW + HOUR - 1 }), token)).not.toBeNull();
    await expect(
      accounts.reset(testContext({ now: NOW + HOUR }), token, 'another harbour 9'),
    ).rejects.toMatchObject(refusal('conflict', 'reset.dead'));
  });

  it('lifts the locks of the name and of this browser', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email, { now: NOW });
    jar.delete('foyer');
    await missTimes(10, user.email, { now: NOW });
    await missTimes(10, user.email, { jar, now: NOW });
    await ask(user.email, { now: NOW });
    const token = await linkTo(user.email);
    await accounts.reset(await visit(jar, { now: NOW }), token, PASSWORD);
    expect((await login(user.email, { now: NOW })).to).toBe('/');
    expect((await login(user.email, { jar, now: NOW })).to).toBe('/');
  });

  it('checks the new password against the policy, and a refusal keeps the link valid', async () => {
    const user = await makeUser();
    await ask(user.email);
    const token = await linkTo(user.email);
    await expect(accounts.reset(testContext(), token, 'short')).rejects.toMatchObject(
      refusal('invalid', 'password.too-short'),
    );
    expect(await accounts.resetTarget(testContext(), token)).not.toBeNull();
  });

  it('for an unknown or inactive account sends and writes nothing', async () => {
    const guest = await makeGuest({ status: 'inactive' });
    const { throttle: _before, ...before } = await dump();
    await ask(guest.email);
    await ask(someEmail('nobody'));
    await ask('nonsense');
    const { throttle: _after, ...after } = await dump();
    expect(after).toEqual(before);
  });

  it('is mailed at most five times an hour', async () => {
    const user = await makeUser();
    for (let i = 0; i < 7; i++) await ask(user.email);
    expect(await mailsTo(user.email)).toHaveLength(5);
  });

  it('does not work once the account is deactivated', async () => {
    const user = await makeUser();
    await ask(user.email);
    await accounts.setActive(as(await makeAdministrator()), user.id, false);
    expect(await accounts.resetTarget(testContext(), await linkTo(user.email))).toBeNull();
  });
});

describe('/me', () => {
  it('a new password ends every other session, and the pending logins', async () => {
    const user = await makeUser();
    const [here, elsewhere] = [await login(user.email), await login(user.email)];
    const ctx = await visit(here.jar);
    await accounts.changePassword(ctx, { current: PASSWORD, password: 'another harbour 9' });
    expect((await visit(here.jar)).actor?.id).toBe(user.id);
    expect((await visit(elsewhere.jar)).actor).toBeNull();
    expect((await login(user.email, { password: 'another harbour 9' })).to).toBe('/');
  });

  it('a wrong current password counts as an attempt, whatever is wrong with the new one', async () => {
    for (const password of ['short', undefined]) {
      const { jar } = await login((await makeUser()).email);
      const attempt = async (current: string) =>
        accounts.judgePassword(await visit(jar), { current, password });
      for (let n = 0; n < 9; n++) await expect(attempt(`wrong ${n}`)).rejects.toThrow('me.wrong-password');
      // A right one does not count.
      if (password) await expect(attempt(PASSWORD)).rejects.toThrow('password.too-short');
      else await attempt(PASSWORD);
      await expect(attempt('wrong 9')).rejects.toThrow('me.wrong-password');
      await expect(attempt(PASSWORD)).rejects.toThrow('login.throttled');
    }
  });

  it('requires the current password, with the error at its field', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email);
    await expect(
      accounts.changePassword(await visit(jar), { current: 'wrong 1', password: 'another harbour 9' }),
    ).rejects.toMatchObject({ ...refusal('invalid', 'me.wrong-password'), detail: { field: 'current' } });
  });

  it('counts no failure if only the new password is unsuitable', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email);
    const ctx = await visit(jar);
    for (let i = 0; i < 11; i++)
      await expect(
        accounts.changePassword(ctx, { current: PASSWORD, password: 'short' }),
      ).rejects.toMatchObject(refusal('invalid', 'password.too-short'));
    await accounts.changePassword(ctx, { current: PASSWORD, password: 'another harbour 9' });
  });

  it('lets one of two simultaneous changes win, and refuses the other', async () => {
    const user = await makeUser();
    const { jar } = await login(user.email);
    const change = async (i: number) =>
      accounts.changePassword(await visit(jar), { current: PASSWORD, password: `another harbour ${i}` });
    const { done, refused } = await parallel(2, change);
    expect(done).toHaveLength(1);
    expect(refused[0]).toMatchObject({ name: 'Refusal' });
  });

  it('ends one or all other sessions, never those of somebody else', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    const mine = [await login(user.email), await login(user.email), await login(user.email)];
    const theirs = await login(other.email);
    const ctx = await visit(mine[0]!.jar);
    const list = (await accounts.profile(ctx)).sessions;
    expect(list.filter((s) => s.current)).toHaveLength(1);
    expect(list).toHaveLength(3);
    await accounts.endSessions(ctx, (await visit(theirs.jar)).sessionHash);
    expect((await visit(theirs.jar)).actor).not.toBeNull();
    await accounts.endSessions(ctx, (await visit(mine[1]!.jar)).sessionHash);
    expect((await visit(mine[1]!.jar)).actor).toBeNull();
    expect((await visit(mine[2]!.jar)).actor).not.toBeNull();
    await accounts.endSessions(ctx, null);
    expect((await visit(mine[2]!.jar)).actor).toBeNull();
    expect((await visit(mine[0]!.jar)).actor).not.toBeNull();
  });

  it('a guest keeps the first zone that a browser reports, a chosen zone stays, and a user follows the browser', async () => {
    const [guest, user, chosen] = [
      await makeGuest(),
      await makeUser(),
      await makeGuest({ timeZone: 'Asia/Tokyo' }),
    ];
    const zones = async (who: User) => {
      const { timeZone, browserTimeZone } = (await account(who.email))!;
      return [timeZone, browserTimeZone];
    };
    for (const who of [guest, user, chosen]) await accounts.learnZone(as(who), 'Asia/Kolkata');
    expect(await zones(guest)).toEqual(['Asia/Kolkata', 'Asia/Kolkata']);
    expect(await zones(user)).toEqual([null, 'Asia/Kolkata']);
    expect(await zones(chosen)).toEqual(['Asia/Tokyo', 'Asia/Kolkata']);
    // When travelling, a chosen zone stays, and "automatic" is not overruled.
    await accounts.changeProfile(as(guest), { name: 'G', company: '', locale: null, timeZone: null });
    for (const who of [guest, user]) await accounts.learnZone(as(who), 'Europe/Kyiv');
    expect(await zones(guest)).toEqual([null, 'Europe/Kyiv']);
    expect(await zones(user)).toEqual([null, 'Europe/Kyiv']);
  });

  it('name, company, language and time zone', async () => {
    const user = await makeUser();
    const form = { name: 'Ben K.', company: 'Partner Ltd', locale: 'ja', timeZone: 'Asia/Tokyo' };
    await accounts.changeProfile(as(user), form);
    expect(await account(user.email)).toMatchObject(form);
  });
});

describe('administration', () => {
  it('deactivation ends sessions and pending logins at once; after reactivation the person can log in', async () => {
    const ava = await makeAdministrator();
    const user = await makeUser();
    const { jar } = await login(user.email);
    await accounts.setActive(as(ava), user.id, false);
    expect((await visit(jar)).actor).toBeNull();
    expect(await count('session', 'user_id = ?', user.id)).toBe(0);
    await expect(login(user.email)).rejects.toMatchObject(refusal('forbidden', 'login.inactive'));
    await accounts.setActive(as(ava), user.id, true);
    expect((await login(user.email)).to).toBe('/');
    expect(await audited('account.deactivated', user.id)).toHaveLength(1);
  });

  it('nobody deactivates themselves', async () => {
    const ava = await makeAdministrator();
    await expect(accounts.setActive(as(ava), ava.id, false)).rejects.toMatchObject(
      refusal('conflict', 'users.not-yourself'),
    );
  });

  it('keeps one administrator, even with two simultaneous demotions', async () => {
    await db.run('update user set administrator = 0');
    const [ava, ben] = [await makeAdministrator(), await makeAdministrator()];
    const nothing = { administrator: false, canCreateSpaces: false };
    const { done, refused } = await parallel(2, (i) =>
      accounts.setPermissions(as([ava, ben][i]!), [ava, ben][i]!.id, nothing),
    );
    expect([done.length, refused.length]).toEqual([1, 1]);
    expect(refused[0]).toMatchObject(refusal('conflict', 'users.last-administrator'));
    expect(await count('user', 'administrator = 1')).toBe(1);
    // Whoever has just been demoted by the other demotes nobody.
    await db.run('update user set administrator = 0');
    const [cho, dee] = [await makeAdministrator(), await makeAdministrator()];
    const each = await parallel(2, (i) =>
      accounts.setPermissions(as([cho, dee][i]!), [dee, cho][i]!.id, nothing),
    );
    expect([each.done.length, each.refused.length]).toEqual([1, 1]);
    expect(each.refused[0]).toMatchObject(refusal('forbidden'));
    expect(await count('user', 'administrator = 1')).toBe(1);
    await db.run('update user set administrator = 0');
    const pair = [await makeAdministrator(), await makeAdministrator()];
    await parallel(2, (i) => accounts.setActive(as(pair[i]!), pair[1 - i]!.id, false));
    expect(await count('user', `administrator = 1 and status = 'active'`)).toBe(1);
  });

  it('grants and removes permissions, but never to guests', async () => {
    const ava = await makeAdministrator();
    const [user, guest] = [await makeUser({ canCreateSpaces: false }), await makeGuest()];
    await accounts.setPermissions(as(ava), user.id, { administrator: true, canCreateSpaces: true });
    expect(await account(user.email)).toMatchObject({ administrator: true, canCreateSpaces: true });
    await expect(
      accounts.setPermissions(as(ava), guest.id, { administrator: true, canCreateSpaces: true }),
    ).rejects.toMatchObject(refusal('conflict'));
    expect(await account(guest.email)).toMatchObject({ administrator: false, canCreateSpaces: false });
  });

  it('"Create Guest Spaces" changes only the users shown on the page, never guests', async () => {
    const ava = await makeAdministrator();
    const [ben, cho, dan] = [await makeUser(), await makeUser({ canCreateSpaces: false }), await makeUser()];
    const guest = await makeGuest();
    await accounts.setSpaceCreators(as(ava), [ben.id, cho.id, guest.id], [cho.id, guest.id]);
    const may = async (email: string) => (await account(email))!.canCreateSpaces;
    expect([
      await may(ben.email),
      await may(cho.email),
      await may(dan.email),
      await may(guest.email),
    ]).toEqual([false, true, true, false]);
  });

  it('administrators only, all users, or the chosen ones may create guest spaces: from the next request on, and in the batch', async () => {
    const ava = await makeAdministrator();
    const [chosen, other] = [await makeUser(), await makeUser({ canCreateSpaces: false })];
    const people = { ava, chosen, other, guest: await makeGuest({ canCreateSpaces: true }) };
    const who = async (spaceCreators: 'administrators' | 'chosen' | 'everyone') => {
      const ctx = as(ava);
      const { revision } = await settings.read(ctx);
      await accounts.changeSpaceCreators(ctx, { who: spaceCreators, shown: [], allowed: [], revision });
      const may: string[] = [];
      for (const [name, person] of Object.entries(people)) {
        const { actor } = await visit((await login(person.email)).jar);
        const inBatch = await makeSpace({ ...person, kind: 'user', canCreateSpaces: true }).then(
          () => true,
          () => false,
        );
        expect(inBatch, `${name} ${spaceCreators}`).toBe(can(actor, 'space.create'));
        if (inBatch) may.push(name);
      }
      return may;
    };
    try {
      expect(await who('administrators')).toEqual(['ava']);
      expect(await who('everyone')).toEqual(['ava', 'chosen', 'other']);
    } finally {
      expect(await who('chosen')).toEqual(['ava', 'chosen']);
    }
    expect((await audited('setting.changed')).map(({ detail }) => detail)).toContainEqual({
      spaceCreators: { from: 'everyone', to: 'chosen' },
    });
  });

  it('says in one form who may, and chooses: both are saved, or nothing', async () => {
    const ava = await makeAdministrator();
    const ben = await makeUser({ canCreateSpaces: false });
    const ctx = as(ava);
    const { revision } = await settings.read(ctx);
    const form = { shown: [ben.id], allowed: [ben.id], revision };
    await accounts.changeSpaceCreators(ctx, { who: 'everyone', ...form });
    expect((await account(ben.email))!.canCreateSpaces).toBe(true);
    // A form that was opened before.
    await expect(
      accounts.changeSpaceCreators(as(ava), { who: 'administrators', ...form, allowed: [] }),
    ).rejects.toMatchObject(refusal('conflict', 'form.stale'));
    expect((await account(ben.email))!.canCreateSpaces).toBe(true);
    await site({ spaceCreators: 'chosen' });
  });

  it('applies a removed permission to the next request', async () => {
    const ava = await makeAdministrator();
    const ben = await makeUser();
    const { jar } = await login(ben.email);
    await accounts.setPermissions(as(ava), ben.id, { administrator: false, canCreateSpaces: false });
    const ctx = await visit(jar);
    expect(ctx.actor).toMatchObject({ canCreateSpaces: false });
    await expect(makeSpace((await account(ben.email))!)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('lists and finds users, a page at a time', async () => {
    const ava = await makeAdministrator();
    for (let i = 0; i < 3; i++) await makeUser({ name: `100%_Odd ${i}` });
    await makeGuest({ name: '100%_Odd guest' });
    const found = await accounts.list(as(ava), { search: '100%_' });
    expect(found.rows).toHaveLength(3);
    expect((await accounts.list(as(ava), { search: '1000_' })).rows).toHaveLength(0);
    const after = await accounts.list(as(ava), {
      search: '100%_',
      after: paging.write([found.rows[0]!.email]),
    });
    expect(after.rows).toHaveLength(2);
  });

  it('is only for administrators', async () => {
    const [user, ben] = [await makeUser(), await makeUser()];
    const ctx = as(user);
    await expect(accounts.list(ctx)).rejects.toMatchObject(refusal('forbidden'));
    await expect(accounts.setActive(ctx, ben.id, false)).rejects.toMatchObject(refusal('forbidden'));
    await expect(
      accounts.setPermissions(ctx, user.id, { administrator: true, canCreateSpaces: true }),
    ).rejects.toMatchObject(refusal('forbidden'));
    await expect(accounts.setSpaceCreators(ctx, [], [])).rejects.toMatchObject(refusal('forbidden'));
  });
});

it('Cron deletes expired reset links and no others', async () => {
  const user = await makeUser();
  for (const now of [NOW - 3 * DAY, NOW]) {
    const ctx = testContext({ now });
    accounts.askReset(ctx, user.email);
    await ctx.settle();
  }
  await cron.run(testContext({ now: NOW }));
  expect(await count('password_reset', 'user_id = ?', user.id)).toBe(1);
});

it('the documented policy accepts short passwords with a letter and a digit', async () => {
  await documented();
  const user = await makeUser();
  const { jar } = await login(user.email);
  await accounts.changePassword(await visit(jar), { current: PASSWORD, password: 'ab1' });
  expect((await login(user.email, { password: 'ab1' })).to).toBe('/');
});

describe('the administration of people', () => {
  it('finds by long texts too (D1 ends LIKE patterns at 50 bytes)', async () => {
    const admin = as(await makeAdministrator());
    const name = `${'海'.repeat(30)} ${'x'.repeat(60)}`;
    const person = await makeUser({ name });
    expect((await accounts.list(admin, { search: name })).rows.map((row) => row.id)).toEqual([person.id]);
    expect((await accounts.list(admin, { search: '_%' })).rows).toEqual([]);
  });

  it('never makes anybody administrator of a space without telling the space', async () => {
    const [admin, only] = [await makeAdministrator(), await makeUser()];
    const spaceId = await makeSpace(only);
    await accounts.setActive(as(admin), only.id, false);
    await expect(access.requireSpace(as(admin), spaceId)).rejects.toMatchObject(refusal('missing'));
    expect(await count('membership', 'space_id = ?', spaceId)).toBe(1);
  });

  it('distinguishes an unknown account from the last administrator', async () => {
    const admin = as(await makeAdministrator());
    await expect(accounts.setActive(admin, 'a'.repeat(16), false)).rejects.toMatchObject(refusal('missing'));
  });
});
