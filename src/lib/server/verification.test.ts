import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  as,
  bindings,
  HOUR,
  Jar,
  mailDown,
  MINUTE,
  testContext,
  visit,
  type User,
} from '../../../tests/contexts';
import { account, makeAdministrator, makeGuest, makeUser, PASSWORD, site } from '../../../tests/factories';
import { invited } from '../../../tests/invitations';
import { login, verify } from '../../../tests/logins';
import { codeTo, linkIn, mailsTo, wrong } from '../../../tests/mailbox';
import { audited, count, dump, parallel, refusal, whileFailing } from '../../../tests/helpers';
import * as accounts from './accounts';
import { randomToken } from './crypto';
import * as cron from './cron';
import * as invitations from './invitations';
import * as outbox from './mail/outbox';
import * as rateLimit from './rate-limit';
import * as verification from './verification';

const NOW = Date.now();

beforeEach(() => site({ twoStep: true }));

/** A guest between password and code. */
async function halfIn(person?: User, now = NOW) {
  const guest = person ?? (await makeGuest());
  const { to, jar } = await login(guest.email, { next: '/spaces/7', now });
  expect(to).toBe('/verify');
  return { guest, jar, code: await codeTo(guest.email) };
}

const pendingOf = async (jar: Jar, now = NOW) => verification.pending(await visit(jar, { now }));
const sessionsOf = (guest: User) => count('session', 'user_id = ?', guest.id);

const codesTo = async (email: string) =>
  (await mailsTo(email)).filter(({ subject }) => subject.includes('verification code')).length;

describe('who is asked for a code', () => {
  it('nobody while two-step verification is off', async () => {
    await site({ twoStep: false });
    const guest = await makeGuest();
    expect((await login(guest.email)).to).toBe('/');
    expect(await codesTo(guest.email)).toBe(0);
  });

  it('guests from the moment it is switched on, at the next login; who is in stays in', async () => {
    await site({ twoStep: false });
    const guest = await makeGuest();
    const before = await login(guest.email);
    await site({ twoStep: true });
    expect((await visit(before.jar)).actor?.id).toBe(guest.id);
    const { to, jar } = await login(guest.email);
    expect(to).toBe('/verify');
    expect(jar.has('foyer')).toBe(false);
    expect(await sessionsOf(guest)).toBe(1);
    await site({ twoStep: false });
    expect((await login(guest.email)).to).toBe('/');
  });

  it('no user whose mailbox is proved, every account whose mailbox never was', async () => {
    expect((await login((await makeUser()).email)).to).toBe('/');
    const unproved = await makeUser({ emailVerifiedAt: null });
    const { jar } = await halfIn(unproved);
    await verify(jar, await codeTo(unproved.email), { now: NOW });
    expect((await account(unproved.email))!.emailVerifiedAt).toBe(NOW);
    expect((await login(unproved.email)).to).toBe('/');
  });

  it('nobody with a wrong password: no code is mailed', async () => {
    const guest = await makeGuest();
    await expect(login(guest.email, { password: 'wrong 1' })).rejects.toMatchObject(refusal('invalid'));
    expect(await mailsTo(guest.email)).toHaveLength(0);
  });
});

