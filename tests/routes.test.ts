/** Every route as every kind of person, on the built worker. A route without a row here fails the first test. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import type { Env } from '../src/lib/server/context';
import * as notifications from '../src/lib/server/notifications';
import worker from '../src/worker';
import { bindings, ORIGIN, testContext } from './contexts';
import { account, makeGuest, makeUser, PASSWORD } from './factories';
import { countingD1, dump } from './helpers';
import { address, ask, makeWorld, people, type Who } from './world';

beforeAll(makeWorld);

/** Answers for each of `people`, in order. `in`: 303 to /login; `home`: 303 elsewhere on the site. */
type Row = string;
const anybody = '200 200 200 200 200 200 200';
const signedIn = 'in in 200 200 200 200 200';
const inPost = 'in in 400 400 400 400 400';
const inSpace = 'in in 200 404 404 200 404';
const inSpacePost = 'in in 400 404 404 400 404';
const ofSpace = 'in in 404 404 404 200 404';
const ofSpacePost = 'in in 403 404 404 400 404';
const nowhere = 'in in 404 404 404 404 404';
const site_ = 'in in 404 404 404 404 200';
const sitePost = 'in in 403 403 403 403 400';

/** Route → its address in this test, what a GET answers, and what each action answers to an empty form. */
const table: Record<string, { at: string; get: Row; post?: Record<string, Row> }> = {
  '/(assets)/[x+2e]well-known/change-password': { at: '/.well-known/change-password', get: all(302) },
  // Nobody is named in the configuration of this test.
  '/(assets)/[x+2e]well-known/security.txt': { at: '/.well-known/security.txt', get: all(404) },
  '/(assets)/[x+2e]well-known/[...path]': {
    at: '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200',
    get: all(404),
  },
  // Nothing is chosen: evergreen, and the arch.
  '/(assets)/appearance.css': { at: '/appearance.css', get: all(404) },
  '/(assets)/logo': { at: '/logo', get: all(404) },
  '/(assets)/manifest.webmanifest': { at: '/manifest.webmanifest', get: anybody },
  '/(public)/healthz': { at: '/healthz', get: anybody },
  '/(public)/setup': { at: '/setup', get: all(404), post: { '': all(404) } },
  '/(public)/login': {
    at: '/login',
    get: '200 200 home home home home home',
    post: { '': '400 400 home home home home home' },
  },
  '/(public)/forgot': { at: '/forgot', get: anybody, post: { '': all(400) } },
  '/(public)/reset': { at: '/reset', get: all(404) },
  '/(public)/reset/[token]': { at: `/reset/${'n'.repeat(40)}`, get: anybody, post: { '': all(400) } },
  '/(public)/email': { at: '/email', get: all(404) },
  '/(public)/email/[token]': { at: `/email/${'n'.repeat(40)}`, get: anybody, post: { '': all('home') } },
  '/(public)/unsubscribe/[token]': { at: '/unsubscribe/nobody', get: anybody, post: { '': all(404) } },
  '/(public)/signup': { at: '/signup', get: all(404) },
  '/(public)/signup/[token]': {
    at: '/signup/:token',
    get: anybody,
    post: { signUp: all(400), join: all('home'), ask: all('home') },
  },
  // Unsigned.
  '/(public)/mail-events': { at: '/mail-events', get: 'in in 404 404 404 404 404', post: { '': all(403) } },
  '/(pending)/verify': {
    at: '/verify',
    get: 'in 200 home home home home home',
    post: { verify: 'in 400 home home home home home' },
  },
  // Nothing is asked of anybody: terms.test.ts has those of whom something is.
  '/(terms)/terms': {
    at: '/terms',
    get: 'in in home home home home home',
    post: { accept: 'in in home home home home home' },
  },
  '/(app)': { at: '/', get: signedIn, post: { mark: inPost, markAll: inPost, later: inPost } },
  '/(app)/notifications': {
    at: '/notifications',
    get: signedIn,
    post: { mark: inPost, markAll: inPost, later: inPost },
  },
  '/(app)/news': { at: '/news', get: signedIn },
  '/(app)/me': {
    at: '/me',
    get: signedIn,
    post: {
      profile: inPost,
      picture: inPost,
      password: inPost,
      email: inPost,
      emailAgain: inPost,
      notifications: inPost,
      mute: inPost,
      renew: inPost,
      presence: 'in in home home home home home',
    },
  },
  '/(app)/me/data.zip': { at: '/me/data.zip', get: signedIn },
  '/(app)/spaces/new': {
    at: '/spaces/new',
    get: 'in in 404 404 404 200 200',
    post: { '': 'in in 403 403 403 400 400' },
  },
  '/(app)/spaces/new/people': { at: '/spaces/new/people', get: 'in in 403 403 403 200 200' },
  '/(app)/spaces/[id=id]/(tabs)': {
    at: '/spaces/:space',
    get: inSpace,
    post: {
      leave: 'in in - 404 404 - 404',
      read: inSpacePost,
      mute: 'in in home 404 404 home 404',
      company: inSpacePost,
      hello: inSpacePost,
      delete: ofSpacePost,
      invite: ofSpacePost,
      // Of the one thread of a space without several, which this space has not.
      comment: inSpacePost,
      edit: inSpacePost,
      react: inSpacePost,
      tick: inSpacePost,
      open: inSpacePost,
      follow: nowhere,
      close: nowhere,
      remove: nowhere,
    },
  },
  '/(app)/spaces/[id=id]/people': { at: '/spaces/:space/people', get: inSpace },
  '/(app)/spaces/[id=id]/people/[person]': { at: '/spaces/:space/people/:person', get: inSpace },
  // The guest of this world is in the space, and answered for by who runs it.
  '/(app)/spaces/[id=id]/access/[guest]': {
    at: '/spaces/:space/access/:person',
    get: ofSpace,
    // An empty day is no end, as it is already, and nothing was asked for.
    post: { extend: 'in in 403 404 404 home 404', decline: 'in in 403 404 404 home 404' },
  },
  // Only who administers the space sees it as somebody else does.
  '/(app)/spaces/[id=id]/as/[guest]': { at: '/spaces/:space/as/:person', get: ofSpace },
  '/(app)/spaces/[id=id]/as/[guest]/threads/[thread=id]': {
    at: '/spaces/:space/as/:person/threads/:thread',
    get: ofSpace,
  },
  '/(app)/spaces/[id=id]/as/[guest]/files': { at: '/spaces/:space/as/:person/files', get: ofSpace },
  '/(app)/spaces/[id=id]/as/[guest]/files/[file]': {
    at: '/spaces/:space/as/:person/files/:file',
    get: ofSpace,
  },
  '/(app)/spaces/[id=id]/as/[guest]/people': { at: '/spaces/:space/as/:person/people', get: ofSpace },
  '/(app)/spaces/[id=id]/as/[guest]/people/[person]': {
    at: '/spaces/:space/as/:person/people/:person',
    get: ofSpace,
  },
  '/(app)/spaces/[id=id]/as/[guest]/[...path]': {
    at: '/spaces/:space/as/:person/search',
    get: ofSpace.replaceAll('200', '404'),
  },
  // A place that is none of ours: nothing new.
  '/(app)/spaces/[id=id]/changes': { at: '/spaces/:space/changes', get: inSpace.replaceAll('200', '204') },
  // To other requests than an upgrade.
  '/(app)/spaces/[id=id]/live': { at: '/spaces/:space/live', get: inSpace.replaceAll('200', '426') },
  '/(app)/spaces/[id=id]/(tabs)/settings': {
    at: '/spaces/:space/settings',
    get: 'in in 404 404 404 home 404',
  },
  '/(app)/spaces/[id=id]/(tabs)/settings/general': {
    at: '/spaces/:space/settings/general',
    get: ofSpace,
    post: { '': ofSpacePost },
  },
  '/(app)/spaces/[id=id]/(tabs)/settings/template': {
    at: '/spaces/:space/settings/template',
    get: ofSpace,
    post: { '': ofSpacePost },
  },
  '/(app)/spaces/[id=id]/(tabs)/settings/members': {
    at: '/spaces/:space/settings/members',
    get: ofSpace,
    post: { add: ofSpacePost, change: ofSpacePost, remove: ofSpacePost },
  },
  '/(app)/spaces/[id=id]/(tabs)/settings/guests': {
    at: '/spaces/:space/settings/guests',
    get: ofSpace,
    // "Resend all" has no input that could be invalid; it has its own tests.
    post: {
      resend: ofSpacePost,
      copy: ofSpacePost,
      dismiss: ofSpacePost,
      access: ofSpacePost,
      delete: ofSpacePost,
      resendAll: 'in in 403 404 404 home 404',
    },
  },
  '/(app)/spaces/[id=id]/(tabs)/settings/guests/invite': {
    at: '/spaces/:space/settings/guests/invite',
    get: ofSpace,
    post: { '': ofSpacePost },
  },
  '/(app)/spaces/[id=id]/files': {
    at: '/spaces/:space/files',
    get: inSpace,
    post: { '': 'in in 400 404 404 400 404' },
  },
  '/(app)/spaces/[id=id]/files/parts': {
    at: '/spaces/:space/files/parts',
    get: nowhere,
    // Not JSON.
    post: { '': 'in in 415 404 404 415 404' },
  },
  // Whole files, so nobody's uploads: files/parts.test.ts has those.
  '/(app)/files/[file]/parts': { at: '/files/:file/parts', get: nowhere, post: { '': nowhere } },
  '/(app)/files/[file]/parts/[part=id]': { at: '/files/:file/parts/1', get: nowhere },
  '/(app)/spaces/[id=id]/files/[file]': {
    at: '/spaces/:space/files/:file',
    get: inSpace,
    post: { '': 'in in 403 404 404 400 404' },
  },
  '/(app)/files/[file]': { at: '/files/:file', get: inSpace },
  '/(app)/files/[file]/thumb': { at: '/files/:file/thumb', get: nowhere },
  '/(app)/covers': {
    at: '/covers',
    get: nowhere,
    post: { '': 'in in 403 403 403 400 400' },
  },
  '/(app)/search': { at: '/search?q=piles', get: signedIn },
  '/(app)/search/suggestions': { at: '/search/suggestions?q=piles', get: signedIn },
  '/(app)/spaces/[id=id]/search': { at: '/spaces/:space/search?q=piles', get: inSpace },
  '/(app)/spaces/[id=id]/people.json': { at: '/spaces/:space/people.json?q=a', get: inSpace },
  '/(app)/spaces/[id=id]/preview': {
    at: '/spaces/:space/preview',
    get: nowhere,
    post: { '': 'in in 200 404 404 200 404' },
  },
  '/(app)/spaces/[id=id]/new-thread': {
    at: '/spaces/:space/new-thread',
    get: inSpace,
    post: { '': inSpacePost },
  },
  '/(app)/spaces/[id=id]/threads/[thread=id]': {
    at: '/spaces/:space/threads/:thread',
    get: inSpace,
    // The last three have no input that could be invalid; they have their own tests.
    post: {
      comment: inSpacePost,
      edit: inSpacePost,
      react: inSpacePost,
      tick: inSpacePost,
      open: inSpacePost,
      read: inSpacePost,
      follow: 'in in home 404 404 home 404',
      pin: 'in in 403 404 404 home 404',
      close: 'in in 403 404 404 home 404',
      remove: 'in in 403 404 404 - 404',
    },
  },
  '/(admin)/admin': { at: '/admin', get: site_ },
  '/(admin)/admin/users': {
    at: '/admin/users',
    get: site_,
    post: {
      invite: sitePost,
      resend: sitePost,
      cancel: sitePost,
      permissions: sitePost,
      deactivate: sitePost,
      reactivate: sitePost,
    },
  },
  '/(admin)/admin/users/import': { at: '/admin/users/import', get: site_, post: { '': sitePost } },
  '/(admin)/admin/users/[user]': {
    at: '/admin/users/:user',
    get: site_,
    post: { reset: sitePost, code: sitePost },
  },
  '/(admin)/admin/guests': {
    at: '/admin/guests',
    get: site_,
    post: { deactivate: sitePost, reactivate: sitePost, delete: sitePost, many: sitePost },
  },
  // A run of nobody's.
  '/(admin)/admin/guests/many/[run]': {
    at: '/admin/guests/many/nothere',
    get: nowhere,
    post: { step: sitePost.replace('400', '404'), again: sitePost.replace('400', '404') },
  },
  '/(admin)/admin/guests/import': {
    at: '/admin/guests/import',
    get: site_,
    // A list that is no longer there.
    post: {
      read: sitePost,
      mend: sitePost.replace('400', '409'),
      send: sitePost.replace('400', '409'),
    },
  },
  '/(admin)/admin/guests/[guest]': {
    at: '/admin/guests/:person',
    get: site_,
    post: {
      deactivate: sitePost,
      reactivate: sitePost,
      endSessions: sitePost,
      mailReset: sitePost,
      // Would be carried out: it needs nothing typed.
      makeUser: sitePost.replace('400', '-'),
      address: sitePost,
      addressAgain: sitePost,
      addressCancel: sitePost.replace('400', 'home'),
      password: sitePost,
      code: sitePost,
      remove: sitePost,
    },
  },
  '/(admin)/admin/guests.csv': { at: '/admin/guests.csv', get: site_ },
  '/(admin)/admin/mail': {
    at: '/admin/mail',
    get: site_,
    post: {
      again: sitePost,
      all: 'in in 403 403 403 403 home',
      test: 'in in 403 403 403 403 home',
    },
  },
  '/(admin)/admin/mail/texts': {
    at: '/admin/mail/texts',
    get: site_,
    post: { save: sitePost, preview: sitePost },
  },
  '/(admin)/admin/mail/texts/[preview]': {
    at: '/admin/mail/texts/nothing',
    get: 'in in 404 404 404 404 404',
  },
  '/(admin)/admin/audit': { at: '/admin/audit', get: site_, post: { keep: sitePost } },
  '/(admin)/admin/audit.csv': { at: '/admin/audit.csv', get: site_ },
  '/(admin)/admin/permissions': {
    at: '/admin/permissions',
    get: site_,
    post: { '': 'in in 403 403 403 403 -' },
  },
  '/(admin)/admin/templates': {
    at: '/admin/templates',
    get: site_,
    post: { change: sitePost, delete: sitePost, hide: sitePost, import: sitePost },
  },
  '/(admin)/admin/templates/[template].json': { at: '/admin/templates/shipped:event.json', get: site_ },
  '/(admin)/admin/spaces': {
    at: '/admin/spaces',
    get: site_,
    post: { restore: sitePost, become: sitePost, presence: 'in in 403 403 403 403 home' },
  },
  '/(admin)/admin/spaces/[id=id]/administrator': {
    at: '/admin/spaces/:space/administrator',
    get: site_,
    post: { '': sitePost },
  },
  '/(admin)/admin/appearance': {
    at: '/admin/appearance',
    get: site_,
    post: { save: sitePost, preview: sitePost },
  },
  '/(admin)/admin/appearance/preview.css': { at: '/admin/appearance/preview.css?accent=0b5cad', get: site_ },
  '/(admin)/admin/login-security': {
    at: '/admin/login-security',
    get: site_,
    post: { save: sitePost, unlock: sitePost },
  },
  '/(admin)/admin/authentication': { at: '/admin/authentication', get: site_, post: { '': sitePost } },
  '/dev/mailbox': { at: '/dev/mailbox', get: anybody },
  '/dev/mailbox.json': { at: '/dev/mailbox.json', get: anybody },
  '/dev/mailbox/[mail]': { at: '/dev/mailbox/nothing', get: all(404) },
  '/dev/components': { at: '/dev/components', get: anybody },
  '/dev/mail-samples': { at: '/dev/mail-samples', get: anybody },
  '/dev/mail-samples/[locale]/[name]': { at: '/dev/mail-samples/en/nothing', get: all(404) },
  '/dev/seed': { at: '/dev/seed', get: nowhere },
  '/dev/mail-events': { at: '/dev/mail-events', get: nowhere },
  '/dev/cron': { at: '/dev/cron', get: nowhere },
};

