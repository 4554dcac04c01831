/** The whole journey, step by step, in a real browser, with the mails that were really sent; with and without scripts. */
import { expect, test } from './test';
import {
  codeIn,
  invite,
  linkIn,
  login,
  mailsTo,
  makeSpace,
  nextMail,
  setTwoStep,
  signUp,
  somebody,
  unfold,
} from './people';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });
    const tag = javaScriptEnabled ? 'js' : 'plain';

    test('a user makes a space, invites two, a guest signs up, logs in again, types the mailed code', async ({
      page,
      browser,
      request,
    }) => {
      const gia = `gia-${tag}@partner.example`;
      const noor = `noor-${tag}@partner.example`;
      await login(page, 'ben@foyer.example');
      const space = await makeSpace(page, `Quay ${tag}`);
      await invite(page, space, `${gia}, Noor <${noor}>`);
      await expect(page).toHaveURL(/\/settings\/guests/);
      await expect(page.getByRole('status')).toContainText('2 invitations');
      const row = page.getByRole('row', { name: gia });
      await expect(row).toContainText('Invited');
      const expires = Date.parse((await row.locator('time').first().getAttribute('datetime'))!);
      expect(Math.abs(expires - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);

      const mail = await nextMail(request, gia);
      expect(mail.from).toContain('no-reply@foyer.example');
      expect(mail.text).toContain(`Quay ${tag}`);
      expect(mail.headers['Auto-Submitted']).toBe('auto-generated');
      const url = linkIn(mail, /\/signup\//);

      const guest = await somebody(browser, { javaScriptEnabled });
      await guest.goto(url);
      await expect(guest.getByRole('heading', { level: 1 })).toContainText(`Quay ${tag}`);
      await expect(guest.getByText('Ben Kowalski')).toBeVisible();
      expect(await guest.locator('script').count()).toBe(0);
      await signUp(guest, url, 'Gia Romano');
      await expect(guest).toHaveURL(space);
      await expect(guest.getByRole('button', { name: 'Create' })).toHaveCount(0);
      const welcome = await nextMail(request, gia, 2);
      expect(welcome.subject).toBe('Sign-up is complete!');
      expect(welcome.text).toContain(new URL(space, url).href);
      expect(welcome.text).toContain(gia);
      expect(welcome.text).toContain('foyer-demo-1'); // the demo's policy is "As documented"

      // Works there, and sees nothing else.
      await guest.getByRole('link', { name: 'New Thread' }).click();
      await guest.getByLabel('Title').fill('Where do we meet?');
      await guest.getByLabel('Body').fill('Gate **B**?');
      await guest.getByRole('button', { name: 'Post' }).click();
      await expect(guest.getByRole('heading', { name: 'Where do we meet?' })).toBeVisible();
      await guest.getByLabel('Write a comment').fill('At nine.');
      await guest.getByRole('button', { name: 'Comment' }).click();
      await expect(guest.getByText('At nine.')).toBeVisible();
      for (const path of [
        '/spaces/1',
        '/spaces/1/threads/1',
        '/admin/users',
        '/spaces/new',
        `${space}/settings/guests`,
      ])
        expect((await guest.request.get(path)).status(), path).toBe(404);

      // The second login, with two-step verification.
      const admin = await somebody(browser);
      await login(admin, 'ava@foyer.example');
      await setTwoStep(admin, true);
      try {
        const before = (await mailsTo(request, gia)).length;
        const again = await somebody(browser, { javaScriptEnabled });
        await login(again, gia);
        await expect(again.getByRole('heading', { name: 'Enter Verification Code' })).toBeVisible();
        expect((await again.request.get(space)).url()).toContain('/login');
        const first = codeIn(await nextMail(request, gia, before + 1));
        await again.getByLabel('Verification Code').fill(first === '000000' ? '111111' : '000000');
        await again.getByRole('button', { name: 'Verify' }).click();
        await expect(again.getByRole('alert')).toContainText('4 tries');
        await again.getByRole('button', { name: 'Send a new code' }).click();
        const second = codeIn(await nextMail(request, gia, before + 2));
        await again.getByLabel('Verification Code').fill(first);
        await again.getByRole('button', { name: 'Verify' }).click();
        if (first !== second) await expect(again.getByRole('alert')).toBeVisible();
        await again.getByLabel('Verification Code').fill(` ${second.slice(0, 3)} ${second.slice(3)}`);
        await again.getByRole('button', { name: 'Verify' }).click();
        await expect(again).toHaveURL('/');
        await again.getByRole('link', { name: `Quay ${tag}` }).click();
        await expect(again).toHaveURL(space);

        // Delete asks once. The guest is out at the next request, and the other invitation's link stops working.
        await page.goto(`${space}/settings/guests`);
        await expect(page.getByRole('row', { name: gia })).toContainText('Active');
        await page.getByRole('row', { name: gia }).getByRole('button', { name: 'Delete' }).click();
        await expect(page.getByRole('alertdialog')).toBeVisible();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
        await expect(page.getByRole('row', { name: gia })).toHaveCount(0);
        expect((await again.goto(space))?.status()).toBe(404);
        const old = linkIn(await nextMail(request, noor), /\/signup\//);
        await page.getByRole('row', { name: noor }).getByRole('button', { name: 'Resend' }).click();
        await expect(page.getByRole('status')).toBeVisible();
        const fresh = linkIn(await nextMail(request, noor, 2), /\/signup\//);
        await again.context().clearCookies();
        await again.goto(old);
        await expect(again.getByLabel('Password')).toHaveCount(0);
        await again.goto(fresh);
        await expect(again.getByLabel('Password')).toBeVisible();
        await page.getByRole('row', { name: noor }).getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
        await expect(page.getByRole('row', { name: noor })).toHaveCount(0);
        await again.goto(fresh);
        await expect(again.getByLabel('Password')).toHaveCount(0);
      } finally {
        await setTwoStep(admin, false);
      }
    });

    test('errors are explained, and nothing typed is lost', async ({ page, browser, request }) => {
      await login(page, 'ben@foyer.example');
      const space = await makeSpace(page, `Errors ${tag}`);
      await invite(page, space, `Northwind; nonsense@; ava@foyer.example, ok-${tag}@partner.example`);
      await expect(page.getByRole('status')).toContainText('1 invitation');
      await expect(page.getByRole('alert')).toContainText('not an e-mail address');
      await expect(page.getByRole('alert')).toContainText(
        'belongs to a user in your company Add ava@foyer.example as a member',
      );
      await expect(page.getByRole('status')).toContainText('We skipped 1 entry');
      await expect(page.getByLabel('E-mail addresses')).toHaveValue('nonsense@\nava@foyer.example');

      const guest = await somebody(browser, { javaScriptEnabled });
      await guest.goto(linkIn(await nextMail(request, `ok-${tag}@partner.example`), /\/signup\//));
      await guest.getByLabel('Display Name').fill('Olu');
      await guest.getByLabel('Password').fill('no-digit');
      await guest.getByRole('button', { name: 'Login' }).click();
      await expect(guest.getByRole('alert')).toContainText('one digit');
      await expect(guest.getByLabel('Display Name')).toHaveValue('Olu');
      await expect(guest.getByLabel('Password')).toHaveAccessibleDescription(/one digit/);

      await page.goto('/spaces/new?template=scratch');
      await page.getByLabel('Space name').fill('   ');
      await page.getByRole('radio').last().check();
      await unfold(page, 'Members');
      await page.getByRole('checkbox', { name: 'Cho Yamada' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert')).toContainText('name');
      await expect(page.getByRole('radio').last()).toBeChecked();
      await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();

      await page.context().clearCookies();
      await page.goto('/login?next=//evil.example');
      await page.getByLabel('E-mail address').fill('ben@foyer.example');
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Login' }).click();
      await expect(page.getByRole('alert')).toContainText('isn’t right');
      await expect(page.getByLabel('E-mail address')).toHaveValue('ben@foyer.example');
      await page.getByLabel('Password').fill('foyer-demo-1');
      await page.getByRole('button', { name: 'Login' }).click();
      await expect(page).toHaveURL('/');
    });
  });
}
