/** A password can be shown, and its strength is told. */
import { expect, test } from './test';
import { button } from './forms';
import { signedIn } from './people';

const BEN = 'ben@foyer.example';

test('a password can be shown, is hidden again when it is sent, and its strength is told in words', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto('/me');
  const field = page.getByLabel('New password', { exact: true });
  const show = button(page, 'Show new password');
  await show.click();
  await expect(show).toHaveAttribute('aria-pressed', 'true');
  await field.fill('ab');
  await expect(field).toHaveAttribute('type', 'text');
  const told = page.locator('[aria-live=polite]');
  await expect(told.filter({ hasText: 'Too short: 1 more character to go.' })).toBeVisible();
  await field.fill('abc');
  await expect(told.filter({ hasText: 'one letter and one digit' })).toBeVisible();
  await field.fill('abc1');
  await expect(told.filter({ hasText: 'Strong enough.' })).toBeVisible();
  await field.press('Enter');
  await expect(field).toHaveAttribute('type', 'password');
  await expect(page.getByRole('alert')).toBeFocused();
  await page.context().close();
});
