/** What was written only for the company: no form makes it wider by itself, and each page says who reads it. */
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, post, signedIn } from './people';

const BEN = 'ben@foyer.example';
const ONLY = 'Only people at Foyer Ltd who are in this space can read this.';
const OPENED = 'Guests can read this now.';
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const words = (page: Page) => page.locator('#edit-body');
const writing = (page: Page) => page.getByLabel('Write a comment', { exact: true });

let space = '';
let host: Page, guest: Page;
test.beforeAll(async ({ browser }) => {
  host = await signedIn(browser, BEN);
  space = await makeSpace(host, 'Margins');
  const [gil] = await invited(host, space, addressOf('gil'));
  guest = await newGuest(browser, space, gil!);
});
test.afterAll(async () => {
  await host.context().close();
  await guest.context().close();
});

let keys = 0;
const key = () => `${Date.now()}${1_000 + keys++}`.replace(/\d/g, (n) => 'abcdefghij'[Number(n)]!);
async function begin(title: string, audience: string): Promise<string> {
  const form = { title, body: 'As it was', audience, requestKey: key() };
  return (await post(host, `${space}/new-thread`, form)).headers().location!;
}
async function say(thread: string, body: string): Promise<string> {
  const form = { body, audience: 'company', requestKey: key() };
  const made = await post(host, `${thread}?/comment`, form);
  return made.headers().location!.split('#comment-')[1]!;
}
/** In another tab. */
async function showToGuests(thread: string, text: string): Promise<void> {
  await host.goto(`${thread}?open=${text}`);
  await button(host, 'Make visible to guests').click();
  await expect(host.getByRole('dialog')).toHaveCount(0);
  await expect(host.getByText('Visible to guests since').first()).toBeVisible();
}
const guestReads = async (thread: string): Promise<string> => {
  await guest.goto(thread);
  return guest.getByRole('main').innerText();
};
/** As wide as its screen, whatever it says. */
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';
  const options = { javaScriptEnabled, viewport: { width: 360, height: 740 } };
  const start = async (page: Page, address: string) => {
    await page.goto(address, { waitUntil: 'networkidle' });
    if (javaScriptEnabled) await expect(button(page, 'Preview').first()).toBeVisible();
  };

  for (const what of ['comment', 'thread'] as const)
    test(`${how} › an edited ${what} that guests can read meanwhile is saved only by the next Save`, async ({
      browser,
    }) => {
      const thread = await begin(`Margin ${what} ${how}`, what === 'thread' ? 'company' : 'everyone');
      const text = what === 'thread' ? 'first' : await say(thread, 'As it was, aside');
      const page = await signedIn(browser, BEN, options);
      await start(page, `${thread}?edit=${text}`);
      const form = page.locator('#editing');
      await expect(form.getByText(ONLY)).toBeVisible();
      await showToGuests(thread, text);
      await words(page).fill('Eight per cent');
      if (what === 'thread') await page.getByLabel('Title', { exact: true }).fill(`Our margin ${how}`);
      const file = { name: 'margin.txt', mimeType: 'text/plain', buffer: Buffer.from('8') };
      await page.locator('#editing input[type=file]').setInputFiles(file);
      await button(page, 'Save').click();
      await expect(page.getByRole('main').getByRole('alert').filter({ hasText: OPENED })).toBeVisible();
      await expect(words(page)).toHaveValue('Eight per cent');
      if (what === 'thread')
        await expect(page.getByLabel('Title', { exact: true })).toHaveValue(`Our margin ${how}`);
      await expect(form.getByText('margin.txt').first()).toBeVisible();
      await expect(form.getByText('Guests can read it')).toBeVisible();
      await expect(form.getByText(ONLY)).toHaveCount(0);
      await fits(page);
      expect(await guestReads(thread)).not.toMatch(/Eight per cent|margin\.txt|Our margin/);

      // A browser fills in no files.
      if (!javaScriptEnabled) await page.locator('#editing input[type=file]').setInputFiles(file);
      await button(page, 'Save').click();
      await expect(page.getByRole('article').filter({ hasText: 'Eight per cent' })).toBeVisible();
      expect(await guestReads(thread)).toMatch(/Eight per cent[^]*margin\.txt/);
      await page.context().close();
    });
}

test('a draft of an edit keeps whom it was written for', async ({ browser }) => {
  const thread = await begin('Drafted margin', 'everyone');
  const text = await say(thread, 'As it was, aside');
  const page = await signedIn(browser, BEN);
  await page.goto(`${thread}?edit=${text}`, { waitUntil: 'networkidle' });
  await words(page).fill('Nine per cent');
  await expect(page.getByText('Draft saved')).toBeVisible();
  await showToGuests(thread, text);
  await page.reload({ waitUntil: 'networkidle' });
  await expect(words(page)).toHaveValue('Nine per cent');
  await button(page, 'Save').click();
  await expect(page.getByRole('main').getByRole('alert').filter({ hasText: OPENED })).toBeVisible();
  expect(await guestReads(thread)).not.toContain('Nine per cent');
  await button(page, 'Save').click();
  await expect(page.getByRole('article').filter({ hasText: 'Nine per cent' })).toBeVisible();
  expect(await guestReads(thread)).toContain('Nine per cent');
  await page.context().close();
});

test('before a text is shown to guests, the page says to whom, and nothing that is not so', async () => {
  const thread = await begin('Not yet shown', 'company');
  await host.goto(`${thread}?open=first`);
  const dialog = host.getByRole('dialog', { name: 'Make this thread visible to guests?' });
  await expect(dialog.getByRole('paragraph').first()).toHaveText(
    /^\S.* \(guest.*\) can read it from then on, and so can guests who join later\. It’s all listed here/,
  );
  await expect(dialog.getByText('They’ll be notified.', { exact: true })).toBeVisible();
  await expect(dialog).not.toContainText(/ 0 | no |reactions|versions|includes/i);
  await say(thread, 'An aside');
  await host.reload();
  await expect(dialog).toContainText('That includes 1 comment. It’s all listed here.');
});

test('a comment begun in a thread for the company stays so when the thread is opened, also as a draft', async ({
  browser,
}) => {
  const thread = await begin('Begun inside', 'company');
  const page = await signedIn(browser, BEN);
  const choice = page.getByLabel('Only for Foyer Ltd');
  await page.goto(thread, { waitUntil: 'networkidle' });
  await writing(page).fill('Ten per cent');
  await expect(page.getByText('Draft saved')).toBeVisible();
  await showToGuests(thread, 'first');
  // The page hears of it by itself.
  await expect(choice).toBeChecked();
  await expect(page.getByText('Guests can read this thread now. What you write here stays')).toBeVisible();
  await expect(writing(page)).toHaveValue('Ten per cent');
  await page.reload({ waitUntil: 'networkidle' });
  await expect(writing(page)).toHaveValue('Ten per cent');
  await expect(choice).toBeChecked();
  await button(page, 'Comment').click();
  await expect(page.getByRole('article').filter({ hasText: 'Ten per cent' })).toBeVisible();
  expect(await guestReads(thread)).not.toContain('Ten per cent');
  await page.context().close();
});
