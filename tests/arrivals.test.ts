/**
 * Redirects: none leads to itself, other hosts lead to ours, and an ended session leads back to what was typed. And what the page
 * behind an invitation's link says, in each of its states.
 */
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Env } from '../src/lib/server/context';
import * as accounts from '../src/lib/server/accounts';
import * as cron from '../src/lib/server/cron';
import * as invitations from '../src/lib/server/invitations';
import * as memberships from '../src/lib/server/memberships';
import * as news from '../src/lib/server/news';
import * as rateLimit from '../src/lib/server/rate-limit';
import { invitation, session, space, throttle, user } from '../src/lib/server/schema';
import * as verification from '../src/lib/server/verification';
import { as, bindings, DAY, HOUR, Jar, ORIGIN, testContext, type User } from './contexts';
import { account, makeGuest, makeSpace, makeUser, PASSWORD, site } from './factories';
import { audited } from './helpers';
import { invitationOf, invite, invited, signUp } from './invitations';
import { codeTo, linkIn, mailsTo } from './mailbox';
import { routePaths } from './routes';
import { address, ask, jars, makeWorld, people, type Who } from './world';

beforeAll(makeWorld);

const everybody: Who[] = [...people, 'stale', 'staleGuest'];

/** Follows redirects as a browser does. @returns every address on the way */
async function follow(who: Who, path: string): Promise<string[]> {
  const way = [path];
  for (;;) {
    const answer = await ask(who, way.at(-1)!);
    const to = answer.headers.get('location');
    if (!to) return way;
    expect(to, way.join(' → ')).toMatch(/^\/(?!\/)/);
    expect(way, way.join(' → ')).not.toContain(to);
    way.push(to);
    expect(way.length, way.join(' → ')).toBeLessThan(6);
  }
}

describe('no redirect leads to itself', () => {
  test.each(everybody)('as %s, from every route', async (who) => {
    for (const path of [
      ...routePaths,
      '/nowhere',
      '/constructor',
      '/spaces/:space/?delete',
      '/verify?resent',
      '/verify/',
    ])
      await follow(who, address(path));
  });

  test.each(['constructor', 'toString', '__proto__', '__defineGetter__'])(
    'a login goes on to /%s as it was asked for',
    async (name) => {
      for (const path of [`/${name}`, `/${name}?a=1`])
        expect((await ask('anonymous', path)).headers.get('location')).toBe(
          `/login?next=${encodeURIComponent(path)}`,
        );
    },
  );

  const nexts = [
    '/verify',
    '/login',
    '/login?next=/login',
    '/login/',
    '/verify?x',
    '/%6cogin',
    '/./login',
    '/a/../login',
    '/setup',
    '//evil.example',
    '/\\evil',
  ];
  test.each(nexts)('a login never goes on to %s', async (next) => {
    const path = `/login?next=${encodeURIComponent(next)}`;
    for (const who of everybody) await follow(who, path);
    expect((await ask('guest', path)).headers.get('location')).toBe('/');
  });

  test('/verify without a pending second step leads home or to the login, and never back', async () => {
    for (const path of ['/verify?/verify', '/verify?/resend'])
      for (const method of ['GET', 'POST'] as const) {
        const to = async (who: Who) =>
          (
            await ask(who, path, {
              method,
              ...(method === 'POST' && {
                body: new URLSearchParams({ code: '123456' }),
                headers: { origin: ORIGIN },
              }),
            })
          ).headers.get('location');
        expect(await to('anonymous')).toBe('/login');
        expect(await to('guest')).toBe('/');
        expect(await to('stale')).toBe('/login');
        expect(await to('staleGuest')).toBe('/');
      }
  });
});