function all(answer: number | string): Row {
  return people.map(() => answer).join(' ');
}

const post = (who: Who, path: string, headers: Record<string, string> = { origin: ORIGIN }) =>
  ask(who, path, { method: 'POST', body: new URLSearchParams(), headers });

/** Kit answers a refused form with 200; the real status is in the page. */
function said(response: Response): string {
  const to = response.headers.get('location');
  if (response.status === 303) return to!.startsWith('/login?next=') || to === '/login' ? 'in' : 'home';
  return String(response.status);
}

test('default deny: every route is in the table', () => {
  const files = Object.keys(import.meta.glob('../src/routes/**/+{page,server,page.server}.{ts,svelte}'));
  const routes = files.map((file) => file.replace('../src/routes', '').replace(/\/\+[^/]+$/, ''));
  expect([...new Set(routes)].sort()).toEqual(Object.keys(table).sort());
});

test.each(Object.entries(table))('GET %s: everybody gets what is theirs', async (_route, { at, get }) => {
  const answers: string[] = [];
  for (const who of people) answers.push(said(await ask(who, address(at))));
  expect(answers.join(' ')).toBe(get);
});

test('an address that only takes posts: 405 with Allow for scripts, the framed 404 page for people', async () => {
  const endpoints = import.meta.glob<string>('../src/routes/**/+server.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const methods = Object.entries(endpoints).map(([file, code]) => ({
    route: file.replace('../src/routes', '').replace(/\/\+server\.ts$/, ''),
    takes: [...code.matchAll(/export const ([A-Z]+) /g)].map(([, method]) => method!),
  }));
  const pages = Object.keys(import.meta.glob('../src/routes/**/+page.svelte'));
  const withoutPage = methods.filter(
    ({ route, takes }) => !takes.includes('GET') && !pages.includes(`../src/routes${route}/+page.svelte`),
  );
  expect(withoutPage.length).toBeGreaterThan(3);
  for (const { route, takes } of withoutPage) {
    const at = address(table[route]!.at);
    for (const method of ['GET', 'HEAD']) {
      for (const accept of ['*/*', 'application/json']) {
        const toScripts = await ask('guest', at, { method, headers: { accept } });
        expect([toScripts.status, toScripts.headers.get('allow')], `${method} ${route}`).toEqual([
          405,
          takes.join(', '),
        ]);
      }
      const toPeople = await ask('guest', at, { method });
      const page = await toPeople.text();
      expect([toPeople.status, toPeople.headers.get('allow')], `${method} ${route}`).toEqual([404, null]);
      expect(toPeople.headers.get('content-type')).toContain('text/html');
      if (method === 'GET') expect(page).toContain('href="/me"');
      const toStrangers = await ask('anonymous', `${at}?a=1`, { method });
      expect(toStrangers.headers.get('location'), `${method} ${route}`).toBe(
        `/login?next=${encodeURIComponent(`${at}?a=1`)}`,
      );
    }
  }
});

