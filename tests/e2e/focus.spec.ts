/** Focus: back from dialogs, to neighbours of what has gone, and through tabs. */
import { expect, test } from './test';
import { button } from './forms';
import { addressOf, invited, makeSpace, signedIn } from './people';

const BEN = 'ben@foyer.example';

let space = '';

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Focus');
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
