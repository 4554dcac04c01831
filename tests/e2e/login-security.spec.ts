/** "Login Security": what locks, how long sessions last, from where people come in, and who hears of a new browser. */
import { expect, test, type Page } from './test';
import { button, sizes } from './forms';
import { addressOf, invited, login, makeSpace, newGuest, newMail, post, signedIn, somebody } from './people';

const AVA = 'ava@foyer.example';
const PAGE = '/admin/login-security';

const open = async (page: Page) => {
  await page.goto(PAGE);
  await page.waitForLoadState('networkidle');
};
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
async function save(page: Page): Promise<void> {
  await button(page, 'Save').click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved. The new rules' })).toBeInViewport();
}

for (const javaScriptEnabled of [true, false])
  for (const [where, options] of sizes) {
    const how = `${where}, scripts: ${javaScriptEnabled}`;

    test(`an administrator sets the rules of logins, and the audit log says which (${how})`, async ({
      browser,
    }) => {
      const ben = await signedIn(browser, 'ben@foyer.example', { ...options, javaScriptEnabled });
      expect((await ben.goto(PAGE))!.status()).toBe(404);

      const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await page.goto('/admin/users');
      await page.getByRole('link', { name: 'Login Security', exact: true }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Login Security' })).toBeVisible();
      await expect(page.getByText('No account is locked.')).toBeVisible();
      await open(page);
      await field(page, 'Longest lock (minutes)').fill('20');
      await field(page, 'Log out guests who do nothing for').selectOption('7 days');
      await field(page, 'For guests').fill('0.0.0.0/0\n::/0');
      try {
        await save(page);
        await expect(field(page, 'For guests')).toHaveValue('0.0.0.0/0\n::/0');
        await page.goto('/admin/audit?group=settings');
        const row = page
          .getByRole('row')
          .filter({ has: page.getByRole('cell') })
          .first();
        await expect(row).toContainText('Longest lock (minutes): 15 → 20');
        await expect(row).toContainText('Log out guests who do nothing for: 14 days → 7 days');
      } finally {
        await open(page);
        await field(page, 'Longest lock (minutes)').fill('15');
        await field(page, 'Log out guests who do nothing for').selectOption('14 days');
        await field(page, 'For guests').fill('');
        await save(page);
      }
    });

    test(`what is wrong is said at its field, and nobody locks themselves out (${how})`, async ({
      browser,
    }) => {
      const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await open(page);
      await field(page, 'Failed attempts in a row until a lock').fill('1');
      await field(page, 'For all other users').fill('192.0.2.0/24\nthe office\n10.0.0.0/40');
      await button(page, 'Save').click();
      const summary = page.getByRole('alert');
      await expect(summary).toBeFocused();
      await expect(summary).toContainText('Failed attempts in a row until a lock: Please type 3 or more.');
      await expect(field(page, 'For all other users')).toHaveAccessibleDescription(
        /in these lines: 2 \(the office\); 3 \(10\.0\.0\.0\/40\)/,
      );
      await expect(field(page, 'For all other users')).toHaveValue('192.0.2.0/24\nthe office\n10.0.0.0/40');

      await field(page, 'Failed attempts in a row until a lock').fill('10');
      await field(page, 'For all other users').fill('');
      await field(page, 'For site administrators').fill('192.0.2.0/24');
      await button(page, 'Save').click();
      await expect(field(page, 'For site administrators')).toHaveAccessibleDescription(/lock yourself out/);
      // Nothing was saved: only this browser keeps what was typed.
      const elsewhere = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await open(elsewhere);
      await expect(field(elsewhere, 'For site administrators')).toHaveValue('');
    });

    test(`a locked account is seen and unlocked (${how})`, async ({ browser }) => {
      const host = await signedIn(browser, 'ben@foyer.example');
      const space = await makeSpace(host, 'Locks');
      const [invitation] = await invited(host, space, addressOf('locked'));
      await newGuest(browser, space, invitation!);
      const { email } = invitation!;
      const stranger = await somebody(browser, { ...options, javaScriptEnabled });
      for (let i = 0; i < 10; i++)
        await post(stranger, '/login', { email, password: `wrong-${i}`, next: '/' });

      const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await open(page);
      const row = page.getByRole('row', { name: email });
      await expect(row).toBeVisible();
      await row.getByRole('button', { name: 'Unlock', exact: true }).click();
      await expect(page.getByRole('status').filter({ hasText: 'Unlocked.' })).toBeInViewport();
      await expect(row).toHaveCount(0);
      await login(stranger, email);
    });
  }

test('from another network nobody is logged in, and the login says why', async ({ browser }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, 'Networks');
  const [invitation] = await invited(host, space, addressOf('elsewhere'));
  const guest = await newGuest(browser, space, invitation!);
  const ava = await signedIn(browser, AVA);
  await open(ava);
  await field(ava, 'For guests').fill('192.0.2.0/24');
  try {
    await save(ava);
    await guest.goto(space);
    await expect(guest).toHaveURL(/\/login/);
    await expect(guest.getByRole('alert')).toContainText('You can’t log in from this network');
    await guest.getByLabel('E-mail address').fill(invitation!.email);
    await guest.getByLabel('Password').fill('foyer-demo-1');
    await button(guest, 'Login').click();
    await expect(guest.getByRole('alert').first()).toContainText('You can’t log in from this network');
  } finally {
    await open(ava);
    await field(ava, 'For guests').fill('');
    await save(ava);
  }
  // The session has stayed.
  await guest.goto(space);
  await expect(guest).toHaveURL(space);
});

test('a login in a new browser is told by e-mail, with a way to the own sessions', async ({
  browser,
  request,
}) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, 'Browsers');
  const [invitation] = await invited(host, space, addressOf('browsers'));
  await newGuest(browser, space, invitation!);
  const other = await somebody(browser);
  await login(other, invitation!.email);
  const mail = await newMail(request, invitation!.email, /Device: Chrome on /);
  expect(mail.subject).toContain('New sign-in to your account');
  const [link] = mail.text.split('\n').filter((line) => line.endsWith('/me#sessions'));
  await other.goto(link!);
  await expect(other.getByRole('heading', { name: 'Where you’re logged in' })).toBeInViewport();
});