describe('the right code', () => {
  it('begins the session and goes on to where the login was going', async () => {
    const { guest, jar, code } = await halfIn();
    expect(await verify(jar, code, { now: NOW })).toBe('/spaces/7');
    expect((await visit(jar)).actor?.id).toBe(guest.id);
    expect(await verification.pending(await visit(jar, { now: NOW }))).toBeNull();
    expect(await account(guest.email)).toMatchObject({ loginCount: 2 });
    expect(await audited('account.signed-in', guest.id)).toMatchObject([{ detail: { step: 'code' } }]);
  });

  it('may be typed with spaces, dashes and in full width', async () => {
    const { jar, code } = await halfIn();
    const wide = [...code].map((d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)).join('');
    expect(await verify(jar, ` ${wide.slice(0, 3)}-${wide.slice(3)} `, { now: NOW })).toBe('/spaces/7');
  });

  it('what cannot be a code is refused for its form, and is no try', async () => {
    const { jar, code } = await halfIn();
    for (const typed of [
      'abc',
      '12345',
      '1234567',
      ` ${code}1`,
      `${code}x`,
      `x${code}`,
      '-',
      '１２３',
      '12.34.56',
      '½½½',
    ])
      await expect(verify(jar, typed, { now: NOW }), typed).rejects.toMatchObject(
        refusal('invalid', 'verify.wrong-format'),
      );
    await expect(verify(jar, wrong(code), { now: NOW })).rejects.toMatchObject({
      detail: { key: 'verify.wrong', params: { left: 4 } },
    });
    expect(await verify(jar, [...code].join('\u2013'), { now: NOW })).toBe('/spaces/7');
  });

  it('begins one session of 100 posts at the same time', async () => {
    const { guest, jar, code } = await halfIn();
    const { done, refused } = await parallel(100, () => verify(new Jar(jar), code, { now: NOW }));
    expect([done.length, refused.length]).toEqual([1, 99]);
    for (const reason of refused) expect(reason).toMatchObject({ name: 'Refusal' });
    expect(await sessionsOf(guest)).toBe(1);
    expect(await account(guest.email)).toMatchObject({ loginCount: 2 });
  });

  it('works once', async () => {
    const { guest, jar, code } = await halfIn();
    const copy = new Jar(jar);
    await verify(jar, code, { now: NOW });
    await expect(verify(copy, code, { now: NOW })).rejects.toMatchObject(refusal('conflict', 'verify.gone'));
    expect(await sessionsOf(guest)).toBe(1);
  });

  it('is another for every login', async () => {
    const { guest, jar } = await halfIn();
    await verify(jar, await codeTo(guest.email), { now: NOW });
    await halfIn(guest, NOW + 1_000);
    expect(await codesTo(guest.email)).toBe(2);
  });

  it('does not count for a login name that is locked by others meanwhile, nor is it stopped by it', async () => {
    const { guest, jar, code } = await halfIn();
    for (let i = 0; i < 10; i++)
      await login(guest.email, { password: 'wrong 1', now: NOW }).catch(() => undefined);
    expect(await verify(jar, code, { now: NOW })).toBe('/spaces/7');
  });
});

