/** A guest's way in has no scripts and loads little. What signed-in pages load is bounded, too. */
import { gzipSync } from 'node:zlib';
import { expect, test, type Page, type Response } from './test';
import {
  addressOf,
  invited,
  linkIn,
  mailsTo,
  makeSpace,
  newGuest,
  newMail,
  post,
  signedIn,
  somebody,
} from './people';

/** Opens a page with scripts allowed and an empty cache, and returns all that it loads. */
async function loads(page: Page, path: string): Promise<Response[]> {
  const answers: Response[] = [];
  page.on('response', (answer) => answers.push(answer));
  const document = (await page.goto(path))!;
  // The page first: a late icon of the previous page may have come in between.
  return [document, ...answers.filter((answer) => answer !== document)];
}

test("a guest's way in ships no script: neither elements nor preloads nor requests", async ({
  browser,
  request,
}) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, 'Weight');
  const [used, open, copied] = await invited(
    host,
    space,
    ...['used', 'open', 'copied'].map((n) => addressOf(n)),
  );
  await newGuest(browser, space, used!);
  await post(host, '/forgot', { email: used!.email });
  const reset = linkIn(await newMail(request, used!.email, /\/reset\//), /\/reset\//);
  const expired = linkIn((await mailsTo(request, 'hal@studio.example'))[0]!, /\/signup\//);
  // Half-signed-in: a sign-up through a copied link waits for its code.
  const half = await somebody(browser);
  await host.goto(`${space}/settings/guests`);
  await host.getByRole('row', { name: copied!.email }).getByRole('button', { name: 'Copy link' }).click();
  const link = new URL(await host.getByLabel('Link to share').inputValue()).pathname;
  await post(half, `${link}?/signUp`, { name: 'Half', password: 'half-way-1' });

  const nobody = await somebody(browser);
  const pages: [Page, string, status?: number][] = [
    [nobody, '/login'],
    [nobody, '/forgot'],
    [nobody, open!.url],
    [nobody, used!.url],
    [nobody, expired],
    [nobody, reset],
    [nobody, '/reset/nonsense', 404],
    [nobody, '/signup/nonsense', 404],
    [half, '/verify'],
    [host, '/nowhere', 404],
  ];
  for (const [page, path, status = 200] of pages) {
    const answers = await loads(page, path);
    expect(new URL(page.url()).pathname, path).toBe(new URL(path, page.url()).pathname);
    expect(answers[0]!.status(), path).toBe(status);
    expect(await page.locator('script, link[rel~=modulepreload], link[as=script]').count(), path).toBe(0);
    const kinds = answers.map((answer) => answer.request().resourceType());
    expect(kinds, path).not.toContain('script');
    expect(answers[0]!.headers().link ?? '', path).not.toContain('script');
    page.removeAllListeners('response');
  }
});

// The HTML (with inlined styles), every stylesheet, image and font, and the tab's icon, each gzipped as the edge sends them.
for (const path of ['/login', '/forgot'])
  test(`${path} weighs at most 12 kB`, async ({ page, request }) => {
    const parts = new Map<string, number>();
    for (const answer of await loads(page, path))
      parts.set(new URL(answer.url()).pathname, gzipSync(await answer.body()).length);
    const icon = await page.locator('link[rel=icon][type="image/svg+xml"]').getAttribute('href');
    parts.set(icon!, gzipSync(await (await request.get(icon!)).body()).length);
    const total = [...parts.values()].reduce((sum, bytes) => sum + bytes);
    const measured = `${total} bytes: ${[...parts].map((part) => part.join(' ')).join(', ')}`;
    test.info().annotations.push({ type: 'weight', description: measured });
    expect(total, measured).toBeLessThanOrEqual(12_000);
  });

// What was reached, rounded up (docs/performance.md): kB of scripts that a page needs to work, and their files.
for (const [path, scripts, files] of [
  ['/', 124, 11],
  ['/spaces/1', 124, 12],
  ['/spaces/1/threads/1', 144, 12],
  ['/spaces/1/settings/guests', 130, 13],
  ['/search?q=pier', 124, 11],
] as const)
  test(`${path} loads at most ${scripts} kB of scripts in ${files} files, 20 kB of styles, and nothing moves`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, 'ben@foyer.example');
    const answers = await loads(page, path);
    await page.waitForLoadState('networkidle');
    expect(answers[0]!.status()).toBe(200);
    const weights = { script: [] as number[], stylesheet: [] as number[] };
    const html = await answers[0]!.text();
    const named = html + (answers[0]!.headers().link ?? '');
    for (const answer of answers) {
      const kind = answer.request().resourceType();
      // SvelteKit loads the error page afterwards, in case it is needed.
      if ((kind === 'script' || kind === 'stylesheet') && named.includes(new URL(answer.url()).pathname))
        weights[kind].push(gzipSync(await answer.body()).length);
    }
    const inside = html.match(/<style[^>]*>[\s\S]*?<\/style>/g) ?? [];
    const sum = (all: number[]) => all.reduce((one, other) => one + other, 0);
    expect(sum(weights.script)).toBeLessThanOrEqual(scripts * 1000);
    expect(weights.script.length).toBeLessThanOrEqual(files);
    expect(sum(weights.stylesheet) + gzipSync(inside.join('')).length).toBeLessThanOrEqual(20_000);
    const moved = await page.evaluate(() => {
      const observer = new PerformanceObserver(() => {});
      observer.observe({ type: 'layout-shift', buffered: true });
      const shifts = observer.takeRecords() as (PerformanceEntry & { value: number })[];
      return shifts.reduce((all, { value }) => all + value, 0);
    });
    expect(moved).toBeLessThanOrEqual(0.02);
  });

test('a post with its menus is at most 5.8 kB of HTML: the icons of reactions are in the page once', async ({
  browser,
}) => {
  const page = await signedIn(browser, 'ben@foyer.example');
  const html = await (await page.request.get('/spaces/1/threads/1')).text();
  const posts = html.match(/<article[\s\S]*?<\/article>/g)!;
  expect(posts.length).toBeGreaterThan(1);
  expect(posts.join('').length / posts.length).toBeLessThanOrEqual(5_800);
});
