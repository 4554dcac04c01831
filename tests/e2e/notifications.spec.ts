/** Notifications in the portal and by mail, how people choose them, and how they stop. */
import { expect, test, type Page } from '@playwright/test';
import {
  addressOf,
  invited,
  linkIn,
  mailsTo,
  makeSpace,
  newMail,
  signedIn,
  signUp,
  somebody,
} from './people';

let host: Page;
let space: string;

test.beforeAll(async ({ browser }) => {
  host = await signedIn(browser, 'ben@foyer.example');
  space = await makeSpace(host, 'Tidings');
});

/** A guest of the space, with a name that a text can mention. */
async function guest(
  browser: Parameters<typeof somebody>[0],
  name: string,
  options: Parameters<typeof somebody>[1] = {},
): Promise<{ page: Page; email: string }> {
  const email = addressOf(name.split(' ')[0]!.toLowerCase());
  const [invitation] = await invited(host, space, email);
  const page = await somebody(browser, options);
  await signUp(page, invitation!.url, name);
  await expect(page).toHaveURL(space);
  return { page, email };
}

/** Ben begins a thread; returns its path. */
async function begin(title: string, body: string): Promise<string> {
  await host.goto(`${space}/new-thread`);
  await host.getByLabel('Title').fill(title);
  await host.getByLabel('Body').fill(body);
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host.getByRole('heading', { level: 1, name: title })).toBeVisible();
  return new URL(host.url()).pathname;
}

async function comment(thread: string, body: string): Promise<void> {
  await host.goto(thread);
  await host.getByLabel('Write a comment').fill(body);
  await host.getByRole('button', { name: 'Comment' }).click();
  await expect(host.getByText(body.slice(0, 20)).first()).toBeVisible();
}

const bell = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

test('a comment in a followed thread: the home page hears of it, and the list that opens holds it', async ({
  browser,
}) => {
  const { page } = await guest(browser, 'Fay Follow');
  const thread = await begin('Doors', 'Which doors do we take?');
  await page.goto(thread);
  await page.getByLabel('Write a comment').fill('The oak ones.');
  await page.getByRole('button', { name: 'Comment' }).click();
  await expect(page.getByText('The oak ones.')).toBeVisible();
  await page.goto('/');
  const tidings = page.getByRole('region', { name: 'Notifications' });
  await expect(tidings.getByRole('link', { name: 'To me', exact: true })).toHaveAttribute('aria-current');

  await comment(thread, 'Oak it is, then.');
  await expect(bell(page, 'Unread: 1')).toBeVisible();
  const all = tidings.getByRole('link', { name: 'All', exact: true });
  await expect(all).toHaveAttribute('aria-current', 'page');
  await expect(all).toHaveAccessibleDescription('1 unread');
  await expect(tidings.getByRole('link', { name: 'To me', exact: true })).toHaveAccessibleDescription('');
  await expect(tidings.getByRole('listitem')).toHaveText([/Oak it is/]);

  // What is read stays in view.
  await tidings.getByRole('button', { name: 'Mark as read' }).click();
  await expect(bell(page, 'Nothing unread')).toBeVisible();
  await expect(tidings.getByRole('listitem')).toHaveText([/Oak it is/]);
  await expect(all).toHaveAttribute('aria-current', 'page');
});