describe('a code is refused', () => {
  it('after five wrong tries, the right one too; a new code may be tried again', async () => {
    const { guest, jar, code } = await halfIn();
    for (let left = 4; left >= 1; left--)
      await expect(verify(jar, wrong(code), { now: NOW })).rejects.toMatchObject({
        ...refusal('invalid', 'verify.wrong'),
        detail: { params: { left } },
      });
    await expect(verify(jar, wrong(code), { now: NOW })).rejects.toMatchObject(
      refusal('invalid', 'verify.ended'),
    );
    await expect(verify(jar, code, { now: NOW })).rejects.toMatchObject(refusal('conflict', 'verify.ended'));
    expect(await pendingOf(jar)).toMatchObject({ codeState: 'ended' });
    await verification.sendAgain(await visit(jar, { now: NOW + 1_000 }));
    expect(await verify(jar, await codeTo(guest.email), { now: NOW + 1_000 })).toBe('/spaces/7');
  });

  it('of a hundred wrong ones at the same time after five', async () => {
    const { guest, jar, code } = await halfIn();
    const { done, refused } = await parallel(100, () => verify(new Jar(jar), wrong(code), { now: NOW }));
    expect(done).toHaveLength(0);
    const compared = refused.filter((r) => (r as Error & { kind: string }).kind === 'invalid');
    expect(compared).toHaveLength(5);
    expect(await sessionsOf(guest)).toBe(0);
  });

  it('when a new one was sent', async () => {
    const { guest, jar, code } = await halfIn();
    await verification.sendAgain(await visit(jar, { now: NOW + 1_000 }));
    const fresh = await codeTo(guest.email);
    if (fresh !== code)
      await expect(verify(jar, code, { now: NOW + 1_000 })).rejects.toMatchObject(refusal('invalid'));
    expect(await verify(jar, fresh, { now: NOW + 1_000 })).toBe('/spaces/7');
  });

  it('in another browser, and for another login of the same account', async () => {
    const first = await halfIn();
    const second = await halfIn(first.guest, NOW + 1_000);
    if (first.code !== second.code) {
      await expect(verify(second.jar, first.code, { now: NOW })).rejects.toMatchObject(refusal('invalid'));
      await expect(verify(first.jar, second.code, { now: NOW })).rejects.toMatchObject(refusal('invalid'));
    }
    await expect(verify(new Jar(), first.code)).rejects.toMatchObject(refusal('conflict', 'verify.gone'));
    await expect(verify(new Jar([['foyer-step', 'a'.repeat(40)]]), first.code)).rejects.toMatchObject(
      refusal('conflict', 'verify.gone'),
    );
    expect(await sessionsOf(first.guest)).toBe(0);
  });

  it('after one hour', async () => {
    const { guest, jar, code } = await halfIn();
    expect(await pendingOf(jar, NOW + HOUR)).toMatchObject({ codeState: 'expired' });
    await expect(verify(jar, code, { now: NOW + HOUR })).rejects.toMatchObject(
      refusal('conflict', 'verify.expired'),
    );
    expect(await sessionsOf(guest)).toBe(0);
    const again = await halfIn();
    expect(await verify(again.jar, again.code, { now: NOW + HOUR - 1 })).toBe('/spaces/7');
  });

  it('sooner, where the site says so: for codes that are sent from then on, as their mail and page say', async () => {
    const before = await halfIn();
    await site({ codeMinutes: 10 });
    try {
      const { guest, jar, code } = await halfIn();
      expect(await pendingOf(jar, NOW)).toMatchObject({ minutes: 10 });
      expect((await mailsTo(guest.email))[0]!.text).toContain('valid for 10 minutes');
      await expect(verify(jar, code, { now: NOW + 10 * MINUTE })).rejects.toMatchObject(
        refusal('conflict', 'verify.expired'),
      );
      // Another one is as long.
      await verification.sendAgain(await visit(jar, { now: NOW + 20 * MINUTE }));
      expect(await pendingOf(jar, NOW + 30 * MINUTE - 1)).toMatchObject({ codeState: 'valid' });
      expect(await pendingOf(jar, NOW + 30 * MINUTE)).toMatchObject({ codeState: 'expired' });
      // Sent before.
      expect(await pendingOf(before.jar)).toMatchObject({ minutes: 60 });
      expect((await mailsTo(before.guest.email))[0]!.text).toContain('valid for one hour');
      expect(await verify(before.jar, before.code, { now: NOW + HOUR - 1 })).toBe('/spaces/7');
    } finally {
      await site({ codeMinutes: 60 });
    }
  });

  it('once the account has a new password, by a reset or on /me', async () => {
    const { guest, jar, code } = await halfIn();
    const ctx = testContext();
    accounts.askReset(ctx, guest.email);
    await ctx.settle();
    const link = linkIn((await mailsTo(guest.email)).find((m) => m.text.includes('/reset/'))!);
    await accounts.reset(testContext(), link, 'another harbour 9');
    await expect(verify(jar, code, { now: NOW })).rejects.toMatchObject(refusal('conflict', 'verify.gone'));
    expect(await sessionsOf(guest)).toBe(0);
  });

  it('once the account is deactivated', async () => {
    const { guest, jar, code } = await halfIn();
    await accounts.setActive(as(await makeAdministrator()), guest.id, false);
    await expect(verify(jar, code, { now: NOW })).rejects.toMatchObject(refusal('conflict', 'verify.gone'));
    expect(await sessionsOf(guest)).toBe(0);
  });

  it('once, when its form is posted again: a double click is one wrong try', async () => {
    const { guest, jar, code } = await halfIn();
    const formKey = randomToken();
    const { refused } = await parallel(20, () => verify(new Jar(jar), wrong(code), { now: NOW, formKey }));
    for (const reason of refused)
      expect(reason).toMatchObject({
        ...refusal('invalid', 'verify.wrong'),
        detail: { params: { left: 4 } },
      });
    await verify(jar, wrong(code), { now: NOW, formKey }).catch(() => undefined);
    expect(await count('login_challenge', 'user_id = ? and tries = 1', guest.id)).toBe(1);
    // Repeating a form key is no way around the five tries.
    const guesses = await parallel(20, (i) =>
      verify(new Jar(jar), String((Number(code) + 2 + i) % 1_000_000).padStart(6, '0'), {
        now: NOW,
        formKey,
      }),
    );
    expect(guesses.refused.filter((r) => (r as { kind?: string }).kind === 'invalid')).toHaveLength(4);
    expect(await audited('account.step-failed', guest.id)).toMatchObject([{ count: 5 }]);
    expect(await audited('account.step-asked', guest.id)).toMatchObject([{ count: 1 }]);
  });

  it('not by the failures of the client address, where the browser is known', async () => {
    await site({ twoStep: false });
    const guest = await makeGuest();
    const ip = '198.51.100.7';
    const { jar } = await login(guest.email, { now: NOW, ip });
    jar.delete('foyer');
    await site({ twoStep: true });
    const ctx = testContext({ ip, now: NOW });
    for (let i = 0; i < 100; i++) await ctx.db.batch([rateLimit.countClientIp(ctx)]);
    expect((await login(guest.email, { jar, ip, now: NOW })).to).toBe('/verify');
    expect(await verify(jar, await codeTo(guest.email), { ip, now: NOW })).toBe('/');
    expect(await audited('account.step-passed', guest.id)).toHaveLength(1);
  });

  it('for a while after ten wrong ones in a row, whatever the login', async () => {
    const guest = await makeGuest();
    for (let round = 0; round < 2; round++) {
      const { jar, code } = await halfIn(guest, NOW + round);
      for (let i = 0; i < 5; i++) await verify(jar, wrong(code), { now: NOW }).catch(() => undefined);
    }
    const { jar, code } = await halfIn(guest, NOW + 5);
    await expect(verify(jar, code, { now: NOW + 5 })).rejects.toMatchObject(refusal('throttled'));
    expect(await verify(jar, code, { now: NOW + 3 * MINUTE + 5 })).toBe('/spaces/7');
  });
});

