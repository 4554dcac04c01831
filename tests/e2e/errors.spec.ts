/** Error pages have the frame and a way on, with and without scripts. */
import { expect, test } from './test';
import { signedIn } from './people';

for (const javaScriptEnabled of [true, false])
  test(`a thread that is gone leads back to its space, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, 'ben@foyer.example', {
      javaScriptEnabled,
      viewport: { width: 360, height: 700 },
    });
    expect((await page.goto('/spaces/1/threads/999999'))!.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
    await expect(
      page.getByRole('banner').getByRole('button', { name: 'Account of Ben Kowalski' }),
    ).toBeVisible();
    await page.getByRole('link', { name: 'Back to the space' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Harbour Bridge' })).toBeVisible();
  });

test('a link followed by a script to a page that is not there shows the same page', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example');
  await page.goto('/spaces/1');
  await expect(page.getByRole('region', { name: 'Threads' })).toBeVisible();
  await page.evaluate(() => {
    document.querySelector('h1')!.innerHTML += '<a href="/spaces/1/threads/999999">Gone</a>';
  });
  await page.getByRole('link', { name: 'Gone' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
  await expect(page.getByRole('banner')).toHaveCount(1);
  await page.getByRole('link', { name: 'Back to the space' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Harbour Bridge' })).toBeVisible();
});
