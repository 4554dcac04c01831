/** "Overview" of the administration: what needs attention, and plots with the numbers behind them. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './test';
import { signedIn } from './people';

for (const colorScheme of ['light', 'dark'] as const)
  test(`the administration opens with it, wide and narrow: ${colorScheme}`, async ({ browser }) => {
    const ava = await signedIn(browser, 'ava@foyer.example', { colorScheme });
    await ava.goto('/admin');
    await expect(ava.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await expect(ava.getByRole('link', { name: 'Guest Management', exact: true })).toBeVisible();
    // Cron counts within a minute or two.
    const guests = ava.getByRole('region', { name: 'Guests' });
    await expect(async () => {
      await ava.reload();
      await expect(guests.getByText(/^Counted/)).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 170_000 });
    await expect(guests.getByRole('img')).toHaveAccessibleName(/guests? ha(s|ve) an account/);
    await guests.getByText('The numbers as a table').click();
    const active = guests.getByRole('row', { name: /^Active/ });
    await expect(active.getByRole('cell')).toHaveText(/^\d+$/);
    for (const width of [1280, 320]) {
      await ava.setViewportSize({ width, height: 900 });
      expect((await new AxeBuilder({ page: ava }).analyze()).violations).toEqual([]);
      expect(await ava.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await active.getByRole('link', { name: 'Active' }).click();
    await expect(ava).toHaveURL('/admin/guests?status=active');
  });

test('nobody else sees it', async ({ browser }) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  expect((await ben.goto('/admin'))!.status()).toBe(404);
});
