/** Links to privacy and terms on every page, a text above the login form, and terms that guests accept: at sign-up, and again. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Browser, type Page } from './test';
import { addressOf, invited, makeSpace, PASSWORD, signedIn, signUp, somebody } from './people';

test.describe.configure({ mode: 'serial' });

const PRIVACY = 'https://foyer.example/privacy';
const TERMS = 'https://foyer.example/terms';

async function save(browser: Browser, change: (page: Page) => Promise<unknown>) {
  const page = await signedIn(browser, 'ava@foyer.example');
  await page.goto('/admin/appearance');
  await change(page);
  await page.getByRole('button', { name: 'Save' }).click();
  return page;
}
const saved = (page: Page) => expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();

test.afterAll(async ({ browser }) => {
  await saved(
    await save(browser, async (page) => {
      await page.getByLabel('Guests must accept the terms').uncheck();
      for (const label of [
        'Text above the login form',
        'Address of the privacy policy',
        'Address of the terms',
      ])
        await page.getByLabel(label, { exact: true }).fill('');
    }),
  );
});

test('an administrator sets the links, the text and the switch; a wrong address is named', async ({
  browser,
}) => {
  const page = await save(browser, async (page) => {
    await page
      .getByLabel('Text above the login form')
      .fill('Only for partners of Foyer.\nHelp: +44 20 7946 0000');
    await page.getByLabel('Address of the privacy policy').fill('http://foyer.example/privacy');
    await page.getByLabel('Guests must accept the terms').check();
  });
  await expect(page.getByRole('alert')).toContainText('Type an address that starts with https://.');
  await expect(page.getByLabel('Address of the terms')).toHaveAccessibleDescription(
    /Type the address of the terms that guests must accept/,
  );
  await page.getByLabel('Address of the privacy policy').fill(PRIVACY);
  await page.getByLabel('Address of the terms').fill(TERMS);
  await page.getByRole('button', { name: 'Save' }).click();
  await saved(page);
  const links = page.getByRole('contentinfo');
  await page.goto('/');
  await expect(links.getByRole('link', { name: 'Privacy policy', exact: true })).toHaveAttribute(
    'href',
    PRIVACY,
  );
  await expect(links.getByRole('link', { name: 'Terms of use', exact: true })).toHaveAttribute('href', TERMS);
  const nobody = await somebody(browser);
  await nobody.goto('/login');
  await expect(nobody.getByText('Help: +44 20 7946 0000')).toBeVisible();
  await expect(nobody.getByRole('contentinfo').getByRole('link')).toHaveCount(2);
});

for (const javaScriptEnabled of [true, false])
  test(`a guest accepts at sign-up, and again after a change; ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const host = await signedIn(browser, 'ben@foyer.example');
    const space = await makeSpace(host, 'Terms');
    const [invitee] = await invited(host, space, addressOf('terms'));
    const guest = await somebody(browser, { javaScriptEnabled });

    // The worst error: everything typed stays, and the box says what is missing.
    await signUp(guest, invitee!.url, 'Gil Moreau', PASSWORD, 'Partner Ltd');
    const box = guest.getByRole('checkbox', { name: 'I accept the terms', exact: true });
    await expect(guest.getByRole('alert')).toContainText('Tick “I accept the terms” to go on.');
    await expect(box).toHaveAccessibleDescription(/Tick/);
    await expect(guest.getByLabel('Display Name')).toHaveValue('Gil Moreau');
    await expect(guest.getByLabel('Company', { exact: true })).toHaveValue('Partner Ltd');
    await expect(guest.getByRole('link', { name: 'Read the terms in a new tab' })).toHaveAttribute(
      'href',
      TERMS,
    );
    // Axe needs scripts.
    if (javaScriptEnabled) expect((await new AxeBuilder({ page: guest }).analyze()).violations).toEqual([]);
    await box.check();
    await guest.getByLabel('Password').fill(PASSWORD);
    await guest.getByRole('button', { name: 'Login' }).click();
    await expect(guest).toHaveURL(space);

    // Asked again: whoever is here goes on; the next login stops at the terms.
    await saved(
      await save(browser, (page) => page.getByLabel('The terms have changed: ask all guests again').check()),
    );
    await guest.goto(space);
    await expect(guest.getByRole('heading', { name: 'Terms', level: 1 })).toBeVisible();
    const again = await somebody(browser, { javaScriptEnabled });
    await again.goto(`/login?next=${space}`);
    await again.getByLabel('E-mail address').fill(invitee!.email);
    await again.getByLabel('Password').fill(PASSWORD);
    await again.getByRole('button', { name: 'Login' }).click();
    await expect(again.getByRole('heading', { name: 'The terms have changed', level: 1 })).toBeVisible();
    await again.goto('/me');
    await expect(again).toHaveURL('/terms?next=%2Fme');
    await again.goto(space);
    await again.getByRole('button', { name: 'Continue' }).click();
    await expect(again.getByRole('alert')).toBeVisible();
    for (const width of [1280, 320]) {
      await again.setViewportSize({ width, height: 800 });
      if (!javaScriptEnabled) continue;
      expect((await new AxeBuilder({ page: again }).analyze()).violations).toEqual([]);
      expect(await again.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    expect(await again.locator('script, link[rel~=modulepreload]').count()).toBe(0);
    await again.getByLabel('I accept the terms').check();
    await again.getByRole('button', { name: 'Continue' }).click();
    await expect(again).toHaveURL(space);

    // The administrator sees both, and when.
    const admin = await signedIn(browser, 'ava@foyer.example');
    await admin.goto(`/admin/guests?search=${encodeURIComponent(invitee!.email)}`);
    await admin
      .getByRole('link', { name: /Gil Moreau/ })
      .first()
      .click();
    const accepted = admin.getByRole('region', { name: 'Accepted terms' });
    await expect(accepted.getByRole('listitem')).toHaveCount(2);
    await expect(accepted.getByText(TERMS).first()).toBeVisible();
  });