test.each(['/files/nothinghere', '/admin/guests.csv'])(
  'GET %s out of reach: a bare 404 for scripts, the framed 404 page for people',
  async (at) => {
    const toScripts = await ask('guest', at, { headers: { accept: '*/*' } });
    expect([toScripts.status, await toScripts.text()]).toEqual([404, expect.not.stringContaining('<')]);
    const toPeople = await ask('guest', at);
    expect(toPeople.status).toBe(404);
    expect(await toPeople.text()).toContain('href="/me"');
    expect((await ask('anonymous', at)).status).toBe(303);
  },
);

const posts = Object.entries(table).flatMap(([route, { at, post: actions = {} }]) =>
  Object.entries(actions).map(
    ([action, row]) => [`${route}?/${action}`, action ? `${at}?/${action}` : at, row] as const,
  ),
);

test.each(posts)('POST %s: refused before anything typed is looked at', async (_name, at, row) => {
  for (const [i, who] of people.entries()) {
    const expected = row.split(' ')[i]!;
    if (expected !== '-') expect(`${who} ${said(await post(who, address(at)))}`).toBe(`${who} ${expected}`);
  }
});

test("under /k/ a cookie is nobody's session: the same answer to everybody, without the check of the origin", async () => {
  const signedIn = ['guest', 'spaceAdmin', 'admin'] as const;
  const read: string[] = [];
  const DB = new Proxy(bindings.DB, {
    get: (db, name) => (read.push(String(name)), Reflect.get(db, name, db).bind?.(db)),
  });
  for (const path of [
    '/k',
    '/k/',
    '/k/v1/spaces.json',
    '/k/spaces/1',
    '/k/admin/users',
    '/k/login',
    '/k/__data.json',
  ])
    for (const method of ['GET', 'POST', 'DELETE'])
      for (const who of ['anonymous', 'half', ...signedIn] as const) {
        const answer = await ask(
          who,
          path,
          { method, headers: { origin: 'https://evil.example' } },
          {
            ...bindings,
            DB,
          },
        );
        expect([answer.status, await answer.json()], `${who} ${method} ${path}`).toEqual([
          404,
          { message: 'Not found' },
        ]);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
  expect(read).toEqual([]);
});

test('no path but /k/ escapes the check of the origin, however it is written', async () => {
  for (const path of [
    '/K/x',
    '/kx',
    '/%6b/x',
    '//k/x',
    '/x/k/x',
    '/k%2fx',
    '/;/k/x',
    '/k/../login',
    '/k/%2e%2e/login',
  ])
    for (const origin of ['https://evil.example', 'null'])
      expect((await ask('admin', path, { method: 'POST', headers: { origin } })).status, path).toBe(403);
});

test('no post without our own Origin, whoever sends it and whatever it claims to be', async () => {
  const forged: Record<string, string>[] = [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'content-type': 'application/json', 'x-forwarded-host': 'localhost:8787' },
  ];
  for (const headers of forged)
    for (const who of people) expect((await post(who, '/login', headers)).status).toBe(403);
});

