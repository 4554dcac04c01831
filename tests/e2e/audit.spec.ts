/** "Audit Log": an administrator finds who did what, and takes it along. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './test';
import { button, sizes } from './forms';
import { signedIn } from './people';

for (const javaScriptEnabled of [true, false])
  for (const [where, options] of sizes)
    test(`an administrator finds an entry and exports it (${where}, scripts: ${javaScriptEnabled})`, async ({
      browser,
    }) => {
      const ben = await signedIn(browser, 'ben@foyer.example', { ...options, javaScriptEnabled });
      expect((await ben.goto('/admin/audit'))!.status()).toBe(404);

      const ava = await signedIn(browser, 'ava@foyer.example', { ...options, javaScriptEnabled });
      await ava.goto('/admin/users');
      await ava.getByRole('link', { name: 'Audit Log', exact: true }).click();
      await expect(ava.getByRole('heading', { level: 1, name: 'Audit Log' })).toBeVisible();
      await expect(
        ava
          .getByRole('row')
          .filter({ has: ava.getByRole('cell') })
          .first(),
      ).toBeVisible();

      await button(ava, 'Verify').click();
      await expect(
        ava
          .getByRole('main')
          .getByRole('status')
          .filter({ hasText: /sealed|Nothing was changed/ }),
      ).toBeVisible();

      await ava.getByRole('searchbox', { name: 'Person', exact: true }).fill('ben@foyer.example');
      await ava.getByRole('combobox', { name: 'Kind', exact: true }).selectOption('Logins and security');
      await button(ava, 'Show').click();
      await expect(ava).toHaveURL(/person=ben%40foyer\.example/);
      const rows = ava.getByRole('row').filter({ has: ava.getByRole('cell') });
      await expect(rows.first()).toContainText('Ben Kowalski');
      await expect(rows.first()).toContainText('b…@foyer.example');
      await expect(rows.filter({ hasText: 'Logged in.' }).first()).toBeVisible();
      await expect(rows.filter({ hasText: 'Ava' })).toHaveCount(0);

      const [download] = await Promise.all([
        ava.waitForEvent('download'),
        ava.getByRole('link', { name: 'Export CSV', exact: true }).click(),
      ]);
      const csv = await readFile(await download.path(), 'utf8');
      expect(csv).toMatch(/^\ufeffentry,time,.*\r\n/);
      expect(csv).toContain('"Ben Kowalski","b…@foyer.example"');
      expect(csv).not.toContain('"Ava');

      await ava.getByLabel('Until', { exact: true }).fill('2020-01-01');
      await button(ava, 'Show').click();
      await expect(ava.getByText('Nothing found', { exact: true })).toBeVisible();
      await ava.getByRole('link', { name: 'Show all', exact: true }).first().click();
      await expect(ava).toHaveURL(/\/admin\/audit$/);
      await expect(ava.getByRole('row').filter({ hasText: 'Exported the audit log.' }).first()).toBeVisible();
    });
