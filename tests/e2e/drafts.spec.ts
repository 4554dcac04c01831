/** Drafts: nothing that was typed is lost by a reload, a second tab or a refusal; nothing that was posted comes back. */
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, newGuest, signedIn } from './people';

let space = '';
let host: Page;

const title = (page: Page) => page.getByLabel('Title', { exact: true });
const body = (page: Page) => page.getByLabel('Body', { exact: true });
const comment = (page: Page) => page.getByLabel('Write a comment', { exact: true });
const kept = (page: Page) => page.getByText('Draft saved');
/** Waits until the scripts have started and looked for a draft. */
async function opened(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();
}

test.beforeAll(async ({ browser }) => {
  host = await signedIn(browser, 'ben@foyer.example');
  space = await makeSpace(host, 'Drafts');
});
test.afterAll(() => host.context().close());

test('title and text survive a reload and a refusal, and are cleared once they are posted', async () => {
  await opened(host, `${space}/new-thread`);
  await body(host).pressSequentially('Half a sentence');
  await expect(kept(host)).toBeVisible();
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host.getByRole('alert')).toBeVisible();
  await title(host).fill('Drafted');
  await expect(kept(host)).toBeVisible();
  await host.reload();
  await expect(body(host)).toHaveValue('Half a sentence');
  await expect(title(host)).toHaveValue('Drafted');
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  await opened(host, `${space}/new-thread`);
  await host.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('new-thread')));
  await expect(body(host)).toHaveValue('');
  await expect(title(host)).toHaveValue('');
});

test('files of a draft come back with it after a reload and after Back, and are posted; what was not whole is named', async () => {
  await opened(host, `${space}/new-thread`);
  await title(host).fill('Files of a draft');
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  const thread = new URL(host.url()).pathname;
  await opened(host, thread);
  const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('The plan') };
  const half = { name: 'half.txt', mimeType: 'text/plain', buffer: Buffer.from('Never arrives') };
  const chosen = host.getByRole('list', { name: 'Chosen files' });
  await host.getByLabel('Attach files').setInputFiles(plan);
  await expect(chosen.getByText('plan.txt')).toBeVisible();
  await expect(host.getByText('plan.txt attached.')).toBeAttached();
  await host.route('**/files?name=half.txt', () => {});
  await host.getByLabel('Attach files').setInputFiles(half);
  await comment(host).pressSequentially('With the plan');
  await expect(kept(host)).toBeVisible();
  await host.waitForFunction(() => Object.values(localStorage).some((text) => text.includes('half.txt')));

  const cameBack = async () => {
    await expect(comment(host)).toHaveValue('With the plan');
    await expect(chosen.getByRole('listitem')).toHaveCount(1);
    await expect(chosen.getByText('plan.txt')).toBeVisible();
    await expect(host.getByText('Choose these files again: half.txt')).toBeVisible();
  };
  await host.reload();
  await cameBack();
  await host.unroute('**/files?name=half.txt');
  await host.getByRole('link', { name: 'Drafts', exact: true }).first().click();
  await expect(host.getByRole('heading', { name: 'Drafts', level: 1 })).toBeVisible();
  await host.goBack();
  await cameBack();

  await host.getByLabel('Attach files').setInputFiles(half);
  await expect(host.getByText('half.txt attached.')).toBeAttached();
  await expect(host.getByText('Choose these files again')).toHaveCount(0);
  await host.getByRole('button', { name: 'Comment', exact: true }).click();
  const posted = host.getByRole('article').filter({ hasText: 'With the plan' });
  await expect(posted.getByRole('link', { name: /plan\.txt/ })).toBeVisible();
  await expect(posted.getByRole('link', { name: /half\.txt/ })).toBeVisible();
  await host.reload();
  await expect(host.getByRole('button', { name: 'Preview' })).toBeVisible();
  await expect(comment(host)).toHaveValue('');
  await expect(chosen).toHaveCount(0);
});