test('a mention: the mail at once with the text, its link leads to the comment, and then it is read', async ({
  browser,
  request,
}) => {
  const { page, email } = await guest(browser, 'Mia Mention');
  const thread = await begin('Lamps', 'Which lamps do we take?');
  await comment(thread, 'The round ones, @Mia Mention: are they in stock?');

  const mail = await newMail(request, email, /round ones/);
  expect(mail.subject).toMatch(/^Re: \[.+\] Lamps$/);
  expect(mail.from).toContain('Ben Kowalski (via ');
  expect(mail.text).toMatch(/^Ben Kowalski mentioned you in “Lamps”/);
  expect(mail.text).toContain('The round ones, @Mia Mention: are they in stock?');
  expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');

  await page.goto('/');
  await expect(bell(page, 'Unread: 1')).toBeVisible();
  const tidings = page.getByRole('region', { name: 'Notifications' });
  await expect(tidings.getByRole('link', { name: /Ben Kowalski mentioned you/ })).toContainText('round ones');

  // Who looks at it has read it: the page says so itself, once its script runs.
  const marked = page.waitForRequest(/\?\/read$/);
  await page.goto(linkIn(mail, /\/threads\//));
  await expect(page.getByText('The round ones')).toBeInViewport();
  await marked;
  await expect
    .poll(async () => {
      await page.goto('/notifications');
      return bell(page, 'Nothing unread').count();
    })
    .toBe(1);
});

for (const javaScriptEnabled of [true, false])
  test(`the lists, ${javaScriptEnabled ? 'with' : 'without'} scripts: to me, all, read later, read`, async ({
    browser,
  }) => {
    const name = javaScriptEnabled ? 'Nora Script' : 'Olaf Plain';
    const { page } = await guest(browser, name, { javaScriptEnabled });
    await page.goto('/notifications');
    await expect(page.getByRole('heading', { name: 'Nobody has mentioned you yet.' })).toBeVisible();

    await begin(`One for ${name}`, `Hello @${name}, the first.`);
    await begin(`Two for ${name}`, `Hello @${name}, the second.`);
    await page.goto('/');
    await expect(bell(page, 'Unread: 2')).toBeVisible();
    const tidings = page.getByRole('region', { name: 'Notifications' });
    const lines = tidings.getByRole('listitem');
    await expect(lines).toHaveText([/the second/, /the first/]);
    await tidings.getByRole('link', { name: 'All', exact: true }).click();
    await expect(page).toHaveURL(/\/\?show=all$/);

    // Put aside: the page stays where it was.
    await lines.first().getByRole('button', { name: 'Read later' }).click();
    await expect(lines.first().getByRole('button', { name: 'Read later' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await expect(page).toHaveURL(/\/\?show=all$/);
    await lines.first().getByRole('button', { name: 'Mark as read' }).click();
    await expect(lines.first().getByRole('button', { name: 'Mark as read' })).toHaveCount(0);
    await expect(bell(page, 'Unread: 1')).toBeVisible();

    await tidings.getByRole('link', { name: 'Show all notifications' }).click();
    await page.getByRole('link', { name: 'Read later' }).click();
    await expect(page).toHaveURL(/show=later$/);
    const all = page.getByRole('main').getByRole('listitem');
    await expect(all).toHaveText([/the second/]);
    await all.getByRole('button', { name: 'Read later' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing saved for later.' })).toBeVisible();

    await page.getByRole('link', { name: 'To me' }).click();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect(bell(page, 'Nothing unread')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Mark all as read' })).toHaveCount(0);
    await expect(all).toHaveCount(2);
  });

test.describe('what is mailed', () => {
  test.use({ javaScriptEnabled: false });

  test('is chosen under "Your account" and saved', async ({ browser }) => {
    const { page } = await guest(browser, 'Pia Choice', { javaScriptEnabled: false });
    await page.goto('/me');
    await expect(page.getByRole('radio', { name: 'When someone mentions you' })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'Right away, with the text' })).toBeChecked();
    await page.getByRole('radio', { name: 'Everything you’re notified about' }).check();
    await page.getByRole('radio', { name: 'Once a day, in one e-mail' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.getByRole('status')).toHaveText('Saved. You’ll get the e-mails you chose.');
    await page.goto('/me');
    await expect(page.getByRole('radio', { name: 'Everything you’re notified about' })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'Once a day, in one e-mail' })).toBeChecked();
  });

  test('stops by the link in the mail: opening it changes nothing, the button does; it can be turned on again', async ({
    browser,
    page,
    request,
  }) => {
    const { page: own, email } = await guest(browser, 'Quin Stop', { javaScriptEnabled: false });
    await begin('Stop by hand', 'First for @Quin Stop.');
    const link = linkIn(await newMail(request, email, /First for/), /\/unsubscribe\//);

    // Somebody who is not signed in, as in a mail program.
    await page.goto(link);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stop notification e-mails?');
    await expect(page.getByText('q…@partner.example')).toBeVisible();
    await own.goto('/me');
    await expect(own.getByRole('radio', { name: 'When someone mentions you' })).toBeChecked();
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You’re unsubscribed');
    await own.goto('/me');
    await expect(own.getByRole('radio', { name: 'Nothing' })).toBeChecked();
    await own.getByRole('radio', { name: 'When someone mentions you' }).check();
    await own.getByRole('button', { name: 'Apply' }).click();
    await begin('Again', 'Again for @Quin Stop.');
    await newMail(request, email, /Again for/);
  });

  test('stops by one click in a mail program (RFC 8058), a post without Origin', async ({
    browser,
    request,
  }) => {
    const { page, email } = await guest(browser, 'Rosa Click', { javaScriptEnabled: false });
    await begin('Stop by one click', 'First for @Rosa Click.');
    const mail = await newMail(request, email, /First for/);
    const url = /^<(\S+)>$/.exec(mail.headers['List-Unsubscribe']!)![1]!;
    const answer = await request.post(url, { form: { 'List-Unsubscribe': 'One-Click' }, maxRedirects: 0 });
    expect(answer.status()).toBe(200);
    await page.goto('/me');
    await expect(page.getByRole('radio', { name: 'Nothing' })).toBeChecked();
    const before = await mailsTo(request, email);
    await begin('Silence', 'Second for @Rosa Click.');
    await page.goto('/');
    await expect(bell(page, 'Unread: 2')).toBeVisible();
    expect(await mailsTo(request, email)).toHaveLength(before.length);
  });

  test('a link that is not ours says so, and what to do', async ({ page }) => {
    await page.goto('/unsubscribe/nobody');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link doesn’t work');
    await expect(page.getByRole('link', { name: 'Open your account' })).toHaveAttribute(
      'href',
      '/me#notification-mail',
    );
  });
});
