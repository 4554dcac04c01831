/** How every form answers: while it is sent, when it is refused, when it is accepted, and when the network is gone. */
import { expect, test, type Page, type Route } from '@playwright/test';
import { addressOf, gate, invited, makeSpace, signedIn } from './people';

const BEN = 'ben@foyer.example';
const AVA = 'ava@foyer.example';
const PHONE = { viewport: { width: 360, height: 640 } };
const sizes = [
  ['at a desk', {}],
  ['on a phone', PHONE],
] as const;

let space = '';

const isPost = (route: Route) => route.request().method() === 'POST';
/** Holds the posts of a page back. */
async function hold(page: Page): Promise<{ open: () => void; count: () => number }> {
  const { opened, open } = gate();
  let posts = 0;
  await page.route('**', async (route) => {
    if (!isPost(route)) return route.continue();
    posts += 1;
    await opened;
    await route.continue();
  });
  return { open, count: () => posts };
}
/** Scripts have started. */
const ready = (page: Page) => expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();
const inSight = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Answers');
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › while it is sent the button says so, keeps the focus and cannot be pressed twice`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    await page.goto(`${space}/new-thread`);
    await ready(page);
    await page.getByLabel('Title', { exact: true }).fill('Once');
    const posts = await hold(page);
    await button(page, 'Post').click();
    const busy = button(page, 'Sending…');
    await expect(busy).toHaveAttribute('aria-disabled', 'true');
    await expect(busy).toBeFocused();
    await busy.click({ force: true });
    await busy.press('Enter');
    await page.getByLabel('Title', { exact: true }).press('Enter');
    posts.open();
    await expect(page).toHaveURL(/\/threads\/\d+$/);
    expect(posts.count()).toBe(1);
    await page.context().close();
  });

test('after ten seconds it says that it goes on', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.clock.install();
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Slow');
  const posts = await hold(page);
  await button(page, 'Post').click();
  await expect(button(page, 'Sending…')).toBeVisible();
  await expect(page.getByText('Still sending.')).toHaveCount(0);
  await page.clock.runFor(10_000);
  await expect(page.getByText('Still sending.')).toBeVisible();
  posts.open();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › a refusal moves focus and view to the summary, and errors go as they are mended`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    for (const path of [`${space}/settings/general`, '/me']) {
      await page.goto(path);
      const name = page.getByLabel(path === '/me' ? 'Display Name' : 'Space name', { exact: true });
      await page.waitForLoadState('networkidle');
      for (const round of [1, 2]) {
        await name.fill('');
        const save = page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).first();
        await save.scrollIntoViewIfNeeded();
        await save.click();
        const summary = page.getByRole('alert');
        await expect(summary, `${path} ${round}`).toBeFocused();
        await expect.poll(() => inSight(page, '[role=alert]')).toBe(true);
        await expect(name).toHaveAttribute('aria-invalid', 'true');
        await expect(name).toHaveAccessibleDescription(/name/i);
      }
      await name.fill('Mended');
      await expect(name).not.toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByRole('alert')).toHaveCount(0);
      await page.evaluate(() => localStorage.clear());
    }
    await page.context().close();
  });

