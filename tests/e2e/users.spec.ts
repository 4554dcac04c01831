/** "Users": importing, one person's page with one-time codes, and who runs the spaces of somebody who goes. */
import { expect, test, type Page } from './test';
import { button, sizes } from './forms';
import {
  addressOf,
  invited,
  linkIn,
  login,
  makeSpace,
  newGuest,
  newMail,
  setTwoStep,
  signedIn,
  somebody,
} from './people';

const AVA = 'ava@foyer.example';
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

for (const javaScriptEnabled of [true, false])
  for (const [where, options] of sizes) {
    const how = `${where}, scripts: ${javaScriptEnabled}`;

    test(`a list of users is imported, what is wrong is mended, and each signs up by their mail (${how})`, async ({
      browser,
      request,
    }) => {
      const [mia, dan] = [addressOf('mia'), addressOf('dan')];
      const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await page.goto('/admin/users');
      await page.getByRole('link', { name: 'Import users', exact: true }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Import users' })).toBeVisible();
      await field(page, 'Users').fill(`name;email;role\nMia Mason;${mia};creator\nDan;${dan};boss`);
      await button(page, 'Invite them').click();
      const summary = page.getByRole('alert');
      await expect(summary).toContainText('1 line couldn’t be imported');
      await expect(summary).toContainText('1 person was invited.');
      await expect(summary).toContainText('The role isn’t one of');
      await expect(field(page, 'Users')).toHaveValue(`Dan;${dan};boss`);
      await field(page, 'Users').fill(`Dan;${dan};user`);
      await button(page, 'Invite them').click();
      await expect(
        page.getByRole('status').filter({ hasText: 'The invitations are on their way.' }),
      ).toBeVisible();
      await expect(page.getByRole('row', { name: dan })).toBeVisible();

      const url = linkIn(await newMail(request, mia, /\/signup\//), /\/signup\//);
      const other = await somebody(browser, { ...options, javaScriptEnabled });
      await other.goto(url);
      await expect(field(other, 'Display Name')).toHaveValue('Mia Mason');
    });

    test(`a guest whom no code reaches gets in by a one-time code (${how})`, async ({ browser }) => {
      const host = await signedIn(browser, 'ben@foyer.example');
      const space = await makeSpace(host, 'Codes by hand');
      const [invitation] = await invited(host, space, addressOf('by-hand'));
      const { email } = invitation!;
      await newGuest(browser, space, invitation!);
      const ava = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
      await setTwoStep(ava, true);
      try {
        await ava.goto(`/admin/guests?search=${encodeURIComponent(email)}`);
        await ava.getByRole('link', { name: 'Guest Person' }).first().click();
        await expect(ava).toHaveURL(/\/admin\/guests\/[a-z2-7]{16}/);
        await button(ava, 'Create one-time code').click();
        const shown = ava.getByRole('status').filter({ hasText: 'The one-time code for' });
        await expect(shown).toBeInViewport();
        const code = /\b\d{4} \d{4}\b/.exec((await shown.textContent())!)![0];

        const guest = await somebody(browser, { ...options, javaScriptEnabled });
        await login(guest, email);
        await expect(guest).toHaveURL(/verify/);
        await field(guest, 'Verification Code').fill('1234 5678');
        await button(guest, 'Verify').click();
        await expect(field(guest, 'Verification Code')).toHaveAccessibleDescription(
          /isn’t the one-time code/,
        );
        await field(guest, 'Verification Code').fill(code);
        await button(guest, 'Verify').click();
        await expect(guest).not.toHaveURL(/verify/);
        await ava.goto(`/admin/audit?person=${encodeURIComponent(email)}`);
        await expect(ava.getByText(/Created a one-time code for/).first()).toBeVisible();
      } finally {
        await setTwoStep(ava, false);
      }
    });
  }

test('whoever deactivates the only administrator of a space appoints the next', async ({
  browser,
  request,
}) => {
  const email = addressOf('leaving');
  const ava = await signedIn(browser, AVA);
  await ava.goto('/admin/users/import');
  await field(ava, 'Users').fill(`Lea Leaving,${email},creator`);
  await button(ava, 'Invite them').click();
  await expect(ava.getByRole('row', { name: email })).toBeVisible();
  const url = linkIn(await newMail(request, email, /\/signup\//), /\/signup\//);
  const lea = await somebody(browser);
  await lea.goto(url);
  await lea.getByLabel('Password', { exact: true }).fill('foyer-demo-1');
  await button(lea, 'Login').click();
  await expect(lea).not.toHaveURL(/signup/);
  const space = await makeSpace(lea, 'Left behind');

  await ava.goto(`/admin/users?search=${encodeURIComponent(email)}`);
  await ava.getByRole('row', { name: email }).getByText('Deactivate', { exact: true }).click();
  const dialog = ava.getByRole('alertdialog');
  await expect(dialog).toContainText('One space will have no administrator then.');
  await dialog.getByLabel('New administrator of “Left behind”').selectOption('You');
  await dialog.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await expect(ava.getByRole('status').filter({ hasText: 'Account deactivated' })).toBeVisible();
  await ava.goto(space);
  await expect(ava.getByRole('heading', { level: 1, name: 'Left behind' })).toBeVisible();
});