describe('another name of the site', () => {
  const at = (host: string, path: string, init: RequestInit = {}, env?: Env) =>
    ask('guest', path, { ...init, headers: { host, ...(init.headers as object) } }, env);

  test('pages lead to the same page of the configured origin, for GET and HEAD', async () => {
    for (const host of [
      '127.0.0.1:8787',
      'localhost:9999',
      '[::1]:8787',
      'evil.example',
      'localhost.evil.example:8787',
    ])
      for (const method of ['GET', 'HEAD'])
        for (const path of [
          '/',
          '/login?next=%2Fme',
          '/spaces/1/threads/2',
          '/nowhere',
          '//evil.example/x',
        ]) {
          const answer = await at(host, path, { method });
          expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 307, ORIGIN + path]);
        }
    expect((await at('localhost:8787', '/')).status).toBe(200);
  });

  test('data of a page leads there too', async () => {
    const answer = await at('127.0.0.1:8787', '/me/__data.json');
    expect(await answer.json()).toEqual({ type: 'redirect', location: `${ORIGIN}/me` });
  });

  test('monitoring is answered under every host name', async () => {
    expect((await at('127.0.0.1:8787', '/healthz')).status).toBe(200);
    expect((await at('127.0.0.1:8787', '/dev/mailbox')).status).toBe(404);
  });

  test('a post from another origin is 403, with a link to the right one', async () => {
    const answer = await at('127.0.0.1:8787', '/login', {
      method: 'POST',
      body: '',
      headers: { origin: 'http://127.0.0.1:8787' },
    });
    expect(answer.status).toBe(403);
    expect((await answer.text()).replaceAll('&#x2F;', '/')).toContain(`href="${ORIGIN}"`);
  });

  test('in production too, whatever Host a request claims', async () => {
    const env: Env = {
      ...bindings,
      ORIGIN: 'https://guests.example',
      FOYER_LOCAL: undefined,
      MAIL_TRANSPORT: 'mailchannels',
      MAILCHANNELS_API_KEY: 'key',
    };
    const answer = await at('foyer.someone.workers.dev', '/login', {}, env);
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://guests.example/login']);
    expect((await at('guests.example', '/login', {}, env)).status).toBe(200);
  });
});

/** A browser without scripts: it keeps cookies, and follows no redirect by itself. */
class Browser {
  readonly jar = new Jar();
  constructor(readonly keeps = true) {}
  async get(path: string, headers: Record<string, string> = {}) {
    return this.#ask(path, { headers });
  }
  async post(path: string, fields: Record<string, string>, multipart = false) {
    const form = multipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return this.#ask(path, { method: 'POST', body: form, headers: { origin: ORIGIN } });
  }
  async login(person: User, next = '/') {
    await this.get('/login');
    return this.post('/login', { email: person.email, password: PASSWORD, next });
  }
  async #ask(path: string, init: RequestInit) {
    jars.set('anonymous', this.jar);
    const answer = await ask('anonymous', path, init);
    jars.set('anonymous', new Jar());
    if (this.keeps)
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
        if (value) this.jar.set(name as never, value);
        else this.jar.delete(name as never);
      }
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
  }
}

const endAllSessions = async () => {
  const { db } = testContext();
  await db.delete(session);
};

describe('a browser that keeps no cookies', () => {
  const words = 'Your browser keeps no cookies for this site.';

  test('is told when it returns from the login, and not before', async () => {
    const browser = new Browser(false);
    expect((await browser.get('/login')).text).not.toContain(words);
    const { status, to } = await browser.login(await makeUser(), '/me');
    expect([status, to]).toEqual([303, '/me']);
    // A browser says with each request which page it comes from, over redirects too.
    for (const headers of [{ referer: `${ORIGIN}/login` }, { 'sec-fetch-site': 'same-origin' }] as Record<
      string,
      string
    >[])
      for (const path of ['/me', '/spaces/7', '/verify']) {
        const { to: login } = await browser.get(path, headers);
        expect((await browser.get(login!, headers)).text).toContain(words);
      }
    expect((await browser.get('/login', { referer: 'https://evil.example/login' })).text).not.toContain(
      words,
    );
  });

  test('one that keeps them is never told', async () => {
    const headers = { referer: `${ORIGIN}/login`, 'sec-fetch-site': 'same-origin' };
    for (const first of ['/login', '/forgot', '/reset/nobody', address('/signup/:token')]) {
      const browser = new Browser();
      await browser.get(first);
      expect((await browser.get('/login?next=%2Fme', headers)).text, first).not.toContain(words);
    }
    const browser = new Browser();
    expect((await browser.login(await makeUser(), '/me')).to).toBe('/me');
    expect((await browser.get('/me', headers)).status).toBe(200);
  });
});

