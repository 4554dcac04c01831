/**
 * A post whose session has ended is shown again, but never carried out, and never causes an error. On the built worker, for every
 * route.
 */
import { beforeAll, expect, test } from 'vitest';
import shared from '../src/routes/(app)/spaces/[id=id]/discussion.ts?raw';
import * as pendingPost from '../src/lib/server/pending-post';
import * as sessions from '../src/lib/server/sessions';
import { bindings, Jar, ORIGIN, testContext, type User } from './contexts';
import { makeUser } from './factories';
import { login } from './logins';
import { count, dump } from './helpers';
import { routePath, routePaths } from './routes';
import { address, ask, jars, makeWorld, type Who } from './world';

const sources = import.meta.glob<string>('../src/routes/**/+page.server.ts', {
  eager: true,
  query: '?raw',
  import: 'default',
});
/** Route → the actions of its page, as its source names them. */
const actions = (route: string): string[] =>
  Object.entries(sources)
    .filter(([file]) => routePath(file) === route)
    // What the page of a thread and that of a space with one thread share.
    .map(([, code]) => (code.includes('...discussion') ? code + shared : code))
    .flatMap((code) => [...code.matchAll(/^ {2}(\w+): (?:form|async)\b/gm)].map(([, name]) => name!))
    .filter((name) => name !== 'default');

/** Not actions of any page, and what endpoints read. */
const queries = [
  '',
  '?a=1',
  '?name=photo.jpg&kind=cover',
  '?/',
  '?/default',
  '?/constructor',
  '?/__proto__',
  '?/hasOwnProperty',
  '?a=1&%2FvalueOf=1',
  '?/nothing',
  '?/remote=x',
  '?/comment&/remote=x',
  '?/profile&/constructor',
];
const typed = {
  a: 'b',
  body: 'Words',
  name: 'photo.jpg',
  text: 'Words',
  requestKey: 'k'.repeat(16),
  ref: '1',
};

let owner = '';
let device = '';
beforeAll(async () => {
  await makeWorld();
  // The administrator of the space, as world.ts signed them in: with a session and the cookie of a known browser.
  device = jars.get('spaceAdmin')!.get('foyer-device')!;
  owner = sessions.deviceOwner(testContext({ jar: new Jar([['foyer-device', device]]) }))!;
  jars.set('anonymous', new Jar([['foyer-device', device]]));
});

const roomAgain = () => bindings.DB.prepare('delete from throttle').run();
const post = (path: string) =>
  ask('anonymous', path, { method: 'POST', body: new URLSearchParams(typed), headers: { origin: ORIGIN } });
const cookie = (answer: Response, name: string) =>
  answer.headers
    .getSetCookie()
    .map((one) => /^([^=]+)=([^;]*)/.exec(one)!)
    .find(([, named]) => named === name)?.[2];

/** Keeps a post without checking it, as an older version might have. @returns its cookie */
async function keptAnyway(path: string): Promise<string> {
  const ctx = testContext({ jar: new Jar([['foyer-device', device]]) });
  const url = ORIGIN + path;
  const request = new Request(url, { method: 'POST', body: new URLSearchParams(typed) });
  expect(await pendingPost.keep(ctx, () => pendingPost.read(request), new URL(url))).toBe('held');
  return ctx.jar.get('foyer-held')!;
}

async function shown(who: Who, page: string, token: string) {
  const own = jars.get(who)!;
  jars.set(who, new Jar([...own, ['foyer-held', token]]));
  const answer = await ask(who, page);
  jars.set(who, own);
  return answer;
}

test('the actions of pages are found', () => {
  expect(owner).toMatch(/^[a-z0-9]{16}$/);
  expect(actions('/spaces/:space/threads/:thread')).toEqual(expect.arrayContaining(['comment', 'edit']));
  expect(actions('/me')).toContain('profile');
});

/** Without what every GET counts: searches, and downloads of one's own data. */
const lasting = ({ throttle: _, audit_entry: audit, ...rest }: Awaited<ReturnType<typeof dump>>) => ({
  ...rest,
  audit: audit?.filter((row) => (row as { action: string }).action !== 'account.exported'),
});