for (const [where, options] of sizes)
  test(`${where} › without scripts a refusal shows the same summary, focused`, async ({ browser }) => {
    const page = await signedIn(browser, BEN, { ...options, javaScriptEnabled: false });
    await page.goto(`${space}/settings/general`);
    await page.getByLabel('Space name', { exact: true }).fill('');
    await button(page, 'Save').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page.getByLabel('Space name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await page.context().close();
  });

test('a refusal inside a confirmation is said in it', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}?delete`);
  await page.waitForLoadState('networkidle');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('textbox').fill('Something else');
  await dialog.getByRole('button', { name: 'Delete Space' }).click();
  await expect(dialog.getByRole('alert')).toBeFocused();
  await expect(page).toHaveURL(/\?delete$/);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › a dead network keeps the page and everything typed, and one press sends it again`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    await page.goto(`${space}/new-thread`);
    await ready(page);
    await page.getByLabel('Title', { exact: true }).fill(`Kept ${where}`);
    await page.getByLabel('Body', { exact: true }).fill('All of it');
    await page.context().setOffline(true);
    await button(page, 'Post').click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText(/^Not sent\. Try again/);
    await expect(alert).toContainText('You seem to be offline.');
    await expect(alert).toBeInViewport();
    await expect(button(page, 'Post')).toBeEnabled();
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue(`Kept ${where}`);
    await expect(page.getByLabel('Body', { exact: true })).toHaveValue('All of it');
    await page.context().setOffline(false);
    await button(page, 'Try again').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Kept ${where}`);
    await page.context().close();
  });

test("a proxy's error page and a broken answer keep the page, and the retry writes only once", async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Arrived after all');
  // The site wrote it, and the answer was lost on the way.
  await page.route('**/new-thread', async (route) => {
    if (!isPost(route)) return route.continue();
    await route.fetch();
    await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
  });
  await button(page, 'Post').click();
  await expect(page.getByRole('alert')).toContainText('The site didn’t answer.');
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Arrived after all');
  await page.unroute('**/new-thread');
  await button(page, 'Try again').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Arrived after all');
  await page.goto(space);
  await expect(page.getByRole('link', { name: /Arrived after all/ })).toHaveCount(1);
  await page.context().close();
});

test('somebody who has gone on hears what was not sent, with a way back', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Body', { exact: true }).fill('Left behind');
  const posts = await hold(page);
  await button(page, 'Post').click();
  await expect(button(page, 'Sending…')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Answers' }).click();
  await expect(page).toHaveURL(space);
  posts.open();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Not sent: New Thread');
  await alert.getByRole('link', { name: 'Go back to it' }).click();
  await expect(page).toHaveURL(`${space}/new-thread`);
  await expect(page.getByLabel('Body', { exact: true })).toHaveValue('Left behind');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › a success is seen and announced where the person is`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, options);
    await page.goto('/admin/authentication');
    await page.waitForLoadState('networkidle');
    const save = button(page, 'Save');
    await page.getByLabel('Allowed e-mail domains').scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(0);
    await save.click();
    const said = page.locator('[aria-live=polite]', { hasText: /./ });
    await expect(said).toBeInViewport();
    await expect(save).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);
    await expect(page.getByRole('status')).toHaveCount(1);
    await page.context().close();
  });

test('a notice is said once: neither a reload nor Back says it again', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto('/me');
  await page.waitForLoadState('networkidle');
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).first().click();
  await expect(page.getByRole('status')).toBeVisible();
  await expect(page).toHaveURL('/me');
  await page.goto(space);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('status')).toHaveCount(0);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › Escape and Close ask before they discard what was typed`, async ({ browser }) => {
    const page = await signedIn(browser, BEN, options);
    const path = `${space}/settings/general`;
    const name = page.getByLabel('Space name', { exact: true });
    const asks = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
    const answer = (words: string) => asks.getByRole('button', { name: words, exact: true });
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await name.fill('Half a name');
    await page.keyboard.press('Escape');
    await expect(answer('Keep writing')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(asks).toBeHidden();
    await expect(name).toBeFocused();
    await expect(name).toHaveValue('Half a name');
    await page.getByRole('link', { name: 'Close', exact: true }).click();
    await expect(asks).toBeVisible();
    // Escape is the safe answer.
    await page.keyboard.press('Escape');
    await expect(asks).toBeHidden();
    await expect(page).toHaveURL(path);
    await page.getByRole('link', { name: 'Close', exact: true }).click();
    await answer('Discard').click();
    await expect(page).toHaveURL(space);
    // The draft is gone too.
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await expect(name).toHaveValue('Answers');
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(space);
    await page.context().close();
  });

test('Cancel of an edit asks too, and a link elsewhere does not: the draft is kept', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await page.getByLabel('Title', { exact: true }).fill('To edit');
  await page.getByLabel('Body', { exact: true }).fill('As it was');
  await button(page, 'Post').click();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
  await page.goto(`${page.url()}?edit=first`);
  await ready(page);
  await page.locator('#edit-body').fill('As it will be');
  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await button(page, 'Keep writing').click();
  await expect(page.locator('#edit-body')).toHaveValue('As it will be');
  await page.getByRole('main').getByRole('link', { name: 'Answers' }).click();
  await expect(page).toHaveURL(space);
  await page.goBack();
  await expect(page.locator('#edit-body')).toHaveValue('As it will be');
  await page.context().close();
});

test('Escape closes a menu over a dialog, and not the dialog', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/settings/members`);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    const menu = Object.assign(document.createElement('div'), { popover: 'auto', textContent: 'A menu' });
    document.querySelector('dialog')!.insertAdjacentElement('beforeend', menu);
    menu.showPopover();
  });
  await page.keyboard.press('Escape');
  await expect(page.getByText('A menu')).toBeHidden();
  await expect(page).toHaveURL(`${space}/settings/members`);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(space);
  await page.context().close();
});