describe('codes are sent', () => {
  it('at most five times for one login', async () => {
    const { guest, jar } = await halfIn();
    for (let left = 4; left >= 1; left--) {
      expect(await pendingOf(jar)).toMatchObject({ codesLeft: left });
      await verification.sendAgain(await visit(jar, { now: NOW }));
    }
    expect(await pendingOf(jar)).toMatchObject({ codesLeft: 0 });
    await expect(verification.sendAgain(await visit(jar, { now: NOW }))).rejects.toMatchObject(
      refusal('throttled', 'verify.no-more-codes'),
    );
    expect(await mailsTo(guest.email)).toHaveLength(5);
  });

  it('to nobody without a pending login', async () => {
    await expect(verification.sendAgain(testContext())).rejects.toMatchObject(
      refusal('conflict', 'verify.gone'),
    );
  });

  it('within the request, and the mail holds the code first and alone', async () => {
    const { guest, code } = await halfIn();
    const [mail] = await mailsTo(guest.email);
    expect(mail!.text.match(/\b\d{6}\b/g)).toEqual([code]);
    expect(mail!.text.trimStart().startsWith(code)).toBe(true);
  });
});

describe('code mails to one address are bounded, whatever asks for them', () => {
  /** Begins and asks again as often as possible. @returns the refusals */
  async function flood(begin: () => Promise<Jar>, forms: number): Promise<unknown[]> {
    const refused: unknown[] = [];
    for (let i = 0; i < forms; i++) {
      const jar = await begin().catch((error) => void refused.push(error));
      for (let more = 0; jar && more < 4; more++)
        await verification
          .sendAgain(await visit(jar, { now: NOW }))
          .catch((error) => void refused.push(error));
    }
    return refused;
  }
  const codes = async (email: string) =>
    (await mailsTo(email)).filter((mail) => mail.subject.includes('verification code')).length;

  it('sign-ups by a copied link: ten an hour, "Send a new code" included', async () => {
    const { email, id, inviter, spaceId } = await invited({ now: NOW });
    const copy = (await invitations.copyLink(as(inviter, { now: NOW }), spaceId, id)).split('/').pop()!;
    const begin = async () => {
      const jar = new Jar();
      const ctx = testContext({ jar, now: NOW });
      await invitations.signUp(ctx, copy, { name: 'Gil', password: PASSWORD });
      return jar;
    };
    const refused = await flood(begin, 10);
    expect(await codes(email)).toBe(10);
    for (const one of refused) expect(one).toMatchObject(refusal('throttled', 'verify.too-many-mails'));
    expect(refused.length).toBeGreaterThan(0);
  });

  it('logins: thirty an hour, and forty more in browsers that are known', async () => {
    const guest = await makeGuest();
    const begin = async (jar?: Jar) => (await login(guest.email, { jar, now: NOW })).jar;
    const { jar, code } = await halfIn(guest);
    await flood(() => begin(), 8);
    expect(await codes(guest.email)).toBe(30);
    // The pending step goes on, and a refusal is no failure.
    expect(await verify(jar, code, { now: NOW })).toBe('/spaces/7');
    jar.delete('foyer');
    await flood(() => begin(new Jar(jar)), 16);
    expect(await codes(guest.email)).toBe(70);
    await expect(login(guest.email, { jar, now: NOW })).rejects.toMatchObject({
      ...refusal('throttled', 'verify.too-many-mails'),
      detail: { params: { minutes: 60 } },
    });
    expect((await login(guest.email, { jar, now: NOW + HOUR })).to).toBe('/verify');
  });

  it('and what is refused leaves the last code good', async () => {
    const guest = await makeGuest();
    await flood(async () => (await login(guest.email, { now: NOW })).jar, 5);
    await login(guest.email, { now: NOW });
    const { jar } = await halfIn(guest);
    for (let i = 0; i < 3; i++) await verification.sendAgain(await visit(jar, { now: NOW }));
    const code = await codeTo(guest.email);
    const other = new Jar(jar);
    await expect(verification.sendAgain(await visit(other, { now: NOW }))).rejects.toMatchObject(
      refusal('throttled', 'verify.too-many-mails'),
    );
    expect(await codes(guest.email)).toBe(30);
    expect(await verify(jar, code, { now: NOW })).toBe('/spaces/7');
  });
});