describe('a post that meets an ended session', () => {
  const typed = { body: 'Words that took an hour: 語 & <b>', requestKey: 'k'.repeat(16), files: '' };
  let path = '';
  beforeAll(() => void (path = address('/spaces/:space/threads/:thread')));

  test('leads through the login to the same form, filled in, and is not carried out', async () => {
    const person = await makeGuest();
    const browser = new Browser();
    await browser.login(person);
    await endAllSessions();
    const answer = await browser.post('/me?/profile', {
      name: 'Renamed <b>',
      company: 'Élan',
      password: 'secret words',
      current: 'x',
    });
    expect([answer.status, answer.to]).toEqual([303, '/login?next=%2Fme']);
    expect((await browser.get(answer.to!)).text).toContain('what you typed is still here');
    expect((await browser.login(person, '/me')).to).toBe('/me');
    const page = await browser.get('/me');
    expect(page.status).toBe(200);
    expect(page.text).toContain('value="Renamed &lt;b>"');
    expect(page.text).toContain('value="Élan"');
    expect(page.text).toContain('Your session had ended, so nothing was sent');
    expect(page.text).not.toContain('secret words');
    // It is shown again after a reload, other pages are unchanged, and nothing was carried out.
    expect((await browser.get('/me')).text).toContain('Renamed');
    expect((await browser.get('/notifications')).text).not.toContain('Renamed');
    // Once it is sent, it is gone.
    expect((await browser.post('/me?/profile', { name: 'Renamed', company: '' })).to).toBe(
      '/me?done=profile',
    );
    expect((await browser.get('/me')).text).not.toContain('nothing was sent');
  });

  test('also a multipart form, but without its files', async () => {
    const person = await makeUser();
    const browser = new Browser();
    await browser.login(person);
    await endAllSessions();
    const answer = await browser.post('/spaces/new', { name: 'Half a space', cover: 'harbour' }, true);
    await browser.login(person, '/spaces/new');
    expect(answer.to).toBe('/login?next=%2Fspaces%2Fnew');
    expect((await browser.get('/spaces/new')).text).toContain('value="Half a space"');
  });

  test('is shown to nobody else, in this browser or another', async () => {
    const [person, other] = [await makeUser(), await makeUser()];
    const browser = new Browser();
    await browser.login(person);
    await endAllSessions();
    await browser.post('/me?/profile', { name: 'Only mine' });
    const held = browser.jar.get('foyer-held' as never)!;
    await browser.login(other, '/me');
    expect((await browser.get('/me')).text).not.toContain('Only mine');
    await browser.login(person, '/me');
    expect((await browser.get('/me')).text).not.toContain('Only mine');
    // The cookie alone is of no use to somebody else.
    const elsewhere = new Browser();
    await elsewhere.login(other);
    elsewhere.jar.set('foyer-held' as never, held);
    expect((await elsewhere.get('/me')).text).not.toContain('Only mine');
  });

  test('is not kept in a browser that has never signed in, nor from another origin', async () => {
    const browser = new Browser();
    expect((await browser.post(`${path}?/comment`, typed)).to).toBe(
      `/login?next=${encodeURIComponent(path)}`,
    );
    expect(browser.jar.has('foyer-held' as never)).toBe(false);
    const person = await makeUser();
    await browser.login(person);
    await endAllSessions();
    jars.set('anonymous', browser.jar);
    const forged = await ask('anonymous', '/me?/profile', {
      method: 'POST',
      body: new URLSearchParams({ name: 'Forged' }),
      headers: { origin: 'https://evil.example' },
    });
    jars.set('anonymous', new Jar());
    expect(forged.status).toBe(403);
    expect(forged.headers.getSetCookie()).toEqual([]);
  });
});

