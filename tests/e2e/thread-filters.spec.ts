/** The lists of a space's threads: addresses that can be shared, kept on the way to a thread and back. */
import { expect, test, type Page } from './test';
import { makeSpace, post, signedIn } from './people';

const letters = (n: number) => String(n).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
let keys = 0;
const key = () => letters(Date.now()) + letters(1_000 + keys++);

let space = '';
test.beforeAll(async ({ browser }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  space = await makeSpace(host, 'Lists of threads');
  for (const title of ['Settled', 'Going on']) {
    const made = await post(host, `${space}/new-thread`, { title, body: 'Words', requestKey: key() });
    if (title === 'Settled') await post(host, `${made.headers().location!}?/close`, { on: 'on' });
  }
});

const list = (page: Page) => page.getByRole('navigation', { name: 'Which threads' });
const threads = (page: Page) => page.locator('.threads li b');

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`threads are filtered by links, ${javaScriptEnabled ? 'with' : 'without'} scripts at ${width} px`, async ({
      browser,
    }) => {
      const page = await signedIn(browser, 'ben@foyer.example', {
        javaScriptEnabled,
        viewport: { width, height: 740 },
      });
      await page.goto(space, { waitUntil: 'networkidle' });
      await expect(list(page).locator('[aria-current=page]')).toHaveText('All');
      await expect(threads(page)).toHaveText(['Going on', 'Settled']);
      expect(await list(page).evaluate((nav) => nav.scrollWidth <= nav.clientWidth)).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

      await list(page).getByRole('link', { name: 'Closed' }).click();
      await expect(page).toHaveURL(`${space}?show=closed`);
      await expect(list(page).locator('[aria-current=page]')).toHaveText('Closed');
      await expect(threads(page)).toHaveText(['Settled']);

      // To a thread, something done there, and back.
      await threads(page).click();
      await expect(page.getByRole('heading', { name: 'Settled', level: 1 })).toBeVisible();
      if (javaScriptEnabled) await page.waitForLoadState('networkidle');
      const follow = page.getByRole('button', { name: /^(Unf|F)ollow$/ });
      const was = await follow.textContent();
      await follow.click();
      await expect(follow).not.toHaveText(was!);
      await page.getByRole('link', { name: 'Lists of threads' }).click();
      await expect(page).toHaveURL(`${space}?show=closed`);

      await list(page).getByRole('link', { name: 'Unread' }).click();
      await expect(page.getByRole('heading', { name: 'Nothing unread' })).toBeVisible();
      await page.getByRole('link', { name: 'Show all threads' }).click();
      await expect(threads(page)).toHaveText(['Going on', 'Settled']);
    });