describe('known browsers are no tickets for guessing codes', () => {
  it('all those of a name together have fifty wrong ones; then they count as any browser', async () => {
    const guest = await makeGuest();
    await site({ twoStep: false });
    const jars: Jar[] = [];
    for (let i = 0; i < 7; i++) jars.push((await login(guest.email, { now: NOW })).jar);
    await site({ twoStep: true });
    let compared = 0;
    for (const jar of jars) {
      jar.delete('foyer');
      for (let round = 0; round < 2; round++) {
        await login(guest.email, { jar, now: NOW });
        const bad = wrong(await codeTo(guest.email));
        for (let i = 0; i < 5; i++)
          await verify(jar, bad, { now: NOW }).catch((error) => {
            if (error.kind === 'invalid') compared++;
          });
      }
    }
    expect(compared).toBe(50 + 10);
  });
});

describe('when mail is down', () => {
  it('/verify says so, and nobody is let through', async () => {
    const guest = await makeGuest();
    const { to, jar } = await login(guest.email, { now: NOW, config: mailDown });
    expect(to).toBe('/verify');
    expect(await pendingOf(jar)).toMatchObject({ mailState: 'queued', codeState: 'valid' });
    expect(await sessionsOf(guest)).toBe(0);
    // Mail works again within ten minutes: the code arrives, once.
    await outbox.sendDue(testContext({ now: NOW + 5 * MINUTE }));
    expect(await pendingOf(jar, NOW + 5 * MINUTE)).toMatchObject({ mailState: 'sent' });
    expect(await mailsTo(guest.email)).toHaveLength(1);
    expect(await verify(jar, await codeTo(guest.email), { now: NOW + 5 * MINUTE })).toBe('/');
  });

  it('for ten minutes the code is dropped, and /verify says so', async () => {
    const guest = await makeGuest();
    const { jar } = await login(guest.email, { now: NOW, config: mailDown });
    await cron.run(testContext({ now: NOW + 11 * MINUTE }));
    expect(await mailsTo(guest.email)).toHaveLength(0);
    expect(await pendingOf(jar, NOW + 11 * MINUTE)).toMatchObject({ mailState: 'failed' });
  });
});

