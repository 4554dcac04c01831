import { beforeAll, describe, expect, it } from 'vitest';
import {
  as,
  bindings,
  DAY,
  HOUR,
  meanwhile,
  MINUTE,
  testContext,
  visit,
  type Surroundings,
  type User,
} from '../../../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
  someEmail,
} from '../../../../../tests/factories';
import { audited, count, parallel, refusal } from '../../../../../tests/helpers';
import { joinSpace } from '../../../../../tests/invitations';
import { login } from '../../../../../tests/logins';
import { linkIn, mailsTo } from '../../../../../tests/mailbox';
import * as accounts from '..';
import { randomToken } from '../../crypto';
import * as cron from '../../cron';
import * as folded from '../../folded';
import * as settings from '../../settings';
import * as verification from '../../verification';

let person: User;
beforeAll(() => site({ setUp: true, siteName: 'Foyer', twoStep: false }));

/** Posts the form on /me. */
async function ask(
  who: User,
  email: string,
  from: Surroundings & { formKey?: string; password?: string } = {},
) {
  const ctx = from.jar ? await visit(from.jar, from) : as(who, from);
  const { formKey, password = PASSWORD } = from;
  await accounts.askAddress(ctx, { email, ownPassword: password, formKey });
  await ctx.settle();
}
const newest = async (email: string) => (await mailsTo(email))[0]!;
const linkTo = async (email: string) => linkIn(await newest(email));
/** In a browser in which nobody is logged in, unless told otherwise. */
async function confirm(token: string, from: Surroundings = {}) {
  const ctx = from.jar ? await visit(from.jar, from) : testContext(from);
  await accounts.confirmAddress(ctx, token);
  await ctx.settle();
  return ctx;
}
async function pending(who: User) {
  const ctx = as(who);
  await settings.read(ctx);
  return (await accounts.profile(ctx)).newAddress;
}
const state = async (token: string, from: Surroundings = {}) =>
  (await accounts.addressTarget(testContext(from), token)).state;

async function asked(from: Surroundings = {}): Promise<{ who: User; email: string; token: string }> {
  const who = await makeGuest();
  const email = someEmail('New');
  await ask(who, email, from);
  return { who, email, token: await linkTo(email) };
}