test('each tab has its own draft, which a post in another tab does not clear', async () => {
  await opened(host, `${space}/new-thread`);
  await title(host).fill('Two tabs');
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  const thread = new URL(host.url()).pathname;
  const second = await host.context().newPage();
  await opened(host, thread);
  await comment(host).pressSequentially('Long thoughts of the first tab');
  await expect(kept(host)).toBeVisible();
  await opened(second, thread);
  await expect(comment(second)).toHaveValue('');
  await comment(second).pressSequentially('Quick answer of the second');
  await expect(kept(second)).toBeVisible();
  await second.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(second.getByRole('article').filter({ hasText: 'Quick answer' })).toBeVisible();
  await expect(comment(second)).toHaveValue('');
  await host.reload();
  await expect(comment(host)).toHaveValue('Long thoughts of the first tab');
  await second.close();
  await opened(host, thread);
  await expect(comment(host)).toHaveValue('Long thoughts of the first tab');
  await host.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(host.getByRole('article').filter({ hasText: 'Long thoughts' })).toBeVisible();
  await host.reload();
  await expect(host.getByRole('button', { name: 'Preview' })).toBeVisible();
  await expect(comment(host)).toHaveValue('');
});

test('a reload keeps the draft, however late the browser lets go of the page before; a copy of the tab does not have it', async () => {
  const page = await host.context().newPage();
  await opened(page, `${space}/new-thread`);
  await body(page).pressSequentially('Typed before a slow reload');
  await expect(kept(page)).toBeVisible();
  // Like the page before: it holds the name a while, and is silent.
  await page.addInitScript(
    () =>
      void navigator.locks.request(
        `tab:${sessionStorage.getItem('tab')}`,
        { ifAvailable: false },
        () => new Promise((gone) => setTimeout(gone, 1_500)),
      ),
  );
  await page.reload();
  await expect(body(page)).toHaveValue('Typed before a slow reload');
  const [copy] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => void window.open(location.href)),
  ]);
  await expect(copy.getByRole('button', { name: 'Preview' })).toBeVisible();
  await body(copy).pressSequentially('Of the copy');
  await expect(kept(copy)).toBeVisible();
  await expect(body(copy)).toHaveValue('Of the copy');
  for (const tab of [copy, page]) {
    await body(tab).fill('');
    await body(tab).blur();
    await tab.close();
  }
});

test('the draft of a closed tab continues in the next one', async () => {
  const first = await host.context().newPage();
  await opened(first, `${space}/new-thread`);
  await title(first).fill('Begun in a tab that is closed');
  await expect(kept(first)).toBeVisible();
  await first.close();
  const next = await host.context().newPage();
  await opened(next, `${space}/new-thread`);
  await expect(title(next)).toHaveValue('Begun in a tab that is closed');
  await next.close();
});

test('edits, settings and invitations have drafts too', async () => {
  await opened(host, `${space}/new-thread`);
  await title(host).fill('Edited');
  await body(host).fill('As it was');
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  const thread = new URL(host.url()).pathname;
  await opened(host, `${thread}?edit=first`);
  await host.locator('#edit-body').fill('As it will be');
  await expect(kept(host)).toBeVisible();
  await host.reload();
  await expect(host.locator('#edit-body')).toHaveValue('As it will be');
  for (const [path, field] of [
    ['settings/general', 'Space name'],
    ['settings/guests/invite', 'Message'],
  ] as const) {
    await host.goto(`${space}/${path}`);
    const box = host.getByLabel(field, { exact: true });
    await box.fill('Typed, not saved');
    await expect(kept(host)).toBeVisible();
    await host.reload();
    await expect(box).toHaveValue('Typed, not saved');
  }
});

for (const [what, addresses] of [
  ['in part', (good: string) => `${good}, nope@`],
  ['as a whole', () => ' '],
] as const)
  test(`an invitation that was refused ${what} is still a draft after Back`, async () => {
    await host.goto(`${space}/settings/guests`, { waitUntil: 'networkidle' });
    await host.getByRole('button', { name: 'Invite Guests' }).click();
    const box = host.getByLabel('E-mail addresses');
    await box.fill(addresses(addressOf('back')));
    await host.getByLabel('Message', { exact: true }).fill('Half a message');
    await host.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(host.getByRole('alert').first()).toBeVisible();
    await host.goBack();
    await expect(box).toBeHidden();
    await host.getByRole('button', { name: 'Invite Guests' }).click();
    await expect(host.getByLabel('Message', { exact: true })).toHaveValue('Half a message');
    if (what === 'in part') await expect(box).toHaveValue('nope@');
  });