describe('/verify says what is known of the code mail:', () => {
  const stateWith = async (row: string, now = NOW) => {
    const { jar, guest } = await halfIn();
    await testContext().db.run(
      `update mail set ${row} where id = (select mail_id from login_challenge where user_id = '${guest.id}')`,
    );
    return (await pendingOf(jar, now))!.mailState;
  };

  it.each<[string, string, number, string]>([
    ['it left', `status = 'sent'`, 0, 'sent'],
    ['it waits, and is tried again', `status = 'queued', failure = 'unreachable'`, 0, 'queued'],
    ['it waits, too late', `status = 'queued', failure = 'unreachable'`, 10 * MINUTE, 'failed'],
    ['it was refused', `status = 'failed', failure = 'rejected'`, 0, 'failed'],
    ['the key is wrong', `status = 'failed', failure = 'config'`, 0, 'failed'],
    ['it was dropped', `status = 'dropped', failure = 'too-late'`, 0, 'failed'],
    ['the connection broke', `status = 'failed', failure = 'unknown-outcome'`, 0, 'unknown'],
    ['it is on its way', `status = 'sending'`, 0, 'unknown'],
    ['its row is gone', `id = 'gone' || id`, 0, 'unknown'],
  ])('%s', async (_name, row, later, says) => {
    expect(await stateWith(row, NOW + later)).toBe(says);
  });

  it('and is there when the delivery broke off', async () => {
    const guest = await makeGuest();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const jar = new Jar();
    await whileFailing('mail', `new.status = 'sending'`, async () => {
      expect((await login(guest.email, { jar, now: NOW })).to).toBe('/verify');
    });
    vi.restoreAllMocks();
    expect(jar.has('foyer-step')).toBe(true);
    expect(await pendingOf(jar)).toMatchObject({ codeState: 'valid' });
  });
});

describe('switching two-step verification on', () => {
  beforeEach(async () => {
    await site({ twoStep: false });
    await testContext().db.run(`update user set administrator = 0`);
    await testContext().db.run(`delete from mail`);
  });
  const ask = async (person: User, confirmed?: string, config = {}) =>
    verification.warnBeforeTwoStep(as(person, { config, now: NOW }), confirmed);
  const warning = (trouble: verification.LockoutRisk) =>
    refusal('conflict', `authentication.warn-${trouble}`);

  it('needs no confirmation where mail leaves and an administrator is known to get it', async () => {
    const ava = await makeAdministrator();
    await ask(ava);
  });

  it('warns while the mail server cannot be reached, and goes on once that is confirmed', async () => {
    const ava = await makeAdministrator();
    await expect(ask(ava, undefined, mailDown)).rejects.toMatchObject(warning('mail'));
    await expect(ask(ava, 'locked-out', mailDown)).rejects.toMatchObject(warning('mail'));
    await ask(ava, 'mail', mailDown);
  });

  it('warns while the newest mail did not leave, not when one address was refused', async () => {
    const ava = await makeAdministrator();
    const mail = (status: string, failure: string | null, at: number) =>
      testContext().db.run(
        `insert into mail (id, kind, to_email, locale, status, failure, next_attempt_at, lease_until, created_at, finished_at)
        values ('m${at}${status}', 'welcome', 'x@y.example', 'en', '${status}', ${failure ? `'${failure}'` : 'null'}, ${at},
          ${at + 2 * MINUTE}, ${at}, ${status === 'queued' ? 'null' : at})`,
      );
    await mail('failed', 'config', NOW - 5_000);
    await expect(ask(ava)).rejects.toMatchObject(warning('mail'));
    await mail('sent', null, NOW - 4_000);
    await mail('failed', 'rejected', NOW - 3_000);
    await ask(ava);
    await mail('queued', 'server-error', NOW - 2_000);
    await expect(ask(ava)).rejects.toMatchObject(warning('mail'));
    await mail('sent', null, NOW - 1_000);
    await ask(ava);
  });

  it('warns while no administrator has shown that mail reaches them', async () => {
    const ava = await makeAdministrator({ emailVerifiedAt: null });
    await expect(ask(ava)).rejects.toMatchObject(warning('locked-out'));
    await expect(ask(ava, 'mail')).rejects.toMatchObject(warning('locked-out'));
    await expect(ask(ava, 'locked-out', mailDown)).rejects.toMatchObject(warning('both'));
    await ask(ava, 'both', mailDown);
    await ask(ava, 'locked-out');
    // An inactive administrator does not help; an active one does.
    await makeAdministrator({ status: 'inactive' });
    await expect(ask(ava)).rejects.toMatchObject(warning('locked-out'));
    await makeAdministrator();
    await ask(ava);
  });

  it('is no question once it is on, and none for others', async () => {
    const ava = await makeAdministrator({ emailVerifiedAt: null });
    await site({ twoStep: true });
    await ask(ava);
    await expect(ask(await makeUser())).rejects.toMatchObject(refusal('forbidden'));
  });
});

