/** The same form in two tabs: what both have changed is decided, the rest is kept. */
import { expect, test, type Browser, type Page } from './test';
import { makeSpace, signedIn } from './people';

const BEN = 'ben@foyer.example';
const STALE = 'Someone changed this while you had it open.';
const LONG = `Both of them\n${'The quay is closed on Friday. '.repeat(20)}\nعند الرصيف`;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const summary = (page: Page) => page.locator('main [data-summary]');
const saved = (page: Page) => expect(page.getByText('Changes saved.', { exact: true }).first()).toBeVisible();

let space = '';
test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Two tabs');
  await page.context().close();
});

async function twoTabs(browser: Browser, address: string, javaScriptEnabled: boolean): Promise<[Page, Page]> {
  const [one, other] = [
    await signedIn(browser, BEN),
    await signedIn(browser, BEN, { javaScriptEnabled, viewport: { width: 360, height: 780 } }),
  ] as const;
  for (const page of [one, other]) await page.goto(address);
  if (javaScriptEnabled) await expect(other.locator('form[data-draft]').first()).toBeAttached();
  return [one, other];
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test(`${how} › space settings: only what both changed is decided, by the second Save`, async ({
    browser,
  }) => {
    const [theirs, mine] = await twoTabs(browser, `${space}/settings/general`, scripts);
    const [announcement, links, name] = ['#announcement', '#links', '#name'];
    await theirs.locator(announcement).fill(`${LONG}${how}`);
    await theirs.locator(links).fill(`Docs https://docs.example/${scripts}`);
    await theirs.locator('[name=blockFollowing]').check();
    await button(theirs, 'Save').click();
    await saved(theirs);

    await mine.locator(announcement).fill(`Mine ${how}`);
    await mine.locator(name).fill(`Renamed ${how}`);
    await button(mine, 'Save').click();
    await expect(summary(mine)).toContainText(STALE);
    await expect(summary(mine).getByRole('link')).toHaveText(['Announcement']);
    await expect(summary(mine)).toContainText('Both of them');
    await summary(mine).getByText('Show all of it').click();
    await expect(summary(mine).getByText('عند الرصيف')).toBeVisible();
    await expect(mine.locator(announcement)).toHaveValue(`Mine ${how}`);
    await expect(mine.locator(name)).toHaveValue(`Renamed ${how}`);
    await expect(mine.locator(links)).toHaveValue(`Docs https://docs.example/${scripts}`);
    await expect(mine.locator('[name=blockFollowing]')).toBeChecked();
    expect(await mine.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

    await button(mine, 'Save').click();
    await saved(mine);
    await expect(summary(mine)).toHaveCount(0);
    await theirs.goto(`${space}/settings/general`);
    await expect(theirs.locator(announcement)).toHaveValue(`Mine ${how}`);
    await expect(theirs.locator(name)).toHaveValue(`Renamed ${how}`);
    await expect(theirs.locator(links)).toHaveValue(`Docs https://docs.example/${scripts}`);
    await expect(theirs.locator('[name=blockFollowing]')).toBeChecked();
    await theirs.locator('[name=blockFollowing]').uncheck();
    await button(theirs, 'Save').click();
    await saved(theirs);
    await theirs.context().close();
    await mine.context().close();
  });

  test(`${how} › a comment: the second Save decides`, async ({ browser }) => {
    const page = await signedIn(browser, BEN);
    await page.goto(`${space}/new-thread`);
    await page.getByLabel('Title', { exact: true }).fill(`Words ${how}`);
    await button(page, 'Post').click();
    await expect(page).toHaveURL(/threads\/\d+/);
    await page.locator('form textarea[name=body]').fill('As it was');
    await button(page, 'Comment').click();
    await expect(page.getByText('As it was')).toBeVisible();
    const id = (await page.locator('[id^=comment-]').first().getAttribute('id'))!.replace('comment-', '');
    const address = `${new URL(page.url()).pathname}?edit=${id}`;
    await page.context().close();

    const [theirs, mine] = await twoTabs(browser, address, scripts);
    await theirs.locator('#edit-body').fill('Theirs');
    await button(theirs, 'Save').click();
    await expect(theirs.getByText('Theirs')).toBeVisible();
    await mine.locator('#edit-body').fill('Mine');
    await button(mine, 'Save').click();
    await expect(summary(mine)).toContainText('Theirs');
    await expect(mine.locator('#edit-body')).toHaveValue('Mine');
    await button(mine, 'Save').click();
    await expect(mine.locator(`#comment-${id}`)).toContainText('Mine');
    await theirs.context().close();
    await mine.context().close();
  });
}