test('the profile has a draft too, which survives a refusal and is cleared once it is saved', async ({
  browser,
}) => {
  const [link] = await invited(host, space, addressOf('profile'));
  const page = await newGuest(browser, space, link!);
  const [name, company] = [page.getByLabel('Display Name'), page.getByLabel('Company')];
  const keys = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':me:')));
  const save = () => page.locator('form[action="?/profile"] button[type=submit]').click();
  await page.goto('/me');
  await company.pressSequentially('Typed, not saved');
  await expect(kept(page)).toBeVisible();
  await page.reload();
  await expect(company).toHaveValue('Typed, not saved');
  await name.fill('');
  await save();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(company).toHaveValue('Typed, not saved');
  await name.fill('Guest Person the Second');
  await save();
  await expect(page.getByRole('status')).toBeVisible();
  await expect(company).toHaveValue('Typed, not saved');
  await expect.poll(keys).toEqual([]);
  await page.context().close();
});

test('signing out deletes the drafts of this browser', async ({ browser }) => {
  const [link] = await invited(host, space, addressOf('leaver'));
  const page = await newGuest(browser, space, link!);
  await opened(page, `${space}/new-thread`);
  await body(page).pressSequentially('Nobody else is to read this');
  await expect(kept(page)).toBeVisible();
  const keys = () => page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('draft:')));
  expect(await keys()).toHaveLength(1);
  await page.getByRole('button', { name: /Guest Person/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
  expect(await keys()).toHaveLength(0);
  await page.context().close();
});

test('forms of the administration have drafts too, which are cleared once they are posted', async ({
  browser,
}) => {
  const page = await signedIn(browser, 'ava@foyer.example');
  const keys = (name: string) =>
    page.evaluate((part) => Object.keys(localStorage).filter((key) => key.includes(part)), `:${name}`);
  const invite = page.locator('form[action="?/invite"]');
  const email = invite.getByLabel('E-mail address', { exact: true });
  const address = addressOf('drafted');

  await page.goto('/admin/users');
  await email.pressSequentially(address);
  await expect(kept(page)).toBeVisible();
  await page.reload();
  await expect(email).toHaveValue(address);
  await email.fill(`${address} `.repeat(2));
  await invite.getByRole('button').click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect.poll(() => keys('invite-user')).toHaveLength(1);
  await email.fill(address);
  await invite.getByRole('button').click();
  await expect(page.getByRole('status').first()).toBeVisible();
  await expect.poll(() => keys('invite-user')).toEqual([]);
  await expect(email).toHaveValue('');

  // A post that nobody received is not an invitation, whatever the page said about the one before.
  await email.pressSequentially(addressOf('unsent'));
  await expect(kept(page)).toBeVisible();
  const typed = await email.inputValue();
  await page.route('**/admin/users?/invite', (route) => route.abort());
  await invite.getByRole('button').click();
  await page.waitForTimeout(500);
  await page.unroute('**/admin/users?/invite');
  if (!/\/admin\/users/.test(page.url())) await page.goBack();
  await expect(email).toHaveValue(typed);

  const limit = page.locator('form[action="?/storage"]').getByRole('textbox').first();
  await page.goto('/admin/spaces');
  const before = await limit.inputValue();
  await limit.fill('');
  await limit.pressSequentially('77');
  await expect(kept(page)).toBeVisible();
  await page.reload();
  await expect(limit).toHaveValue('77');
  // The visible setting stays the same: saved as `05`, its draft goes too.
  await limit.fill(`0${before}`);
  await page.locator('form[action="?/storage"]').getByRole('button').click();
  await expect(page.getByRole('status').first()).toBeVisible();
  await expect.poll(() => keys('storage')).toEqual([]);
  await page.context().close();
});