describe('a new e-mail address', () => {
  it('is taken once the new mailbox confirms it, in any browser', async () => {
    const { who, email, token } = await asked();
    expect((await account(who.email))?.id).toBe(who.id);
    expect(await state(token)).toBe('open');
    await confirm(token);
    const now = (await account(email.toLowerCase()))!;
    expect(now).toMatchObject({ id: who.id, emailOriginal: email, folded: folded.person(now) });
    expect(await account(who.email)).toBeUndefined();
    expect((await login(email)).to).toBe('/');
    await expect(login(who.email)).rejects.toMatchObject(refusal('invalid', 'login.wrong'));
    expect(await state(token)).toBe('done');
  });

  it('of a guest is their place in the Guests tabs of their spaces', async () => {
    const host = await makeUser();
    const space = await makeSpace(host);
    const { who, email, token } = await asked();
    await joinSpace(host, space, who);
    await confirm(token);
    const stored = await bindings.DB.prepare('select address from membership where user_id = ?')
      .bind(who.id)
      .first();
    expect(stored).toEqual({ address: email.toLowerCase() });
  });

  it('is only asked for with the password, and a wrong one counts as an attempt', async () => {
    person = await makeGuest();
    const email = someEmail();
    await expect(ask(person, email, { password: 'wrong' })).rejects.toMatchObject(
      refusal('invalid', 'me.wrong-password'),
    );
    expect(await mailsTo(email)).toEqual([]);
    expect(await audited('account.sign-in-failed', person.id)).toMatchObject([
      { detail: { at: 'ownPassword' } },
    ]);
  });

  it('has all faults named at once', async () => {
    const form = { email: 'nowhere', ownPassword: 'wrong' };
    await expect(accounts.askAddress(as(person), form)).rejects.toMatchObject({
      detail: { field: 'ownPassword', also: [{ detail: { key: 'address.malformed', field: 'email' } }] },
    });
    await expect(accounts.judgeAddress(as(person), { email: person.email })).rejects.toMatchObject(
      refusal('invalid', 'me.email-same'),
    );
  });

  it('is told to the old mailbox before and after, shortened', async () => {
    const { who, email, token } = await asked();
    const short = new RegExp(`\\b${email[0]}…@partner\\.example`);
    const before = await newest(who.email);
    expect(before.subject).toBe('Foyer: a new e-mail address for your account');
    expect(before.text).toMatch(short);
    await confirm(token);
    const after = await newest(who.email);
    expect(after.subject).toBe('Foyer: your e-mail address was changed');
    expect(after.text).toMatch(short);
    expect(before.text + after.text).not.toContain(email);
    expect((await newest(email)).subject).toBe(after.subject);
  });

  it('ends all other sessions, reset links and pending logins, and is in the audit without addresses', async () => {
    const who = await makeGuest();
    const [here, there] = [(await login(who.email)).jar, (await login(who.email)).jar];
    const visitor = testContext();
    accounts.askReset(visitor, who.email);
    await visitor.settle();
    const reset = await linkTo(who.email);
    await site({ twoStep: true });
    const { jar } = await login(who.email);
    await site({ twoStep: false });
    const email = someEmail();
    await ask(who, email, { jar: here });
    await confirm(await linkTo(email), { jar: here });
    expect((await visit(here)).actor?.email).toBe(email);
    expect((await visit(there)).actor).toBeNull();
    expect(await accounts.resetTarget(testContext(), reset)).toBeNull();
    expect(await count('login_challenge', 'user_id = ?', who.id)).toBe(0);
    expect(jar.get('foyer-step')).toBeDefined();
    const [entry] = await audited('account.address-changed', who.id);
    expect(entry).toMatchObject({ actor_id: who.id });
    expect(JSON.stringify(entry!.detail)).not.toContain(email);
  });

  it('works for an hour, once', async () => {
    const { who, email, token } = await asked();
    expect(await state(token, { now: Date.now() + HOUR + 1 })).toBe('dead');
    await confirm(token, { now: Date.now() + HOUR + MINUTE });
    expect((await account(who.email))?.id).toBe(who.id);
    await confirm(token);
    const other = someEmail();
    await ask((await account(email.toLowerCase()))!, other);
    await confirm(await linkTo(other));
    await confirm(token);
    expect((await account(other))?.id).toBe(who.id);
    expect(await state(token)).toBe('dead');
    const late = testContext({ now: Date.now() + 3 * DAY });
    await cron.run(late);
    expect(await count('address_change', 'user_id = ?', who.id)).toBe(0);
  });

  it('is told to nobody else if it has an account: its mailbox learns it, and gets no link', async () => {
    const owner = await makeGuest();
    const free = someEmail();
    const who = await makeGuest();
    await ask(who, free);
    const shown = await pending(who);
    const other = await makeGuest();
    await ask(other, owner.email);
    expect(await pending(other)).toEqual({
      ...shown,
      email: owner.email,
      sentAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
    const mail = await newest(owner.email);
    expect(mail.subject).toBe('Foyer: this e-mail address is already in use');
    expect(mail.text).not.toMatch(/\/email\//);
  });

  it('goes to one account, however many confirm it at the same time', async () => {
    const email = someEmail();
    const people = await Promise.all(Array.from({ length: 5 }, () => makeGuest()));
    const tokens: string[] = [];
    for (const who of people) {
      await ask(who, email);
      tokens.push(await linkTo(email));
    }
    await parallel(20, (i) => confirm(tokens[i % 5]!));
    const winner = (await account(email))!;
    expect(people.map(({ id }) => id)).toContain(winner.id);
    expect(await audited('account.address-changed', winner.id)).toHaveLength(1);
    const states = await Promise.all(tokens.map((token) => state(token)));
    expect(states.sort()).toEqual(['done', 'taken', 'taken', 'taken', 'taken']);
  });

  it('is the one that was asked for last', async () => {
    const { who, token } = await asked();
    const second = someEmail();
    await ask(who, second);
    expect(await state(token)).toBe('dead');
    await confirm(token);
    expect((await account(who.email))?.id).toBe(who.id);
    await confirm(await linkTo(second));
    expect((await account(second))?.id).toBe(who.id);
  });

  it('is asked for once by a form that is posted twenty times', async () => {
    const who = await makeGuest();
    const email = someEmail();
    const formKey = randomToken();
    await parallel(20, () => ask(who, email, { formKey }));
    expect(await mailsTo(email)).toHaveLength(1);
    expect(await mailsTo(who.email)).toHaveLength(1);
    // A right password is no failure.
    expect((await login(who.email)).to).toBe('/');
  });

  it.each([
    [
      'a new password',
      (who: User) =>
        accounts.changePassword(as(who), { current: PASSWORD, password: 'another harbour 28 lamps' }),
    ],
    ['a deactivation', async (who: User) => accounts.setActive(as(await makeAdministrator()), who.id, false)],
    ['its own end', (who: User) => accounts.cancelAddress(as(who))],
  ])('is off with %s', async (_what, happens) => {
    const { who, email, token } = await asked();
    await happens(who);
    expect(await state(token)).toBe('dead');
    await confirm(token);
    expect((await account(who.email))?.id).toBe(who.id);
    expect(await account(email.toLowerCase())).toBeUndefined();
    expect(await pending(who)).toBeNull();
  });

  it('is off with a password that was reset from the old mailbox', async () => {
    const { who, token } = await asked();
    const visitor = testContext();
    accounts.askReset(visitor, who.email);
    await visitor.settle();
    await accounts.reset(testContext(), await linkTo(who.email), 'another harbour 28 lamps');
    expect(await state(token)).toBe('dead');
  });

  it('is sent again by a link that replaces the first, once for each press', async () => {
    const { who, email, token } = await asked({ now: Date.now() - MINUTE });
    const { sentAt } = (await pending(who))!;
    await parallel(20, async () => {
      const ctx = as(who);
      await accounts.resendAddress(ctx, sentAt);
      await ctx.settle();
    });
    expect(await mailsTo(email)).toHaveLength(2);
    expect(await state(token)).toBe('dead');
    await confirm(await linkTo(email));
    expect((await account(email.toLowerCase()))?.id).toBe(who.id);
    await expect(accounts.resendAddress(as(who), sentAt)).rejects.toMatchObject(
      refusal('conflict', 'me.email-gone'),
    );
  });

  it('of a guest is in a domain that may be invited, also when it is confirmed', async () => {
    const { who, token } = await asked();
    await site({ allowedDomains: ['elsewhere.example'] });
    await expect(ask(who, someEmail())).rejects.toMatchObject(refusal('invalid', 'me.email-domain'));
    expect(await state(token)).toBe('domain');
    await confirm(token);
    expect((await account(who.email))?.id).toBe(who.id);
    await ask(who, someEmail('q', 'elsewhere.example'));
    const user = await makeUser();
    await ask(user, someEmail('u', 'foyer.example'));
    await site({ allowedDomains: [] });
  });

  it('is not asked for again and again', async () => {
    const who = await makeGuest();
    for (let i = 0; i < 10; i++) await ask(who, someEmail());
    await expect(ask(who, someEmail())).rejects.toMatchObject(refusal('throttled', 'limit.often'));
    // Nobody is a target either.
    const target = someEmail();
    for (let i = 0; i < 10; i++) await ask(await makeGuest(), target);
    await expect(ask(await makeGuest(), target)).rejects.toMatchObject(
      refusal('throttled', 'me.email-often'),
    );
    expect(await mailsTo(target)).toHaveLength(10);
  });

  it('leaves a name that was changed in the meantime findable', async () => {
    const { who, email, token } = await asked();
    const ctx = testContext();
    const { commit } = ctx;
    ctx.commit = async (...batch) => {
      await accounts.changeProfile(as(who), { name: 'Renamed', company: '', locale: null, timeZone: null });
      return commit(...batch);
    };
    await accounts.confirmAddress(ctx, token);
    await folded.foldDue(testContext());
    const now = (await account(email.toLowerCase()))!;
    expect(now).toMatchObject({ name: 'Renamed', folded: folded.person(now) });
  });
});

describe('a secret that was under way to the old mailbox when the address changed', () => {
  /** The account that was read has another address when the batch is written. */
  async function changing(): Promise<{ who: User; email: string; change: () => Promise<unknown> }> {
    const { who, email, token } = await asked();
    return { who, email: email.toLowerCase(), change: () => confirm(token) };
  }
  const arrived = async (who: User) => (await mailsTo(who.email)).map(({ text }) => text).join();

  it('is no link of /forgot', async () => {
    const { who, email, change } = await changing();
    let batches = 0;
    // Work beside the request has a context of its own: its second batch is the one that writes.
    const DB = new Proxy(bindings.DB, {
      get(db, key) {
        const value: unknown = Reflect.get(db, key);
        if (key === 'batch')
          return async (statements: D1PreparedStatement[]) => {
            if (++batches === 2) await change();
            return db.batch(statements);
          };
        return typeof value === 'function' ? (value.bind(db) as unknown) : value;
      },
    });
    const visitor = testContext({ env: { DB } as never });
    accounts.askReset(visitor, who.email);
    await visitor.settle();
    expect(batches).toBeGreaterThan(1);
    expect((await account(email))?.id).toBe(who.id);
    expect(await arrived(who)).not.toMatch(/\/reset\//);
    expect(await count('password_reset', 'user_id = ?', who.id)).toBe(0);
  });

  it('is no link that an administrator has sent, and they are told', async () => {
    const { who, change } = await changing();
    const boss = await makeAdministrator();
    await expect(
      accounts.mailReset(meanwhile(as(boss), change), who.id, randomToken()),
    ).rejects.toMatchObject(refusal('conflict', 'guest-admin.account-changed'));
    expect(await arrived(who)).not.toMatch(/\/reset\//);
    expect(await count('password_reset', 'user_id = ?', who.id)).toBe(0);
  });

  it('is no code of a login, and no session', async () => {
    await site({ twoStep: true });
    const { who, change } = await changing();
    const form = { email: who.email, password: PASSWORD, next: '/' };
    await bindings.DB.prepare('update user set login_count = 1 where id = ?').bind(who.id).run();
    await expect(accounts.login(meanwhile(testContext(), change), form)).rejects.toMatchObject(
      refusal('conflict', 'verify.gone'),
    );
    await site({ twoStep: false });
    expect(await arrived(who)).not.toMatch(/^\d{6}$/m);
    const second = await changing();
    const late = meanwhile(testContext(), second.change);
    await expect(accounts.login(late, { ...form, email: second.who.email })).rejects.toMatchObject(
      refusal('conflict', 'verify.gone'),
    );
    for (const { id } of [who, second.who]) {
      expect(await count('login_challenge', 'user_id = ?', id)).toBe(0);
      expect(await count('session', 'user_id = ?', id)).toBe(0);
    }
  });

  it('is no second code', async () => {
    await site({ twoStep: true });
    const { who, change } = await changing();
    await bindings.DB.prepare('update user set login_count = 1 where id = ?').bind(who.id).run();
    const { jar } = await login(who.email);
    await site({ twoStep: false });
    const codes = async () => (await mailsTo(who.email)).filter(({ text }) => /^\d{6}$/m.test(text)).length;
    const before = await codes();
    await expect(verification.sendAgain(meanwhile(testContext({ jar }), change))).rejects.toMatchObject(
      refusal('throttled', 'verify.no-more-codes'),
    );
    expect(await codes()).toBe(before);
  });

  it('is no link for yet another address', async () => {
    const { who, change } = await changing();
    const other = someEmail();
    const form = { email: other, ownPassword: PASSWORD, formKey: randomToken() };
    await expect(accounts.askAddress(meanwhile(as(who), change), form)).rejects.toMatchObject(
      refusal('conflict', 'me.email-gone'),
    );
    const again = await changing();
    const boss = await makeAdministrator();
    const asking = meanwhile(as(boss), again.change);
    await expect(accounts.askAddressFor(asking, again.who.id, other, randomToken())).rejects.toMatchObject(
      refusal('conflict', 'me.email-gone'),
    );
    const third = await changing();
    const { sentAt } = (await pending(third.who))!;
    await accounts.resendAddress(meanwhile(as(third.who), third.change), sentAt);
    expect((await mailsTo(third.email)).filter(({ text }) => /\/email\//.test(text))).toHaveLength(1);
    expect(await mailsTo(other)).toEqual([]);
  });
});

describe('an administrator of the site', () => {
  const correct = async (who: User, email: string, by?: User, key = randomToken()) => {
    const ctx = as(by ?? (await makeAdministrator()));
    await accounts.askAddressFor(ctx, who.id, email, key);
    await ctx.settle();
  };

  it('corrects the address of a guest, whose mailbox confirms it', async () => {
    const who = await makeGuest();
    const email = someEmail();
    await correct(who, email);
    expect((await newest(who.email)).text).toContain('An administrator of Foyer asked');
    expect(await pending(who)).toMatchObject({ email, byAdministrator: true });
    await confirm(await linkTo(email));
    expect((await account(email))?.id).toBe(who.id);
  });

  it('corrects no user and nobody who is deactivated', async () => {
    await expect(correct(await makeUser(), someEmail())).rejects.toMatchObject(refusal('missing'));
    await expect(correct(await makeGuest({ status: 'inactive' }), someEmail())).rejects.toMatchObject(
      refusal('missing'),
    );
  });

  it('is the only one who may', async () => {
    const who = await makeGuest();
    for (const by of [await makeUser(), await makeGuest(), who])
      await expect(correct(who, someEmail(), by)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('asks once with a form that is posted twice', async () => {
    const [who, by, key, email] = [await makeGuest(), await makeAdministrator(), randomToken(), someEmail()];
    await parallel(20, () => correct(who, email, by, key));
    expect(await mailsTo(email)).toHaveLength(1);
  });
});
