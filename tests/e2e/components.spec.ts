/** Every component in every state on /dev/components: no finding of axe, nothing wider than the window. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from './test';

const sights = [
  { colorScheme: 'light', width: 1280, dir: 'ltr' },
  { colorScheme: 'dark', width: 1280, dir: 'rtl' },
  { colorScheme: 'light', width: 320, dir: 'ltr' },
  { colorScheme: 'dark', width: 320, dir: 'rtl' },
] as const;

async function findings(page: Page): Promise<string[]> {
  // It shows several boxes to search with; a page of the product has one, and accessible.spec checks that.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .disableRules(['landmark-unique'])
    .analyze();
  return violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`),
  );
}

/** Elements wider than the window, except those that scroll or are clipped. */
const wide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const within = (node: Element): boolean => {
      for (let at = node.parentElement; at && at !== document.body; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== 'visible') return true;
      return false;
    };
    const shown = [...document.querySelectorAll('body *')].filter((node) => {
      const { left, right, width } = node.getBoundingClientRect();
      return width > 1 && (right > innerWidth + 1 || left < -1) && !within(node);
    });
    return shown.map((node) => node.outerHTML.slice(0, 120));
  });

for (const show of ['everything', 'Dialog', 'ConfirmDialog', 'AuthLayout'])
  test(`axe finds nothing and nothing is too wide, light, dark, at 320 px and right to left: ${show}`, async ({
    page,
  }) => {
    for (const { colorScheme, width, dir } of sights) {
      const sight = `${colorScheme}, ${width} px, ${dir}`;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`/dev/components?dir=${dir}${show === 'everything' ? '' : `&show=${show}`}`);
      expect.soft(await findings(page), sight).toEqual([]);
      expect.soft(await wide(page), sight).toEqual([]);
      expect
        .soft(await page.evaluate(() => document.scrollingElement!.scrollWidth), sight)
        .toBeLessThanOrEqual(width);
    }
  });

test('every component of the kit is shown', async ({ page }) => {
  const { readdirSync } = await import('node:fs');
  const kit = readdirSync('src/lib/components').flatMap((file) => /^(\w+)\.svelte$/.exec(file)?.[1] ?? []);
  await page.goto('/dev/components');
  const shown = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(kit.filter((name) => !shown.includes(name) && !(name in elsewhere))).toEqual([]);
});

/** Shown inside another component, or only on its own page. */
const elsewhere: Record<string, string> = {
  AuthLayout: 'by ?show=',
  ConfirmDialog: 'by ?show=',
  Dialog: 'by ?show=',
  Page: 'the page itself',
  ErrorPage: 'is a page of its own: tests/e2e/errors.spec.ts',
  Sentence: 'has no looks',
  WayOut: 'with LinkError',
  SiteLinks: 'at the end of pages: tests/e2e/terms.spec.ts',
  ManyDialog: 'a ConfirmDialog: tests/e2e/guest-management.spec.ts',
  LinkError: 'is a page of its own: tests/e2e/arrivals.spec.ts',
  PageHeading: 'the heading of the page',
  AvatarStack: 'with Avatar',
  LinkPreview: 'in the head of a page',
  Logo: 'with Brand',
  MenuItem: 'in Menu',
  SearchField: 'in AppBar',
  SpaceSwitcher: 'in AppBar',
  Suggestions: 'below the field in the bar, with scripts alone: tests/e2e/search.spec.ts',
  Control: 'in Field',
  EmailField: 'in AuthForm',
  PasswordField: 'in AuthForm',
  UnreadBadge: 'with Badge',
  HiddenFields: 'nothing to be seen',
  SavedNow: 'in ErrorSummary',
  Announcer: 'in the frame, with scripts alone',
  CardDialog: 'tests/e2e/lists.spec.ts',
  DiscardDialog: 'asks on leaving, with scripts alone',
  ProgressLine: 'on slow navigation, with scripts alone',
  DraftKeeper: 'one sentence, with scripts alone',
  AccessEnded: 'covers a page, with scripts alone',
  LiveUpdates: 'one sentence, with scripts alone',
  News: 'one sentence, with scripts alone',
  Skipped: 'in InviteOutcome',
  WhoIsHere: 'in a thread, with scripts alone: tests/e2e/push.spec.ts',
  SharedIcons: 'in a discussion: nothing to be seen by itself',
};

test('a menu opens without scripts, and its items fit the window', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await page.goto('/dev/components');
  await page.getByRole('button', { name: 'Open me' }).click();
  const menu = page.getByRole('menu', { name: 'Open me' });
  await expect(menu).toBeVisible();
  const box = (await menu.boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(320);
  expect(await findings(page)).toEqual([]);
});

test('code that is wider than the page scrolls with the keyboard', async ({ page }) => {
  await page.goto('/dev/components');
  const code = page.locator('.prose pre').first();
  await code.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => code.evaluate((node) => node.scrollLeft)).toBeGreaterThan(0);
});

test('the focus is visible', async ({ page }) => {
  await page.goto('/dev/components');
  for (const target of [
    page.getByRole('button', { name: 'primary', exact: true }),
    page.getByRole('link', { name: 'danger, a link' }),
    page.getByLabel('Filled, with a hint'),
    page.getByLabel('Not ticked', { exact: true }),
    page.getByRole('combobox', { name: 'A choice', exact: true }),
    page.getByRole('radio', { name: 'Harbour' }),
  ]) {
    await target.focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    const ring = await page.evaluate(() => {
      const at = document.activeElement!;
      return [at, at.closest('label')].some(
        (node) =>
          node &&
          getComputedStyle(node).outlineStyle !== 'none' &&
          parseFloat(getComputedStyle(node).outlineWidth) >= 2,
      );
    });
    expect(ring, String(target)).toBe(true);
  }
});

/** How many lines the words stand on. */
const linesOf = (words: Locator): Promise<number> =>
  words.evaluate((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  });

test('a wide table keeps its words whole, and scrolls in a box that the keyboard reaches', async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto('/dev/components');
  const specimen = page.getByRole('region', { name: 'Prose', exact: true });
  const box = specimen.getByRole('group', { name: 'Table', exact: true });
  expect(await linesOf(box.getByRole('columnheader', { name: 'Responsible' }))).toBe(1);
  expect(await box.evaluate((node) => node.scrollWidth > node.clientWidth)).toBe(true);
  await box.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => box.evaluate((node) => node.scrollLeft)).toBeGreaterThan(0);
  expect(await box.evaluate((node) => getComputedStyle(node).outlineStyle)).toBe('solid');
});

test('an address stands on one line where it fits, and else breaks at its signs', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto('/dev/components');
  const shown = page.getByRole('region', { name: 'Address', exact: true }).locator('bdi');
  expect(await linesOf(shown.first())).toBe(1);
  expect(await linesOf(shown.last())).toBeGreaterThan(1);
  await expect(shown.last()).toHaveText(/^maximiliana.*northwind-handrails\.example$/);
});
