/** Threads and comments that are only for the company: chosen before writing, marked, and shown to guests only after a list. */
import { expect, test, type Browser, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, signedIn } from './people';

const everyone = (page: Page) => page.getByRole('radio', { name: 'Everyone in this space', exact: true });
const only = (page: Page) => page.getByRole('radio', { name: 'Only for Foyer Ltd', exact: true });
const mark = (page: Page) => page.getByRole('article').getByText('Only for Foyer Ltd', { exact: true });

async function comment(page: Page, words: string) {
  await page.getByLabel('Write a comment', { exact: true }).fill(words);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(page.getByRole('article').filter({ hasText: words })).toBeVisible();
}

async function setUp(browser: Browser, name: string, options: Parameters<Browser['newContext']>[0]) {
  const host = await signedIn(browser, 'ava@foyer.example');
  const space = await makeSpace(host, `${name} ${addressOf('x').slice(2, 10)}`);
  const [gil] = await invited(host, space, addressOf('gil'));
  const guest = await newGuest(browser, space, gil!);
  return { space, guest, ava: await signedIn(browser, 'ava@foyer.example', options) };
}

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`a thread only for the company is shown to guests after its list was read, ${javaScriptEnabled ? 'with' : 'without'} scripts, ${width} wide`, async ({
      browser,
    }) => {
      const { space, guest, ava } = await setUp(browser, 'Inner', {
        javaScriptEnabled,
        viewport: { width, height: 800 },
      });
      await ava.goto(`${space}/new-thread`, { waitUntil: 'networkidle' });
      await expect(everyone(ava)).toBeChecked();
      await expect(ava.getByText('Guests can read it, and so can guests who join later.')).toBeVisible();
      await only(ava).check();
      await expect(ava.getByText('Guests never see it. A guest you mention isn’t notified.')).toBeVisible();
      await expect(
        ava.locator('form').getByText('Only people at Foyer Ltd who are in this space can read this.'),
      ).toBeVisible();
      await ava.getByLabel('Title', { exact: true }).fill('Berth plan');
      await ava.getByLabel('Body', { exact: true }).fill('Not yet for them.');
      await ava.getByRole('button', { name: 'Post', exact: true }).click();
      await expect(ava.getByRole('heading', { level: 1, name: 'Berth plan' })).toBeVisible();
      const thread = new URL(ava.url()).pathname;
      await expect(mark(ava)).toHaveCount(1);
      await expect(everyone(ava)).toHaveCount(0);
      await comment(ava, 'Nor this.');
      await expect(mark(ava)).toHaveCount(2);
      await ava.goto(space);
      await expect(ava.getByRole('link', { name: /Berth plan.*Only for Foyer Ltd/ })).toBeVisible();

      await guest.goto(space);
      await expect(guest.getByText('Berth plan')).toHaveCount(0);
      expect((await guest.goto(thread))!.status()).toBe(404);
      await guest.goto(`${space}/new-thread`);
      await expect(guest.getByText('Who can read this?')).toHaveCount(0);

      await ava.goto(`${thread}?open=first`, { waitUntil: 'networkidle' });
      const dialog = ava.getByRole('dialog');
      for (const words of ['That includes 1 comment.', 'Not yet for them.', 'Nor this.'])
        await expect(dialog.getByText(words)).toBeVisible();
      await dialog.getByRole('button', { name: 'Make visible to guests', exact: true }).click();
      await expect(dialog).toHaveCount(0);
      await expect(mark(ava)).toHaveCount(0);
      await guest.goto(thread);
      await expect(guest.getByRole('article').filter({ hasText: 'Nor this.' })).toBeVisible();
    });