test('the one post without Origin: a mail provider’s "Unsubscribe" with the token of a mail, and nothing else', async () => {
  const person = await makeGuest();
  const path = new URL(notifications.unsubscribeUrl(testContext(), person.id)).pathname;
  const stopped = async () => (await account(person.email))!.mailAbout === 'nothing';
  const oneClick = (to: string, headers: Record<string, string> = {}, method = 'POST') =>
    ask('anonymous', to, { method, body: new URLSearchParams('List-Unsubscribe=One-Click'), headers });

  // Scanners and people who open it change nothing.
  expect((await ask('anonymous', path)).status).toBe(200);
  expect((await ask('anonymous', path, { method: 'HEAD' })).status).toBe(200);
  // A browser sends an Origin. Other methods, paths and actions are not exempt.
  for (const origin of ['https://evil.example', 'null', ''])
    expect((await oneClick(path, { origin })).status).toBe(403);
  for (const to of [
    `${path}?/default`,
    `${path}?x`,
    `${path}a`,
    `/x${path}`,
    '/unsubscribe',
    '/unsubscribe/nobody',
  ])
    expect((await oneClick(to)).status, to).toBe(403);
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    expect((await oneClick(path, {}, method)).status).toBe(403);
  expect((await oneClick(`/unsubscribe/${'a'.repeat(48)}`)).status).toBe(404);
  expect(await stopped()).toBe(false);

  // RFC 8058: answered without a redirect; a second time too.
  for (let i = 0; i < 2; i++) expect((await oneClick(path)).status).toBe(200);
  expect(await stopped()).toBe(true);
  expect(await (await ask('anonymous', path)).text()).not.toContain(person.email);
});

