/** Notifications in the portal and by mail, how people choose them, and how they stop. */
import { expect, test, type Page } from './test';
import {
  addressOf,
  invited,
  linkIn,
  mailsTo,
  makeSpace,
  newMail,
  post,
  tenMinutesLater,
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

/** Beside the button: there are words for each audience, of which one is shown. */
const toldWords = (page: Page, words: RegExp) => page.getByText(words).filter({ visible: true });
const bell = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

test('a thread that somebody follows: the home page hears of it, and the list that opens holds it', async ({
  browser,
}) => {
  const { page } = await guest(browser, 'Fay Follow');
  await page.goto('/');
  const tidings = page.getByRole('region', { name: 'Notifications' });
  const [me, all] = ['To me', 'All'].map((name) => tidings.getByRole('link', { name, exact: true }));
  await expect(me!).toHaveAttribute('aria-current', 'page');

  await begin('Doors', 'Which doors do we take?');
  await expect(bell(page, 'Unread: 1')).toBeVisible();
  await expect(all!).toHaveAttribute('aria-current', 'page');
  await expect(all!).toHaveAccessibleDescription('1 unread');
  await expect(me!).toHaveAccessibleDescription('');
  await expect(tidings.getByRole('listitem')).toHaveText([/Doors/]);
  await expect(page.getByText('You have a new notification.')).toBeAttached();

  // What is read stays in view.
  await tidings.getByRole('button', { name: 'Mark as read' }).click();
  await expect(bell(page, 'Nothing unread')).toBeVisible();
  await expect(tidings.getByRole('listitem')).toHaveText([/Doors/]);
  await expect(all!).toHaveAttribute('aria-current', 'page');
});

for (const javaScriptEnabled of [true, false])
  test(`whoever invited a guest hears that they have joined, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const name = `Joy ${addressOf('j').slice(2, 6)}`;
    await guest(browser, name);
    const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
    await page.goto('/notifications?show=all', { waitUntil: 'networkidle' });
    const line = page.getByRole('listitem').filter({ hasText: `${name} (guest) joined Tidings` });
    const read = line.getByRole('button', { name: 'Mark as read' });
    await expect(read).toBeVisible();
    await line.getByRole('link').click();
    await expect(page).toHaveURL(space);
    await page.goto('/notifications?show=all');
    if (!javaScriptEnabled) await read.click();
    await expect(line).toBeVisible();
    await expect(read).toHaveCount(0);
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

  // The thread, which every guest hears of, and the mention.
  await page.goto('/');
  await expect(bell(page, 'Unread: 2')).toBeVisible();
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
    await expect(page.getByRole('heading', { name: 'No mentions' })).toBeVisible();

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
    await expect(page.getByRole('heading', { name: 'Nothing saved for later' })).toBeVisible();

    await page.getByRole('link', { name: 'To me' }).click();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect(bell(page, 'Nothing unread')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Mark all as read' })).toHaveCount(0);
    await expect(all).toHaveCount(2);
  });

for (const javaScriptEnabled of [true, false])
  test(`beside the button stands who will be told, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const name = javaScriptEnabled ? 'Uma Script' : 'Ugo Plain';
    const { page } = await guest(browser, name, { javaScriptEnabled });
    await page.goto(`${space}/new-thread`);
    await expect(toldWords(page, /^Ben Kowalski.* will be notified/)).toBeVisible();
    await page.getByLabel('Title').fill(`Urgent from ${name}`);
    await page.getByLabel('Body').fill('The site is down');
    if (javaScriptEnabled) {
      await page.getByLabel('Notify everyone in this space').check();
      const everyone = toldWords(page, /^Everyone in this space \(\d+\) will be notified$/);
      await expect(everyone).toBeVisible();
      await page.getByLabel('Notify everyone in this space').uncheck();
    }
    await page.getByRole('button', { name: 'Post' }).click();
    await expect(page.getByRole('heading', { level: 1, name: `Urgent from ${name}` })).toBeVisible();

    const alone = await makeSpace(host, `Alone ${name}`);
    const own = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
    await own.goto(`${alone}/new-thread`);
    await expect(toldWords(own, /^Nobody will be notified yet/)).toBeVisible();
    const [invitation] = await invited(host, alone, addressOf('vera'));
    await signUp(await somebody(browser), invitation!.url, 'Vera Alone');
    await expect
      .poll(async () => {
        await own.goto(`${alone}/new-thread`);
        return toldWords(own, /^Vera Alone \(guest\) will be notified/).count();
      })
      .toBe(1);
    // Playwright finds no text in <noscript>.
    if (!javaScriptEnabled) expect(await own.content()).toContain('so will anyone you mention');
  });