describe('every arrival of a mailed or copied link, read in the page', () => {
  /** Without the marks that Svelte sets between its parts. */
  const shownIn = (text: string) =>
    text.slice(text.indexOf('<main'), text.indexOf('</main>')).replaceAll('<!---->', '');
  const page = async (browser: Browser, token: string) => {
    const { status, text } = await browser.get(`/signup/${token}`);
    expect(status).toBe(200);
    return shownIn(text);
  };
  const host = async () => {
    const story = await invited();
    const copy = (await invitations.copyLink(as(story.inviter), story.spaceId, story.id)).split('/').pop()!;
    return { ...story, copy };
  };
  const joined = async () => {
    const story = await host();
    expect((await signUp(story.token)).to).toBe(`/spaces/${story.spaceId}`);
    const person = (await account(story.email))!;
    return { ...story, person };
  };
  const removed = async () => {
    const story = await joined();
    await memberships.removeGuest(as(story.inviter), story.spaceId, story.person.id);
    return story;
  };
  const signedInAs = async (person: User) => {
    const browser = new Browser();
    await browser.login(person);
    return browser;
  };
  const LOGIN = 'href="/login';
  const ASK = 'action="?/ask"';
  const SWITCH = 'action="?/switch"';

  test('used: signed out, to the login; opened by its own person, into the space', async () => {
    const { token, copy, person, spaceId } = await joined();
    for (const link of [token, copy]) {
      const shown = await page(new Browser(), link);
      expect(shown).toContain('You’ve already joined');
      expect(shown).toContain(LOGIN);
      for (const other of [ASK, SWITCH]) expect(shown).not.toContain(other);
      const own = await page(await signedInAs(person), link);
      expect(own).toContain('You’re already in');
      expect(own).toContain(`href="/spaces/${spaceId}"`);
    }
  });

  test('open, used or removed since, and opened by somebody else: both addresses, and a way to switch', async () => {
    const somebody = await makeGuest();
    const open = await host();
    for (const { token, email } of [open, await joined(), await removed()]) {
      const browser = await signedInAs(somebody);
      const shown = await page(browser, token);
      expect(shown).toContain('logged in with another account');
      expect(shown).toContain(email);
      expect(shown).toContain(somebody.email);
      expect(shown).not.toContain('no longer');
      // The switch ends this session, and shows the same link again.
      expect((await browser.post(`/signup/${token}?/switch`, {})).to).toBe(`/signup/${token}`);
      expect(browser.jar.has('foyer')).toBe(false);
      expect(await page(browser, token)).not.toContain(somebody.email);
    }
  });

  test('removed since: says so to whoever has the mailed link or is that person, and to nobody else', async () => {
    const { token, copy, person, email, inviter, id, spaceId } = await removed();
    for (const [browser, link] of [
      [new Browser(), token],
      [await signedInAs(person), token],
      [await signedInAs(person), copy],
    ] as const) {
      const shown = await page(browser, link);
      expect(shown).toContain('You no longer have access');
      expect(shown).toContain('been removed');
      expect(shown).toContain(ASK);
    }
    const stranger = new Browser();
    expect(await page(stranger, copy)).toContain('You’ve already joined');
    await stranger.post(`/signup/${copy}?/ask`, {});
    expect(await audited('invitation.asked-again', id)).toHaveLength(0);

    // Whoever invited them gets one mail, and may answer it.
    const guest = await signedInAs(person);
    for (let n = 0; n < 2; n++)
      expect((await guest.post(`/signup/${token}?/ask`, {})).to).toBe(`/signup/${token}`);
    const shown = await page(guest, token);
    expect(shown).toContain('If you’re invited again');
    expect(shown).not.toContain(ASK);
    await cron.run(testContext());
    const mails = await mailsTo(inviter.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toContain(`${person.name} (guest`);
    expect(mails[0]!.text).toContain(email);

    // The request stands in the Guests tab too, and both lead to the form with the address in it.
    const way = `/spaces/${spaceId}/settings/guests/invite?asked=${id}`;
    expect(mails[0]!.text).toContain(way);
    const host = await signedInAs(inviter);
    const tab = () => host.get(`/spaces/${spaceId}/settings/guests`);
    expect((await tab()).text).toContain(`${way}"`);
    expect((await host.get(way)).text).toMatch(
      new RegExp(`<textarea[^>]*name="addresses"[^>]*>${email}</textarea>`),
    );
    expect((await guest.get(way)).status).toBe(404);
    await invite(inviter, spaceId, email);
    expect((await tab()).text).not.toContain('asked=');
    expect(await audited('invitation.asked-again', id)).toHaveLength(1);
  });

  test('removed and invited again: the old link leads to the newer one, which joins', async () => {
    const { token, copy, spaceId, inviter, email, person } = await removed();
    await invite(inviter, spaceId, email);
    expect(await page(new Browser(), token)).toContain('There is a newer link');
    expect(await page(new Browser(), copy)).toContain('You’ve already joined');
    const { id, version } = await invitationOf(email, spaceId);
    const browser = await signedInAs(person);
    const fresh = invitations.mailToken(testContext(), { id, version });
    expect((await browser.post(`/signup/${fresh}?/join`, {})).to).toBe(`/spaces/${spaceId}`);
    expect(await page(browser, token)).toContain('You’re already in');
    // And a day later they may ask again, should they be removed again.
    await memberships.removeGuest(as(inviter), spaceId, person.id);
    expect(await page(browser, fresh)).toContain(ASK);
  });

  test('a copied link tells a stranger the same, whatever became of its person', async () => {
    const [used, gone, asked] = [await joined(), await removed(), await removed()];
    await new Browser().post(`/signup/${asked.token}?/ask`, {});
    const about = async ({ copy }: { copy: string }) => {
      const told = { ...(await invitations.stateOf(testContext(), copy)) };
      return [told.state, ...Object.keys(told).sort()];
    };
    for (const story of [gone, asked]) expect(await about(story)).toEqual(await about(used));
    await invite(asked.inviter, asked.spaceId, asked.email);
    expect(await about(asked)).toEqual(await about(used));

    const { person, inviter, spaceId, email } = gone;
    await invite(inviter, spaceId, email);
    const { id } = await invitationOf(email, spaceId);
    const open = { copy: (await invitations.copyLink(as(inviter), spaceId, id)).split('/').pop()! };
    const before = [await about(open), await page(new Browser(), open.copy)];
    await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, person.id));
    expect([await about(open), await page(new Browser(), open.copy)]).toEqual(before);
    expect(await page(new Browser(), open.copy)).not.toContain('deactivated');
    const mailed = invitations.mailToken(testContext(), await invitationOf(email, spaceId));
    expect(await page(new Browser(), mailed)).toContain('This account is deactivated');
  });

  test('a link that no longer works tells nothing that is so today of its space', async () => {
    const overdue = async () => {
      const story = await host();
      await testContext().db.update(invitation).set({ expiresAt: 1 }).where(eq(invitation.id, story.id));
      return story;
    };
    const sentAgain = async () => {
      const story = await host();
      await invitations.resend(as(story.inviter), story.spaceId, story.id);
      return story;
    };
    const invitedAgain = async () => {
      const story = await removed();
      await invite(story.inviter, story.spaceId, story.email);
      return story;
    };
    const { cancelled, ...dead } = {
      cancelled: await host(),
      expired: await overdue(),
      replaced: await sentAgain(),
      used: await joined(),
      removed: await removed(),
      'replaced by an invitation': await invitedAgain(),
    };
    await invitations.cancel(as(cancelled.inviter), cancelled.spaceId, cancelled.id);
    const works = await host();
    const everything = async (token: string, browser = new Browser()) =>
      (await browser.get(`/signup/${token}`)).text;
    for (const { spaceId } of [cancelled, works, ...Object.values(dead)])
      await testContext().db.update(space).set({ name: 'Quay Street' }).where(eq(space.id, spaceId));
    for (const [state, { token, copy }] of Object.entries({ cancelled, ...dead }))
      for (const link of [token, copy]) expect(await everything(link), state).not.toContain('Quay Street');
    const { person, token } = dead.removed;
    expect(await everything(token, await signedInAs(person))).not.toContain('Quay Street');
    expect(await everything(works.token)).toContain('Quay Street');
    await site({ allowedDomains: ['elsewhere.example'] });
    expect(await everything(works.token)).not.toContain('Quay Street');
    await site({ allowedDomains: [] });
  });

  test('an invitation that ended tells nothing of its space or its person', async () => {
    const { inviter, spaceId, id, token } = await host();
    await invitations.cancel(as(inviter), spaceId, id);
    expect(await invitations.stateOf(testContext(), token)).toEqual({ state: 'cancelled' });
  });

  test('a request to be invited again can be dismissed: once, of its person, who is not told and may ask after the next removal', async () => {
    const { token, person, email, inviter, id, spaceId } = await removed();
    const guest = await signedInAs(person);
    const askBy = (link: string) => guest.post(`/signup/${link}?/ask`, {});
    await askBy(token);
    const other = await makeUser();
    await memberships.addMember(as(inviter), spaceId, other.id, true);
    const tab = `/spaces/${spaceId}/settings/guests`;
    const [host, second] = [await signedInAs(inviter), await signedInAs(other)];
    const entry = `asked=${id}`;
    expect((await host.get(tab)).text).toContain(entry);
    const before = [await page(guest, token), (await mailsTo(email)).length];

    await Promise.all([inviter, other, inviter].map((one) => invitations.dismissAsker(as(one), spaceId, id)));
    for (const browser of [host, second])
      expect((await browser.post(`${tab}?/dismiss`, { id })).to).toMatch(/done=dismissed$/);
    for (const browser of [host, second]) expect((await browser.get(tab)).text).not.toContain(entry);
    expect(await audited('invitation.ask-dismissed', id)).toHaveLength(1);
    expect([await page(guest, token), (await mailsTo(email)).length]).toEqual(before);
    expect((await guest.post(`${tab}?/dismiss`, { id })).status).toBe(404);

    // Asking goes on as it was limited before: not again by this removal, but by the next.
    await askBy(token);
    expect((await host.get(tab)).text).not.toContain(entry);
    await invite(inviter, spaceId, email);
    const next = await invitationOf(email, spaceId);
    const fresh = invitations.mailToken(testContext(), next);
    await invitations.join(as(person), fresh);
    await memberships.removeGuest(as(inviter), spaceId, person.id);
    await askBy(fresh);
    expect((await host.get(tab)).text).toContain(`asked=${next.id}`);
    // A page from before that request does not dismiss it.
    await second.post(`${tab}?/dismiss`, { id });
    expect((await host.get(tab)).text).toContain(`asked=${next.id}`);
  });

  test('removed: one may ask once for each removal, by the newest link, for 30 days, and not at others’ cost', async () => {
    const story = await removed();
    const { inviter, spaceId, person, email } = story;
    const ask = async (token: string, now = Date.now()) => {
      const ctx = testContext({ now });
      await invitations.askAgain(ctx, token);
      await ctx.settle();
    };
    const letIn = async () => {
      await invite(inviter, spaceId, email);
      const token = invitations.mailToken(testContext(), await invitationOf(email, spaceId));
      await invitations.join(as(person), token);
      return token;
    };
    const asks = async () => (await mailsTo(inviter.email)).length;
    const second = await letIn();
    await memberships.removeGuest(as(inviter), spaceId, person.id);
    const third = await letIn();
    await memberships.removeGuest(as(inviter), spaceId, person.id);
    for (const token of [story.token, second]) {
      expect(await page(new Browser(), token)).toContain('There is a newer link');
      await ask(token);
    }
    expect(await asks()).toBe(0);

    const later = Date.now() + 29 * DAY;
    const tooLate = Date.now() + 31 * DAY;
    await ask(third, tooLate);
    expect(await asks()).toBe(0);
    expect(await invitations.stateOf(testContext({ now: tooLate }), third)).toMatchObject({
      state: 'removed',
      renewedBy: 'late',
    });
    for (const now of [later, later + HOUR, later + DAY - HOUR]) await ask(third, now);
    expect(await asks()).toBe(1);
    const counted = async (state: string) => {
      const key = rateLimit.key(testContext(), 'invite', `asked:${state}:${inviter.id}`);
      return (await testContext().db.select().from(throttle).where(eq(throttle.key, key[0]!))).length;
    };
    expect([await counted('removed'), await counted('expired')]).toEqual([1, 0]);

    // The days count from when they left, not from when they joined.
    const long = await joined();
    const acceptedAt = Date.now() - 90 * DAY;
    await testContext().db.update(invitation).set({ acceptedAt }).where(eq(invitation.id, long.id));
    await memberships.removeGuest(as(long.inviter), long.spaceId, long.person.id);
    expect(await invitations.stateOf(testContext(), long.token)).toMatchObject({ renewedBy: 'inviter' });
  });

  test('removed, and nobody can invite: says whom to ask, without a button', async () => {
    const { token, inviter } = await removed();
    await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, inviter.id));
    const shown = await page(new Browser(), token);
    expect(shown).toContain('Ask the person you work with');
    expect(shown).not.toContain(ASK);
  });

  test('cancelled, expired and cut short: on to the login, or for who is logged in, to their spaces', async () => {
    const cancelled = await host();
    await invitations.cancel(as(cancelled.inviter), cancelled.spaceId, cancelled.id);
    const expired = await host();
    await testContext().db.update(invitation).set({ expiresAt: 1 }).where(eq(invitation.id, expired.id));
    const guest = await signedInAs(await makeGuest());
    for (const [token, says] of [
      [cancelled.token, 'was cancelled'],
      [expired.token, 'has expired'],
      [cancelled.token.slice(0, -3), 'is incomplete'],
      [`${cancelled.token.slice(0, -2)}aa`, 'recognise this link'],
    ] as const) {
      const read = async (browser: Browser) => shownIn((await browser.get(`/signup/${token}`)).text);
      const [out, inside] = [await read(new Browser()), await read(guest)];
      for (const text of [out, inside]) expect(text).toContain(says);
      expect(out).toContain('href="/login"');
      expect(inside).not.toContain('href="/login"');
      expect(inside).toContain('>Go to your spaces</a>');
    }
  });

  test('suspended: the mailed link says so, a copied one does not', async () => {
    const { token, copy, person } = await joined();
    await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, person.id));
    expect(await page(new Browser(), token)).toContain('This account is deactivated');
    expect(await page(new Browser(), copy)).not.toContain('deactivated');
  });

  test('has an account: joins after a login, and one without a session is told how to go on', async () => {
    const person = await makeGuest();
    const inviter = await makeUser();
    const space = await makeSpace(inviter);
    await invite(inviter, space, person.email);
    const token = invitations.mailToken(testContext(), await invitationOf(person.email, space));
    const browser = new Browser();
    expect(await page(browser, token)).toContain('You already have an account');
    expect((await browser.post(`/signup/${token}?/join`, {})).to).toBe(`/signup/${token}`);
    await browser.login(person);
    expect(await page(browser, token)).toContain('action="?/join"');
    for (let n = 0; n < 2; n++)
      expect((await browser.post(`/signup/${token}?/join`, {})).to).toBe(`/spaces/${space}`);
  });

  test('a second identical post of the sign-up lands in the space, with and without the new session', async () => {
    const { token, spaceId } = await host();
    const form = { name: 'Dora', password: PASSWORD };
    const [browser, second] = [new Browser(), new Browser()];
    for (const each of [browser, browser, second])
      expect((await each.post(`/signup/${token}?/signUp`, form)).to).toBe(`/spaces/${spaceId}`);
    expect((await second.get(`/spaces/${spaceId}`)).status).toBe(200);
  });
});

