/** Where a list has a menu for each row, a menu is made when its button is pressed. */
import { expect, test, type Page } from './test';
import { signedIn } from './people';

/** A thread of the demo, at its second post. */
async function secondPost(page: Page) {
  await page.goto('/spaces/1');
  await page.getByRole('main').getByRole('link', { name: 'Weekly minutes' }).click();
  await expect(page.getByRole('heading', { name: 'Weekly minutes', level: 1 })).toBeVisible();
  return page.getByRole('article').nth(1);
}

for (const width of [1280, 360])
  test(`with scripts the menu opens in place, and gives the focus back (${width} px)`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, 'ben@foyer.example', { viewport: { width, height: 740 } });
    const post = await secondPost(page);
    await page.reload({ waitUntil: 'networkidle' });
    const address = page.url();
    await expect(page.getByRole('menu', { includeHidden: true, name: /^React to/ })).toHaveCount(0);
    const button = post.getByRole('button', { name: /^React to/ });
    await button.click();
    await expect(page.getByRole('menuitem')).toHaveCount(6);
    await expect(page.getByRole('menuitem', { name: 'Agree' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
    await expect(button).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem')).toHaveCount(6);
    expect(page.url()).toBe(address);
    // As it was asked for before the scripts were there.
    await page.goto(`${address}?menu=reactions-first`, { waitUntil: 'networkidle' });
    await expect(page.getByRole('menuitem', { name: 'Agree' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
  });

for (const width of [1280, 360])
  test(`without scripts its button leads to the page with this menu, and back (${width} px)`, async ({
    browser,
  }) => {
    const options = { javaScriptEnabled: false, viewport: { width, height: 740 } };
    const page = await signedIn(browser, 'ben@foyer.example', options);
    const post = await secondPost(page);
    await post.getByRole('button', { name: /^More: / }).click();
    await expect(page.getByRole('menu')).toBeInViewport({ ratio: 0.95 });
    await expect(page.getByRole('menuitem', { name: 'Quote' })).toBeVisible();
    await post.getByRole('button', { name: /^More: / }).click();
    await expect(page.getByRole('menuitem')).toHaveCount(0);
  });
