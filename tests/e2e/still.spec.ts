/** Nothing moves under the reader's finger: layout shifts from the first paint until the scripts are done (CLS). */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { addressOf, invited, makeSpace, signedIn, somebody } from './people';

const LIMIT = 0.02;

declare global {
  interface Window {
    shifts: { value: number; what: string[] }[];
  }
}

/** Before a page's own scripts. A shift that follows a press by half a second is the press's own. */
function watch() {
  window.shifts = [];
  const name = (node: Node | null) =>
    node instanceof Element
      ? `${node.tagName.toLowerCase()}.${node.className}`
      : (node?.parentElement?.tagName ?? '?');
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    })[])
      if (!entry.hadRecentInput)
        window.shifts.push({
          value: entry.value,
          what: entry.sources.map(
            ({ node, previousRect, currentRect }) => `${name(node)} ${previousRect.y} → ${currentRect.y}`,
          ),
        });
  }).observe({ type: 'layout-shift', buffered: true });
}

/** After the last request, what it brought has been painted. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(
    () =>
      new Promise<void>((done) =>
        requestIdleCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
      ),
  );
}

async function expectStill(page: Page, where: string): Promise<void> {
  const shifts = await page.evaluate(() => window.shifts);
  const sum = shifts.reduce((total, { value }) => total + value, 0);
  expect.soft(sum, `${where}: ${JSON.stringify(shifts, null, 1)}`).toBeLessThanOrEqual(LIMIT);
}

/** A shift after the answer is then no longer forgiven as the press's own. */
const late = (page: Page) =>
  page.route(
    () => true,
    async (route) => {
      if (route.request().method() === 'POST') await new Promise((go) => setTimeout(go, 700));
      await route.fallback();
    },
  );

const pages: Record<string, string[]> = {
  'ava@foyer.example': [
    '/',
    '/spaces/1',
    '/spaces/1/threads/1',
    '/spaces/1/new-thread',
    '/spaces/1/settings/general',
    '/spaces/1/settings/guests',
    '/spaces/1/settings/guests/invite',
    '/spaces/new',
    '/spaces/new?template=scratch',
    '/me',
    '/notifications',
    '/admin/appearance',
    '/nowhere',
  ],
  'gil@partner.example': ['/', '/spaces/1', '/spaces/1/threads/1', '/spaces/1/new-thread', '/me'],
  nobody: ['/login', '/forgot'],
};

const looker = (browser: Browser, who: string, width: number): Promise<Page> => {
  const options = { viewport: { width, height: 800 } };
  return who === 'nobody' ? somebody(browser, options) : signedIn(browser, who, options);
};

for (const width of [1280, 360])
  test(`no page moves while it loads, at ${width} px`, async ({ browser }) => {
    for (const [who, paths] of Object.entries(pages)) {
      const page = await looker(browser, who, width);
      await page.addInitScript(watch);
      for (const path of paths) {
        await page.goto(path);
        await settled(page);
        await expectStill(page, `${who} ${path}`);
      }
      await page.context().close();
    }
  });

test('a dialog that opens late moves nothing either, at 360 px', async ({ browser }) => {
  const page = await looker(browser, 'ava@foyer.example', 360);
  await page.addInitScript(watch);
  await page.goto('/spaces/1');
  await settled(page);
  // Without a press, as when the answer takes longer than the half second that is forgiven.
  await page
    .locator('[role=menuitem][href$="/settings/guests"]')
    .evaluate((link: HTMLElement) => link.click());
  await expect(page.getByRole('dialog', { name: 'Space Settings' })).toBeVisible();
  await settled(page);
  await expectStill(page, 'Manage Guests');
});

for (const [width, allowed] of [
  [1280, true],
  [360, false],
] as const)
  test(`"Copy link" answers at its row, and nothing moves, at ${width} px`, async ({ browser }) => {
    const page = await signedIn(browser, 'ben@foyer.example', { viewport: { width, height: 740 } });
    if (allowed) await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    else await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.addInitScript(watch);
    const space = await makeSpace(page, 'Links');
    const [first, second] = await invited(page, space, addressOf('first'), addressOf('second'));
    await page.goto(`${space}/settings/guests`);
    await settled(page);
    const row = page.getByRole('row', { name: second!.email });
    const button = row.getByRole('button', { name: 'Copy link' });
    await button.scrollIntoViewIfNeeded();
    const before = await button.boundingBox();
    await late(page);
    await button.click();
    await expect(row.getByLabel('Link to share')).toHaveValue(/\/signup\//);
    await expect(row.getByText(second!.email).last()).toBeVisible();
    await expect(
      page.getByRole('status').filter({
        hasText: allowed ? `Link copied for ${second!.email}.` : 'Copy the link below.',
      }),
    ).toBeVisible();
    expect((await button.boundingBox())!.y).toBe(before!.y);
    await expectStill(page, 'Copy link');
    if (allowed)
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        await row.getByLabel('Link to share').inputValue(),
      );
    await page.getByRole('status').click();
    await expect(page.getByRole('status')).toBeHidden();
    await row.getByRole('link', { name: 'Close' }).click();
    await expect(row.getByLabel('Link to share')).toBeHidden();
    await expect(button).toBeFocused();
    await expect(page.getByRole('row', { name: first!.email })).toBeVisible();
    await page.context().close();
  });
