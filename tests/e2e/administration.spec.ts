/** How the forms and dialogs of the administration answer, and those of "Your account", which has several forms as well. */
import { expect, test, type Locator, type Page } from './test';
import { button, sizes } from './forms';
import { signedIn } from './people';

const AVA = 'ava@foyer.example';
const BEN = 'ben@foyer.example';

const opened = async (page: Page, path: string) => {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
};

/** The summary has the focus, the view, and its place in the part of the page with this heading. */
async function saysIn(part: Locator, words: string): Promise<void> {
  const summary = part.getByRole('alert');
  await expect(summary).toContainText(words);
  await expect(summary).toBeFocused();
  await expect(summary).toBeInViewport({ ratio: 1 });
}

for (const [[where, options], javaScriptEnabled] of [
  [sizes[0], true],
  [sizes[1], true],
  [sizes[1], false],
] as const) {
  const how = `${where}, scripts: ${javaScriptEnabled}`;

  test(`each form of a page says in its own place what is wrong with it (${how})`, async ({ browser }) => {
    const ava = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    await opened(ava, '/admin/users');
    await ava.getByLabel('E-mail address', { exact: true }).fill('nobody at all');
    await ava.getByRole('checkbox', { name: 'Create Guest Spaces' }).check();
    await button(ava, 'Send invitation').click();
    await saysIn(ava.getByRole('region', { name: 'Invite a user' }), 'That’s not an e-mail address.');
    await expect(ava.getByLabel('E-mail address', { exact: true })).toHaveValue('nobody at all');
    await expect(ava.getByRole('checkbox', { name: 'Create Guest Spaces' })).toBeChecked();

    const ben = await signedIn(browser, BEN, { ...options, javaScriptEnabled });
    await opened(ben, '/me');
    await ben.getByLabel('New password', { exact: true }).fill('x');
    await button(ben, 'Change password').click();
    await saysIn(ben.getByRole('region', { name: 'Password' }), 'Please type your current password.');
    await expect(ben.getByRole('alert')).toHaveCount(1);
  });

  test(`errors of numbers say which number (${how})`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    await opened(page, '/admin/spaces');
    await page.getByLabel('Storage per space (GB)', { exact: true }).fill('lots');
    await page.getByLabel('Storage per guest (GB)', { exact: true }).fill('some');
    await page.getByRole('region', { name: 'Storage' }).getByRole('button', { name: 'Save' }).click();
    await saysIn(
      page.getByRole('region', { name: 'Storage' }),
      'Storage per guest (GB): Please type a whole number.',
    );
    const link = page.getByRole('alert').getByRole('link').last();
    await link.click();
    await expect(page.getByText('Storage per guest (GB)', { exact: true })).toBeInViewport({ ratio: 1 });
  });

  test(`a refused change of roles stays in its dialog, as it was ticked (${how})`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    await opened(page, `/admin/users?search=${encodeURIComponent(AVA)}`);
    await page.getByRole('row', { name: AVA }).getByRole('button', { name: 'Change roles' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change roles for Ava Lind' });
    await dialog.getByRole('checkbox', { name: 'Administrator' }).uncheck();
    await button(page, 'Change').click();
    await saysIn(dialog, 'The site needs at least one administrator.');
    await expect(dialog.getByRole('checkbox', { name: 'Administrator' })).not.toBeChecked();
    await dialog.getByRole('link', { name: 'Close' }).click();
    await expect(page).toHaveURL(`/admin/users?search=${encodeURIComponent(AVA)}`);
  });

  test(`an action on a row leads back to the list as it was shown (${how})`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    const found = `/admin/users?search=${encodeURIComponent('cho@foyer')}`;
    const there = new RegExp(`/admin/users\\?search=cho%40foyer(&done=\\w+)?$`);
    await opened(page, found);
    const row = page.getByRole('row', { name: 'cho@foyer.example' });
    await row.getByRole('button', { name: 'Change roles' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Roles changed.' })).toBeInViewport();
    await expect(page).toHaveURL(there);
    await expect(page.getByRole('searchbox', { name: 'Search users' })).toHaveValue('cho@foyer');
  });

  test(`what is saved below the fold is said there (${how})`, async ({ browser }) => {
    const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    await opened(page, '/admin/spaces');
    const storage = page.getByRole('region', { name: 'Storage' });
    await storage.getByRole('button', { name: 'Save' }).click();
    const saved = page.getByRole('status').filter({ hasText: 'Storage limits saved.' });
    await expect(saved).toBeInViewport({ ratio: 1 });

    await opened(page, '/me');
    const apply = button(page, 'Apply');
    await apply.click();
    const chosen = page.getByRole('status').filter({ hasText: 'Saved. You’ll get the e-mails you chose.' });
    await expect(chosen).toBeInViewport({ ratio: 1 });
    if (javaScriptEnabled) await expect(apply).toBeFocused();
  });
}

test('on a phone nothing of the page shows below a dialog, which is a page of its own', async ({
  browser,
}) => {
  const options = sizes[1][1];
  const page = await signedIn(browser, AVA, options);
  await opened(page, `/admin/users?search=${encodeURIComponent(AVA)}`);
  await page.getByRole('row', { name: AVA }).getByRole('button', { name: 'Change roles' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Users', level: 1, includeHidden: true })).toBeHidden();
  const tall = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  expect(await tall()).toBeLessThanOrEqual(0);
  // A question leaves the page where it is.
  await page.goto('/me?end=all');
  const other = await signedIn(browser, BEN, options);
  await other.goto('/spaces/1?leave');
  await expect(other.getByRole('alertdialog')).toBeVisible();
  await expect(other.getByRole('heading', { level: 1, includeHidden: true })).toBeVisible();
});