describe('/verify', () => {
  it('shows enough to know which mailbox to open, and no more', async () => {
    const { guest, jar } = await halfIn(await makeGuest({ email: `gil.${Date.now()}@partner.example` }));
    expect(await pendingOf(jar)).toEqual({
      purpose: 'login',
      maskedEmail: 'g…@partner.example',
      codeState: 'valid',
      mailState: 'sent',
      codesLeft: 4,
      minutes: 60,
      trustedDays: null,
      needed: true,
      next: '/spaces/7',
    });
    expect(guest.email).toContain('gil');
  });

  it('reads no KV and changes nothing when it is opened', async () => {
    const { jar } = await halfIn();
    const KV = new Proxy(bindings.KV, {
      get: (_kv, name) => {
        throw new Error(`KV.${String(name)}`);
      },
    });
    const before = await dump();
    for (let i = 0; i < 10; i++) {
      const ctx = await visit(jar, { env: { KV }, now: NOW });
      expect(await verification.pending(ctx)).not.toBeNull();
      await ctx.settle();
    }
    expect(await dump()).toEqual(before);
  });

  it('says that no code is needed any more once the site asks for none; nobody is let in without the password', async () => {
    const { jar } = await halfIn();
    await site({ twoStep: false });
    expect(await pendingOf(jar)).toMatchObject({ needed: false });
    expect((await visit(jar, { now: NOW })).actor).toBeNull();
  });

  it('is nothing to a browser that has no login pending', async () => {
    expect(await verification.pending(testContext())).toBeNull();
  });
});

it('KV holds no readable code, under no key that tells whose it is', async () => {
  const { guest, code } = await halfIn();
  const { keys } = await bindings.KV.list();
  expect(keys.length).toBeGreaterThan(0);
  for (const { name, expiration } of keys) {
    const value = await bindings.KV.get(name);
    expect(`${name} ${value}`).not.toContain(code);
    expect(name).not.toContain(guest.id);
    expect(expiration).toBeGreaterThan(NOW / 1000);
    expect(expiration).toBeLessThan(NOW / 1000 + 2 * 3600);
  }
});

it('Cron forgets dead challenges, and only those', async () => {
  const { guest } = await halfIn(undefined, NOW - 3 * 24 * HOUR);
  const fresh = await halfIn();
  await cron.run(testContext({ now: NOW }));
  expect(await count('login_challenge', 'user_id = ?', guest.id)).toBe(0);
  expect(await pendingOf(fresh.jar)).not.toBeNull();
});
