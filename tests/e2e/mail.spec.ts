/** The page "Mail" of the administration. */
import { expect, test } from './test';
import { button, sizes } from './forms';
import { nextMail, signedIn } from './people';
import { randomBytes } from 'node:crypto';

const AVA = 'ava@foyer.example';

for (const [[where, options], javaScriptEnabled] of [
  [sizes[0], true],
  [sizes[1], true],
  [sizes[1], false],
] as const) {
  const how = `${where}, scripts: ${javaScriptEnabled}`;

  test(`an administrator sees what failed and why, and tries whether mail works (${how})`, async ({
    browser,
    request,
  }) => {
    const page = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    const nobody = `nobody-${randomBytes(4).toString('hex')}@refused.example`;
    await page.goto('/admin/users');
    await page.getByLabel('E-mail address', { exact: true }).fill(nobody);
    await button(page, 'Send invitation').click();
    await expect(
      page.getByText('The invitation is on its way.').filter({ visible: true }).first(),
    ).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: nobody });
    await expect(async () => {
      await page.goto('/admin/mail');
      await expect(row).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await expect(
      page.getByRole('navigation').getByRole('link', { name: 'Mail', exact: true }),
    ).toHaveAttribute('aria-current', 'page');
    await expect(row).toContainText('The mail server refused this address or this e-mail.');
    await expect(row.getByRole('link', { name: 'Open “Users”' })).toBeVisible();

    await page.getByLabel('Kind').selectOption({ label: 'Verification code' });
    await button(page, 'Show').click();
    await expect(page).toHaveURL(/kind=code/);
    await expect(row).toBeHidden();
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(row).toBeVisible();

    await button(page, 'Send a test e-mail').click();
    await expect(
      page.getByText('The mail server took the test e-mail.').filter({ visible: true }).first(),
    ).toBeVisible();
    expect((await nextMail(request, AVA)).subject).toContain('test e-mail');
  });
}

for (const javaScriptEnabled of [true, false])
  test(`an administrator writes the words of a mail, after a preview (scripts: ${javaScriptEnabled})`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, AVA, { javaScriptEnabled });
    await page.goto('/admin/mail');
    await page.getByRole('link', { name: 'Change the texts of e-mails' }).click();
    await page.getByLabel('Language').selectOption({ label: '日本語' });
    await page.getByLabel('E-mail', { exact: true }).selectOption({ label: 'Link for a new password' });
    await button(page, 'Show').click();
    await expect(page).toHaveURL(/kind=reset/);
    await page.getByLabel('Introduction').fill('こんにちは、{who}さん');
    await button(page, 'Save').click();
    await expect(page.getByRole('alert')).toContainText('{who} can’t be filled in here.');
    await page.getByLabel('Introduction').fill('こんにちは、{name}さん');
    await button(page, 'Preview').click();
    const shown = page.getByRole('region', { name: 'How it looks' });
    await expect(shown.getByText('こんにちは、伊藤 美亜さん')).toBeVisible();
    await expect(shown.frameLocator('iframe').first().getByText('こんにちは、伊藤 美亜さん')).toBeVisible();
    await button(page, 'Save').click();
    await expect(
      page.getByText('E-mails that leave from now on').filter({ visible: true }).first(),
    ).toBeVisible();
    await expect(page.getByLabel('Introduction')).toHaveValue('こんにちは、{name}さん');
    // As it was, for the other tests of this site.
    await page.getByLabel('Introduction').fill('');
    await button(page, 'Save').click();
    await expect(page.getByLabel('Introduction')).toHaveValue('');
  });
