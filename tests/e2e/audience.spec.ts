/** Who reads a space, said in the same place on each of its pages, with and without scripts. */
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, post, signedIn, signUp, somebody } from './people';

/** The first thing below the heading. */
const said = (page: Page, words: string) =>
  expect(page.locator('header:has(h1) + p').filter({ hasText: words })).toBeVisible();

for (const javaScriptEnabled of [true, false])
  test(`every page of a space says below its heading who reads it, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, 'ava@foyer.example');
    const space = await makeSpace(ava, `Read by whom ${javaScriptEnabled}`);
    const made = await post(ava, `${space}/new-thread`, {
      title: 'Crane',
      body: 'Which one?',
      requestKey: 'audience'.repeat(2),
    });
    const pages = [space, `${space}/new-thread`, made.headers().location!, `${space}/search?q=crane`];
    const each = async (page: Page, words: string) => {
      for (const path of pages) {
        await page.goto(path);
        await said(page, words);
      }
    };
    const plain = await signedIn(browser, 'ava@foyer.example', {
      javaScriptEnabled,
      viewport: { width: 360, height: 700 },
    });
    await each(plain, 'Only people at Foyer Ltd can read this.');
    const [gil, hal] = await invited(ava, space, addressOf('gil'), addressOf('hal'));
    await each(plain, 'Once the invited guests join');
    const guest = await newGuest(browser, space, gil!);
    await newGuest(browser, space, hal!);
    await each(
      guest,
      'You’re a guest here: everyone from Foyer Ltd in this space and one other guest can read what you write.',
    );
    await post(guest, '/me?/profile', {
      name: 'Gil',
      company: 'Northwind',
      locale: '',
      timeZone: '',
    });
    await each(
      plain,
      'Shared with guests from Northwind and 1 other guest. 2 guests can read what’s written here.',
    );
  });

test('on a phone the announcement comes before the threads, for eyes and for screen readers', async ({
  browser,
}) => {
  const page = await signedIn(browser, 'ava@foyer.example', { viewport: { width: 360, height: 700 } });
  await page.goto('/spaces/1');
  const regions = page.getByRole('main').getByRole('region');
  const order = await regions.evaluateAll((all) =>
    all.map((region) => ({
      name: region.querySelector('h2')!.textContent,
      top: region.getBoundingClientRect().top,
    })),
  );
  expect(order.map(({ name }) => name)).toEqual(['Announcement', 'Threads', 'People', 'Related links']);
  expect(order.map(({ top }) => top)).toEqual(order.map(({ top }) => top).sort((a, b) => a - b));
});

for (const javaScriptEnabled of [true, false])
  test(`a new guest is greeted by name, until they have said hello or put it away, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, 'ava@foyer.example');
    const space = await makeSpace(ava, `First sight ${javaScriptEnabled}`);
    const [mia, hal] = await invited(ava, space, addressOf('mia'), addressOf('hal'));
    const phone = { javaScriptEnabled, viewport: { width: 360, height: 700 } };
    const page = await somebody(browser, phone);
    await signUp(page, mia!.url, 'Mia Ito');
    const card = page.getByRole('region', { name: 'Welcome, Mia Ito.' });
    await expect(
      card.getByText('Ava Lind invited you. 1 person from Foyer Ltd can read what’s written here.'),
    ).toBeVisible();
    await card.getByLabel('Which company are you from?').fill('Northwind');
    if (javaScriptEnabled) {
      await expect(card.getByText('Draft saved')).toBeVisible();
      await page.reload();
      await expect(card.getByLabel('Which company are you from?')).toHaveValue('Northwind');
    }
    await card.getByRole('button', { name: 'Say hello' }).click();
    await expect(page.getByLabel('Title')).toHaveValue('Hello from Mia Ito');
    await expect(page.getByLabel('Body')).toHaveValue(/^Hello everyone,[^]*Mia Ito$/);
    await page.getByLabel('Title').fill('Hello from Mia');
    await page.getByRole('button', { name: 'Post' }).click();
    await expect(page.getByRole('heading', { name: 'Hello from Mia', level: 1 })).toBeVisible();
    await page.goto(space);
    await expect(page.getByRole('region', { name: 'Threads' })).toBeVisible();
    await expect(card).toHaveCount(0);
    await page.goto('/me');
    await expect(page.getByLabel('Company', { exact: true })).toHaveValue('Northwind');

    const other = await somebody(browser, phone);
    await signUp(other, hal!.url, 'Hal Ho');
    const his = other.getByRole('region', { name: 'Welcome, Hal Ho.' });
    await his.getByLabel('Which company are you from?').fill('Southwind');
    await his.getByRole('button', { name: 'Got it' }).click();
    await expect(his).toHaveCount(0);
    await other.reload();
    await expect(his).toHaveCount(0);
    await other.goto('/me');
    await expect(other.getByLabel('Company', { exact: true })).toHaveValue('Southwind');
  });