test('the page behind the link in a notification mail: its button posts with Origin, and leads back to it', async () => {
  const person = await makeGuest();
  const path = new URL(notifications.unsubscribeUrl(testContext(), person.id)).pathname;
  const answer = await post('spaceAdmin', path);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, path]);
  expect((await account(person.email))!.mailAbout).toBe('nothing');
});

test('an unknown path is 404 for people who are signed in, and the login for others', async () => {
  const answers: string[] = [];
  for (const who of people) answers.push(said(await ask(who, '/nowhere/at/all')));
  expect(answers.join(' ')).toBe('in in 404 404 404 404 404');
  expect((await ask('anonymous', '/nowhere?a=1')).headers.get('location')).toBe(
    '/login?next=%2Fnowhere%3Fa%3D1',
  );
});

test('a form of more than 1 MB is refused, with or without a length; a very long one is not drained', async () => {
  const body = new URLSearchParams({ email: 'a@b.example', password: 'x'.repeat(1_100_000) }).toString();
  const headers = { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
  const counted = await ask('anonymous', '/login', { method: 'POST', body, headers });
  expect(counted.status).toBe(413);
  expect(await counted.text()).toContain('That was too much to send in one go');
  let read = 0;
  const endless = new ReadableStream(
    {
      type: 'bytes',
      pull: (controller) => controller.enqueue(new Uint8Array((read += 100_000) && 100_000)),
    },
    { highWaterMark: 0 },
  );
  const said = await ask('anonymous', '/login', {
    method: 'POST',
    body: endless,
    headers: { ...headers, 'content-length': '200000000' },
  });
  expect([said.status, read]).toEqual([413, 0]);
  const unsaid = await ask('anonymous', '/login', { method: 'POST', body: endless, headers });
  expect(unsaid.status).toBe(413);
  expect(read).toBeLessThan(70_000_000);
});

test('a page and an endpoint at one address: reads get the page, and posts the endpoint, whatever they accept', async () => {
  for (const accept of ['*/*', 'application/json', 'text/html']) {
    const headers = { accept, origin: ORIGIN };
    const page = await ask('guest', address('/spaces/:space/files'), { headers });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<h1')]);
    expect((await ask('guest', address('/spaces/:space/files'), { method: 'HEAD', headers })).status).toBe(
      200,
    );
    const made = await ask('spaceAdmin', address('/spaces/:space/files?name=a.txt'), {
      ...{ method: 'POST', headers: { ...headers, 'content-length': '1' } },
      body: 'x',
    });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ name: 'a.txt' })]);
  }
});

