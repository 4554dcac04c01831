/** What the tests of forms share. */
import { expect, type Locator, type Page, type Route } from '@playwright/test';
import { gate } from './people';

export const sizes = [
  ['at a desk', {}],
  ['on a phone', { viewport: { width: 360, height: 640 } }],
] as const;

const isPost = (route: Route): boolean => route.request().method() === 'POST';

/** Holds the posts of a page back. */
export async function hold(page: Page): Promise<{ open: () => void; count: () => number }> {
  const { opened, open } = gate();
  let posts = 0;
  await page.route('**', async (route) => {
    if (!isPost(route)) return route.continue();
    posts += 1;
    await opened;
    await route.continue();
  });
  return { open, count: () => posts };
}

/** The site carries the posts to this address out, and a proxy answers. */
export const loseAnswers = (page: Page, address: string) =>
  page.route(address, async (route) => {
    if (!isPost(route)) return route.continue();
    await route.fetch({ maxRedirects: 0 });
    await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
  });

/** Scripts have started. */
export const ready = (page: Page): Promise<void> =>
  expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
