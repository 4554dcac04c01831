// What people read when something goes wrong: their frame, a plain sentence, a way on, and nothing about what they cannot reach.
import { beforeAll, expect, it } from 'vitest';
import { bindings, ORIGIN } from './contexts';
import { address, ask, makeWorld, type Who } from './world';

beforeAll(makeWorld);

const words = (html: string) =>
  html
    .slice(html.indexOf('<main'), html.indexOf('</main>'))

    .replace(/<[^<>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
const read = async (who: Who, path: string, init?: RequestInit, env = bindings) => {
  const answer = await ask(who, address(path), init, env);
  const html = (await answer.text()).replaceAll('&#x2F;', '/').replaceAll('&#x3D;', '=');
  return { status: answer.status, html, words: words(html) };
};

it('a space that others use, one that nobody made, and a thread of either read the same', async () => {
  for (const who of ['foreign', 'user'] as const) {
    const spaces = await Promise.all(['/spaces/:space', '/spaces/9999'].map((path) => read(who, path)));
    expect(spaces.map(({ status }) => status)).toEqual([404, 404]);
    expect(spaces[0]!.words).toBe(spaces[1]!.words);
    const paths = [
      '/spaces/:space/threads/:thread',
      '/spaces/9999/threads/:thread',
      '/spaces/9999/threads/1',
    ];
    const threads = await Promise.all(paths.map((path) => read(who, path)));
    expect(new Set(threads.map((page) => `${page.status} ${page.words}`)).size).toBe(1);
    expect(threads[0]!.words).toContain('Go to your spaces');
    expect(threads[0]!.words).not.toContain('Back to the space');
  }
});

it('leads back to a space only who is in it', async () => {
  const path = '/spaces/:space/threads/9999';
  for (const who of ['guest', 'spaceAdmin'] as const)
    expect((await read(who, path)).words, who).toContain('Back to the space');
  for (const who of ['foreign', 'user', 'anonymous'] as const)
    expect((await read(who, path)).words, who).not.toContain('Back to the space');
});

it('keeps the frame of whoever is signed in', async () => {
  for (const path of ['/nowhere', '/spaces/9999', '/admin/users', '/spaces/:space/threads/9999']) {
    const { status, html } = await read('guest', path);
    expect(status, path).toBe(404);
    expect(html, path).toContain('href="/notifications"');
    expect(html, path).toContain('href="/me"');
    expect(html, path).not.toContain('href="/admin/users"');
  }
  // An administrator stays in the administration.
  expect((await read('admin', '/admin/spaces/9999/administrator')).html).toContain('href="/admin/templates"');
});

it('a link that was cut says so, whether or not it was once right', async () => {
  const signup = address('/signup/:token');
  const paths = ['/signup', signup.slice(0, -1), signup.slice(0, 20), '/signup/nonsense'];
  const pages = await Promise.all(paths.map((path) => read('anonymous', path)));
  expect(new Set(pages.map((page) => `${page.status} ${page.words}`)).size).toBe(1);
  expect(pages[0]!.status).toBe(404);
  expect(pages[0]!.words).toContain('Open the e-mail again and press its button.');
  for (const path of ['/reset', '/reset/-', '/reset/abcdef']) {
    const page = await read('anonymous', path);
    expect([page.status, page.words]).toEqual([404, expect.stringContaining('Open the e-mail again')]);
    expect(page.html).toContain('href="/forgot"');
  }
  const email = await read('anonymous', '/email/abcdef');
  expect([email.status, email.words]).toEqual([404, expect.stringContaining('Open the e-mail again')]);
  // Whole, but none of ours: nobody learns whether it ever was.
  expect((await read('anonymous', `/reset/${'a'.repeat(40)}`)).status).toBe(200);
});

it('a form that is refused leads back to its page', async () => {
  const { status, html, words } = await read('guest', '/me?/profile', {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(status).toBe(415);
  expect(words).toContain('Try again');
  expect(html).toContain('href="/me"');
});

it('answers without SvelteKit have a frame, a sentence and a way on', async () => {
  const noData = { ...bindings, DB: { prepare: () => fail(), batch: () => fail() } as unknown as D1Database };
  const fail = () => {
    throw new Error('D1 is away');
  };
  const pages = [
    [
      403,
      await read('guest', '/me', { method: 'POST', headers: { origin: 'https://evil.example' } }),
      'href="http',
    ],
    [414, await read('guest', `/${'a'.repeat(10_000)}`), 'href="/"'],
    [400, await read('guest', '/%ff'), 'href="/"'],
    [503, await read('guest', '/me', {}, { ...bindings, FOYER_SECRET: undefined }), 'href="/"'],
    [500, await read('guest', '/me?find=a', {}, noData), 'href="/me?find=a"'],
  ] as const;
  for (const [status, page, way] of pages) {
    expect(page.status).toBe(status);
    expect(page.html, String(status)).toMatch(/<header><a href="\/" aria-label="/);
    expect(page.html, String(status)).toMatch(/<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>/);
    expect(page.html, String(status)).toContain(way);
  }
  // What failed is in the log alone.
  expect(pages[4][1].html).not.toMatch(/D1 is away|\.ts:\d|node_modules/);
  expect(pages[4][1].words).toMatch(/number: [0-9a-f]{8} Try again$/);
  // The way on stays on this site.
  for (const path of ['//evil.example/x', '/\\evil.example/x', '///evil.example/x?/save'])
    expect((await read('guest', path, {}, noData)).html, path).toContain('href="/evil.example/x"');
});

it('a search too many says so in its frame: the refusal of one read is not the failure of those that travel with it', async () => {
  const search = () => read('foreign', '/search?q=crane');
  for (let n = 0; n < 6; n++) await Promise.all(Array.from({ length: 20 }, search));
  const { status, html, words } = await search();
  expect(status).toBe(429);
  expect(words).toContain('You’ve done that a lot in a short time');
  expect(html).toContain('href="/notifications"');
});
