/** An open page whose session or access ends: what it says, and the way back. */
import { expect, test, type Browser, type Page } from './test';
import { gate, login, PASSWORD, signedIn, somebody } from './people';

const BEN = 'ben@foyer.example';
const box = (page: Page) => page.getByLabel('Write a comment', { exact: true });
const cover = (page: Page) => page.getByRole('alertdialog', { name: 'You’ve been logged out' });
const endSession = (page: Page) => page.context().clearCookies({ name: 'foyer' });
/** By then the page has asked, whether or not the room of its space says when. */
const ASKED = 80_000;
let thread: string;

test.beforeAll(async ({ browser }) => {
  const ben = await signedIn(browser, BEN);
  await ben.goto('/spaces/1/new-thread');
  await ben.getByLabel('Title').fill('Sessions end');
  await ben.getByRole('button', { name: 'Post' }).click();
  await expect(ben).toHaveURL(/\/threads\/\d+$/);
  thread = new URL(ben.url()).pathname;
});

/** Typed into the open thread, with a session of its own. */
async function typing(browser: Browser, text: string): Promise<Page> {
  const page = await somebody(browser);
  await login(page, BEN);
  await page.clock.install();
  await page.goto(thread);
  await expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();
  await box(page).pressSequentially(text);
  await expect(page.getByText('Draft saved')).toBeVisible();
  return page;
}

test('after a session has ended, the login leads back to the same page and to what was typed', async ({
  browser,
}) => {
  const page = await typing(browser, 'Nearly lost');
  await endSession(page);
  await page.clock.fastForward(ASKED);
  await expect(cover(page)).toContainText('What you typed is kept in this browser.');
  await cover(page).getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('E-mail address').fill(BEN);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page).toHaveURL(thread);
  await expect(box(page)).toHaveValue('Nearly lost');
});

test('logging out in another tab deletes the draft and says so; after a login there the page is as it was', async ({
  browser,
}) => {
  const page = await typing(browser, 'Only here now');
  const other = await page.context().newPage();
  await other.goto('/');
  await other.getByRole('button', { name: /Ben/ }).click();
  await other.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(other).toHaveURL(/\/login/);
  await page.clock.fastForward(ASKED);
  await expect(cover(page)).toContainText('What you typed is only on this page now.');
  const opened = page.context().waitForEvent('page');
  await cover(page).getByRole('link', { name: 'Log in' }).click();
  await login(await opened, BEN);
  await page.clock.fastForward(ASKED);
  await expect(cover(page)).toHaveCount(0);
  await expect(box(page)).toHaveValue('Only here now');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(page.getByRole('article').filter({ hasText: 'Only here now' })).toBeVisible();
});

test('whoever reads that their form was not sent can read it to the end', async ({ browser }) => {
  const page = await typing(browser, 'Sent too late');
  const polls = gate();
  let asked = 0;
  await page.route(/\/changes\?/, async (route) => {
    asked++;
    await polls.opened;
    await route.continue();
  });
  await endSession(page);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'You’ve been logged out.' });
  await expect(refusal).toBeFocused();
  // The way back is in the sentence, and leaves what is typed where it is.
  const way = refusal.getByRole('link', { name: 'Log in again' });
  await expect(way).toHaveAttribute(
    'href',
    `/login?next=${encodeURIComponent(new URL(page.url()).pathname)}`,
  );
  await expect(way).toHaveAttribute('target', '_blank');
  await page.clock.fastForward(ASKED);
  await expect.poll(() => asked).toBe(1);
  polls.open();
  // Asking again means that the first answer was heard.
  await expect.poll(() => page.clock.fastForward(ASKED).then(() => asked)).toBeGreaterThan(1);
  await expect(refusal).toBeFocused();
  await expect(cover(page)).toHaveCount(0);
  await box(page).click();
  await page.clock.fastForward(ASKED);
  await expect(cover(page)).toBeVisible();
});

test('who may no longer see a space is told so, and not that they were logged out', async ({ browser }) => {
  const page = await typing(browser, 'Goodbye');
  await page.route(/\/changes\?/, (route) => route.fulfill({ status: 404 }));
  await page.clock.fastForward(ASKED);
  const gone = page.getByRole('alertdialog', { name: 'You no longer have access to this space' });
  await gone.getByRole('link', { name: 'Go to your spaces' }).click();
  await expect(page).toHaveURL('/');
});