test('a view as a guest: every post is refused with a sentence, and nothing is written', async () => {
  const views = Object.entries(table).filter(([route]) => route.includes('/as/[guest]'));
  const verbs = [
    '',
    '?/comment',
    '?/react',
    '?/read',
    '?/tick',
    '?/follow',
    '?/mute',
    '?/greeted',
    '?/company',
  ];
  const before = await dump();
  for (const [, { at }] of views)
    for (const who of ['user', 'spaceAdmin', 'admin'] as const)
      for (const verb of verbs) {
        const body = new URLSearchParams({ body: 'Hello', requestKey: 'k'.repeat(16), on: 'on' });
        const refused = await ask(who, address(at) + verb, {
          ...{ method: 'POST', body, headers: { origin: ORIGIN } },
        });
        expect(refused.status).toBe(403);
        expect(await refused.text()).toContain('you can only read');
      }
  expect(await dump()).toEqual(before);
});

test('a view as a guest: no scripts, no forms that send, and links that stay in it', async () => {
  for (const guest of [':person', 'anyone'])
    for (const below of ['', '/threads/:thread', '/files', '/people']) {
      const html = await (await ask('spaceAdmin', address(`/spaces/:space/as/${guest}${below}`))).text();
      expect(html).not.toContain('<script');
      const main = html.slice(html.indexOf('<main'));
      const home = address('/spaces/:space');
      const ways = [...main.matchAll(/href="(\/spaces\/[^"]*)"/g)].map(([, href]) => href!);
      // The one way out is "Stop viewing".
      expect(ways.filter((href) => !href.startsWith(`${home}/as/`))).toEqual([home + address(below)]);
      expect(main.match(/<form[^>]*method="post"[^>]*>(?!(<!--[^>]*-->)*<fieldset disabled)/g)).toBeNull();
    }
});

