// One-time codes that an administrator hands to somebody whom no e-mail reaches.
import { beforeEach, describe, expect, it } from 'vitest';
import { as, Jar, MINUTE, testContext, visit, type User } from '../../../../tests/contexts';
import { account, makeAdministrator, makeGuest, makeUser, PASSWORD, site } from '../../../../tests/factories';
import { audited, count, dump, parallel, refusal } from '../../../../tests/helpers';
import { login, verify } from '../../../../tests/logins';
import { codeTo, mailsTo } from '../../../../tests/mailbox';
import * as accounts from '../accounts';
import * as cron from '../cron';
import { randomToken } from '../crypto';
import * as verification from '.';

const NOW = Date.now();

beforeEach(() => site({ twoStep: true, trustBrowsers: true, codeMinutes: 60 }));

const hand = async (guest: User, ava?: User, now = NOW, key = randomToken()) => {
  const ctx = as(ava ?? (await makeAdministrator()), { now });
  const made = await accounts.handCode(ctx, guest.id, key);
  await ctx.settle();
  return made.code;
};
/** Between password and code. */
const half = async (guest: User, now = NOW) => (await login(guest.email, { now })).jar;
const wrong = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0');

describe('a one-time code', () => {
  it('lets its person in instead of a mailed one; it is audited, and the person is told', async () => {
    const [guest, ava] = [await makeGuest(), await makeAdministrator({ name: 'Ava Administers' })];
    const code = await hand(guest, ava);
    expect(code).toMatch(/^\d{8}$/);
    const jar = await half(guest);
    expect(await verify(jar, ` ${code.slice(0, 4)} ${code.slice(4)}`, { now: NOW })).toBe('/');
    expect((await visit(jar)).actor?.id).toBe(guest.id);
    expect(await audited('account.code-handed', guest.id)).toMatchObject([{ actor_id: ava.id }]);
    expect(await audited('account.step-passed', guest.id)).toMatchObject([{ detail: { handed: true } }]);
    const [mail] = (await mailsTo(guest.email)).filter(({ subject }) => subject.includes('one-time code'));
    expect(mail!.text).toContain('Ava Administers');
    expect(mail!.text).not.toContain(code);
  });

  it('works once, however many try it at the same time', async () => {
    const guest = await makeGuest();
    const code = await hand(guest);
    const jars: Jar[] = [];
    for (let i = 0; i < 4; i++) jars.push(await half(guest, NOW + i));
    const { done } = await parallel(4, (i) => verify(jars[i]!, code, { now: NOW }));
    expect(done).toHaveLength(1);
    expect(await count('session', 'user_id = ?', guest.id)).toBe(1);
    await expect(verify(await half(guest), code, { now: NOW })).rejects.toMatchObject(
      refusal('conflict', 'verify.handed-ended'),
    );
  });

  it('is for its person alone, and only after their password', async () => {
    const [guest, other] = [await makeGuest(), await makeGuest()];
    const code = await hand(guest);
    await expect(verify(await half(other), code, { now: NOW })).rejects.toMatchObject(
      refusal('conflict', 'verify.handed-ended'),
    );
    await hand(other);
    await expect(verify(await half(other, NOW + 1), code, { now: NOW })).rejects.toMatchObject(
      refusal('invalid', 'verify.handed-wrong'),
    );
    await expect(verify(new Jar(), code, { now: NOW })).rejects.toMatchObject(
      refusal('conflict', 'verify.gone'),
    );
  });

  it('has five tries, and a mailed one has its own', async () => {
    const guest = await makeGuest();
    const code = await hand(guest);
    const jar = await half(guest);
    for (let i = 0; i < 5; i++)
      await expect(verify(jar, wrong(code), { now: NOW })).rejects.toMatchObject(
        refusal('invalid', i < 4 ? 'verify.handed-wrong' : 'verify.handed-ended'),
      );
    await expect(verify(jar, code, { now: NOW })).rejects.toMatchObject(
      refusal('conflict', 'verify.handed-ended'),
    );
    expect(await audited('account.step-failed', guest.id)).not.toHaveLength(0);
    expect(await verify(jar, await codeTo(guest.email), { now: NOW })).toBe('/');
  });

  it.each<[string, (guest: User, ava: User) => Promise<unknown>]>([
    ['a newer one', (guest, ava) => hand(guest, ava, NOW + 1)],
    [
      'the next second step',
      async (guest) => verify(await half(guest), await codeTo(guest.email), { now: NOW }),
    ],
    ['a new password', (guest, ava) => accounts.setPassword(as(ava), guest.id, PASSWORD, randomToken())],
    [
      'a deactivation',
      async (guest, ava) => {
        await accounts.setActive(as(ava), guest.id, false);
        await accounts.setActive(as(ava), guest.id, true);
      },
    ],
  ])('ends with %s', async (_with, end) => {
    const [guest, ava] = [await makeGuest(), await makeAdministrator()];
    const code = await hand(guest, ava);
    await end(guest, ava);
    await expect(verify(await half(guest, NOW + 10), code, { now: NOW + 10 })).rejects.toMatchObject({
      detail: { key: expect.stringMatching(/handed-(wrong|ended)/) as unknown },
    });
  });

  it('is as long valid as codes are', async () => {
    await site({ codeMinutes: 10 });
    const guest = await makeGuest();
    const code = await hand(guest);
    const later = NOW + 10 * MINUTE;
    await expect(verify(await half(guest, later - 1), code, { now: later })).rejects.toMatchObject(
      refusal('conflict', 'verify.handed-ended'),
    );
    expect(await verify(await half(guest, later), code, { now: later - 1 })).toBe('/');
    await hand(guest);
    await cron.run(testContext({ now: later }));
    expect(await count('handed_code', 'user_id = ?', guest.id)).toBe(0);
  });

  it('proves no mailbox, and makes no browser trusted', async () => {
    const guest = await makeGuest({ emailVerifiedAt: null });
    const code = await hand(guest);
    const ctx = await visit(await half(guest), { now: NOW });
    const passed = await verification.check(ctx, code);
    await accounts.finishLogin(ctx, passed, { trust: true });
    expect((await account(guest.email))!.emailVerifiedAt).toBeNull();
    expect(await count('trusted_browser', 'user_id = ?', guest.id)).toBe(0);
  });

  it('is the same code when its form is posted twice, and leaves once', async () => {
    const [guest, ava] = [await makeGuest(), await makeAdministrator()];
    const key = randomToken();
    const { done } = await parallel(3, () => hand(guest, ava, NOW, key));
    expect(new Set(done).size).toBe(1);
    expect(await audited('account.code-handed', guest.id)).toHaveLength(1);
    expect(await verify(await half(guest), done[0]!, { now: NOW })).toBe('/');
  });

  it('is made by administrators alone, for others who are active, ten times an hour', async () => {
    const [guest, ava, user] = [await makeGuest(), await makeAdministrator(), await makeUser()];
    await expect(hand(guest, user)).rejects.toMatchObject(refusal('forbidden'));
    await expect(hand(guest, guest)).rejects.toMatchObject(refusal('forbidden'));
    await expect(hand(ava, ava)).rejects.toMatchObject(refusal('conflict', 'users.not-yourself'));
    await expect(hand({ ...guest, id: 'nobody' }, ava)).rejects.toMatchObject(refusal('missing'));
    await expect(hand(await makeGuest({ status: 'inactive' }), ava)).rejects.toMatchObject(
      refusal('conflict', 'guest-admin.not-active'),
    );
    expect(await hand(user, ava)).toMatch(/^\d{8}$/);
    for (let i = 0; i < 10; i++) await hand(guest, ava);
    await expect(hand(guest, ava)).rejects.toMatchObject(refusal('conflict', 'handed.often'));
  });

  it('is readable nowhere', async () => {
    const guest = await makeGuest();
    const code = await hand(guest);
    expect(JSON.stringify(await dump())).not.toContain(code);
  });
});
