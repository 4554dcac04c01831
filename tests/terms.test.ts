/** Whoever has yet to accept the terms: every route, on the built worker. Default deny but for accepting, one's own data, and leaving. */
import { beforeAll, expect, test } from 'vitest';
import { ORIGIN } from './contexts';
import { makeGuest, site } from './factories';
import { dump } from './helpers';
import { login } from './logins';
import { routePath } from './routes';
import { address, ask, jars, makeWorld } from './world';

const routes = [
  ...new Set(
    Object.keys(import.meta.glob('../src/routes/**/+{page,server,page.server}.{ts,svelte}'))
      .filter((file) => file.startsWith('../src/routes/(app)/'))
      .map(routePath),
  ),
];
const due = () => ask('staleGuest', '/terms');
const post = (path: string, typed: Record<string, string> = {}) =>
  ask('staleGuest', path, {
    method: 'POST',
    body: new URLSearchParams(typed),
    headers: { origin: ORIGIN },
  });

beforeAll(async () => {
  await makeWorld();
  await site({ termsUrl: 'https://foyer.example/terms', termsRequired: true, termsAskedAt: Date.now() });
  const guest = await makeGuest();
  jars.set('staleGuest', (await login(guest.email)).jar);
});

test('who logged in before goes on; who logs in since then is asked', async () => {
  expect((await ask('guest', '/')).status).toBe(200);
  const page = await due();
  expect(page.status).toBe(200);
  const text = await page.text();
  expect(text).toContain('I accept the terms');
  expect(text).not.toMatch(/<script/);
  expect(Buffer.byteLength(text)).toBeLessThan(30_000);
});

test('there are routes', () => expect(routes.length).toBeGreaterThan(30));

test.each(routes)('%s leads to the terms', async (route) => {
  const path = address(route).replace('/parts/x', '/parts/1');
  const answer = await ask('staleGuest', path);
  if (path === '/me/data.zip') {
    expect(answer.status).toBe(200);
    return answer.body?.cancel();
  }
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    `/terms?next=${encodeURIComponent(path)}`,
  ]);
});

test.each(routes)('a post to %s does nothing', async (route) => {
  const before = await dump();
  const path = address(route).replace('/parts/x', '/parts/1');
  for (const query of ['', '?/profile', '?/signOut&x=1', '?/comment', '?/signOut?/profile']) {
    const answer = await post(path + query, { name: 'Other', body: 'Words' });
    expect([answer.status, answer.headers.get('location')?.split('?')[0]], query).toEqual([303, '/terms']);
  }
  const { throttle: _, ...after } = await dump();
  const { throttle: __, ...was } = before;
  expect(after).toEqual(was);
});

test('a form that a script sends stays on its page with what was typed', async () => {
  const answer = await ask('staleGuest', '/me?/profile', {
    method: 'POST',
    body: new URLSearchParams({ name: 'Other' }),
    headers: { origin: ORIGIN, 'x-sveltekit-action': 'true', accept: 'application/json' },
  });
  expect(await answer.json()).toMatchObject({ type: 'failure', status: 403 });
});

test('what is not accepted changes nothing; what is leads on', async () => {
  const wrong = await post('/terms?/accept', { terms: '', next: '/me' });
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain('Tick “I accept the terms”');
  const older = await post('/terms?/accept', { terms: '0 https://foyer.example/old', next: '/me' });
  expect(older.status).toBe(400);
  const done = await post('/terms?/accept', { terms: '1 https://foyer.example/terms', next: '/me' });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/me']);
  expect((await ask('staleGuest', '/me')).status).toBe(200);
  expect((await due()).status).toBe(303);
});

test('logging out is always possible', async () => {
  const other = await makeGuest();
  jars.set('stale', (await login(other.email)).jar);
  const answer = await ask('stale', '/me?/signOut', {
    method: 'POST',
    body: new URLSearchParams(),
    headers: { origin: ORIGIN },
  });
  expect(answer.headers.get('location')).toMatch(/^\/login/);
});
