/** The host's face: set by an administrator, seen by guests before and after the login, with and without scripts. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Browser, type Page } from './test';
import { png } from '../pictures';
import { addressOf, invited, makeSpace, nextMail, ORIGIN, signedIn, somebody } from './people';

const OWN = { company: 'Foyer Ltd', site: 'Foyer' };

async function save(page: Page, values: Record<string, string>): Promise<void> {
  await page.goto('/admin/appearance');
  for (const [label, value] of Object.entries(values))
    await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
}

const logo = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(png(96, 32)) };
const colourOf = (page: Page, button: string) =>
  page.getByRole('button', { name: button }).evaluate((node) => getComputedStyle(node).backgroundColor);
const BLUE = 'rgb(11, 92, 173)';

test.afterAll(async ({ browser }) => {
  const page = await signedIn(browser, 'ava@foyer.example');
  await page.goto('/admin/appearance');
  if (await page.getByLabel('Go back to Foyer’s arch').isVisible())
    await page.getByLabel('Go back to Foyer’s arch').check();
  await page.getByLabel('Company name').fill(OWN.company);
  await page.getByLabel('Name of the site').fill(OWN.site);
  await page.getByLabel('Accent colour', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await expect(page.locator('header img')).toHaveCount(0);
});

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`company, logo and accent are on every page, before and after the login; ${width} px, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
      browser,
    }) => {
      const options = { javaScriptEnabled, viewport: { width, height: 800 } };
      const admin = await signedIn(browser, 'ava@foyer.example', options);
      const errors: string[] = [];
      admin.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await admin.goto('/');
      if (width > 1000) await expect(admin.getByRole('link', { name: 'Foyer', exact: true })).toHaveCount(0);
      await admin.goto('/admin/users');
      await admin.getByRole('link', { name: 'Appearance', exact: true }).click();
      await expect(admin.getByRole('heading', { name: 'Appearance', level: 1 })).toBeVisible();
      await admin.getByLabel('Company name').fill('Harbour Works Ltd');
      await admin.getByLabel('Accent colour', { exact: true }).fill('#0b5cad');
      await admin.getByLabel('Logo').setInputFiles(logo);
      await admin.getByRole('button', { name: 'Save' }).click();
      await expect(admin.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
      const faces = async (page: Page, button: string) => {
        const home = page.getByRole('link', { name: /^Harbour Works Ltd/ }).first();
        await expect(home).toBeVisible();
        const box = (await home.getByRole('presentation').or(home.locator('img')).first().boundingBox())!;
        expect([Math.round(box.width), Math.round(box.height)]).toEqual([96, 32]);
        // Not the colour of the button below the pointer. The stylesheet may arrive after the sentence.
        await page.mouse.move(0, 0);
        await expect.poll(() => colourOf(page, button)).toBe(BLUE);
      };
      await faces(admin, 'Save');
      const guest = await somebody(browser, options);
      await guest.goto('/login');
      await faces(guest, 'Login');
      expect(await guest.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(errors).toEqual([]);
    });

test('an invitation shows whose it is, on its page and in its mail', async ({ browser, request }) => {
  const admin = await signedIn(browser, 'ava@foyer.example');
  await admin.goto('/admin/appearance');
  await admin.getByLabel('Logo').setInputFiles(logo);
  await save(admin, { 'Company name': 'Harbour Works Ltd', 'Accent colour': '#0b5cad' });
  const email = addressOf('visitor');
  const [invitation] = await invited(admin, await makeSpace(admin, 'Pier'), email);
  const { html } = await nextMail(request, email);
  expect(html).toContain('Harbour Works Ltd');
  expect(html).toContain('#0b5cad');
  expect(html).not.toContain('#0e5e44');
  expect(/<img[^>]*>/.exec(html)![0]).toContain(`src="${ORIGIN}/logo"`);
  const guest = await somebody(browser, { javaScriptEnabled: false });
  await guest.goto(invitation!.url);
  await expect(guest.getByRole('link', { name: /^Harbour Works Ltd/ })).toBeVisible();
  expect(await colourOf(guest, 'Login')).toBe(BLUE);
  await expect(guest.locator('meta[property="og:title"]')).toHaveAttribute(
    'content',
    'An invitation from Harbour Works Ltd',
  );
});

test('the colour of guests, or of danger, is refused with a neighbour that works', async ({ browser }) => {
  const admin = await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled: false });
  for (const [accent, word] of [
    ['#f59e0b', 'amber'],
    ['#ff0000', 'red'],
  ] as const) {
    await admin.goto('/admin/appearance');
    await admin.getByLabel('Accent colour', { exact: true }).fill(accent);
    await admin.getByRole('button', { name: 'Save' }).click();
    const field = admin.getByLabel('Accent colour', { exact: true });
    await expect(field).toHaveAccessibleDescription(new RegExp(`too close to ${word}.*#[0-9a-f]{6}`));
    await expect(field).toHaveValue(accent);
    const [nearest] = /#[0-9a-f]{6}\.$/.exec(
      (await field
        .getAttribute('aria-describedby')
        .then((ids) => admin.locator(`#${ids!.split(' ').at(-1)}`).textContent()))!,
    )!;
    await field.fill(nearest.slice(0, 7));
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  }
});

test('a colour is seen before it is saved: at once with scripts, by "Preview" without', async ({
  browser,
}) => {
  const admin = await signedIn(browser, 'ava@foyer.example');
  await save(admin, { 'Accent colour': '' });
  await admin.getByLabel('Accent colour', { exact: true }).fill('#6a1b9a');
  await expect.poll(() => sample(admin)).toBe('rgb(106, 27, 154)');
  await expect(admin.getByRole('button', { name: 'Preview' })).toHaveCount(0);

  const plain = await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled: false });
  await plain.goto('/admin/appearance');
  await plain.getByLabel('Company name').fill('Not yet');
  await plain.getByLabel('Accent colour', { exact: true }).fill('#6a1b9a');
  await plain.getByRole('button', { name: 'Preview' }).click();
  await expect(plain.getByRole('status')).toContainText('Nothing is saved yet');
  await expect(plain.getByLabel('Company name')).toHaveValue('Not yet');
  expect(await sample(plain)).toBe('rgb(106, 27, 154)');
  await plain.goto('/admin/appearance');
  await expect(plain.getByLabel('Accent colour', { exact: true })).toHaveValue('');
});

const sample = (page: Page) =>
  page
    .locator('figure button')
    .first()
    .evaluate((node) => getComputedStyle(node).backgroundColor);

for (const colorScheme of ['light', 'dark'] as const)
  test(`with a colour of its own no page has a finding of axe: ${colorScheme}`, async ({ browser }) => {
    await save(await signedIn(browser, 'ava@foyer.example'), { 'Accent colour': '#36c5f0' });
    const open = async (browser: Browser, path: string, who?: string) => {
      const options = { colorScheme, viewport: { width: 360, height: 800 } };
      const page = who ? await signedIn(browser, who, options) : await somebody(browser, options);
      await page.goto(path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    };
    await open(browser, '/login');
    for (const path of ['/', '/spaces/1', '/admin/appearance'])
      await open(browser, path, 'ava@foyer.example');
  });

test('a password manager finds the page to change a password, and only what exists', async ({
  request,
  browser,
}) => {
  const answer = await request.get('/.well-known/change-password', { maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([302, '/me#password']);
  const missing = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
  expect((await request.get(missing)).status()).toBe(404);
  const page = await signedIn(browser, 'ben@foyer.example');
  await page.goto('/.well-known/change-password');
  await expect(page).toHaveURL('/me#password');
  await expect(page.getByLabel('New password')).toBeInViewport();
});
