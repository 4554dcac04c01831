// Files are served without the Worker, missing ones by both, so their headers are tested on the real site.
import { readdirSync } from 'node:fs';
import { expect, test } from './test';

const built = '.svelte-kit/cloudflare';
const some = (folder: string, name: RegExp) =>
  `/${folder}/${readdirSync(`${built}/${folder}`).find((file) => name.test(file))!}`;

const files = [
  '/favicon.svg',
  '/favicon.ico',
  '/apple-touch-icon.png',
  '/icon-512.png',
  '/robots.txt',
  some('covers', /\.\w+$/),
  '/_app/version.json',
  some('_app/immutable/entry', /\.js$/),
  some('_app/immutable/assets', /\.css$/),
];

for (const path of files)
  test(`static files carry the headers too: ${path.replace(/(immutable\/\w+|covers)\/.*/, '$1/…')}`, async ({
    request,
  }) => {
    const answer = await request.get(path);
    expect(answer.status()).toBe(200);
    expect(answer.headers()).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      // Kit adds its own for /_app/.
      'x-robots-tag': expect.stringContaining('noindex, nofollow'),
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    // Browsers ignore it on local http; a real site has a host with a dot.
    expect(answer.headers()['strict-transport-security']).toBeUndefined();
    const abroad = await request.get(path, { headers: { host: 'guests.example.com' } });
    expect(abroad.headers()['strict-transport-security']).toBe('max-age=31536000');
    expect(answer.headers()['cache-control']).toBe(
      path.includes('/immutable/')
        ? 'public, immutable, max-age=31536000'
        : path.startsWith('/_app/')
          ? 'no-cache'
          : 'public, max-age=0, must-revalidate',
    );
  });

const others: [status: number, path: string, method?: string][] = [
  [200, '/login'],
  [303, '/me'],
  [308, '/login/'],
  [308, '/healthz/'],
  [308, '/signup/nothing/'],
  [308, '/reset/nothing/'],
  [404, '/_app/nope.js'],
  [404, '/_app/immutable/'],
  [404, '/_app/immutable/nope.js'],
  [404, '/favicon.svg/'],
  [200, '/_app/env.js'],
  [400, '/login/__route.js'],
  [400, '/%ff'],
  [414, `/${'a'.repeat(9_000)}`],
  [403, '/login', 'POST'],
  [308, '/login/', 'POST'],
];
for (const [status, path, method = 'GET'] of others)
  test(`${method} ${path.slice(0, 30)}: ${status} with the headers, and kept by nobody`, async ({
    request,
  }) => {
    const answer = await request.fetch(path, { method, maxRedirects: 0 });
    expect(answer.status()).toBe(status);
    expect(answer.headers()).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': expect.stringContaining('default-src'),
      'permissions-policy': expect.stringContaining('camera=()'),
      'cache-control': expect.stringContaining('no-store'),
    });
  });

test('a page still has its styles, scripts, pictures and icon', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
  // Leaving a page aborts what it was loading.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') refused.push(request.url());
  });
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill('ben@foyer.example');
  await page.getByLabel('Password').fill('foyer-demo-1');
  await page.getByRole('button', { name: 'Login' }).click();
  await page
    .getByRole('link', { name: /Harbour Bridge/ })
    .first()
    .click();
  await expect(page.locator('.cover img')).toBeVisible();
  await expect(page.locator('.cover img')).toHaveJSProperty('complete', true);
  expect(
    await page.locator('.cover img').evaluate((img: HTMLImageElement) => img.naturalWidth),
  ).toBeGreaterThan(0);
  expect(refused).toEqual([]);
});