test('the focus returns to where a dialog was opened, and to a neighbour when the row has gone', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  const emails = ['first', 'second'].map((name) => addressOf(name));
  await invited(page, space, ...emails);
  await page.goto(space);
  await page.waitForLoadState('networkidle');
  await button(page, 'Options').click();
  await page.getByRole('menuitem', { name: 'Manage Guests' }).click();
  await expect(page.getByRole('dialog')).toBeFocused();
  await button(page, 'Invite Guests').click();
  await expect(page.getByRole('heading', { name: 'Invite Guests' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button(page, 'Invite Guests')).toBeFocused();

  const remove = (email: string) =>
    page.getByRole('row', { name: email }).getByRole('button', { name: 'Delete' });
  await remove(emails[0]!).click();
  await page.getByRole('alertdialog').getByRole('link', { name: 'Cancel' }).click();
  await expect(remove(emails[0]!)).toBeFocused();
  await remove(emails[0]!).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('row', { name: emails[0]! })).toHaveCount(0);
  await expect(page.getByRole('row', { name: emails[1]! }).locator(':focus')).toHaveCount(1);
  await expect(page.getByRole('status')).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(space);
  await expect(button(page, 'Options')).toBeFocused();
  await page.context().close();
});

for (const dir of ['ltr', 'rtl'])
  test(`tabs move by arrow keys, Home and End, and Tab leaves them: ${dir}`, async ({ browser }) => {
    const page = await signedIn(browser, BEN);
    await page.goto(`${space}/settings/general`);
    await page.waitForLoadState('networkidle');
    await page.evaluate((way) => (document.documentElement.dir = way), dir);
    const tab = (name: string) => page.getByRole('tab', { name, exact: true });
    const [on, back] = dir === 'ltr' ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
    await tab('General').focus();
    for (const [key, name] of [
      [on, 'Members'],
      [on, 'Guests'],
      [on, 'General'],
      [back, 'Guests'],
      ['Home', 'General'],
      ['End', 'Guests'],
      [back, 'Members'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(tab(name)).toBeFocused();
    }
    await page.keyboard.press('Space');
    await expect(tab('Members')).toHaveAttribute('aria-selected', 'true');
    await expect(tab('Members')).toBeFocused();
    await expect(tab('General')).toHaveAttribute('tabindex', '-1');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('tablist').locator(':focus')).toHaveCount(0);
    await page.context().close();
  });

test('without scripts each tab is reached by Tab', async ({ browser }) => {
  const page = await signedIn(browser, BEN, { javaScriptEnabled: false });
  await page.goto(`${space}/settings/general`);
  await expect(page.locator('[role=tab][tabindex]')).toHaveCount(0);
  await page.context().close();
});

test('a password can be shown, is hidden again when it is sent, and its strength is told in words', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto('/me');
  const field = page.getByLabel('New password', { exact: true });
  const show = button(page, 'Show new password');
  await show.click();
  await expect(show).toHaveAttribute('aria-pressed', 'true');
  await field.fill('ab');
  await expect(field).toHaveAttribute('type', 'text');
  const told = page.locator('[aria-live=polite]');
  await expect(told.filter({ hasText: 'Too short: 1 more character to go.' })).toBeVisible();
  await field.fill('abc');
  await expect(told.filter({ hasText: 'one letter and one digit' })).toBeVisible();
  await field.fill('abc1');
  await expect(told.filter({ hasText: 'Strong enough.' })).toBeVisible();
  await field.press('Enter');
  await expect(field).toHaveAttribute('type', 'password');
  await expect(page.getByRole('alert')).toBeFocused();
  await page.context().close();
});

test('a line along the top appears only when the next page takes long, and moves nothing', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto(space);
  await page.waitForLoadState('networkidle');
  const { opened, open } = gate();
  await page.route('**/__data.json*', async (route) => {
    await opened;
    await route.continue();
  });
  await page.getByRole('link', { name: 'New Thread', exact: true }).click();
  const line = page.locator('main ~ div[aria-hidden=true]').first();
  await expect(line).toHaveCSS('opacity', '1');
  await expect(line).toHaveCSS('position', 'fixed');
  open();
  await expect(page).toHaveURL(/new-thread$/);
  await expect(line).toHaveCount(0);
  await page.context().close();
});
