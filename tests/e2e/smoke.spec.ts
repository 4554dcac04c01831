// The site is up, greets, and lets the administrator of the demo in.
import { expect, test } from './test';

test('the site is healthy', async ({ request }) => {
  const health = await request.get('/healthz');
  expect(health.status()).toBe(200);
  expect(await health.json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
});

test('the scheduled work runs', async ({ request }) => {
  expect((await request.get('/cdn-cgi/handler/scheduled')).status()).toBe(200);
});

test('a demo person signs in', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel('E-mail address').fill('ava@foyer.example');
  await page.getByLabel('Password').fill('foyer-demo-1');
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page.getByRole('heading', { name: 'Spaces' })).toBeVisible();
});
