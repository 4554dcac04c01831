/** A thread on paper: everything that was said, by whom and when, and nothing that can only be pressed. */
import { expect, test } from './test';
import { makeSpace, post, signedIn } from './people';

for (const javaScriptEnabled of [true, false])
  test(`a printed thread says when, for whom and where its links lead, and has no controls, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled, colorScheme: 'dark' });
    const host = await signedIn(browser, 'ben@foyer.example');
    const space = await makeSpace(host, `On paper ${javaScriptEnabled}`);
    const made = await post(host, `${space}/new-thread`, {
      title: 'Crane for the north pier',
      body: 'See [the offer](https://example.com/offer) and https://example.com/plain.\n\n| a | b |\n|---|---|\n| 1 | 2 |',
      audience: 'company',
      requestKey: `printed${javaScriptEnabled}`.padEnd(16, 'x'),
    });
    const thread = made.headers().location!;
    await post(host, `${thread}?/comment`, {
      body: 'We take it.',
      requestKey: `comment${javaScriptEnabled}`.padEnd(16, 'x'),
    });
    await post(host, `${thread}?/react`, { text: '', kind: 'yes', on: 'on' });
    await page.goto(thread, { waitUntil: 'networkidle' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });

    await expect(page.getByRole('heading', { name: 'Crane for the north pier', level: 1 })).toBeVisible();
    await expect(page.getByRole('link', { name: `On paper ${javaScriptEnabled}` })).toBeVisible();
    await expect(page.locator('header').getByText('Foyer Ltd').first()).toBeVisible();
    await expect(page.locator('header:has(h1) + p')).toContainText('Only people at Foyer Ltd');
    const posts = page.getByRole('article');
    await expect(posts).toHaveCount(2);
    await expect(posts.first().getByText('Only for Foyer Ltd')).toBeVisible();

    for (const time of await page.locator('main time').all()) {
      await expect(time.locator('span')).toBeHidden();
      const said = await time.evaluate((one) => getComputedStyle(one, '::after').content);
      expect(said).toMatch(/^"\d{1,2} \w+ \d{4}, \d\d:\d\d \S+"$/);
    }
    const after = (name: string) =>
      page.getByRole('link', { name }).evaluate((link) => getComputedStyle(link, '::after').content);
    expect(await after('the offer')).toContain('https://example.com/offer');
    expect(await after('https://example.com/plain')).toBe('none');

    await expect(page.locator('article button[aria-pressed=true]')).toBeVisible();
    for (const controls of [
      'button:not([aria-pressed])',
      'textarea',
      'input',
      'nav',
      'a[href="/notifications"]',
    ])
      for (const control of await page.locator(controls).all()) await expect(control).toBeHidden();
    const paper = await page.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.body).color,
      getComputedStyle(document.querySelector('article')!).breakInside,
    ]);
    expect(paper[0]).toBe('rgba(0, 0, 0, 0)');
    expect(paper[1]).toMatch(/^oklch\(0\.24/);
    expect(paper[2]).toBe('avoid');
  });