describe('the address that was typed', () => {
  const field = (text: string) => /<input[^>]*name="email"[^>]*>/.exec(text)?.[0];

  test('on /login is there on /forgot, in this browser and in no address; a login ends it', async () => {
    const person = await makeUser();
    const browser = new Browser();
    const { status } = await browser.post('/login', { email: person.email, password: 'wrong-1', next: '/' });
    expect(status).toBe(400);
    const cookie = browser.jar.get('foyer-typed')!;
    expect(cookie).not.toContain(person.email.split('@')[0]!);
    expect(field((await browser.get('/forgot')).text)).toContain(`value="${person.email}"`);
    expect(field((await new Browser().get('/forgot')).text)).not.toContain('value="' + person.email);
    await browser.login(person);
    expect(browser.jar.has('foyer-typed')).toBe(false);
  });

  test('also if only the password was missing; and from /forgot back to /login', async () => {
    for (const [path, form] of [
      ['/login', { email: 'mia@partner.example', password: '', next: '/' }],
      ['/forgot', { email: 'mia@partner.example' }],
    ] as const) {
      const browser = new Browser();
      await browser.post(path, form);
      for (const page of ['/login', '/forgot'])
        expect(field((await browser.get(page)).text), page).toContain('value="mia@partner.example"');
    }
  });

  test('stays in a refused /forgot', async () => {
    const typed = `${'a'.repeat(330)}@partner.example`;
    const { status, text } = await new Browser().post('/forgot', { email: typed });
    expect(status).toBe(400);
    expect(field(text)).toContain(`value="${typed}"`);
  });

  test('a cookie that is not ours says nothing', async () => {
    const browser = new Browser();
    browser.jar.set('foyer-typed', 'mia@partner.example');
    expect((await browser.get('/forgot')).status).toBe(200);
  });
});