test('a view as a guest: what it does not have is said in it, with the way back and the way out', async () => {
  const home = address('/spaces/:space');
  for (const below of [
    '/threads/1',
    '/files/nothing',
    '/people/nobody',
    '/search?q=x',
    '/settings/guests',
    '/x/y',
  ]) {
    const answer = await ask('spaceAdmin', `${home}/as/anyone${below}`);
    expect(answer.status, below).toBe(404);
    const html = await answer.text();
    expect(html).not.toContain('<script');
    const main = html.slice(html.indexOf('<main'));
    const ways = [...main.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
    expect(ways, below).toEqual([home + below, `${home}/as/anyone`, '/']);
  }
  for (const who of ['user', 'guest'] as const)
    expect(await (await ask(who, `${home}/as/anyone/x`)).text()).not.toContain('/as/anyone"');
});

test('raw uploads answer scripts in the language of the viewer', async () => {
  const headers = { origin: ORIGIN, 'accept-language': 'ja' };
  const response = await ask('spaceAdmin', address('/spaces/:space/files'), { method: 'POST', headers });
  expect([response.status, await response.json()]).toEqual([400, { message: 'このファイルは空です。' }]);
});

test('local only: /dev is 404 for another Host', async () => {
  for (const path of ['/dev/mailbox', '/dev/mailbox.json', '/dev/mail-samples', '/dev/components'])
    expect((await ask('admin', path, { headers: { host: 'foyer.example' } })).status).toBe(404);
});

test('every answer has the headers, and is cached only if it is the same for everybody', async () => {
  for (const who of people)
    for (const [route, { at }] of Object.entries(table)) {
      const { status, headers } = await ask(who, address(at));
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBeTruthy();
      expect(headers.get('x-robots-tag')).toContain('noindex');
      const asset = route.startsWith('/(assets)/');
      expect(headers.get('cache-control')).toContain(asset && status === 200 ? 'public' : 'no-store');
      if (asset) expect(headers.getSetCookie()).toEqual([]);
    }
});

test('an asset is the same for everybody, whoever asks', async () => {
  for (const [route, { at }] of Object.entries(table)) {
    if (!route.startsWith('/(assets)/')) continue;
    const answers = await Promise.all(people.map(async (who) => (await ask(who, address(at))).text()));
    expect(new Set(answers).size, route).toBe(1);
  }
});

test.each(Object.entries(table))('GET %s: at most two round trips to D1 in a row', async (route, { at }) => {
  for (const who of ['anonymous', 'guest', 'spaceAdmin', 'admin'] as const) {
    const { DB, inARow } = countingD1();
    // To people a 404 of these is a page, which is asked for after it.
    await ask(who, address(at), { headers: { accept: '*/*' } }, { ...bindings, DB });
    expect(inARow(), `${who} at ${route}`).toBeLessThanOrEqual(2);
  }
});

test('/login without a cookie needs no D1 query while the appearance is cached', async () => {
  await ask('anonymous', '/login');
  const { DB, trips } = countingD1();
  expect((await ask('anonymous', '/login', {}, { ...bindings, DB })).status).toBe(200);
  expect(trips()).toBe(0);
});

/** As in production: https, MailChannels, nothing local. */
const production: Env = {
  ...bindings,
  ORIGIN: 'https://guests.example',
  FOYER_LOCAL: undefined,
  MAIL_TRANSPORT: 'mailchannels',
  MAILCHANNELS_API_KEY: 'key',
};

test('production: the mailbox, the samples and the seed do not exist, whatever Host a request claims', async () => {
  for (const host of ['guests.example', 'localhost:8787'])
    for (const path of [
      '/dev/mailbox',
      '/dev/mailbox.json',
      '/dev/mail-samples',
      '/dev/components',
      '/dev/seed',
      '/dev/cron',
    ])
      for (const method of ['GET', 'POST']) {
        const headers = { host, origin: 'https://guests.example' };
        expect((await ask('anonymous', path, { method, headers }, production)).status).toBe(404);
      }
});

test('production: the disguise of tests is not worn, whatever cookie asks for it', async () => {
  const page = async (env?: Env, origin?: string) => {
    const headers = { cookie: 'pseudo-locale=mirrored', host: new URL(origin ?? ORIGIN).host };
    return (await ask('anonymous', '/login', { headers }, env, origin)).text();
  };
  expect(await page()).toContain('dir="rtl"');
  expect(await page(production, production.ORIGIN)).toContain('<html lang="en" dir="ltr">');
});

test('production: the session cookie is __Host-, Secure, HttpOnly, SameSite=Lax', async () => {
  const person = await makeUser();
  const form = new URLSearchParams({ email: person.email, password: PASSWORD, next: '/' });
  const headers = { origin: 'https://guests.example', accept: 'text/html' };
  const request = new Request('https://guests.example/login', {
    method: 'POST',
    body: form,
    headers,
    redirect: 'manual',
  });
  const execution = createExecutionContext();
  const response = (await worker.fetch!(request as never, production, execution)) as unknown as Response;
  await waitOnExecutionContext(execution);
  expect(response.status).toBe(303);
  const cookie = response.headers.getSetCookie().find((c) => c.startsWith('__Host-foyer='));
  expect(cookie).toMatch(/Path=\/.*HttpOnly.*Secure.*SameSite=Lax/);
  expect(response.headers.get('strict-transport-security')).toContain('max-age');
});

test.each([
  ['no secret', { FOYER_SECRET: undefined }, 'FOYER_SECRET'],
  ['a short secret', { FOYER_SECRET: 'short' }, 'FOYER_SECRET'],
  ['no mail transport', { MAIL_TRANSPORT: undefined }, 'MAIL_TRANSPORT'],
  ['the mailbox outside localhost', { MAIL_TRANSPORT: 'mailbox' }, 'MAIL_TRANSPORT'],
  ['no API key', { MAILCHANNELS_API_KEY: undefined }, 'MAILCHANNELS_API_KEY'],
  ['an http origin', { ORIGIN: 'http://guests.example' }, 'ORIGIN'],
])('a site with %s fails closed and says what is missing', async (_what, lacks, word) => {
  for (const path of ['/login', '/healthz', '/spaces/1']) {
    const response = await ask('admin', path, {}, { ...production, ...lacks });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain(word);
  }
});
