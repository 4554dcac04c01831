import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTranslator } from '../../messages';
import { as, DAY, HOUR, Jar, MINUTE, mailDown, testContext, visit } from '../../../../tests/contexts';
import type { Surroundings, User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
} from '../../../../tests/factories';
import { audited, count, parallel, refusal } from '../../../../tests/helpers';
import { joinSpace } from '../../../../tests/invitations';
import { login, verify } from '../../../../tests/logins';
import { codeTo, mailsTo } from '../../../../tests/mailbox';
import { listen } from '../../../../tests/sockets';
import * as auditLog from '../audit-log';
import * as networks from '../networks';
import { loginSecurityDefaults } from '../schema';
import * as settings from '../settings';
import * as loginSecurity from './index';

const START = Date.now();
// Lucia reads the clock itself.
const at = (ms: number) => vi.setSystemTime(START + ms);
const t = await loadTranslator('en');

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  await site({ ...loginSecurityDefaults, twoStep: false });
});
afterEach(() => void vi.useRealTimers());

type Change = Parameters<typeof loginSecurity.change>[1];

/** Saves the form with these values changed. */
async function save(ava: User, changes: Partial<Change> = {}, from: Surroundings = {}) {
  const ctx = as(ava, from);
  const now = await settings.read(testContext());
  await loginSecurity.change(ctx, {
    ...settings.loginSecurityOf(now),
    administratorNetworks: now.administratorNetworks.join('\n'),
    userNetworks: now.userNetworks.join('\n'),
    guestNetworks: now.guestNetworks.join('\n'),
    revision: now.revision,
    ...changes,
  });
  await ctx.settle();
}

async function missTimes(times: number, email: string, from: Surroundings = {}): Promise<void> {
  for (let i = 0; i < times; i++)
    await expect(login(email, { ...from, password: 'wrong 1' })).rejects.toMatchObject(
      refusal('invalid', 'login.wrong'),
    );
}
const throttled = (email: string, from: Surroundings = {}) =>
  expect(login(email, from)).rejects.toMatchObject(refusal('throttled', 'login.throttled'));

async function request(jar: Jar, from: Surroundings = {}) {
  const ctx = await visit(jar, from);
  await ctx.settle();
  return ctx.actor?.id ?? null;
}