test('after logging out, the login page says so, once, at its plain address', async () => {
  const browser = new Browser();
  await browser.login(await makeUser());
  expect((await browser.post('/me?/signOut', {})).to).toBe('/login');
  expect((await browser.get('/login')).text).toContain('You’ve logged out.');
  expect((await browser.get('/login')).text).not.toContain('You’ve logged out.');
  expect((await browser.get('/login?done=logged-out')).text).not.toContain('You’ve logged out.');
});

describe('a post that ends its own right to be sent, posted again at once', () => {
  /** As the browser was when the button was pressed first. */
  const before = (browser: Browser) => {
    const copy = new Browser();
    for (const [name, value] of browser.jar) copy.jar.set(name, value);
    return copy;
  };

  test('a new password: lands on the login, with the same news; another password does not', async () => {
    const person = await makeUser();
    const ctx = testContext();
    accounts.askReset(ctx, person.email);
    await ctx.settle();
    const link = `/reset/${linkIn((await mailsTo(person.email))[0]!)}`;
    const password = 'another harbour 9';
    for (const browser of [new Browser(), new Browser()]) {
      expect((await browser.post(link, { password })).to).toBe('/login');
      expect((await browser.get('/login')).text).toContain('Your new password is set');
    }
    expect(await audited('account.password-changed', `user:${person.id}`)).toHaveLength(1);
    expect((await new Browser().post(link, { password: 'another harbour 8' })).status).toBe(409);
    expect((await new Browser().get(link)).text).toContain('This link no longer works');
    // Guesses end with the fifth, and so does the right one.
    for (let n = 0; n < 3; n++) await new Browser().post(link, { password: `another harbour ${n}` });
    expect((await new Browser().post(link, { password })).status).toBe(409);
  });

  const halfIn = async (path: string) => {
    await site({ twoStep: true });
    const person = await makeGuest({ loginCount: 1 });
    const browser = new Browser();
    expect((await browser.login(person, path)).to).toBe('/verify');
    await cron.run(testContext());
    return { person, browser, code: await codeTo(person.email) };
  };

  test('a code: lands where the first did, signed in; not another code, browser or minute', async () => {
    const { person, browser, code } = await halfIn('/me');
    const [second, guess] = [before(browser), before(browser)];
    for (const each of [browser, browser, second]) {
      expect((await each.post('/verify?/verify', { code })).to).toBe('/me');
      expect((await each.get('/me')).status).toBe(200);
    }
    const { db } = testContext();
    expect(await db.$count(session, eq(session.userId, person.id))).toBe(2);
    const other = code === '111111' ? '222222' : '111111';
    expect((await guess.post('/verify?/verify', { code: other })).to).toBe('/login');
    expect((await new Browser().post('/verify?/verify', { code })).to).toBe('/login');
    const later = testContext({ jar: guess.jar, now: Date.now() + 61_000 });
    expect(await verification.passedAgain(later, code)).toBeNull();
    await site({ twoStep: false });
    // Logging out ends it.
    await browser.post('/me?/signOut', {});
    expect((await browser.post('/verify?/verify', { code })).to).toBe('/login');
  });

  test('the code after a copied link: lands in the space', async () => {
    const { inviter, spaceId, id, email } = await invited();
    const link = new URL(await invitations.copyLink(as(inviter), spaceId, id)).pathname;
    const browser = new Browser();
    expect((await browser.post(`${link}?/signUp`, { name: 'Dora', password: PASSWORD })).to).toBe('/verify');
    await cron.run(testContext());
    const code = await codeTo(email);
    const second = before(browser);
    for (const each of [browser, second]) {
      expect((await each.post('/verify?/verify', { code })).to).toBe(`/spaces/${spaceId}`);
      expect((await each.get(`/spaces/${spaceId}`)).status).toBe(200);
    }
  });
});

