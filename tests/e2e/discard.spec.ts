/** Nothing typed is discarded without asking. */
import { expect, test } from './test';
import { button, hold, ready, sizes } from './forms';
import { makeSpace, signedIn } from './people';

const BEN = 'ben@foyer.example';

let space = '';

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Discard');
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
    await expect(page.getByRole('alertdialog')).toHaveCount(1);
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
    await expect(name).toHaveValue('Discard');
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
  await page.getByRole('main').getByRole('link', { name: 'Discard' }).click();
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

for (const [where, options] of sizes)
  test(`${where} › “Not now” asks before it discards addresses, and doesn’t look like sending`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    const path = await makeSpace(page, 'Not now');
    const greeting = page.getByRole('region', { name: 'Now invite your guests' });
    const box = greeting.getByLabel('E-mail addresses', { exact: true });
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await box.fill('mia@partner.example');
    const posts = await hold(page);
    await button(page, 'Not now').click();
    const asks = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
    await asks.getByRole('button', { name: 'Keep writing' }).click();
    await expect(box).toHaveValue('mia@partner.example');
    await expect(button(page, 'Not now')).toBeFocused();
    expect(posts.count()).toBe(0);
    await button(page, 'Not now').click();
    await asks.getByRole('button', { name: 'Discard', exact: true }).click();
    await expect(button(page, 'Closing…')).toBeVisible();
    await expect(button(page, 'Send')).toBeVisible();
    posts.open();
    await expect(greeting).toHaveCount(0);
    expect(posts.count()).toBe(1);
    await page.context().close();
  });
