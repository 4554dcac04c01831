/** A space is archived and brought back: what its people still can do, and what they typed. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, ORIGIN, post, signedIn, somebody } from './people';

const note = (page: Page) => page.getByText(/^Archived on .+ by Ben Kowalski\. You can read everything/);
const box = (page: Page) => page.getByLabel('Write a comment', { exact: true });

/** As its administrator, without pages. */
const set = async (host: Page, space: string, on: boolean) =>
  expect((await post(host, `${space}?/archive`, on ? { on: 'on' } : {})).status()).toBe(303);

async function choose(page: Page, space: string, item: string): Promise<void> {
  await page.goto(space);
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** A thread of the host's. */
async function thread(host: Page, space: string, title: string): Promise<string> {
  await host.goto(`${space}/new-thread`);
  await host.getByLabel('Title').fill(title);
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  return new URL(host.url()).pathname;
}

/** Axe runs only where scripts do. */
async function hasNoFault(page: Page, scripts: boolean): Promise<void> {
  const wide = () => page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
  expect(await wide()).toBeLessThanOrEqual(0);
  if (scripts) expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

for (const [javaScriptEnabled, width] of [
  [true, 1280],
  [false, 360],
] as const)
  test(`everybody reads on, nobody writes, and it comes back (${width} px, scripts: ${javaScriptEnabled})`, async ({
    browser,
  }) => {
    const options = { javaScriptEnabled, viewport: { width, height: 800 } };
    const maker = await signedIn(browser, 'ben@foyer.example');
    const name = `Old Quay ${addressOf('x')}`;
    const space = await makeSpace(maker, name);
    const path = await thread(maker, space, 'Piles');
    const [one, late] = await invited(maker, space, addressOf('reader'), addressOf('late'));
    const guest = await newGuest(browser, space, one!, options);
    const host = await signedIn(browser, 'ben@foyer.example', options);

    await choose(host, space, 'Archive Space');
    const asks = host.getByRole('alertdialog', { name: /^Archive Old Quay/ });
    await expect(asks).toContainText('nobody can write');
    await hasNoFault(host, javaScriptEnabled);
    await asks.getByRole('button', { name: 'Archive Space' }).click();
    await expect(asks).toHaveCount(0);
    await expect(note(host)).toBeVisible();

    for (const page of ['', '/files', '/people', '/search', '/new-thread', path.slice(space.length)]) {
      await guest.goto(space + page);
      await expect(note(guest), page).toBeVisible();
      for (const button of ['Post', 'Comment', 'New Thread'])
        await expect(guest.getByRole('button', { name: button, exact: true }), page).toHaveCount(0);
    }
    await expect(box(guest)).toHaveCount(0);
    await expect(guest.getByRole('button', { name: /^React to/ })).toHaveCount(0);
    for (const tab of ['general', 'members', 'guests', 'guests/invite']) {
      await host.goto(`${space}/settings/${tab}`);
      await expect(note(host).last(), tab).toBeVisible();
      for (const button of ['Save', 'Add', 'Invite Guests', 'Resend', 'Send'])
        await expect(host.getByRole('button', { name: button, exact: true }), tab).toHaveCount(0);
    }
    await hasNoFault(host, javaScriptEnabled);

    await guest.goto('/');
    await expect(guest.getByRole('heading', { name })).toHaveCount(0);
    await guest.locator('summary').filter({ hasText: 'Archived spaces' }).click();
    await expect(guest.getByRole('link', { name })).toHaveAttribute('href', space);
    await hasNoFault(guest, javaScriptEnabled);

    const stranger = await somebody(browser, options);
    await stranger.goto(late!.url);
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText(`You can’t join ${name} right now`);
    await hasNoFault(stranger, javaScriptEnabled);

    await choose(host, space, 'Unarchive Space');
    await expect(note(host)).toHaveCount(0);
    await guest.goto(path);
    await box(guest).fill('Here again');
    await guest.getByRole('button', { name: 'Comment', exact: true }).click();
    await expect(guest.getByRole('article').filter({ hasText: 'Here again' })).toBeVisible();
    await stranger.goto(late!.url);
    await expect(stranger.getByLabel('Display Name')).toBeVisible();
  });

for (const javaScriptEnabled of [true, false])
  test(`what somebody is writing when the space is archived stays (scripts: ${javaScriptEnabled})`, async ({
    browser,
  }) => {
    const maker = await signedIn(browser, 'ben@foyer.example');
    const space = await makeSpace(maker, `Meanwhile ${addressOf('x')}`);
    const path = await thread(maker, space, 'Piles');
    const ben = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
    const told = ben.getByText('This space is archived. Nobody can write in it').first();
    const sends = async (button: string, field: () => ReturnType<typeof box>, text: string) => {
      if (javaScriptEnabled) await expect(ben.getByRole('button', { name: 'Preview' })).toBeVisible();
      await field().pressSequentially(text);
      await set(maker, space, true);
      await ben.getByRole('button', { name: button, exact: true }).click();
      await expect(told).toBeVisible();
      await expect(field()).toHaveValue(text);
      await set(maker, space, false);
      await ben.getByRole('button', { name: button, exact: true }).click();
      await expect(told).toHaveCount(0);
    };

    await ben.goto(path);
    await sends('Comment', () => box(ben), 'A comment, nearly lost');
    await expect(ben.getByRole('article').filter({ hasText: 'A comment, nearly lost' })).toBeVisible();

    await ben.goto(`${path}?edit=first#editing`);
    await sends('Save', () => ben.getByLabel('Your post', { exact: true }), 'A text, nearly lost');
    await expect(ben.getByRole('article').filter({ hasText: 'A text, nearly lost' })).toBeVisible();

    await ben.goto(`${space}/new-thread`);
    await ben.getByLabel('Title').fill('A thread');
    await sends('Post', () => ben.getByLabel('Body'), 'A thread, nearly lost');
    await expect(ben.getByRole('heading', { name: 'A thread', level: 1 })).toBeVisible();
  });

test('an open page hears of it: the form goes, unless somebody is writing in it', async ({ browser }) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(ben, `Heard ${addressOf('x')}`);
  const path = await thread(ben, space, 'Piles');
  const [idle, busy] = [
    await signedIn(browser, 'ben@foyer.example'),
    await signedIn(browser, 'ben@foyer.example'),
  ];
  for (const page of [idle, busy]) {
    await page.goto(path);
    await expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();
  }
  await box(busy).pressSequentially('Still here');
  await set(ben, space, true);
  for (const page of [idle, busy]) await expect(note(page)).toBeVisible();
  await expect(box(idle)).toHaveCount(0);
  await expect(box(busy)).toHaveValue('Still here');
  await set(ben, space, false);
  for (const page of [idle, busy]) await expect(note(page)).toHaveCount(0);
  await expect(box(idle)).toBeVisible();
  await busy.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(busy.getByRole('article').filter({ hasText: 'Still here' })).toBeVisible();
});

test('site administrators archive a space in the administration, and bring it back', async ({ browser }) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const name = `Far away ${addressOf('x')}`;
  const space = await makeSpace(ben, name);
  const ava = await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled: false });
  await ava.goto(`/admin/spaces?search=${encodeURIComponent(name)}`);
  const row = ava.getByRole('row', { name });
  await row.getByRole('button', { name: 'Archive Space', exact: true }).click();
  await ava.getByRole('alertdialog').getByRole('button', { name: 'Archive Space' }).click();
  await expect(row.getByText('Archived', { exact: true })).toBeVisible();
  await expect(ava.getByRole('status')).toHaveText('Space archived. Nobody can write in it now.');
  await ben.goto(space);
  await expect(ben.getByText(/^Archived on .+ by Ava Lind/)).toBeVisible();
  await row.getByRole('button', { name: 'Unarchive Space' }).click();
  await expect(row.getByRole('button', { name: 'Archive Space', exact: true })).toBeVisible();
  await expect(ava.getByRole('status')).toHaveText('Space unarchived. Everyone in it can write again.');
  expect(new URL(ava.url()).origin).toBe(ORIGIN);
});
