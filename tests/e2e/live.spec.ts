/** Pages that show others' texts as they come, and what must not suffer from that. */
import { expect, test, type Page } from './test';
import { addressOf, gate, invited, makeSpace, newGuest, ORIGIN, post, signedIn } from './people';

/** Until it is released. */
async function hold(page: Page, address: RegExp) {
  const [reached, released] = [gate(), gate()];
  await page.route(address, async (route) => {
    reached.open();
    await released.opened;
    await route.continue();
  });
  return { held: reached.opened, go: released.open };
}

async function openThread(page: Page, title: string): Promise<string> {
  await page.goto('/spaces/1/new-thread');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Body').fill('What do you think?');
  await page.getByRole('button', { name: 'Post' }).click();
  await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

test('a link that somebody follows is never lost to news that arrive at the same time', async ({
  browser,
}) => {
  const [ben, ava] = [
    await signedIn(browser, 'ben@foyer.example'),
    await signedIn(browser, 'ava@foyer.example'),
  ];
  const thread = await openThread(ben, 'News and links');
  await ava.goto(thread, { waitUntil: 'networkidle' });
  const { held, go } = await hold(ava, /\/spaces\/1\/__data\.json/);
  await ava.getByRole('link', { name: 'Harbour Bridge' }).first().click({ noWaitAfter: true });
  await held;
  const news = ava.waitForResponse((answer) => /\/changes\?/.test(answer.url()) && answer.status() === 200);
  await post(ben, `${thread}?/comment`, { body: 'Meanwhile', requestKey: 'meanwhilemeanwhile' });
  await news;
  go();
  await expect(ava).toHaveURL(`${ORIGIN}/spaces/1`);
});

for (const arrived of [true, false])
  test(`whoever goes on while their form is being sent stays where they went, and it is sent once (${arrived ? 'arrived' : 'on the way'} when the answer comes)`, async ({
    browser,
  }) => {
    const ben = await signedIn(browser, 'ben@foyer.example');
    const thread = await openThread(ben, 'Sent on the way');
    // Without its script the page would submit the form itself.
    await ben.goto(thread, { waitUntil: 'networkidle' });
    const form = await hold(ben, /\?\/comment/);
    const page = await hold(ben, /\/spaces\/1\/__data\.json/);
    const box = ben.getByLabel('Write a comment');
    await box.fill('Written in passing');
    await ben.getByRole('button', { name: 'Comment' }).click({ noWaitAfter: true });
    await form.held;
    await ben.getByRole('link', { name: 'Harbour Bridge' }).first().click({ noWaitAfter: true });
    await page.held;
    const sent = ben.waitForResponse(/\?\/comment/);
    if (arrived) page.go();
    if (arrived) await expect(ben).toHaveURL(`${ORIGIN}/spaces/1`);
    const loaded = ben.waitForResponse(/\/spaces\/1\/__data\.json/);
    form.go();
    await sent;
    page.go();
    await loaded;
    await expect(ben).toHaveURL(`${ORIGIN}/spaces/1`);
    // The draft of what was sent does not come back.
    await ben.goto(thread, { waitUntil: 'networkidle' });
    await expect(ben.getByRole('article').filter({ hasText: 'Written in passing' })).toHaveCount(1);
    await expect(box).toHaveValue('');
  });

for (const late of [true, false])
  test(`a refusal outlasts news that arrive ${late ? 'just before' : 'after'} it, and so does what was mended since`, async ({
    browser,
  }) => {
    const ben = await signedIn(browser, 'ben@foyer.example');
    const space = await makeSpace(ben, `Refused ${late}`);
    const [invitation] = await invited(ben, space, addressOf('refused'));
    const guest = await newGuest(browser, space, invitation!);
    await guest.goto(space, { waitUntil: 'networkidle' });
    const asked = guest.getByLabel('Which company are you from?', { exact: true });
    const alert = guest.getByRole('alert');
    const data = await hold(guest, /\/__data\.json/);
    const news = () =>
      post(ben, `${space}/new-thread`, { title: 'News', body: 'Look', requestKey: `newsofrefused${late}` });
    if (late) {
      await news();
      await data.held;
    }
    const refused = guest.waitForResponse(/\?\/company/);
    await guest.getByRole('button', { name: 'Save', exact: true }).click();
    await refused;
    if (!late) await expect(alert).toContainText('Please type a company name.');
    if (!late) await news();
    data.go();
    await expect(guest.getByRole('link', { name: 'News' })).toBeVisible();
    await expect(alert).toContainText('Please type a company name.');
    await expect(asked).toHaveAccessibleDescription(/Please type a company name/);
    await asked.fill('Southwind');
    await expect(asked).not.toHaveAccessibleDescription(/Please type a company name/);
    await post(ben, `${space}/new-thread`, {
      title: 'Later',
      body: 'Look',
      requestKey: `laterthanrefused${late}`,
    });
    await expect(guest.getByRole('link', { name: 'Later' })).toBeVisible();
    await expect(asked).not.toHaveAccessibleDescription(/Please type a company name/);
  });

test('a thread that is open in front of nobody is not marked as read until somebody is there again', async ({
  browser,
}) => {
  const [ben, ava] = [
    await signedIn(browser, 'ben@foyer.example'),
    await signedIn(browser, 'ava@foyer.example'),
  ];
  const thread = await openThread(ben, 'Left open at lunch');
  await ben.clock.install();
  await ben.goto(thread, { waitUntil: 'networkidle' });
  const marked: string[] = [];
  ben.on('request', (request) => /\?\/read/.test(request.url()) && marked.push(request.url()));
  await ben.clock.fastForward('02:01');
  await post(ava, `${thread}?/comment`, { body: 'Said at lunch', requestKey: 'lunchlunchlunchlunch' });
  await ben.clock.fastForward(4_000);
  await expect(ben.getByText('Said at lunch')).toBeVisible();
  expect(marked).toEqual([]);
  const read = ben.waitForRequest(/\?\/read/);
  await ben.keyboard.press('Shift');
  await read;
});
