/** Every answer that leaves the Worker: ours, SvelteKit's, assets, or a refusal. */
import { beforeAll, expect, test } from 'vitest';
import type { Env } from '../src/lib/server/context';
import { bindings, ORIGIN } from './contexts';
import { address, ask, makeWorld, type Who } from './world';

beforeAll(makeWorld);

/** As Cloudflare answers: missing assets get the headers of their path too. */
const kept = 'public, immutable, max-age=31536000';
const ASSETS = {
  fetch: async (request: Request) =>
    new URL(request.url).pathname.endsWith('here.js')
      ? new Response('1', { headers: { 'cache-control': kept } })
      : new Response('', { status: 404, headers: { 'cache-control': kept } }),
} as unknown as Fetcher;
const env = { ...bindings, ASSETS } as Env;

const large = { 'accept-language': 'a,'.repeat(50_000) };
const origin = { origin: ORIGIN };
const post = { method: 'POST', body: new URLSearchParams({ a: 'b' }) };

const answers: [
  what: string,
  status: number,
  who: Who,
  path: string,
  init?: RequestInit,
  env?: Partial<Env>,
][] = [
  ['a page', 200, 'guest', '/me'],
  ['a page, asked for its headers', 200, 'guest', '/me', { method: 'HEAD' }],
  ['a public page', 200, 'anonymous', '/login'],
  ['the data of a page', 200, 'guest', '/me/__data.json'],
  ['the data of a page behind the login', 200, 'anonymous', '/me/__data.json'],
  ['a redirect of ours', 303, 'anonymous', '/me'],
  ['a redirect to our host', 307, 'anonymous', '/login', { headers: { host: 'elsewhere.example' } }],
  ['a redirect of a load', 303, 'guest', '/login'],
  ["SvelteKit's redirect", 308, 'anonymous', '/login/'],
  ["SvelteKit's redirect, with a token in it", 308, 'anonymous', '/signup/:token/'],
  ["SvelteKit's redirect, with a token that nobody has", 308, 'anonymous', '/reset/nothing/?a=b'],
  ["SvelteKit's redirect of an endpoint", 308, 'anonymous', '/healthz/'],
  ["SvelteKit's redirect of a post from elsewhere", 308, 'anonymous', '/login/', post],
  [
    "SvelteKit's redirect under another host",
    308,
    'anonymous',
    '/login/',
    { headers: { host: 'x.example' } },
  ],
  ["SvelteKit's 404 of scripts", 404, 'anonymous', '/_app/nope.js'],
  ["SvelteKit's list of variables", 200, 'anonymous', '/_app/env.js'],
  ["SvelteKit's 400", 400, 'anonymous', '/login/__route.js'],
  ["SvelteKit's 405 of an endpoint", 405, 'guest', '/healthz', { method: 'PUT', headers: origin }],
  ["SvelteKit's answer to OPTIONS", 204, 'guest', '/me', { method: 'OPTIONS', headers: origin }],
  ['a missing asset', 404, 'anonymous', '/_app/immutable/nope.js'],
  ['the folder of the assets', 404, 'anonymous', '/_app/immutable/'],
  ['a missing asset of its path with a slash', 404, 'anonymous', '/favicon.svg/'],
  ['a page that is not there', 404, 'guest', '/nowhere'],
  ['a form that is refused', 400, 'anonymous', '/login', { ...post, headers: origin }],
  ['an action that is none', 404, 'anonymous', '/login?/constructor', { ...post, headers: origin }],
  ['a post from elsewhere', 403, 'anonymous', '/login', post],
  ['the API that is not there', 404, 'anonymous', '/k/x'],
  ['what is not for this person', 404, 'guest', '/admin'],
  ['a file', 200, 'guest', '/files/:file'],
  ['a file that nobody has', 404, 'guest', '/files/nothing'],
  ['an endpoint', 200, 'anonymous', '/healthz'],
  ['a local page under another host', 404, 'anonymous', '/dev/mailbox', { headers: { host: 'x.example' } }],
  ['an address that cannot be read', 400, 'anonymous', '/%ff'],
  ['an address that is too long', 414, 'anonymous', `/${'a'.repeat(10_000)}`],
  ['headers that are too long', 431, 'anonymous', '/', { headers: large }],
  ['a site without its secret', 503, 'anonymous', '/login', {}, { FOYER_SECRET: undefined }],
];

test.each(answers)(
  '%s: %i, with all headers, and kept by nobody',
  async (_what, status, who, path, init, more) => {
    for (const where of ['http://localhost:8787', 'https://guests.example']) {
      const https = where.startsWith('https:');
      const answer = await ask(who, address(path), init, { ...env, ...more }, where);
      // On https the host differs, which does not matter for the headers.
      if (!https) expect(answer.status).toBe(status);
      const { headers } = answer;
      expect(Object.fromEntries(headers)).toMatchObject({
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'x-robots-tag': 'noindex, nofollow',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'content-security-policy': expect.stringMatching(/default-src|sandbox/),
        'cache-control': expect.stringContaining('no-store'),
      });
      expect(headers.get('strict-transport-security')).toBe(https ? 'max-age=31536000' : null);
    }
  },
);

test('an existing immutable asset may be cached, and has the headers', async () => {
  const { headers } = await ask('anonymous', '/_app/immutable/here.js', {}, env);
  expect(headers.get('cache-control')).toBe(kept);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a redirect of a path with a slash stays on the site', async () => {
  for (const path of ['/login/', '/healthz/', '//evil.example/', '/spaces/1//', '/login//evil.example/'])
    for (const host of ['localhost:8787', 'evil.example']) {
      const to = (await ask('anonymous', path, { headers: { host } }, env)).headers.get('location');
      if (to) expect(new URL(to, ORIGIN).origin, path).toBe(ORIGIN);
    }
});
