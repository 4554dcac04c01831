// Browsers that skip the second step: what they skip, and what ends it.
import { beforeEach, describe, expect, it } from 'vitest';
import { as, DAY, Jar, testContext, visit, type User } from '../../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeUser,
  PASSWORD,
  site,
  someEmail,
} from '../../../../tests/factories';
import { audited, count, dump, refusal } from '../../../../tests/helpers';
import { login } from '../../../../tests/logins';
import { codeTo, linkIn, mailsTo } from '../../../../tests/mailbox';
import * as accounts from '../accounts';
import { randomToken } from '../crypto';
import * as cron from '../cron';
import * as settings from '../settings';
import * as sites from '../site';
import * as verification from '.';

const NOW = Date.now();

beforeEach(() =>
  site({ twoStep: true, trustBrowsers: true, trustedDays: 30, trustedSince: 0, administratorStep: false }),
);

/** Logs in with a code, and asks this browser to be trusted. */
async function trusting(person?: User, jar = new Jar(), { now = NOW, trust = true } = {}) {
  const guest = person ?? (await makeGuest());
  await login(guest.email, { jar, now });
  const ctx = await visit(jar, { now });
  const passed = await verification.check(ctx, await codeTo(guest.email));
  await accounts.finishLogin(ctx, passed, { trust });
  await ctx.settle();
  return { guest, jar };
}

/** In a browser that has logged out. */
const again = async (guest: User, jar: Jar, from: { now?: number; password?: string } = {}) =>
  (await login(guest.email, { jar: new Jar([...jar].filter(([name]) => name !== 'foyer')), ...from })).to;