test.each(routePaths)(
  '%s: a post to nothing is not kept; a held one is no fault, and does nothing',
  async (route) => {
    const at = address(route);
    const own = actions(route).map((name) => `?/${name}`);
    await roomAgain();
    const tokens = new Map<string, string | undefined>();
    for (const query of [...queries, ...own]) {
      const path = at + query;
      const posted = await post(path);
      expect(posted.status, path).toBeLessThan(500);
      const token = cookie(posted, 'foyer-held');
      if (token) expect(own.includes(query) || !/\/|%2F/.test(query), path).toBe(true);
      tokens.set(path, token);
    }

    await roomAgain();
    const before = await dump();
    const ever = new Map<string, number>();
    for (const [path, token] of tokens) {
      const { page } = pendingPost.pageOf(new URL(ORIGIN + path));
      // Also posts that today's rules would not keep.
      const anyway = await keptAnyway(path);
      await roomAgain();
      if (!ever.has(page)) ever.set(page, (await ask('spaceAdmin', page)).status);

      for (const one of token ? [token, anyway] : [anyway]) {
        const answer = await shown('spaceAdmin', page, one);
        const text = await answer.text();
        expect(answer.status, path).toBeLessThan(500);
        // It is shown in its form, or dropped and the page shown again.
        const isShown = text.includes('so nothing was sent');
        const dropped = cookie(answer, 'foyer-held') === '';
        if (isShown) expect([path, answer.status, dropped]).toEqual([path, 200, false]);
        else if (answer.headers.get('location') === page) expect([path, dropped]).toEqual([path, true]);
        else expect([path, answer.status]).toEqual([path, ever.get(page)]);
      }
    }
    expect(lasting(await dump())).toEqual(lasting(before));
  },
);

test('what cannot be shown is dropped, and the page looks as usual', async () => {
  await roomAgain();
  const path = address('/spaces/:space/threads/:thread');
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'default', 'remote=x']) {
    const answer = await shown('spaceAdmin', path, await keptAnyway(`${path}?/${name}`));
    expect([name, answer.status, cookie(answer, 'foyer-held')]).toEqual([name, 200, '']);
    expect(await answer.text()).not.toContain('so nothing was sent');
  }
});

test('it is not shown to somebody who may not use the form any more', async () => {
  const person: User = await makeUser();
  const path = address('/spaces/:space/settings/guests/invite');
  const jar = (await login(person.email)).jar;
  const owner = jar.get('foyer-device')!;
  const own = device;
  device = owner;
  const token = await keptAnyway(path);
  device = own;
  jars.set('user', jar);
  expect((await shown('user', path, token)).status).toBe(303);
  expect((await ask('user', path)).status).toBe(404);
});

test('beyond the limits of number and size, the login says that the text could not be kept', async () => {
  await roomAgain();
  for (let i = 0; i < 60; i++)
    expect((await post('/me?/profile')).headers.get('location')).toBe('/login?next=%2Fme');
  const lost = await post('/me?/profile');
  expect(lost.headers.get('location')).toBe('/login?next=%2Fme');
  expect(cookie(lost, 'foyer-held')).toBeUndefined();
  const told = cookie(lost, 'foyer-news')!;
  jars.set(
    'anonymous',
    new Jar([
      ['foyer-device', device],
      ['foyer-news', told],
    ]),
  );
  expect(await (await ask('anonymous', '/login?next=%2Fme')).text()).toContain(
    'couldn’t keep what you typed',
  );
  await roomAgain();
  const large = await ask('anonymous', '/me?/profile', {
    method: 'POST',
    body: new URLSearchParams({ name: 'x'.repeat(300_000) }),
    headers: { origin: ORIGIN },
  });
  expect(large.headers.get('location')).toBe('/login?next=%2Fme');
});

test('a form that arrives so slowly that its session has ended meanwhile does nothing, and is kept', async () => {
  const person = await makeUser({ name: 'Before' });
  const { jar } = await login(person.email);
  const held = jars.get('anonymous')!;
  jars.set('anonymous', jar);
  const slowly = async (headers: Record<string, string>) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const answer = ask('anonymous', '/me?/profile', {
      method: 'POST',
      body: readable,
      headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode('name=Late&company=&locale=&timeZon'));
    await bindings.DB.prepare('delete from session where user_id = ?').bind(person.id).run();
    await new Promise((done) => setTimeout(done, 1_100));
    await writer.write(new TextEncoder().encode('e='));
    await writer.close();
    return answer;
  };
  const led = await slowly({});
  expect([led.status, led.headers.get('location')]).toEqual([303, '/login?next=%2Fme']);
  expect(cookie(led, 'foyer-held')).toBeTruthy();
  jars.set('anonymous', (await login(person.email)).jar);
  const told = await slowly({ 'x-sveltekit-action': 'true', accept: 'application/json' });
  expect(await told.text()).toContain('login.ended');
  expect(await count('user', 'id = ? and name = ?', person.id, 'Before')).toBe(1);
  jars.set('anonymous', held);
});