test('fresh data of the page undoes no choice', async ({ browser }) => {
  await guest(browser, 'Fay Fresh');
  // A browser that has moved: the page is loaded again as soon as the server knows of it.
  const page = await signedIn(browser, 'ben@foyer.example', { timezoneId: 'Asia/Tokyo' });
  let tellZone = () => {};
  const told = new Promise<void>((done) => (tellZone = done));
  await page.route('**/me?/zone', async (route) => {
    await told;
    await route.continue();
  });
  await page.goto(`${space}/new-thread`);
  await page.getByLabel('Notify everyone in this space').check();
  const everyone = toldWords(page, /^Everyone in this space \(\d+\) will be notified$/);
  await expect(everyone).toBeVisible();
  // Its response is not always reported as finished.
  const fresh = new Promise<void>((done) =>
    page.route('**/new-thread/__data.json*', async (route) => {
      await route.fulfill({ response: await route.fetch() });
      done();
    }),
  );
  tellZone();
  await fresh;
  await page.evaluate(() => new Promise((painted) => requestIdleCallback(painted)));
  await expect(everyone).toBeVisible();
  await page.context().close();
});

test('whoever is named while typing is named beside the button', async ({ browser }) => {
  const own = await makeSpace(host, 'Typed');
  const found = await host.request.get('/spaces/new/people?search=Cho');
  const { people } = (await found.json()) as { people: { id: string }[] };
  await post(host, `${own}/settings/members?/add`, { id: people[0]!.id });
  const page = await signedIn(browser, 'ben@foyer.example');
  await page.goto(`${own}/new-thread`);
  await expect(toldWords(page, /^Nobody will be notified yet/)).toBeVisible();
  await page.getByLabel('Body').pressSequentially('Hello @Cho');
  await page.getByRole('option', { name: /Cho Yamada/ }).click();
  await expect(toldWords(page, /^Cho Yamada will be notified$/)).toBeVisible();
  await page.getByLabel('Body').fill('Hello');
  await expect(toldWords(page, /^Nobody will be notified yet/)).toBeVisible();
  // Pasted, or back as a draft: the completion never offered it.
  await page.getByLabel('Body').fill('Hello @cho yamada, come');
  await expect(toldWords(page, /^Cho Yamada will be notified$/)).toBeVisible();
  await expect(page.getByText('Draft saved')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Body')).toHaveValue('Hello @cho yamada, come');
  await expect(toldWords(page, /^Cho Yamada will be notified$/)).toBeVisible();
  await page.getByLabel('Body').fill('> Hello @cho yamada, come');
  await expect(toldWords(page, /^Nobody will be notified yet/)).toBeVisible();
});

test('a guest writes, nobody looks: the space administrator gets one mail for the space', async ({
  browser,
  request,
}) => {
  const { page } = await guest(browser, 'Xena Urgent');
  const before = await mailsTo(request, 'ben@foyer.example');
  for (const title of ['The site is down', 'The pump stands still']) {
    await page.goto(`${space}/new-thread`);
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Body').fill('Please look.');
    await page.getByRole('button', { name: 'Post' }).click();
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }
  await tenMinutesLater(request);
  const mail = await newMail(request, 'ben@foyer.example', /The site is down/, before);
  expect(mail.text).toContain('The pump stands still');
});

for (const javaScriptEnabled of [true, false])
  test(`a space is muted and unmuted, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
    request,
  }) => {
    const name = javaScriptEnabled ? 'Yara Mute' : 'Yves Plain';
    const { page, email } = await guest(browser, name, { javaScriptEnabled });
    const choose = async (item: string) => {
      await page.goto(space);
      await page.getByRole('button', { name: 'Options' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Mute this space');
    await expect(page.getByText('You’ve muted this space.')).toBeVisible();
    const thread = await begin(`Quiet for ${name}`, 'Not for you');
    await comment(thread, `Loud, @${name}`);
    await newMail(request, email, /Loud/);
    await tenMinutesLater(request);
    for (const { text } of await mailsTo(request, email)) expect(text).not.toContain('Not for you');
    await page.goto('/me');
    await page.getByRole('button', { name: 'Unmute' }).click();
    await expect(page.getByText('None. To mute a space')).toBeVisible();
    await choose('Mute this space');
    await expect(page.getByText('You’ve muted this space.')).toBeVisible();
    await choose('Unmute this space');
    await expect(page.getByText('You’ve muted this space.')).toHaveCount(0);
  });

test.describe('what is mailed', () => {
  test.use({ javaScriptEnabled: false });

  test('is chosen under "Your account" and saved', async ({ browser }) => {
    const { page } = await guest(browser, 'Pia Choice', { javaScriptEnabled: false });
    await page.goto('/me');
    await expect(page.getByRole('radio', { name: 'Right away' })).toBeChecked();
    await page.getByRole('radio', { name: 'Once a day' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.getByRole('status')).toHaveText('Saved. You’ll get the e-mails you chose.');
    await page.goto('/me');
    await expect(page.getByRole('radio', { name: 'Once a day' })).toBeChecked();
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
    await expect(own.getByRole('radio', { name: 'Right away' })).toBeChecked();
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You’re unsubscribed');
    await own.goto('/me');
    await expect(own.getByRole('radio', { name: 'Nothing' })).toBeChecked();
    await own.getByRole('radio', { name: 'Right away' }).check();
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
