/** Names that people type, and which time zone and language they get. */
import { expect, test } from './test';
import { addressOf, invited, makeSpace, newGuest, signedIn, signUp, somebody } from './people';

test('the browser’s time zone becomes the guest’s own; the list is found by city', async ({ browser }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, 'Zones');
  const [one] = await invited(host, space, addressOf('zone'));
  const page = await somebody(browser, { timezoneId: 'Asia/Calcutta' });
  const told = page.waitForResponse((response) => response.url().endsWith('/me?/zone'));
  await signUp(page, one!.url, 'Asha');
  expect((await told).status()).toBe(200);
  await page.goto('/me', { waitUntil: 'networkidle' });
  const zone = page.getByLabel('Time zone', { exact: true });
  await expect(zone).toHaveValue('Asia/Kolkata');
  const group = page.getByRole('group', { name: 'Where you are' });
  await expect(group.getByLabel('Time zone', { exact: true })).toBeVisible();
  await group.getByLabel('Find a city').fill('kyiv');
  await expect(zone).toHaveValue('Europe/Kyiv');
  await page.getByLabel('Find a city').fill('buenos');
  await expect(zone).toHaveValue('America/Argentina/Buenos_Aires');
  await page.getByLabel('Find a city').fill('');
  await expect(zone).toHaveValue('America/Argentina/Buenos_Aires');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByLabel('Time zone', { exact: true })).toHaveValue('America/Argentina/Buenos_Aires');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('zones stand in one list by region, each with its city first', async ({ browser }) => {
    const page = await signedIn(browser, 'cho@foyer.example');
    await page.goto('/me');
    const zone = page.getByLabel('Time zone', { exact: true });
    await zone.selectOption({ label: 'Kolkata – Asia/Kolkata' });
    await expect(zone).toHaveValue('Asia/Kolkata');
    await expect(zone.locator('option', { hasText: /Calcutta|Kiev/ })).toHaveCount(0);
    await expect(zone.locator('optgroup[label="America"] option', { hasText: 'Buenos Aires' })).toHaveCount(
      1,
    );
  });
});

test('names: the longest are accepted, invisible ones refused, and the form says how many characters are left', async ({
  browser,
}) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, '😀'.repeat(65));
  await expect(host.getByRole('heading', { level: 1 })).toHaveText('😀'.repeat(65));
  const [one] = await invited(host, space, addressOf('emoji'));
  const page = await newGuest(browser, space, one!);
  await page.goto('/me', { waitUntil: 'networkidle' });
  const name = page.getByLabel('Display Name', { exact: true });
  await name.fill('😀'.repeat(90));
  await expect(page.getByText('10 characters left')).toBeVisible();
  await name.fill('😀'.repeat(101));
  await expect(page.getByText('1 character too many')).toBeVisible();
  await name.fill('\u200b');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByText('Please type a name.').first()).toBeVisible();
  await name.fill('Ann  \u202eLee');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByLabel('Display Name', { exact: true })).toHaveValue('Ann Lee');
});

test('a guest of the same name has badge and company on the page, and words in labels', async ({
  browser,
}) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, 'Same name');
  const [one] = await invited(host, space, addressOf('same'));
  const guest = await somebody(browser);
  await signUp(guest, one!.url, 'Ben Kowalski');
  await guest.goto('/me');
  await guest.getByLabel('Company').fill('Northwind');
  await guest.getByRole('button', { name: 'Save' }).first().click();
  await guest.goto(`${space}/new-thread`);
  await guest.getByLabel('Title').fill('Mine');
  await guest.getByLabel('Body').fill('Words');
  await guest.getByRole('button', { name: 'Post' }).click();
  await expect(guest).toHaveURL(/\/threads\/\d+/);
  await host.goto(guest.url());
  const text = host.getByRole('article').first();
  await expect(text).toContainText(/Ben Kowalski\s*Guest\s*Northwind/);
  await expect(
    text.getByRole('button', { name: 'More: Ben Kowalski (guest, Northwind)', exact: true }),
  ).toBeVisible();
  await host.goto(`${guest.url()}?quote=first`);
  await expect(host.getByLabel('Write a comment')).toHaveValue(/Ben Kowalski \(guest, Northwind\) wrote:/);
});
