/** One's own picture: cut to a square with scripts, shown as one without, and removed again. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './test';
import * as pictures from '../pictures';
import { addressOf, invited, makeSpace, newGuest, signedIn } from './people';

const photo = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(pictures.png(640, 400)) };

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`a person chooses a picture, which their spaces show at once, and removes it: ${javaScriptEnabled ? 'with' : 'without'} scripts at ${width} px`, async ({
      browser,
    }) => {
      const ben = await signedIn(browser, 'ben@foyer.example');
      const space = await makeSpace(ben, 'Portrait Pier');
      const [guest] = await invited(ben, space, addressOf('portrait'));
      const page = await newGuest(browser, space, guest!, {
        javaScriptEnabled,
        viewport: { width, height: 800 },
      });
      const inBar = page.getByRole('banner').locator('img[src^="/files/"]');
      const pixels = () =>
        inBar.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
      const sideways = () => page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
      await page.goto('/me');
      await expect(inBar).toHaveCount(0);
      await page.getByLabel('Picture', { exact: true }).setInputFiles(photo);
      if (javaScriptEnabled) {
        const preview = page.getByRole('img', { name: 'How others will see you' });
        await expect(preview).toBeVisible();
        const canvas = page.locator('canvas');
        const drawn = () => canvas.evaluate((node: HTMLCanvasElement) => node.toDataURL());
        const first = await drawn();
        await page.getByLabel('Zoom', { exact: true }).press('ArrowRight');
        await expect.poll(drawn).not.toBe(first);
        const [x, y] = await canvas.boundingBox().then((box) => [box!.x + 90, box!.y + 90] as const);
        const zoomed = await drawn();
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.move(x - 40, y);
        await page.mouse.up();
        await expect.poll(drawn).not.toBe(zoomed);
        await expect(page.getByLabel('Left or right', { exact: true })).not.toHaveValue('0.5');
        expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([]);
        expect(await sideways()).toBeLessThanOrEqual(0);
      }
      await page.getByRole('button', { name: 'Use this picture' }).click();
      await expect(page.getByRole('main').getByText('Your new picture is shown everywhere.')).toBeVisible();
      await expect(inBar).toBeVisible();
      await expect.poll(pixels).toEqual(javaScriptEnabled ? [96, 96] : [640, 400]);
      const box = await inBar.boundingBox();
      expect([box!.width, box!.height]).toEqual([32, 32]);
      expect(await sideways()).toBeLessThanOrEqual(0);

      await ben.goto(space);
      const face = ben
        .getByRole('region', { name: 'People' })
        .getByRole('listitem')
        .filter({ hasText: 'Guest Person' });
      await expect(face.locator('img')).toBeVisible();

      await page.getByRole('button', { name: 'Remove picture' }).click();
      await expect(
        page.getByRole('main').getByText('Picture removed. Your initials are shown instead.'),
      ).toBeVisible();
      await expect(inBar).toHaveCount(0);
      await ben.reload();
      await expect(face).toBeVisible();
      await expect(face.locator('img')).toHaveCount(0);
      await page.context().close();
    });

test('what is no picture is refused in words, and the picture stays as it was', async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await signedIn(browser, 'cho@foyer.example', { javaScriptEnabled });
    await page.goto('/me', { waitUntil: 'networkidle' });
    const buffer = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    await page
      .getByLabel('Picture', { exact: true })
      .setInputFiles({ name: 'me.svg', mimeType: 'image/svg+xml', buffer });
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await expect(page.getByRole('main').getByText('This picture can’t be used.').first()).toBeVisible();
    await expect(page.getByText('Choose these files again: me.svg')).toBeVisible();
    await page.context().close();
  }
});
