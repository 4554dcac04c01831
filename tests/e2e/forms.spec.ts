/** How every form answers: while it is sent, when it is refused, and when it is accepted. */
import { expect, test, type Page } from './test';
import { button, hold, ready, sizes } from './forms';
import { makeSpace, signedIn } from './people';

const BEN = 'ben@foyer.example';
const AVA = 'ava@foyer.example';

let space = '';

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Answers');
  await page.context().close();
});

const inSight = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
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
    await button(page, 'Post').scrollIntoViewIfNeeded();
    const before = (await button(page, 'Post').boundingBox())!;
    await button(page, 'Post').click();
    const busy = button(page, 'Posting…');
    await expect(busy).toBeVisible();
    const { y, width, height } = (await busy.boundingBox())!;
    expect([y, height]).toEqual([before.y, before.height]);
    expect(width).toBeGreaterThanOrEqual(before.width);
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
    await expect(page.getByRole('alert')).toBeFocused();
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
  test(`${where} › a success is seen and announced where the person is, once`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, options);
    await page.goto('/admin/authentication');
    await page.waitForLoadState('networkidle');
    const save = button(page, 'Save');
    await page.getByLabel('Allowed e-mail domains').scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(0);
    await save.click();
    const said = page.getByRole('status').filter({ hasText: /./ });
    await expect(said).toBeInViewport();
    await expect(save).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);
    const words = (await said.textContent())!.trim();
    await expect(page.getByText(words)).toHaveCount(1);
    await page.context().close();
  });

test('a notice is said once: neither a reload nor Back says it again', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto('/me');
  await page.waitForLoadState('networkidle');
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).first().click();
  const status = page.getByRole('status');
  await expect(status).toBeVisible();
  await expect(page.getByText((await status.textContent())!.trim())).toHaveCount(1);
  await expect(page).toHaveURL('/me');
  await page.goto(space);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('status')).toHaveCount(0);
  await page.context().close();
});

test('what has gone meanwhile is said in the form, and what was typed stays', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Soon gone');
  await button(page, 'Post').click();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
  const thread = page.url();
  await page.goto(`${thread}?edit=first`);
  await ready(page);
  await page.locator('#edit-body').fill('Typed in vain');
  const other = await page.context().newPage();
  await other.goto(`${thread}?delete=first`);
  await other.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(other).toHaveURL(space);
  await button(page, 'Save').click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('This isn’t here any more, or you’ve lost access to it.');
  await expect(alert).toBeFocused();
  await expect(page.locator('#edit-body')).toHaveValue('Typed in vain');
  await page.context().close();
});

test('a small button on its way cannot be pressed twice', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Agreed');
  await page.getByLabel('Body', { exact: true }).fill('To agree with');
  await button(page, 'Post').click();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
  await button(page, 'React to Ben Kowalski').click();
  await page.getByRole('menuitem', { name: 'Agree' }).click();
  const agreed = page.getByRole('button', { name: /^Agree/ });
  await expect(agreed).toHaveAttribute('aria-pressed', 'true');
  const posts = await hold(page);
  await agreed.click();
  await expect(agreed).toHaveAttribute('aria-busy', 'true');
  await expect(agreed).toHaveAttribute('aria-disabled', 'true');
  await agreed.click({ force: true });
  posts.open();
  await expect(agreed).toHaveCount(0);
  expect(posts.count()).toBe(1);
  await page.context().close();
});
