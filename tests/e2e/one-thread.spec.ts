/** A space without several threads: its page is its one nameless thread. */
import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from './test';
import { addressOf, invited, newGuest, post, signedIn, unfold } from './people';

async function makeSpaceOfOne(page: Page, name: string): Promise<string> {
  await page.goto('/spaces/new?template=scratch');
  await page.getByLabel('Space name').fill(name);
  await page.getByRole('radio').first().check();
  await unfold(page, 'Settings');
  await page.getByLabel('Multiple threads').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(/\/spaces\/[1-9]\d*$/);
  return new URL(page.url()).pathname;
}

async function people(browser: Browser, name: string, options: Parameters<Browser['newContext']>[0]) {
  const host = await signedIn(browser, 'ben@foyer.example', options);
  const space = await makeSpaceOfOne(host, name);
  const [mia] = await invited(host, space, addressOf('mia'));
  return { host, space, guest: await newGuest(browser, space, mia!, options) };
}

/** By a post of its own, as fast as it goes. */
async function say(page: Page, space: string, body: string): Promise<void> {
  const requestKey = randomUUID().replace(/[-0189]/g, 'z');
  expect((await post(page, `${space}?/comment`, { body, requestKey })).status(), body).toBe(303);
}

const said = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words });

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test.describe(`${javaScriptEnabled ? 'with' : 'without'} scripts, ${width} px`, () => {
      const options = { javaScriptEnabled, viewport: { width, height: 740 } };

      test('members and guests read and write on the space’s page, and nowhere is a second thread offered', async ({
        browser,
      }) => {
        const { host, space, guest } = await people(browser, 'One conversation', options);
        for (const page of [host, guest]) {
          await page.goto(space, { waitUntil: 'networkidle' });
          await expect(page.getByRole('heading', { name: 'Conversation', level: 2 })).toBeVisible();
          await expect(page.getByRole('link', { name: 'New Thread' })).toHaveCount(0);
          await expect(page.getByRole('navigation', { name: 'Which threads' })).toHaveCount(0);
          await expect(page.getByRole('link', { name: 'Conversation' })).toHaveCount(0);
          expect((await page.goto(`${space}/new-thread`))!.status()).toBe(404);
        }
        const form = { title: 'Another', body: 'Another', requestKey: 'another'.repeat(3) };
        for (const body of [form, {} as Record<string, string>])
          expect((await post(guest, `${space}/new-thread`, body)).status()).toBe(404);

        await guest.goto(space, { waitUntil: 'networkidle' });
        await guest.getByLabel('Write a comment').fill('Hello from outside');
        await guest.getByRole('button', { name: 'Comment' }).click();
        await expect(said(guest, 'Hello from outside')).toBeVisible();
        await expect(guest).toHaveURL(new RegExp(`${space}#comment-\\d+$`));
        await expect(guest.getByLabel('Write a comment')).toHaveValue('');

        await host.goto(space, { waitUntil: 'networkidle' });
        const theirs = said(host, 'Hello from outside');
        await expect(theirs).toContainText('(new)');
        await theirs.getByRole('button', { name: /^React to/ }).click();
        await host.getByRole('menuitem', { name: 'Agree' }).click();
        await expect(theirs.getByRole('button', { name: /^Agree/ })).toBeVisible();
        expect(new URL(host.url()).pathname).toBe(space);

        await guest.goto(space, { waitUntil: 'networkidle' });
        await said(guest, 'Hello from outside')
          .getByRole('button', { name: /^More:/ })
          .click();
        await guest.getByRole('menuitem', { name: 'Edit' }).click();
        await guest.getByLabel('Your post').fill('Hello from far outside');
        await guest.getByRole('button', { name: 'Save' }).click();
        const mended = said(guest, 'Hello from far outside');
        await expect(mended).toBeVisible();
        await mended.getByRole('link', { name: 'edited' }).click();
        const history = guest.getByRole('dialog', { name: 'Earlier versions' });
        await expect(history).toContainText('Hello from outside');
        await guest.goto(space, { waitUntil: 'networkidle' });
        await mended.getByRole('button', { name: /^More:/ }).click();
        await guest.getByRole('menuitem', { name: 'Delete' }).click();
        await guest.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
        await expect(mended).toHaveCount(0);
        expect(new URL(guest.url()).pathname).toBe(space);
        for (const page of [host, guest]) {
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(wide).toBeLessThanOrEqual(width);
        }
      });

      test('a refused comment stays on the space’s page with what was typed; closed, it takes no more', async ({
        browser,
      }) => {
        const { host, space, guest } = await people(browser, 'Refused and closed', options);
        await guest.goto(space, { waitUntil: 'networkidle' });
        await guest.getByRole('button', { name: 'Comment' }).click();
        await expect(guest.getByRole('alert')).toContainText('Please write something first.');
        await expect(guest.getByLabel('Write a comment')).toHaveAttribute('aria-invalid', 'true');
        expect(new URL(guest.url()).pathname).toBe(space);

        await guest.getByLabel('Write a comment').fill('Too late');
        await host.goto(space, { waitUntil: 'networkidle' });
        await host.getByRole('button', { name: 'Thread menu' }).click();
        await host.getByRole('menuitem', { name: 'Close' }).click();
        await expect(host.getByText('This thread is closed. You can read it')).toBeVisible();
        // An open page has closed its form meanwhile, unless it has no scripts.
        if (javaScriptEnabled) return;
        await guest.getByRole('button', { name: 'Comment' }).click();
        await expect(guest.getByRole('alert')).toContainText('This thread is closed');
        await expect(guest.getByLabel('Write a comment')).toHaveValue('Too late');
      });

      test('links of notifications and search lead to where the thread is read', async ({ browser }) => {
        const { host, space, guest } = await people(browser, 'Where links lead', options);
        await guest.goto(space);
        const words = `lighthouse${Date.now()}`;
        await say(guest, space, `@Ben Kowalski ${words}`);
        await host.goto(`${space}/search?q=${words}`);
        await host
          .getByRole('main')
          .getByRole('link', { name: /Conversation|Where links lead/ })
          .last()
          .click();
        await expect(said(host, words)).toBeVisible();
        await host.goto('/notifications', { waitUntil: 'networkidle' });
        await host
          .getByRole('main')
          .getByRole('link', { name: /Where links lead/ })
          .first()
          .click();
        await expect(said(host, words)).toBeVisible();
      });
    });

