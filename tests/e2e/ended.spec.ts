/** Without scripts: a post whose session has ended, another host name of the site, and the Back button. */
import { expect, test, type Page } from './test';
import { login, makeSpace, ORIGIN, PASSWORD, signedIn, somebody } from './people';

test.use({ javaScriptEnabled: false });

const BEN = 'ben@foyer.example';
let space: string;

test.beforeAll(async ({ browser }) => {
  space = await makeSpace(await signedIn(browser, BEN), 'Ended sessions');
});

/** Submits a form that is refused, signs in again, and returns to it. */
async function meetsTheLogin(page: Page, button: string, email = BEN): Promise<void> {
  await page.context().clearCookies({ name: 'foyer' });
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page).toHaveURL(/\/login\?next=/);
  await expect(page.getByText('Your session has ended. Log in again')).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
}
const notSent = (page: Page) =>
  expect(page.getByText('Your session had ended, so nothing was sent.')).toBeVisible();

test('a new thread and a comment come back filled in, and can be sent from there', async ({ page }) => {
  await login(page, BEN);
  await page.goto(`${space}/new-thread`);
  await page.getByLabel('Title').fill('Written for an hour');
  await page.getByLabel('Body').fill('All of these **words**\n\nand these.');
  await meetsTheLogin(page, 'Post');
  await expect(page).toHaveURL(/\/new-thread$/);
  await notSent(page);
  await expect(page.getByLabel('Title')).toHaveValue('Written for an hour');
  await expect(page.getByLabel('Body')).toHaveValue('All of these **words**\n\nand these.');
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Written for an hour');

  await page.getByLabel('Write a comment').fill('A comment that was nearly lost');
  await meetsTheLogin(page, 'Comment');
  await notSent(page);
  await expect(page.getByLabel('Write a comment')).toHaveValue('A comment that was nearly lost');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(page.getByText('A comment that was nearly lost')).toHaveCount(1);
  await expect(page.getByLabel('Write a comment')).toHaveValue('');
});

test('an invitation comes back filled in, and nobody was invited', async ({ page }) => {
  await login(page, BEN);
  await page.goto(`${space}/settings/guests/invite`);
  await page.getByLabel('E-mail addresses').fill('one@partner.example\ntwo@partner.example');
  await page.getByLabel('Subject').fill('Come in');
  await meetsTheLogin(page, 'Send');
  await notSent(page);
  await expect(page.getByLabel('E-mail addresses')).toHaveValue('one@partner.example\ntwo@partner.example');
  await expect(page.getByLabel('Subject')).toHaveValue('Come in');
  await page.goto(`${space}/settings/guests`);
  await expect(page.getByText('one@partner.example')).toHaveCount(0);
});

test('the profile comes back only to its own person', async ({ page, browser }) => {
  await login(page, BEN);
  await page.goto('/me');
  await page.getByLabel('Company').fill('Nearly renamed');
  await meetsTheLogin(page, 'Save', 'cho@foyer.example');
  await expect(page.getByLabel('Company')).not.toHaveValue('Nearly renamed');
  const other = await somebody(browser);
  await login(other, BEN);
  await other.goto('/me');
  await expect(other.getByLabel('Company')).not.toHaveValue('Nearly renamed');
});

test('the site under another host name leads to the same page of its own', async ({ page }) => {
  await page.goto(`${ORIGIN.replace('localhost', '127.0.0.1')}/login?next=%2Fme`);
  await expect(page).toHaveURL(`${ORIGIN}/login?next=%2Fme`);
  await login(page, BEN);
});

test('/verify with nothing pending: from a bookmark, signed in or not', async ({ page }) => {
  await page.goto('/verify');
  await expect(page).toHaveURL('/login');
  await login(page, BEN);
  await page.goto('/verify');
  await expect(page).toHaveURL('/');
});

test('a missing page keeps the bar for people who are signed in', async ({ page }) => {
  await login(page, BEN);
  for (const path of ['/nowhere', '/spaces/999999', '/admin/users', `${space}/threads/999999`]) {
    expect((await page.goto(path))!.status()).toBe(404);
    await expect(page.getByRole('banner').getByRole('button', { name: /Ben/ })).toBeVisible();
    await expect(page.getByRole('main')).toHaveCount(1);
  }
});

test('the login says when a browser keeps no cookies', async ({ browser }) => {
  const page = await somebody(browser);
  // Like "Block all cookies" in Chromium's settings, which its headless shell lacks.
  await page.route('**', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await page.context().clearCookies();
    const { 'set-cookie': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.goto('/login');
  await expect(page.getByText('Your browser keeps no cookies for this site.')).toHaveCount(0);
  await page.getByLabel('E-mail address').fill(BEN);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(
    page.getByRole('alert').getByText('Your browser keeps no cookies for this site.'),
  ).toBeVisible();
});