describe('the form', () => {
  it('is for administrators of the site', async () => {
    for (const one of [await makeUser(), await makeGuest({ administrator: true })])
      await expect(save(one)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('records what was changed, from what to what, and the audit log says it', async () => {
    const ava = await makeAdministrator();
    await save(ava, {
      lockAfter: 5,
      guestIdle: 60,
      userNetworks: '192.0.2.9/24\n2001:DB8::1',
      userStep: true,
    });
    const [entry] = (await audited('setting.changed')).slice(-1);
    expect(entry!.detail).toEqual({
      lockAfter: { from: 10, to: 5 },
      guestIdle: { from: 20_160, to: 60 },
      userNetworks: { from: [], to: ['192.0.2.0/24', '2001:db8::1'] },
      userStep: { from: false, to: true },
    });
    const { rows } = await auditLog.list(as(ava), {
      ...{ person: ava.email, space: '', group: 'settings', from: null, to: null },
    });
    const { key, params } = rows[0]!.what;
    const said = t(key, params).replace(/[\u2066-\u2069]/g, '');
    for (const words of [
      'Failed attempts in a row until a lock: 10 → 5',
      'Log out guests who do nothing for: 14 days → 1 hour',
      'For all other users: – → 192.0.2.0/24 2001:db8::1',
      'Require a code from all other users: Off → On',
    ])
      expect(said).toContain(words);
  });

  it('records nothing where nothing has changed', async () => {
    const ava = await makeAdministrator();
    const before = await count('audit_entry');
    await save(ava);
    expect(await count('audit_entry')).toBe(before);
  });

  it('changes nothing from a stale page in a field that somebody else has changed since', async () => {
    const ava = await makeAdministrator();
    const { revision } = await settings.read(testContext());
    await save(ava, { lockAfter: 7 });
    await expect(save(ava, { lockAfter: 9, revision })).rejects.toMatchObject(
      refusal('conflict', 'form.stale'),
    );
    expect((await settings.read(testContext())).lockAfter).toBe(7);
  });
});

describe('locks', () => {
  it.each(['guest', 'user'])('come after as many failures as the site says, for a %s', async (kind) => {
    const one = await (kind === 'guest' ? makeGuest() : makeUser());
    await save(await makeAdministrator(), { lockAfter: 4 });
    await missTimes(4, one.email);
    await throttled(one.email);
  });

  it('let no more through than that, of twenty at the same time', async () => {
    const gil = await makeGuest();
    await save(await makeAdministrator(), { lockAfter: 4 });
    const { refused } = await parallel(20, () => login(gil.email, { password: 'wrong 1' }));
    const keys = refused.map((reason) => (reason as unknown as { detail: { key: string } }).detail.key);
    expect(keys.filter((key) => key === 'login.wrong')).toHaveLength(4);
    expect(keys.filter((key) => key === 'login.throttled')).toHaveLength(16);
  });

  it('come with the next failure where more have been counted already', async () => {
    const gil = await makeGuest();
    await missTimes(8, gil.email);
    await save(await makeAdministrator(), { lockAfter: 5 });
    await missTimes(1, gil.email);
    await throttled(gil.email);
  });

  it('take 3 minutes, then twice as long each time, up to the longest', async () => {
    const gil = await makeGuest();
    await save(await makeAdministrator(), { lockAfter: 3, lockMinutes: 30 });
    let now = START;
    for (const minutes of [3, 6, 12, 24, 30, 30]) {
      await missTimes(3, gil.email, { now });
      await throttled(gil.email, { now: now + minutes * MINUTE - 1 });
      now += minutes * MINUTE;
    }
    expect((await login(gil.email, { now })).to).toBe('/');
  });

  it('are listed with whom they keep out, and for nobody else', async () => {
    const ava = await makeAdministrator();
    await save(ava, { lockAfter: 3 });
    const [gil, ben] = [await makeGuest(), await makeUser()];
    await missTimes(3, gil.email);
    await missTimes(2, ben.email);
    await missTimes(3, 'nobody-at-all@partner.example');
    const { rows, next } = await loginSecurity.locked(as(ava), null);
    expect(rows.find(({ id }) => id === gil.id)).toMatchObject({
      ...{ email: gil.email, guest: true, until: START + 3 * MINUTE },
    });
    expect(rows.map(({ id }) => id)).not.toContain(ben.id);
    expect(rows).toHaveLength(await count('throttle', 'user_id is not null and locked_until > ?', START));
    expect(next).toBeNull();
    expect((await loginSecurity.locked(as(ava, { now: START + 4 * MINUTE }), null)).rows).toEqual([]);
    await expect(loginSecurity.locked(as(ben), null)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('are released by an administrator, once, and the audit says so', async () => {
    const [ava, gil] = [await makeAdministrator(), await makeGuest()];
    await save(ava, { lockAfter: 3 });
    await missTimes(3, gil.email);
    await expect(loginSecurity.unlock(as(await makeUser()), gil.id)).rejects.toMatchObject(
      refusal('forbidden'),
    );
    await throttled(gil.email);
    await Promise.all([1, 2, 3].map(() => loginSecurity.unlock(as(ava), gil.id)));
    expect((await login(gil.email)).to).toBe('/');
    expect(await audited('account.unlocked', gil.id)).toMatchObject([{ actor_id: ava.id }]);
  });

  it('of a known browser are listed and released too', async () => {
    const [ava, gil] = [await makeAdministrator(), await makeGuest()];
    const { jar } = await login(gil.email);
    await save(ava, { lockAfter: 3 });
    await missTimes(3, gil.email, { jar });
    await throttled(gil.email, { jar });
    expect((await loginSecurity.locked(as(ava), null)).rows.map(({ id }) => id)).toContain(gil.id);
    await loginSecurity.unlock(as(ava), gil.id);
    expect((await login(gil.email, { jar })).to).toBe('/');
  });
});

describe('the limits of sessions', () => {
  it('are others for guests than for users', async () => {
    const [ava, ben, gil] = [await makeAdministrator(), await makeUser(), await makeGuest()];
    await save(ava, { guestIdle: 60, guestAbsolute: 240 });
    const [bens, gils] = [(await login(ben.email)).jar, (await login(gil.email)).jar];
    at(HOUR - 1);
    expect(await request(new Jar(gils))).toBe(gil.id);
    at(2 * HOUR);
    expect(await request(gils)).toBe(null);
    expect(gils.has('foyer')).toBe(false);
    expect(await request(bens)).toBe(ben.id);
  });

  it('that are shorter count at once, for sessions that exist', async () => {
    const [ava, gil] = [await makeAdministrator(), await makeGuest()];
    const { jar } = await login(gil.email);
    const before = new Jar(jar);
    at(2 * HOUR);
    await site({ guestIdle: 60 });
    expect(await request(jar)).toBe(null);
    // Longer ones do not bring back what has ended.
    await save(ava, { guestIdle: 20_160 });
    expect(await request(before)).toBe(null);
    expect(await count('session', 'user_id = ?', gil.id)).toBe(0);
  });

  it('end in any case, whatever the use', async () => {
    const gil = await makeGuest();
    const { jar } = await login(gil.email);
    await save(await makeAdministrator(), { guestAbsolute: 240 });
    for (const hours of [1, 2, 3]) {
      at(hours * HOUR);
      expect(await request(jar)).toBe(gil.id);
    }
    at(4 * HOUR);
    expect(await request(jar)).toBe(null);
  });

  it('go on with use, and not by what a page asks by itself', async () => {
    await save(await makeAdministrator(), { userIdle: 15 });
    const [ben, cho] = [await makeUser(), await makeUser()];
    const [bens, chos] = [(await login(ben.email)).jar, (await login(cho.email)).jar];
    for (let minute = 4; minute <= 40; minute += 4) {
      at(minute * MINUTE);
      expect(await request(bens)).toBe(ben.id);
      expect(await request(chos, { unattended: true })).toBe(minute < 15 ? cho.id : null);
    }
  });

  it('close the sockets of sessions that end by a change', async () => {
    await site({ setUp: true });
    const [ava, gil] = [await makeAdministrator(), await makeGuest()];
    const space = await makeSpace(ava);
    await joinSpace(ava, space, gil);
    const { jar } = await login(gil.email);
    const page = await listen(jar, space);
    at(2 * HOUR);
    await save(ava, { guestIdle: 60 });
    await page.ended;
    expect(await page.closed()).toBe(4001);
  });
});

describe('a code', () => {
  it('is asked of administrators and of other users, each as the site says', async () => {
    const [ava, ben, gil] = [await makeAdministrator(), await makeUser(), await makeGuest()];
    const ways = async () => [
      (await login(ava.email)).to,
      (await login(ben.email)).to,
      (await login(gil.email)).to,
    ];
    expect(await ways()).toEqual(['/', '/', '/']);
    await save(ava, { administratorStep: true });
    expect(await ways()).toEqual(['/verify', '/', '/']);
    await save(ava, { administratorStep: false, userStep: true });
    expect(await ways()).toEqual(['/', '/verify', '/']);
  });

  it('lets a user in who has it', async () => {
    const ben = await makeUser();
    await save(await makeAdministrator(), { userStep: true });
    const { jar } = await login(ben.email);
    expect(await request(jar)).toBe(null);
    expect(await verify(jar, await codeTo(ben.email))).toBe('/');
    expect(await request(jar)).toBe(ben.id);
  });

  it('is asked of nobody before its risk is confirmed', async () => {
    const ava = await makeAdministrator();
    const down = { config: mailDown };
    const warned = (risk: 'mail' | 'locked-out' | 'both') => refusal('conflict', `security.warn-${risk}`);
    await expect(save(ava, { userStep: true }, down)).rejects.toMatchObject(warned('mail'));
    await expect(save(ava, { userStep: true, confirmed: 'both' }, down)).rejects.toMatchObject(
      warned('mail'),
    );
    await testContext().db.run(`update user set email_verified_at = null where administrator = 1`);
    await expect(save(ava, { administratorStep: true })).rejects.toMatchObject(warned('locked-out'));
    await expect(save(ava, { administratorStep: true }, down)).rejects.toMatchObject(warned('both'));
    expect(await settings.read(testContext())).toMatchObject({ administratorStep: false, userStep: false });
    await save(ava, { administratorStep: true, confirmed: 'both' }, down);
    // What is on needs no confirmation.
    await save(ava, { lockAfter: 20 }, down);
    expect((await settings.read(testContext())).administratorStep).toBe(true);
  });
});

describe('the addresses', () => {
  const inside = '192.0.2.44';
  const outside = '198.51.100.7';

  it('of one list are those of one kind of person', async () => {
    const list = {
      administratorNetworks: ['192.0.2.0/24'],
      userNetworks: ['2001:db8::/32'],
      guestNetworks: [],
    };
    const people = {
      administrator: { kind: 'user', administrator: true },
      user: { kind: 'user', administrator: false },
      guest: { kind: 'guest', administrator: true },
    } as const;
    const allowed = (who: keyof typeof people, ip: string) => networks.isAllowed(list, people[who], ip);
    expect(['administrator', 'user', 'guest'].map((who) => allowed(who as 'user', inside))).toEqual([
      ...[true, false, true],
    ]);
    expect(allowed('user', '2001:db8:7::1')).toBe(true);
    expect(allowed('administrator', '')).toBe(false);
  });

  it('keep out who logs in from elsewhere, which is recorded', async () => {
    const gil = await makeGuest();
    await save(await makeAdministrator(), { guestNetworks: '192.0.2.0/24' });
    await expect(login(gil.email, { ip: outside })).rejects.toMatchObject(
      refusal('forbidden', 'login.outside'),
    );
    expect(await count('session', 'user_id = ?', gil.id)).toBe(0);
    expect(await audited('account.sign-in-failed', gil.id)).toMatchObject([{ detail: { outside: true } }]);
    expect((await login(gil.email, { ip: inside })).to).toBe('/');
  });

  it('tell a stranger nothing: a wrong password is a wrong password', async () => {
    const gil = await makeGuest();
    await save(await makeAdministrator(), { guestNetworks: '192.0.2.0/24' });
    await missTimes(1, gil.email, { ip: outside });
  });

  it('mail no code to elsewhere, and take none from there', async () => {
    const gil = await makeGuest();
    await save(await makeAdministrator(), { guestNetworks: '192.0.2.0/24' });
    await site({ twoStep: true });
    await expect(login(gil.email, { ip: outside })).rejects.toMatchObject(refusal('forbidden'));
    expect(await mailsTo(gil.email)).toEqual([]);
    const { jar } = await login(gil.email, { ip: inside });
    const code = await codeTo(gil.email);
    await expect(verify(jar, code, { ip: outside })).rejects.toMatchObject(
      refusal('forbidden', 'login.outside'),
    );
    expect(await verify(jar, code, { ip: inside })).toBe('/');
  });

  it('are asked for on each request: who has gone elsewhere is nobody there, and comes back', async () => {
    const gil = await makeGuest();
    const { jar } = await login(gil.email, { ip: inside });
    await save(await makeAdministrator(), { guestNetworks: '192.0.2.0/24' });
    const there = await visit(jar, { ip: outside });
    expect([there.actor, there.outside]).toEqual([null, true]);
    expect(await request(jar, { ip: inside })).toBe(gil.id);
  });

  it('always have room for the administrator who saves them', async () => {
    const ava = await makeAdministrator();
    await expect(save(ava, { administratorNetworks: '192.0.2.0/24' }, { ip: outside })).rejects.toMatchObject(
      refusal('conflict', 'security.networks-own'),
    );
    expect((await settings.read(testContext())).administratorNetworks).toEqual([]);
    await save(ava, { administratorNetworks: '192.0.2.0/24', userNetworks: '10.0.0.1' }, { ip: inside });
  });

  it('are refused by the line, several at once, and not without end', async () => {
    const wrong = (typed: string) => {
      try {
        return networks.networksOf(typed, 'userNetworks');
      } catch (refused) {
        return (refused as { detail: unknown }).detail;
      }
    };
    expect(wrong('\n10.0.0.1\n office \n\n10.0.0.1/40')).toEqual({
      key: 'security.networks-wrong',
      params: { lines: '3 (office); 5 (10.0.0.1/40)' },
      field: 'userNetworks',
    });
    expect(wrong('x\n'.repeat(7))).toMatchObject({
      params: { lines: '1 (x); 2 (x); 3 (x); 4 (x); 5 (x); …' },
    });
    const many = Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`).join('\n');
    expect(wrong(many)).toMatchObject({ key: 'security.networks-many' });
    expect(wrong('10.0.0.1\n10.0.0.1/32')).toEqual(['10.0.0.1']);
    await expect(
      loginSecurity.judge({ administratorNetworks: 'a', guestNetworks: 'b' }),
    ).rejects.toMatchObject({
      detail: { field: 'administratorNetworks', also: [{ detail: { field: 'guestNetworks' } }] },
    });
  });
});

describe('a login in a new browser', () => {
  const subject = 'Foyer: New sign-in to your account';
  const told = async (email: string) =>
    (await mailsTo(email)).filter((mail) => mail.subject === subject).length;

  it('is told to its owner, guest or user, with device, place and time', async () => {
    const agent = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0';
    for (const one of [
      await makeGuest({ timeZone: 'Asia/Tokyo' }),
      await makeUser({ timeZone: 'Asia/Tokyo' }),
    ]) {
      await login(one.email, {
        ...{ userAgent: agent, ip: '203.0.113.77', place: { city: 'Rotterdam', country: 'NL' } },
        now: Date.UTC(2026, 10, 28, 9, 20),
      });
      const [mail] = await mailsTo(one.email);
      expect(mail).toMatchObject({ subject });
      for (const words of [
        'Device: Firefox on Windows',
        'Place: Rotterdam · Netherlands · 203.0.113.*',
        '28 November 2026 at 18:20 GMT+9',
        '\nhttp://localhost:8787/me#sessions\n',
      ])
        expect(mail!.text).toContain(words);
      expect(mail!.text).not.toContain('203.0.113.77');
      expect(await audited('account.signed-in', one.id)).toMatchObject([{ detail: { newBrowser: true } }]);
    }
  });

  it('is told once for each browser, also after a logout and a new password', async () => {
    const gil = await makeGuest();
    const { jar } = await login(gil.email);
    expect(await told(gil.email)).toBe(1);
    await login(gil.email, { jar });
    jar.delete('foyer');
    await testContext().db.run(
      `update user set credential_epoch = credential_epoch + 1 where id = '${gil.id}'`,
    );
    await login(gil.email, { jar });
    expect(await told(gil.email)).toBe(1);
    await login(gil.email);
    expect(await told(gil.email)).toBe(2);
  });

  it('is told where the browser is known to somebody else only', async () => {
    const [gil, hana] = [await makeGuest(), await makeGuest()];
    const { jar } = await login(gil.email);
    await login(hana.email, { jar });
    expect(await told(hana.email)).toBe(1);
  });

  it('is told after the code, where one is asked for', async () => {
    await site({ twoStep: true });
    const gil = await makeGuest();
    const { jar } = await login(gil.email);
    expect(await told(gil.email)).toBe(0);
    await verify(jar, await codeTo(gil.email));
    expect(await told(gil.email)).toBe(1);
  });

  it('is not told of the first login of all, of a wrong password, or where the site has turned it off', async () => {
    const [first, gil] = [await makeUser({ loginCount: 0 }), await makeGuest()];
    await login(first.email);
    await missTimes(1, gil.email);
    await save(await makeAdministrator(), { newBrowserMail: false });
    await login(gil.email);
    expect([await told(first.email), await told(gil.email)]).toEqual([0, 0]);
  });

  it('is told ten times an hour at most', async () => {
    const gil = await makeGuest();
    for (let i = 0; i < 12; i++) await login(gil.email, { password: PASSWORD });
    expect(await told(gil.email)).toBe(10);
    await login(gil.email, { now: START + HOUR + DAY });
    expect(await told(gil.email)).toBe(11);
  });
});