describe('a trusted browser', () => {
  it('skips the code, never the password', async () => {
    const { guest, jar } = await trusting();
    expect(await again(guest, jar, { now: NOW + DAY })).toBe('/');
    await expect(again(guest, jar, { password: 'wrong 1' })).rejects.toMatchObject(refusal('invalid'));
    expect(await audited('account.browser-trusted', guest.id)).toHaveLength(1);
    expect((await audited('account.signed-in', guest.id)).map(({ detail }) => detail)).toContainEqual({
      step: 'trusted browser',
    });
  });

  it('is offered to guests alone, and only while the site allows it', async () => {
    const { guest, jar } = await trusting(undefined, new Jar(), { trust: false });
    expect(await again(guest, jar)).toBe('/verify');
    const offered = async (person: User) => {
      const { jar } = await login(person.email, { now: NOW });
      return (await verification.pending(await visit(jar, { now: NOW })))!.trustedDays;
    };
    expect(await offered(guest)).toBe(30);
    await site({ administratorStep: true });
    const ava = await makeAdministrator();
    expect(await offered(ava)).toBeNull();
    const hers = await trusting(ava, new Jar(), { now: NOW + 1_000 });
    expect(await again(ava, hers.jar)).toBe('/verify');
    await site({ trustBrowsers: false });
    expect(await offered(guest)).toBeNull();
    const { jar: other } = await trusting(guest, new Jar(), { now: NOW + 2_000 });
    await site({ trustBrowsers: true });
    expect(await again(guest, other)).toBe('/verify');
  });

  it('is trusted for its own person, and by its own cookie', async () => {
    const { guest, jar } = await trusting();
    const other = await makeGuest();
    expect(await again(other, jar)).toBe('/verify');
    expect(await again(guest, new Jar())).toBe('/verify');
    expect(await again(guest, new Jar([['foyer-trust', 'x'.repeat(43)]]))).toBe('/verify');
    // D1 has only the hash.
    expect(JSON.stringify(await dump())).not.toContain(jar.get('foyer-trust'));
  });

  it('until its days are over; fewer apply right away', async () => {
    const { guest, jar } = await trusting();
    expect(await again(guest, jar, { now: NOW + 30 * DAY - 1 })).toBe('/');
    expect(await again(guest, jar, { now: NOW + 30 * DAY })).toBe('/verify');
    await site({ trustedDays: 5 });
    expect(await again(guest, jar, { now: NOW + 5 * DAY })).toBe('/verify');
    await cron.run(testContext({ now: NOW + 30 * DAY }));
    expect(await count('trusted_browser', 'user_id = ?', guest.id)).toBe(0);
  });

  it('until the site turns it off; turning it on again brings nothing back', async () => {
    const { guest, jar } = await trusting();
    const ava = as(await makeAdministrator(), { now: NOW + DAY });
    const turn = async (trustBrowsers: boolean) =>
      sites.changeSettings(ava, {
        trustBrowsers,
        ...verification.trustEnds(ava, await settings.read(ava), { trustBrowsers }),
      });
    await turn(false);
    expect(await again(guest, jar, { now: NOW + DAY })).toBe('/verify');
    await turn(true);
    expect(await again(guest, jar, { now: NOW + DAY })).toBe('/verify');
    await trusting(guest, jar, { now: NOW + DAY });
    expect(await again(guest, jar, { now: NOW + DAY })).toBe('/');
  });

  const ends: [string, (guest: User) => Promise<unknown>][] = [
    [
      'its person on their page',
      async (guest) => {
        const [browser] = (await accounts.profile(await full(guest))).trusted;
        await accounts.endTrust(as(guest), browser!.id);
        expect(await audited('account.trust-ended', guest.id)).toHaveLength(1);
      },
    ],
    ['“log out all others”', (guest) => accounts.endSessions(as(guest), null)],
    [
      'an administrator who logs them out',
      async (guest) => accounts.endSessionsOf(as(await makeAdministrator()), guest.id, null),
    ],
    [
      'a new password',
      (guest) => accounts.changePassword(as(guest), { current: PASSWORD, password: PASSWORD }),
    ],
    [
      'a reset',
      async (guest) => {
        const ctx = testContext();
        accounts.askReset(ctx, guest.email);
        await ctx.settle();
        const link = linkIn((await mailsTo(guest.email)).find((m) => m.text.includes('/reset/'))!);
        await accounts.reset(testContext(), link, PASSWORD);
      },
    ],
    [
      'a deactivation',
      async (guest) => {
        const ava = as(await makeAdministrator());
        await accounts.setActive(ava, guest.id, false);
        await accounts.setActive(ava, guest.id, true);
      },
    ],
  ];
  it.each(ends)('is ended by %s', async (_by, end) => {
    const { guest, jar } = await trusting();
    await end(guest);
    expect(await count('trusted_browser', 'user_id = ?', guest.id)).toBe(0);
    expect(await again(guest, jar)).toBe('/verify');
  });

  it('is ended by a new address', async () => {
    const { guest, jar } = await trusting();
    const email = someEmail('moved');
    const ctx = as(guest);
    await accounts.askAddress(ctx, { email, ownPassword: PASSWORD, formKey: randomToken() });
    await ctx.settle();
    await accounts.confirmAddress(testContext(), linkIn((await mailsTo(email))[0]!));
    expect(await again({ ...guest, email }, jar)).toBe('/verify');
  });

  it('is one of twenty at most, of which each can be ended by its person alone', async () => {
    const guest = await makeGuest();
    for (let i = 0; i < 22; i++) {
      const ctx = testContext({ now: NOW + i, jar: new Jar([['foyer-step', `step${i}`]]) });
      await ctx.commit(verification.trust(ctx, guest, { trustBrowsers: true, trustedDays: 30 })!.batch);
    }
    const { trusted } = await accounts.profile(await full(guest));
    expect(trusted).toHaveLength(20);
    await accounts.endTrust(as(await makeGuest()), trusted[0]!.id);
    expect(await count('trusted_browser', 'user_id = ?', guest.id)).toBe(20);
  });

  it('is listed once after a double click', async () => {
    const { guest, jar } = await trusting();
    const ctx = await visit(jar, { now: NOW });
    Object.assign(ctx, { actor: null });
    const step = (await verification.passedAgain(ctx, await codeTo(guest.email)))!;
    await accounts.finishAgain(ctx, step, { trust: true });
    expect(await count('trusted_browser', 'user_id = ?', guest.id)).toBe(1);
  });
});

async function full(person: User) {
  const ctx = as(person, { now: NOW });
  await settings.read(ctx);
  return ctx;
}

it('nobody who is a user is ever trusted, whatever the row says', async () => {
  await site({ userStep: true });
  const user = await makeUser();
  const { jar } = await trusting(await makeGuest());
  const ctx = testContext();
  await ctx.db.run(`update trusted_browser set user_id = '${user.id}'`);
  expect(await again(user, jar)).toBe('/verify');
  await site({ userStep: false });
});