test('what /login and /verify say comes from no link, and is said once', async () => {
  const says = {
    held: 'what you typed is still here',
    lost: 'we couldn’t keep what you typed',
    over: 'its code was already used',
    reset: 'Your new password is set',
    'logged-out': 'You’ve logged out.',
  };
  for (const [name, words] of Object.entries(says))
    for (const path of [`/login?${name}`, `/login?done=${name}`])
      expect((await new Browser().get(path)).text, path).not.toContain(words);
  for (const [name, words] of Object.entries(says)) {
    const browser = new Browser();
    news.sendTo(testContext({ jar: browser.jar }), '/login', name);
    expect((await browser.get('/login?next=%2Fme')).text, name).toContain(words);
    expect((await browser.get('/login?next=%2Fme')).text, name).not.toContain(words);
  }
  await site({ twoStep: true });
  const browser = new Browser();
  await browser.login(await makeGuest({ loginCount: 1 }));
  expect((await browser.get('/verify?resent')).text).not.toContain('We’ve sent a new code');
  expect((await browser.post('/verify?/resend', {})).to).toBe('/verify');
  await cron.run(testContext());
  expect((await browser.get('/verify')).text).toContain('We’ve sent a new code');
  expect((await browser.get('/verify')).text).not.toContain('We’ve sent a new code');
  await site({ twoStep: false });
});

test('a page that leads nowhere has one title, which is its heading and ends with the site', async () => {
  for (const path of [
    `/reset/${'a'.repeat(40)}`,
    '/reset/a',
    `/email/${'a'.repeat(40)}`,
    '/email/a',
    `/signup/${'a'.repeat(48)}`,
    '/signup/nothing',
  ]) {
    const { text } = await new Browser().get(path);
    const [, heading] = /<h1[^>]*>(?:<!--.*?-->)*([^<]+)/.exec(text)!;
    expect(text, path).toContain(`<title>${heading!.trim()} – `);
  }
  const host = new Browser();
  await host.login(await makeUser());
  for (const path of ['/nowhere', '/spaces/999999'])
    expect((await host.get(path)).text).toContain('<title>Page not found – ');
});
