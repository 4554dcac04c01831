/** "Seen by" under a post: names for users, one fact for guests; with and without scripts, wide and narrow. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, post, signedIn, signUp, somebody } from './people';

const said = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words });
const read = async (page: Page, thread: string) =>
  expect((await post(page, `${thread}?/read`, { until: String(Date.now()) })).status()).toBe(303);

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`hosts read who has seen a post, guests that the company has (${javaScriptEnabled ? 'with' : 'without'} scripts, ${width} px)`, async ({
      browser,
    }) => {
      const options = { javaScriptEnabled, viewport: { width, height: 740 } };
      const host = await signedIn(browser, 'ben@foyer.example', options);
      const space = await makeSpace(host, `Seen ${javaScriptEnabled} ${width} ${addressOf('s')}`);
      const names = ['Mia Ito', 'Ken Sato', 'Lea Vogt', 'Noor Haddad'];
      const guests = [];
      for (const [i, one] of (await invited(host, space, ...names.map(() => addressOf('seer')))).entries()) {
        const guest = await somebody(browser, options);
        await signUp(guest, one.url, names[i]!, undefined, 'Northwind');
        await expect(guest).toHaveURL(space);
        guests.push(guest);
      }
      const [mia, ken] = guests as [Page, Page];
      const form = { title: 'Crane', body: 'Which one?', requestKey: 'seenby'.repeat(3) };
      const thread = (await post(host, `${space}/new-thread`, form)).headers().location!;

      await host.goto(thread);
      await expect(said(host, 'Which one?')).toContainText('Not seen yet');
      // With scripts, looking is enough; without, there is a button.
      await mia.goto(thread);
      await expect(said(mia, 'Which one?')).not.toContainText(/seen/i);
      if (javaScriptEnabled)
        await expect
          .poll(async () => {
            await host.goto(thread);
            return said(host, 'Which one?').innerText();
          })
          .toContain('Seen by Mia Ito (guest, Northwind)');
      else {
        await mia.getByRole('button', { name: 'Mark all as read' }).click();
        await host.goto(thread);
      }
      const line = said(host, 'Which one?').locator('p').filter({ hasText: 'Seen by' });
      await expect(line.getByRole('link')).toHaveText(['Mia Ito (guest, Northwind)']);

      for (const guest of guests.slice(1)) await read(guest, thread);
      await host.goto(thread);
      await expect(line.getByRole('link')).toHaveText([/^Noor/, /^Lea/, '2 others']);
      await line.getByRole('link', { name: '2 others' }).click();
      const list = host.getByRole('dialog', { name: 'Seen by' });
      await expect(list.getByRole('listitem')).toHaveText([/Noor/, /Lea/, /Ken/, /Mia/]);
      // Axe is a script, too.
      if (javaScriptEnabled) expect((await new AxeBuilder({ page: host }).analyze()).violations).toEqual([]);
      await list.getByRole('link', { name: 'Ken Sato' }).click();
      await expect(host).toHaveURL(/\/people\/\w+$/);
      await expect(host.getByRole('heading', { name: 'Ken Sato' })).toBeVisible();
      await host.goto(thread);
      expect(await host.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      // An open page in front hears of it, and has read it, at once.
      await host.goto('/me');
      await post(ken, `${thread}?/comment`, { body: 'The blue one', requestKey: 'answer'.repeat(3) });
      await ken.goto(thread);
      await expect(said(ken, 'The blue one')).toContainText('Not seen by Foyer Ltd yet');
      await read(mia, thread);
      await ken.goto(thread);
      await expect(said(ken, 'The blue one')).toContainText('Not seen by Foyer Ltd yet');
      await read(host, thread);
      await ken.goto(thread);
      await expect(said(ken, 'The blue one')).toContainText('Seen by Foyer Ltd');
      await expect(ken.getByRole('article').filter({ hasText: /Seen by (?!Foyer Ltd)/ })).toHaveCount(0);
      await ken.goto(`${thread}?seen=first`);
      await expect(ken.getByRole('dialog')).toHaveCount(0);
    });

test('an open page says that a post was seen, and keeps what is being typed', async ({ browser }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  const space = await makeSpace(host, `Seen live ${addressOf('s')}`);
  const [one] = await invited(host, space, addressOf('seer'));
  const mia = await somebody(browser);
  await signUp(mia, one!.url, 'Mia Ito', undefined, 'Northwind');
  const form = { title: 'Crane', body: 'Which one?', requestKey: 'seenlive'.repeat(2) };
  const thread = (await post(host, `${space}/new-thread`, form)).headers().location!;
  await host.clock.install();
  await host.goto(thread);
  await expect(said(host, 'Which one?')).toContainText('Not seen yet');
  await expect(host.getByRole('button', { name: 'Preview' })).toBeVisible();
  await host.getByLabel('Write a comment', { exact: true }).fill('Half a thought');
  await read(mia, thread);
  await expect
    .poll(async () => {
      await host.clock.fastForward(10_000);
      return said(host, 'Which one?').innerText();
    })
    .toContain('Seen by Mia Ito (guest, Northwind)');
  await expect(host.getByLabel('Write a comment', { exact: true })).toHaveValue('Half a thought');
});
