/** "Guest Authentication": how long codes and invitations are valid, and browsers that skip the code. */
import { expect, test, type Page } from './test';
import { button, sizes } from './forms';
import {
  addressOf,
  codeIn,
  invited,
  linkIn,
  login,
  makeSpace,
  newGuest,
  newMail,
  signedIn,
  type Mail,
} from './people';

const AVA = 'ava@foyer.example';
const PAGE = '/admin/authentication';

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const twoStep = (page: Page) => page.getByLabel('Use two-step verification for guest authentication');
const trusts = (page: Page) => field(page, 'Let guests skip the code in browsers they trust');
async function open(page: Page): Promise<void> {
  await page.goto(PAGE);
  await page.waitForLoadState('networkidle');
}
async function save(page: Page): Promise<void> {
  await button(page, 'Save').click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved. Two-step' })).toBeInViewport();
}
async function logOut(page: Page): Promise<void> {
  await page.goto('/me');
  await button(page, 'Log out').first().click();
  await expect(page).toHaveURL(/\/login/);
}

for (const javaScriptEnabled of [true, false])
  for (const [where, options] of sizes)
    test(`an administrator says how long codes and invitations are valid, and a guest trusts a browser (${where}, scripts: ${javaScriptEnabled})`, async ({
      browser,
      request,
    }) => {
      const ava = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await open(ava);
      // What is wrong is said at its field, and nothing typed is lost.
      await field(ava, 'Minutes that a code is valid').fill('5');
      await field(ava, 'Days that an invitation is valid').fill('40');
      await field(ava, 'Days that a browser is trusted').fill('7');
      await button(ava, 'Save').click();
      const summary = ava.getByRole('alert');
      await expect(summary).toBeFocused();
      await expect(summary).toContainText('Minutes that a code is valid: Please type 10 or more.');
      await expect(summary).toContainText('Days that an invitation is valid: Please type 30 or less.');
      await expect(field(ava, 'Days that a browser is trusted')).toHaveValue('7');

      await field(ava, 'Minutes that a code is valid').fill('15');
      await field(ava, 'Days that an invitation is valid').fill('3');
      await twoStep(ava).check();
      await trusts(ava).check();
      try {
        await save(ava);
        const host = await signedIn(browser, 'ben@foyer.example');
        const space = await makeSpace(host, 'Trust');
        const [invitation] = await invited(host, space, addressOf('trusting'));
        const { email } = invitation!;
        const letter = await newMail(request, email, /expires after 3 days/);
        linkIn(letter, /signup/);
        const guest = await newGuest(browser, space, invitation!, { ...options, javaScriptEnabled });
        await logOut(guest);

        await login(guest, email);
        const mail: Mail = await newMail(request, email, /valid for 15 minutes/);
        await expect(field(guest, 'Verification Code')).toHaveAccessibleDescription(/valid for 15 minutes/);
        await field(guest, 'Don’t ask again in this browser for 7 days').check();
        await field(guest, 'Verification Code').fill('12345');
        await button(guest, 'Verify').click();
        await expect(field(guest, 'Don’t ask again in this browser for 7 days')).toBeChecked();
        await field(guest, 'Verification Code').fill(codeIn(mail));
        await button(guest, 'Verify').click();
        await expect(guest).not.toHaveURL(/verify/);

        await logOut(guest);
        await login(guest, email);
        await expect(guest).not.toHaveURL(/verify/);
        await guest.goto('/me');
        await button(guest, 'Stop trusting').click();
        await expect(guest.getByRole('status').filter({ hasText: 'needs a code' })).toBeVisible();
        await expect(button(guest, 'Stop trusting')).toHaveCount(0);
        await logOut(guest);
        await login(guest, email);
        await expect(guest).toHaveURL(/verify/);
      } finally {
        await open(ava);
        await twoStep(ava).uncheck();
        await trusts(ava).uncheck();
        await field(ava, 'Minutes that a code is valid').fill('60');
        await field(ava, 'Days that an invitation is valid').fill('7');
        await field(ava, 'Days that a browser is trusted').fill('30');
        await save(ava);
      }
    });