test('what others write appears, and what is being typed stays, also over a reload', async ({ browser }) => {
  const { host, space, guest } = await people(browser, 'Live conversation', {});
  await host.goto(space, { waitUntil: 'networkidle' });
  await host.getByLabel('Write a comment').fill('Half a sent');
  await say(guest, space, 'Live words');
  await expect(said(host, 'Live words')).toBeVisible();
  await expect(host.getByLabel('Write a comment')).toHaveValue('Half a sent');
  await host.reload({ waitUntil: 'networkidle' });
  await expect(host.getByLabel('Write a comment')).toHaveValue('Half a sent');
});

test('many comments have pages', async ({ browser }) => {
  const { host, space, guest } = await people(browser, 'Many pages', {});
  for (let i = 1; i <= 53; i++) await say(i % 2 ? guest : host, space, `Word ${i}.`);
  await host.goto(space, { waitUntil: 'networkidle' });
  await expect(said(host, 'Word 53.')).toBeVisible();
  await expect(said(host, 'Word 2.')).toHaveCount(0);
  await host.getByRole('link', { name: /Earlier/ }).click();
  await expect(said(host, 'Word 2.')).toBeVisible();
  expect(new URL(host.url()).pathname).toBe(space);
  await expect(said(host, 'Word 53.')).toHaveCount(0);
  await host.getByRole('link', { name: 'Go to newest' }).click();
  await expect(said(host, 'Word 53.')).toBeVisible();
});
