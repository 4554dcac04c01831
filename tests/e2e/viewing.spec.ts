/** A space administrator sees a space as a guest does; with and without scripts, wide and narrow. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from './test';
import { addressOf, invited, makeSpace, post, signedIn, signUp, somebody } from './people';

const AS_MIA = 'You see this space as Mia Ito (guest, Northwind) does. You can only read.';
const AS_ANYONE = 'You see this space as a new guest does. You can only read.';
const banner = (page: Page) => page.getByRole('complementary', { name: 'View as a guest' });

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`a space as a guest sees it (${javaScriptEnabled ? 'with' : 'without'} scripts, ${width} px)`, async ({
      browser,
    }) => {
      const options = { javaScriptEnabled, viewport: { width, height: 740 } };
      const host = await signedIn(browser, 'ben@foyer.example', options);
      const space = await makeSpace(host, `Quay ${javaScriptEnabled} ${width} ${addressOf('q')}`);
      const [invitee] = await invited(host, space, addressOf('mia'));
      const mia = await somebody(browser, options);
      await signUp(mia, invitee!.url, 'Mia Ito', undefined, 'Northwind');
      await expect(mia).toHaveURL(space);
      const people = `${new URL(host.url()).origin}${space}/people`;
      const typed = `[Our files](${space}/files), ${people} and [the portal](/)`;
      const form = { body: `Which one? ${typed}`, requestKey: 'viewing'.repeat(3) };
      await post(host, `${space}/new-thread`, { ...form, title: 'Crane' });
      const secret = { title: 'Embargo', requestKey: 'secret'.repeat(3), audience: 'company' };
      await post(host, `${space}/new-thread`, { ...form, ...secret });

      // A typical guest, from the space's menu.
      await host.goto(space);
      await expect(host.getByRole('link', { name: 'Embargo' })).toBeVisible();
      await host.getByRole('button', { name: 'Options' }).click();
      await host.getByRole('menuitem', { name: 'View as a guest' }).click();
      await expect(host).toHaveURL(`${space}/as/anyone`);
      await expect(banner(host)).toContainText(AS_ANYONE);
      await expect(host.getByRole('link', { name: 'Crane' })).toBeVisible();
      await expect(host.getByRole('link', { name: 'Embargo' })).toHaveCount(0);
      await expect(host.getByRole('button', { name: 'Options' })).toHaveCount(0);
      await expect(host.getByRole('link', { name: 'New thread' })).toHaveCount(0);
      await host.getByRole('link', { name: 'Stop viewing' }).click();
      await expect(host).toHaveURL(space);

      // This one, from their card.
      await host.goto(`${space}/people`);
      await host.getByRole('link', { name: 'Mia Ito' }).click();
      await host.getByRole('link', { name: 'View as Mia Ito' }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}$/);
      await expect(banner(host)).toContainText(AS_MIA);
      if (javaScriptEnabled && width === 1280)
        expect((await new AxeBuilder({ page: host }).analyze()).violations).toEqual([]);

      // Every way leads on in the view.
      await host.getByRole('link', { name: 'Crane' }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}\/threads\/\d+$/);
      await expect(banner(host)).toContainText(AS_MIA);
      await expect(host.getByText('Which one?')).toBeVisible();
      await expect(host.getByRole('textbox', { name: 'Write a comment' })).toHaveCount(0);
      const thread = new URL(host.url()).pathname;
      await host.getByRole('link', { name: 'Ben Kowalski' }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}\/people\/[a-z2-7]{16}$/);
      await expect(host.getByRole('heading', { name: 'Ben Kowalski' })).toBeVisible();
      await expect(host.getByRole('main')).not.toContainText('ben@foyer.example');
      await host.getByRole('link', { name: 'People', exact: true }).click();
      await expect(banner(host)).toContainText(AS_MIA);
      await host.goto(thread.replace(/threads.*/, 'files'));
      await expect(banner(host)).toContainText(AS_MIA);

      // Also a link that somebody typed, and a page that the view does not have.
      await host.goto(thread);
      await host.getByRole('link', { name: 'Our files' }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}\/files$/);
      await host.goto(thread);
      await host.getByRole('link', { name: people }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}\/people$/);
      await host.goto(thread);
      await expect(host.getByRole('link', { name: 'the portal' })).toHaveAttribute('href', '/');
      await host.goto(thread.replace(/threads.*/, 'threads/1'));
      await expect(banner(host)).toContainText(AS_MIA);
      await host.getByRole('link', { name: 'Back to the space' }).click();
      await expect(host).toHaveURL(/\/as\/[a-z2-7]{16}$/);

      // Nothing can be written, and nobody else can look.
      const refused = await post(host, `${thread}?/comment`, form);
      expect(refused.status()).toBe(403);
      expect(await refused.text()).toContain('you can only read');
      await mia.goto(space);
      await expect(mia.getByRole('link', { name: 'Crane' })).toContainText('(new)');
      expect((await mia.goto(thread))!.status()).toBe(404);

      await host.goto(thread);
      await host.getByRole('link', { name: 'Stop viewing' }).click();
      await expect(host).toHaveURL(thread.replace(/\/as\/[^/]+/, ''));
      await expect(host.getByRole('textbox', { name: 'Write a comment' })).toBeVisible();
    });
