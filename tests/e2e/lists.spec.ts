/** All people of a space, with and without scripts; Enter saves a new space. */
import { expect, test } from '@playwright/test';
import { addressOf, invited, makeSpace, newGuest, signedIn } from './people';

test('the people of a space have their own page: found by part of a name, guests marked', async ({
  browser,
}) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, 'Crowded Pier');
  const [guest] = await invited(ben, space, addressOf('crowd'));
  await newGuest(browser, space, guest!);
  for (const javaScriptEnabled of [true, false]) {
    const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
    await page.goto(`${space}/people`);
    const dialog = page.getByRole('dialog', { name: 'People' });
    await expect(dialog.getByText('2 people, including 1 guest')).toBeVisible();
    await expect(dialog.getByRole('listitem')).toHaveCount(2);
    await expect(dialog.getByRole('listitem').filter({ hasText: 'Guest Person' })).toContainText('Guest');
    await dialog.getByLabel('Find a person').fill('GUEST PER');
    await dialog.getByRole('button', { name: 'Find', exact: true }).click();
    await expect(page).toHaveURL(/find=GUEST/);
    await expect(dialog.getByRole('listitem')).toHaveCount(1);
    await dialog.getByLabel('Find a person').fill('nobody of that name');
    await dialog.getByLabel('Find a person').press('Enter');
    await expect(dialog.getByText('Nobody here has that name')).toBeVisible();
    await dialog.getByRole('link', { name: 'Show everyone' }).click();
    await expect(dialog.getByRole('listitem')).toHaveCount(2);
    await dialog.getByRole('link', { name: 'Close' }).click();
    await expect(page).toHaveURL(space);
    await page.context().close();
  }
});

test('a space with more guests than fit says how many there are, and leads to all of them', async ({
  browser,
}) => {
  test.slow();
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, 'Long Pier');
  const guests = await invited(ben, space, ...Array.from({ length: 13 }, (_, i) => addressOf(`long${i}`)));
  await ben.goto(space);
  await expect(ben.getByRole('link', { name: 'Everyone invited' })).toBeVisible();
  for (const guest of guests) await (await newGuest(browser, space, guest)).context().close();
  await ben.goto(space);
  const people = ben.getByRole('region', { name: 'People' });
  await expect(people.getByRole('listitem')).toHaveCount(13);
  await people.getByRole('link', { name: 'All 14 people' }).click();
  const dialog = ben.getByRole('dialog', { name: 'People' });
  await expect(dialog.getByRole('listitem')).toHaveCount(14);
  await ben.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('without scripts, Enter in the name of a new space saves it', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled: false });
  await page.goto('/spaces/new?template=scratch');
  await page.getByLabel('Space name').fill('Entered');
  await page.getByLabel('Space name').press('Enter');
  await expect(page.getByRole('heading', { name: 'Entered', level: 1 })).toBeVisible();
});
