/** Search in a space and in all spaces of a person; the composer: names behind @, the preview. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Browser, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, post, signedIn } from './people';

const BEN = 'ben@foyer.example';
let space = '';
let other = '';
let guest: Page;
let host: Page;

async function beginThread(page: Page, where: string, title: string, body: string): Promise<string> {
  const form = {
    title,
    body,
    requestKey: Array.from({ length: 16 }, () => 'abcdefgh'[Math.floor(Math.random() * 8)]).join(''),
  };
  const response = await post(page, `${where}/new-thread`, form);
  expect(response.status()).toBe(303);
  return response.headers().location!;
}

const elsewhere = `Another room ${Math.random().toString(36).slice(2, 7)}`;
const room = `Search room ${Math.random().toString(36).slice(2, 7)}`;
test.beforeAll(async ({ browser }) => {
  host = await signedIn(browser, BEN);
  space = await makeSpace(host, room);
  other = await makeSpace(host, elsewhere);
  const [link] = await invited(host, space, addressOf('searcher'));
  guest = await newGuest(browser, space, link!);
  await beginThread(host, space, 'Quay wall', 'The survey of the **quay wall** is in quay-wall_v2.pdf');
  await beginThread(host, space, '議事録', '昨日の商談会について、議事録を共有します。');
  await beginThread(host, other, 'Elsewhere', 'Another quay wall, for nobody else');
});
test.afterAll(async () => {
  await guest.context().close();
  await host.context().close();
});

async function searching(browser: Browser, scripts: boolean): Promise<Page> {
  return signedIn(browser, BEN, { javaScriptEnabled: scripts });
}

for (const scripts of [true, false])
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('a space is searched by words, Japanese and names with a hyphen', async ({ browser }) => {
      const page = await searching(browser, scripts);
      await page.goto(space);
      const box = page.getByRole('searchbox', { name: 'Search this space', exact: true });
      for (const [typed, title] of [
        ['survey quay', 'Quay wall'],
        ['quay-wall_v2.pdf', 'Quay wall'],
        ['sur', 'Quay wall'],
        ['商談', '議事録'],
        ['録', '議事録'],
      ] as const) {
        await box.fill(typed);
        await box.press('Enter');
        await expect(page.getByRole('heading', { level: 1 })).toContainText(typed);
        await expect(page.locator('main').getByText('1 result', { exact: true })).toBeVisible();
        await expect(page.getByRole('link', { name: title })).toBeVisible();
      }
      await page.getByRole('link', { name: '議事録' }).click();
      await expect(page).toHaveURL(/\/threads\/\d+$/);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('議事録');
      await page.goto(`${space}/search?q=%22NEAR(`);
      await expect(page.getByText('Nothing found')).toBeVisible();
      await page.context().close();
    });

    test('the bar searches all spaces of a person: spaces, people, files and texts', async ({ browser }) => {
      const page = await searching(browser, scripts);
      await page.goto(other);
      const box = page.getByLabel('Search everything', { exact: true });
      await box.fill(`quay wall`);
      await box.press('Enter');
      await expect(page).toHaveURL(/\/search\?q=quay/);
      await expect(page.getByRole('link', { name: 'Elsewhere' }).first()).toBeVisible();
      await expect(page.getByRole('main').getByRole('link', { name: room }).first()).toBeVisible();
      await expect(box).toHaveValue('quay wall');
      await box.fill(room);
      await box.press('Enter');
      await expect(
        page.getByRole('region', { name: 'Spaces' }).getByRole('link', { name: room }),
      ).toBeVisible();
      await box.fill('guest person');
      await box.press('Enter');
      await expect(page.getByRole('region', { name: 'People' }).getByRole('link').first()).toBeVisible();
      // More than a few: all of them on a page of their own.
      await page
        .getByRole('navigation', { name: 'What to show' })
        .getByRole('link', { name: 'People' })
        .click();
      await expect(page).toHaveURL(/kind=people/);
      await page
        .getByRole('region', { name: 'People' })
        .getByRole('link', { name: 'Guest Person' })
        .first()
        .click();
      await expect(page).toHaveURL(/\/people\/[a-z2-7]{16}$/);
      await page.context().close();
    });

    test('on a phone a link leads to the field, which has the focus', async ({ browser }) => {
      const page = await signedIn(browser, BEN, {
        javaScriptEnabled: scripts,
        viewport: { width: 360, height: 740 },
      });
      await page.goto(space);
      const box = page.getByLabel('Search everything', { exact: true });
      await expect(box).toBeHidden();
      await page.getByRole('banner').getByRole('link', { name: 'Search', exact: true }).click();
      await expect(page).toHaveURL(/\/search$/);
      await expect(box).toBeVisible();
      await expect(box).toBeFocused();
      await box.fill('quay wall');
      await box.press('Enter');
      await expect(page).toHaveURL(/\/search\?q=quay/);
      await expect(page.getByRole('link', { name: 'Elsewhere' }).first()).toBeVisible();
      await expect(box).toHaveValue('quay wall');
      await page.context().close();
    });

    test('a menu in the bar leads from one space to another', async ({ browser }) => {
      for (const width of [1280, 360]) {
        const page = await signedIn(browser, BEN, {
          javaScriptEnabled: scripts,
          viewport: { width, height: 740 },
        });
        await page.goto(space);
        await page.getByRole('button', { name: 'Switch space' }).click();
        const menu = page.getByRole('menu', { name: 'Switch space' });
        await expect(menu.getByRole('menuitem', { name: room })).toHaveAttribute('aria-current', 'page');
        const box = (await menu.boundingBox())!;
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        await menu.getByRole('menuitem', { name: elsewhere }).click();
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(elsewhere);
        await expect(menu).toBeHidden();
        await page.context().close();
      }
    });
  });

test.describe('suggestions', () => {
  const box = (page: Page) => page.getByLabel('Search everything', { exact: true });

  test('Ctrl+K, words and arrow keys open what is found, in groups; Escape closes them', async ({
    browser,
  }) => {
    const page = await searching(browser, true);
    await page.goto(other);
    await expect(box(page)).toHaveRole('combobox');
    await page.keyboard.press('Control+k');
    await expect(box(page)).toBeFocused();
    await page.keyboard.type(room);
    const list = page.getByRole('listbox', { name: 'Suggestions' });
    const option = list.getByRole('group', { name: 'Spaces' }).getByRole('option', { name: room });
    await expect(option).toBeVisible();
    await expect(box(page)).toHaveAttribute('aria-expanded', 'true');
    await expect(option).toHaveAttribute('aria-selected', 'false');
    await page.keyboard.press('ArrowDown');
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await expect(box(page)).toHaveAttribute('aria-activedescendant', (await option.getAttribute('id'))!);
    await page.keyboard.press('ArrowUp');
    await expect(option).toHaveAttribute('aria-selected', 'false');
    await page.keyboard.press('ArrowUp');
    await expect(list.getByRole('option', { name: `Show all results for “${room}”` })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await page.keyboard.press('Escape');
    await expect(list).toBeHidden();
    await expect(box(page)).toHaveValue(room);
    await page.keyboard.type(' ');
    await page.keyboard.press('Backspace');
    await expect(option).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(space);
    await expect(list).toBeHidden();
    await expect(box(page)).toHaveValue('');
    await page.context().close();
  });

  test('axe finds nothing while they are open, and none is wider than the window', async ({ browser }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await signedIn(browser, BEN, { colorScheme });
      await page.goto(space);
      await box(page).click();
      await box(page).pressSequentially('quay');
      await expect(page.getByRole('group', { name: 'Threads and comments' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await page.context().close();
    }
  });

  test('are silent without a network: Enter still searches once it is back', async ({ browser }) => {
    const page = await searching(browser, true);
    await page.goto(space);
    await page.route(/\/search\/suggestions/, (route) => route.abort());
    await box(page).click();
    const asked = page.waitForRequest(/\/search\/suggestions/);
    await box(page).pressSequentially('quay');
    await asked;
    await expect(page.getByRole('listbox')).toHaveCount(0);
    await box(page).press('Enter');
    await expect(page).toHaveURL(/\/search\?q=quay$/);
    await page.context().close();
  });

  test('an answer to what is no longer typed is dropped', async ({ browser }) => {
    const page = await searching(browser, true);
    await page.goto(space);
    let answer: (() => Promise<void>) | undefined;
    await page.route(/\/search\/suggestions\?q=quay$/, async (route) => {
      const response = await route.fetch();
      answer = () => route.fulfill({ response }).catch(() => undefined);
    });
    await box(page).click();
    await box(page).pressSequentially('quay');
    await expect.poll(() => answer !== undefined).toBe(true);
    await box(page).fill('zzzz');
    await expect(page.getByRole('option', { name: 'Show all results for “zzzz”' })).toBeVisible();
    await answer!();
    await expect(page.getByRole('option')).toHaveCount(1);
    await page.context().close();
  });

  test('a guest is offered nothing of other spaces', async () => {
    const offered = await guest.request.get('/search/suggestions?q=quay');
    expect(offered.status()).toBe(200);
    const text = await offered.text();
    expect(text).toContain('The survey of the ');
    expect(text).not.toContain('Elsewhere');
    expect(text).not.toContain(elsewhere);
    // In their only space there is nowhere to switch to.
    await guest.goto(space);
    await expect(guest.getByRole('button', { name: 'Switch space' })).toHaveCount(0);
  });
});

test('a guest finds nothing of other spaces, and cannot search them', async () => {
  await guest.goto('/search?q=quay wall');
  await expect(guest.getByRole('link', { name: 'Quay wall' })).toBeVisible();
  await expect(guest.getByText('Elsewhere')).toHaveCount(0);
  for (const path of ['search?q=quay', 'people.json?q=a'])
    expect((await guest.request.get(`${other}/${path}`)).status()).toBe(404);
});

test.describe('the composer', () => {
  const body = (page: Page) => page.getByLabel('Body', { exact: true });

  test('a name is completed by keyboard, and marked in the preview and in the thread', async () => {
    await host.goto(`${space}/new-thread`);
    await expect(host.getByRole('button', { name: 'Preview' })).toBeVisible();
    await host.getByLabel('Title').fill('Names');
    await body(host).pressSequentially('Hello @gues');
    const option = host.getByRole('option', { name: 'Guest Person' });
    await expect(option).toBeVisible();
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await expect(body(host)).toHaveAttribute('aria-activedescendant', (await option.getAttribute('id'))!);
    await host.keyboard.press('ArrowDown');
    await host.keyboard.press('ArrowUp');
    await host.keyboard.press('Enter');
    await expect(body(host)).toHaveValue('Hello @Guest Person ');
    await expect(host.getByRole('option')).toHaveCount(0);
    await body(host).pressSequentially('and @gu');
    await expect(option).toBeVisible();
    await host.keyboard.press('Escape');
    await expect(host.getByRole('option')).toHaveCount(0);
    await body(host).pressSequentially('ests, **hi**');
    await expect(body(host)).toHaveValue('Hello @Guest Person and @guests, **hi**');
    await host.getByRole('button', { name: 'Preview' }).click();
    const shown = host.getByRole('region', { name: 'How it will look' });
    await expect(shown.locator('.mention.guest')).toHaveText('@Guest Person');
    await expect(shown.locator('strong')).toHaveText('hi');
    await host.getByRole('button', { name: 'Preview' }).click();
    await body(host).press('Control+Enter');
    await expect(host).toHaveURL(/\/threads\/\d+$/);
    await expect(host.locator('.mention.guest')).toHaveText('@Guest Person');
  });

  test('without scripts it is a plain text box', async ({ browser }) => {
    const page = await searching(browser, false);
    await page.goto(`${space}/new-thread`);
    await page.getByLabel('Title').fill('Plain');
    await body(page).fill('Hello @Guest Person');
    await page.getByRole('button', { name: 'Post' }).click();
    await expect(page.locator('.mention.guest')).toHaveText('@Guest Person');
    await page.context().close();
  });
});

test('the Members tab finds a person by a part of the name, and adds them', async ({ browser }) => {
  for (const scripts of [true, false]) {
    const page = await searching(browser, scripts);
    const where = await makeSpaceFor(scripts);
    await page.goto(`${where}/settings/members`);
    await page.getByLabel('Add someone from your company').fill('cho');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('radio', { name: /cho/i }).first().check();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('row', { name: /cho@foyer\.example/ })).toBeVisible();
    await page.context().close();
  }
});
const makeSpaceFor = (scripts: boolean) => makeSpace(host, `Members ${scripts}`);
