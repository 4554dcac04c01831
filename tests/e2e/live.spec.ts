/** Pages that learn of others' words, and what must not suffer from it. */
import { expect, test, type Page, type Route } from '@playwright/test';
import { ORIGIN, post, signedIn } from './people';

/** Holds the next request of this kind until `go` is called. */
async function hold(page: Page, address: RegExp) {
  let go = () => {};
  const released = new Promise<void>((done) => (go = done));
  const held = new Promise<void>(
    (done) =>
      void page.route(
        address,
        async (route: Route) => {
          done();
          await released;
          await route.continue();
        },
        { times: 1 },
      ),
  );
  return { held, go };
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

test('whoever goes on while their form is being sent stays where they went, and it is sent', async ({
  browser,
}) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const thread = await openThread(ben, 'Sent on the way');
  // Without its script the page would send the form the browser's way.
  await ben.goto(thread, { waitUntil: 'networkidle' });
  const { held, go } = await hold(ben, /\?\/comment/);
  await ben.getByLabel('Write a comment').fill('Written in passing');
  await ben.getByRole('button', { name: 'Comment' }).click({ noWaitAfter: true });
  await held;
  await ben.getByRole('link', { name: 'Harbour Bridge' }).first().click();
  await expect(ben).toHaveURL(`${ORIGIN}/spaces/1`);
  const sent = ben.waitForResponse(/\?\/comment/);
  const loaded = ben.waitForResponse(/\/spaces\/1\/__data\.json/);
  go();
  await sent;
  await loaded;
  await expect(ben).toHaveURL(`${ORIGIN}/spaces/1`);
  await ben.goto(thread);
  await expect(ben.getByRole('article').filter({ hasText: 'Written in passing' })).toHaveCount(1);
});
