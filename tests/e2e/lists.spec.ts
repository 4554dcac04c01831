/** All people of a space and their cards, with and without scripts; Enter saves a new space. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, post, signedIn } from './people';

const violations = async (page: Page) =>
  (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations.map(({ id }) => id);

const sideways = (page: Page) =>
  page.evaluate(() => Math.max(0, document.scrollingElement!.scrollWidth - innerWidth));

/** Nothing of it is cut, by its own box or by the window. */
async function whole(badge: Locator): Promise<void> {
  await expect(badge).toBeVisible();
  expect(
    await badge.evaluate((node) => {
      const { left, right } = node.getBoundingClientRect();
      return node.scrollWidth <= Math.ceil(right - left) && left >= 0 && right <= innerWidth;
    }),
  ).toBe(true);
}

test('the people of a space have their own page: by company, found by part of a name, guests marked, each with a card', async ({
  browser,
}) => {
  test.slow();
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, 'Crowded Pier');
  const [guest] = await invited(ben, space, addressOf('crowd'));
  await newGuest(browser, space, guest!);
  for (const javaScriptEnabled of [true, false])
    for (const width of [1280, 360]) {
      const page = await signedIn(browser, 'ben@foyer.example', {
        javaScriptEnabled,
        viewport: { width, height: 800 },
      });
      // Before the scripts, a link to a card leads to its page.
      await page.goto(`${space}/people`, { waitUntil: 'networkidle' });
      const main = page.getByRole('main');
      await expect(main.getByText('2 people, including 1 guest')).toBeVisible();
      await expect(main.getByRole('heading', { level: 2 })).toHaveText(['Foyer Ltd', 'Without a company']);
      await expect(main.getByRole('listitem')).toHaveCount(2);
      const row = main.getByRole('listitem').filter({ hasText: 'Guest Person' });
      await whole(row.getByText('Guest', { exact: true }));
      expect(await sideways(page)).toBe(0);

      await row.getByRole('link', { name: 'Guest Person', exact: true }).click();
      await expect(page).toHaveURL(/\/people\/[a-z2-7]{16}$/);
      const card = javaScriptEnabled ? page.getByRole('dialog', { name: 'Guest Person' }) : main;
      await expect(card.getByRole('heading', { name: 'Guest Person' })).toBeVisible();
      await whole(card.getByText('Guest', { exact: true }));
      await expect(card.getByRole('link', { name: guest!.email, exact: true })).toBeVisible();
      await expect(card.getByText('Ben Kowalski')).toBeVisible();
      if (javaScriptEnabled) expect(await violations(page)).toEqual([]);
      expect(await sideways(page)).toBe(0);
      if (javaScriptEnabled) {
        await page.keyboard.press('Escape');
        await expect(card).toBeHidden();
        await expect(row.getByRole('link', { name: 'Guest Person', exact: true })).toBeFocused();
      } else await page.getByRole('link', { name: 'People', exact: true }).click();
      await expect(page).toHaveURL(`${space}/people`);

      await main.getByLabel('Find a person').fill('GUEST PER');
      await main.getByRole('button', { name: 'Find', exact: true }).click();
      await expect(page).toHaveURL(/find=GUEST/);
      await expect(main.getByRole('listitem')).toHaveCount(1);
      await main.getByLabel('Find a person').fill('nobody of that name');
      await main.getByLabel('Find a person').press('Enter');
      await expect(main.getByText('Nobody here has that name')).toBeVisible();
      await main.getByRole('link', { name: 'Show everyone' }).click();
      await expect(main.getByRole('listitem')).toHaveCount(2);
      await main.getByRole('link', { name: 'Crowded Pier' }).click();
      await expect(page).toHaveURL(space);
      await page.context().close();
    }
});

test('the name above a post opens its author’s card over the thread; a reload shows the card as a page', async ({
  browser,
}) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, 'Signed Pier');
  const begun = await post(ben, `${space}/new-thread`, {
    title: 'Signs',
    body: 'Words',
    requestKey: 'signed'.repeat(3),
  });
  await ben.goto(begun.headers().location!, { waitUntil: 'networkidle' });
  await ben.getByLabel('Write a comment').fill('Half a sentence');
  const name = ben.getByRole('article').first().getByRole('link', { name: 'Ben Kowalski', exact: true });
  await name.click();
  const card = ben.getByRole('dialog', { name: 'Ben Kowalski' });
  await expect(card.getByText('Administrator of this space')).toBeVisible();
  await expect(card.getByRole('link', { name: 'Edit your profile' })).toHaveAttribute('href', '/me');
  await card.getByRole('button', { name: 'Close' }).click();
  await expect(card).toBeHidden();
  await expect(ben).toHaveURL(/\/threads\/\d+$/);
  await expect(ben.getByLabel('Write a comment')).toHaveValue('Half a sentence');
  await name.click();
  await expect(card).toBeVisible();
  await ben.goto(ben.url());
  await expect(ben.getByRole('heading', { name: 'Ben Kowalski', level: 1 })).toBeVisible();
  await ben.getByRole('link', { name: 'People', exact: true }).click();
  await expect(ben.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
});

test('a space with more people than fit shows eight faces, and leads to all of them by their number', async ({
  browser,
}) => {
  test.slow();
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, 'Long Pier');
  const guests = await invited(ben, space, ...Array.from({ length: 9 }, (_, i) => addressOf(`long${i}`)));
  await ben.goto(space);
  await expect(ben.getByRole('link', { name: 'Everyone invited' })).toBeVisible();
  for (const guest of guests) await (await newGuest(browser, space, guest)).context().close();
  await ben.goto(space);
  const people = ben.getByRole('region', { name: 'People' });
  await expect(people.getByRole('listitem')).toHaveCount(8);
  await people.getByRole('link', { name: 'Show all 10', exact: true }).click();
  await expect(ben).toHaveURL(`${space}/people`);
  await expect(ben.getByRole('main').getByRole('listitem')).toHaveCount(10);
});

test('without scripts, Enter in the name of a new space saves it', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled: false });
  await page.goto('/spaces/new?template=scratch');
  await page.getByLabel('Space name').fill('Entered');
  await page.getByLabel('Space name').press('Enter');
  await expect(page.getByRole('heading', { name: 'Entered', level: 1 })).toBeVisible();
});
