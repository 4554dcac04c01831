/** The page "Files" of a space. */
import { expect, test, type Page } from './test';
import { png } from '../pictures';
import { makeSpace, signedIn } from './people';

const AVA = 'ava@foyer.example';

/** A thread whose first text has these files. */
async function posted(page: Page, space: string, title: string): Promise<void> {
  const file = (name: string, mimeType: string, bytes: string | Uint8Array) => ({
    ...{ name, mimeType },
    buffer: Buffer.from(bytes as string),
  });
  await page.goto(`${space}/new-thread`);
  await page.getByLabel('Title').fill(title);
  await page
    .getByLabel('Attach files')
    .setInputFiles([
      file('harbour.png', 'image/png', png(60, 40)),
      file('offer.pdf', 'application/pdf', '%PDF-1.7'),
      file('notes.txt', 'text/plain', 'Words'),
      file('crane.png', 'image/png', png(40, 60)),
    ]);
  await page.getByRole('button', { name: 'Post' }).click();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
}

for (const javaScriptEnabled of [true, false])
  test(`the files of a space: from its page to the list, filtered by kind, and to the text, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    const space = await makeSpace(ava, 'Files of a space');
    await ava.goto(`${space}/files`);
    await expect(ava.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible();
    await posted(ava, space, 'Drawings');
    await ava.goto(space);
    await ava.getByRole('link', { name: 'Files' }).click();
    await expect(ava.getByRole('heading', { name: 'Files', level: 1 })).toBeVisible();
    const rows = ava.getByRole('row').filter({ has: ava.getByRole('cell') });
    await expect(rows).toHaveCount(4);
    await expect(rows.filter({ hasText: 'notes.txt' })).toContainText('Ava Lind');

    await ava.getByLabel('Kind').selectOption('Pictures');
    await ava.getByRole('button', { name: 'Find' }).click();
    await expect(rows).toHaveCount(2);
    await ava.getByLabel('Find a file').fill('nothing');
    await ava.getByRole('button', { name: 'Find' }).click();
    await expect(ava.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
    await ava.getByRole('link', { name: 'Show everything' }).click();
    await expect(rows).toHaveCount(4);
    await ava.getByLabel('Order').selectOption('By name');
    await ava.getByRole('button', { name: 'Find' }).click();
    await expect(rows.first()).toContainText('crane.png');
    await rows.first().getByRole('link', { name: 'Drawings' }).click();
    await expect(ava.getByRole('heading', { name: 'Drawings', level: 1 })).toBeVisible();
    await ava.context().close();
  });

for (const javaScriptEnabled of [true, false])
  test(`a picture opens over the list, with those before and after it, ${javaScriptEnabled ? 'by keys with' : 'without'} scripts; everything can be downloaded`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    const space = await makeSpace(ava, 'Pictures of a space');
    await posted(ava, space, 'Drawings');
    await ava.goto(`${space}/files?order=name`, { waitUntil: 'networkidle' });
    await ava.getByRole('link', { name: 'crane.png', exact: true }).click();
    const shown = (name: string) => ava.getByRole('dialog', { name });
    await expect(shown('crane.png')).toBeVisible();
    const image = ava.getByRole('img', { name: 'crane.png' });
    expect(
      await image.evaluate((img: HTMLImageElement) =>
        img.decode().then(() => [img.naturalWidth, img.naturalHeight]),
      ),
    ).toEqual([40, 60]);
    await expect(ava.getByRole('link', { name: 'Previous picture' })).toHaveCount(0);
    await ava.getByRole('link', { name: 'Next picture' }).click();
    await expect(shown('harbour.png')).toBeVisible();
    await expect(ava.getByRole('link', { name: 'Next picture' })).toHaveCount(0);
    if (javaScriptEnabled) {
      await ava.keyboard.press('ArrowLeft');
      await expect(shown('crane.png')).toBeVisible();
      await ava.keyboard.press('ArrowRight');
      await expect(shown('harbour.png')).toBeVisible();
      await ava.keyboard.press('Escape');
      await expect(ava.getByRole('dialog')).toHaveCount(0);
      await expect(ava.getByRole('link', { name: 'crane.png', exact: true })).toBeFocused();
    } else {
      await ava.getByRole('link', { name: 'Previous picture' }).click();
      await ava.getByRole('link', { name: 'Close' }).click();
      await expect(ava.getByRole('dialog')).toHaveCount(0);
    }
    await expect(ava).toHaveURL(/\/files\?order=name$/);

    for (const [name, disposition] of [
      ['offer.pdf', /^inline/],
      ['notes.txt', /^attachment/],
    ] as const) {
      const link = ava.getByRole('link', { name, exact: true });
      const answer = await ava.request.get((await link.getAttribute('href'))!);
      expect(answer.headers()['content-disposition']).toMatch(disposition);
    }
    for (const name of ['crane.png', 'offer.pdf']) {
      const [download] = await Promise.all([
        ava.waitForEvent('download'),
        ava.getByRole('link', { name: `Download ${name}` }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(name);
    }
    await ava.context().close();
  });

for (const javaScriptEnabled of [true, false])
  test(`a new version takes the place of a file, in its post and in the list; the old one stays behind it, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    const space = await makeSpace(ava, 'Versions of a file');
    await posted(ava, space, 'Drawings');
    const thread = ava.url();
    const inPost = () =>
      ava.getByRole('list', { name: 'Attached files' }).getByRole('listitem').filter({ hasText: /offer/ });
    await inPost().getByRole('link', { name: 'New version' }).click();
    await expect(ava.getByRole('heading', { name: 'offer.pdf', level: 1 })).toBeVisible();
    const save = async (name: string, words: string) => {
      await ava.goto(ava.url(), { waitUntil: 'networkidle' });
      await ava
        .getByLabel('Choose a file')
        .setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from(words) });
      await ava.getByRole('button', { name: 'Save new version' }).click();
    };
    await ava.getByRole('button', { name: 'Save new version' }).click();
    await expect(ava.getByText('Choose one file.').first()).toBeVisible();
    await save('offer 2.pdf', '%PDF-1.7 two');
    await expect(ava.getByText('Version 2 saved.').first()).toBeVisible();
    await expect(ava.getByRole('list', { name: 'Chosen files' })).toHaveCount(0);
    await save('offer 3.pdf', '%PDF-1.7 three');
    await expect(ava.getByRole('heading', { name: 'offer 3.pdf', level: 1 })).toBeVisible();
    const rows = ava.getByRole('row').filter({ has: ava.getByRole('cell') });
    await expect(rows).toHaveCount(3);
    await expect(rows.first()).toContainText('Newest');
    await expect(rows.last()).toContainText('offer.pdf');
    const [download] = await Promise.all([
      ava.waitForEvent('download'),
      ava.getByRole('link', { name: 'Download version 2', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('offer 2.pdf');

    await ava.getByRole('link', { name: 'Files', exact: true }).first().click();
    await expect(rows).toHaveCount(4);
    await expect(rows.first()).toContainText('offer 3.pdf');
    await expect(rows.first().getByRole('link', { name: 'New version', exact: true })).toBeVisible();
    await rows.first().getByRole('link', { name: 'Version 3', exact: true }).click();
    await expect(ava.getByRole('heading', { name: 'Versions' })).toBeVisible();
    await ava.goto(thread);
    await expect(inPost()).toContainText('offer 3.pdf');
    await inPost().getByRole('link', { name: 'Version 3', exact: true }).click();
    await expect(rows).toHaveCount(3);
    await ava.context().close();
  });

for (const javaScriptEnabled of [true, false])
  for (const width of [1280, 360])
    test(`a picture of a post opens over its thread, with those of other posts before and after it: ${javaScriptEnabled ? 'with' : 'without'} scripts at ${width} px`, async ({
      browser,
    }) => {
      const ava = await signedIn(browser, AVA, { javaScriptEnabled, viewport: { width, height: 740 } });
      const space = await makeSpace(ava, `Pictures of a thread ${javaScriptEnabled} ${width}`);
      await posted(ava, space, 'Drawings');
      const thread = new URL(ava.url()).pathname;
      await ava.getByLabel('Write a comment', { exact: true }).fill('And the pier');
      await ava
        .getByLabel('Attach files')
        .setInputFiles({ name: 'pier.png', mimeType: 'image/png', buffer: Buffer.from(png(30, 30)) });
      await ava.getByRole('button', { name: 'Comment' }).click();
      const link = (name: string) => ava.getByRole('link', { name, exact: true });
      const shown = (name: string) => ava.getByRole('dialog', { name });
      await expect(link('pier.png')).toBeVisible();

      // Also as a guest sees it, whose view it does not leave.
      for (const home of [thread, thread.replace('/threads/', '/as/anyone/threads/')]) {
        await ava.goto(home, { waitUntil: 'networkidle' });
        await link('crane.png').click();
        await expect(shown('crane.png')).toBeVisible();
        await expect(shown('crane.png').getByRole('link', { name: 'Drawings' })).toBeVisible();
        await ava.getByRole('link', { name: 'Next picture' }).click();
        await expect(shown('pier.png')).toBeVisible();
        await expect(ava.getByRole('link', { name: 'Next picture' })).toHaveCount(0);
        await ava.getByRole('link', { name: 'Previous picture' }).click();
        await expect(shown('crane.png')).toBeVisible();
        await ava.getByRole('link', { name: 'Previous picture' }).click();
        await expect(shown('harbour.png')).toBeVisible();
        await expect(ava.getByRole('link', { name: 'Previous picture' })).toHaveCount(0);
        if (javaScriptEnabled && home === thread) {
          await ava.keyboard.press('Escape');
          await expect(ava.getByRole('dialog')).toHaveCount(0);
          await expect(link('crane.png')).toBeFocused();
        } else await ava.getByRole('link', { name: 'Close' }).click();
        await expect(ava.getByRole('dialog')).toHaveCount(0);
        expect(new URL(ava.url()).pathname).toBe(home);
      }
      await ava.context().close();
    });
