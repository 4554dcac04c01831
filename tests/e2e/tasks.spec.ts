/** Check-boxes in a post: ticked in the page by whoever wrote it, read by everybody else. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from './test';
import { makeSpace, newGuest, addressOf, invited, signedIn } from './people';

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`a press ticks one box, ${javaScriptEnabled ? 'with' : 'without'} scripts, at ${width} px`, async ({
      browser,
    }) => {
      const options = { javaScriptEnabled, viewport: { width, height: 740 } };
      const host = await signedIn(browser, 'ben@foyer.example', options);
      const space = await makeSpace(host, `Tasks ${javaScriptEnabled} ${width}`);
      const [mia] = await invited(host, space, addressOf('mia'));
      const guest = await newGuest(browser, space, mia!, options);

      await host.goto(`${space}/new-thread`);
      await host.getByLabel('Title').fill('Berth 7');
      await host
        .getByLabel('Body', { exact: true })
        .fill('- [ ] Order the **anchor**\n- [x] Paint\n\n`- [ ] code`');
      await host.getByRole('button', { name: 'Post', exact: true }).click();
      await expect(host).toHaveURL(/threads\/\d+/);
      const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });
      await expect(host.getByRole('main').getByRole('checkbox')).toHaveCount(2 + (await others(host)));

      await box(host, 'Order the anchor').click();
      await expect(box(host, 'Order the anchor')).toBeChecked();
      await expect(box(host, 'Paint')).toBeChecked();
      if (javaScriptEnabled) await expect(box(host, 'Order the anchor')).toBeFocused();
      await expect(host.getByText('edited', { exact: true })).toHaveCount(0);
      // The words tick it, too.
      await host.getByText('Paint', { exact: true }).click();
      await expect(box(host, 'Paint')).not.toBeChecked();
      // Axe is a script itself.
      if (javaScriptEnabled)
        expect((await new AxeBuilder({ page: host }).include('.prose').analyze()).violations).toEqual([]);

      await guest.goto(new URL(host.url()).pathname);
      await expect(box(guest, 'Order the anchor')).toBeChecked();
      await expect(box(guest, 'Order the anchor')).toBeDisabled();
      await expect(box(guest, 'Paint')).not.toBeChecked();
      await host.context().close();
      await guest.context().close();
    });

/** Those of the form below. */
const others = (page: Page) => page.locator('form input[type=checkbox]').count();
