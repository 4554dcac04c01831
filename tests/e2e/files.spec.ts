/** Uploaded covers with and without scripts; files over HTTP. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, test, type Page } from './test';
import { PLACE, avif, gifTelling, jpegCut, jpegTelling, png, webpTelling } from '../pictures';
import { gate, invited, makeSpace, newGuest, addressOf, ORIGIN, signedIn, somebody } from './people';

const AVA = 'ava@foyer.example';
const BEN = 'ben@foyer.example';
const picture = (name: string, bytes: Uint8Array, mimeType = 'image/png') => ({
  name,
  mimeType,
  buffer: Buffer.from(bytes),
});

/** The page's cover has been loaded, and is so large. */
async function coverSize(page: Page): Promise<[number, number]> {
  const image = page.locator('.cover img');
  await expect(image).toHaveAttribute('src', /^\/files\/[a-z2-7]{16}$/);
  return image.evaluate(async (img: HTMLImageElement) => {
    await img.decode();
    return [img.naturalWidth, img.naturalHeight];
  });
}

test('an own cover: cropped and scaled in the browser, chosen, shown to the space', async ({ browser }) => {
  const ava = await signedIn(browser, AVA);
  await ava.goto('/spaces/new?template=scratch');
  await ava.getByLabel('Space name').fill('With an own cover');
  await ava.getByLabel('Upload your own').setInputFiles(picture('site.png', png(400, 300)));
  await expect(ava.getByText('Your picture is chosen.')).toBeVisible();
  await expect(ava.getByRole('radio', { name: 'Your picture' })).toBeChecked();
  // Moving the crop uploads again, and the form waits for that.
  await ava.getByLabel('Move the picture up or down').fill('0');
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava).toHaveURL(/\/spaces\/\d+$/);
  expect(await coverSize(ava)).toEqual([400, 120]);

  const space = new URL(ava.url()).pathname;
  await ava.goto(`${space}/settings/general`);
  await expect(ava.getByRole('radio', { name: 'Your picture' })).toBeChecked();
  const address = await ava.locator('.cover img').getAttribute('src');
  await ava.getByRole('radio', { name: 'Lagoon' }).check();
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava.getByRole('status')).toBeVisible();
  await expect(ava.locator('.cover img')).toHaveAttribute('src', '/covers/lagoon.svg');
  expect((await ava.request.get(address!)).status()).toBe(404);
  await ava.context().close();
});

test('without scripts the original is used, without its metadata', async ({ browser }) => {
  const ava = await signedIn(browser, AVA, { javaScriptEnabled: false });
  for (const [name, bytes, type] of [
    ['photo.jpg', jpegTelling(6), 'image/jpeg'],
    ['photo.webp', webpTelling(), 'image/webp'],
    ['photo.avif', avif({ metadata: true }), 'image/avif'],
  ] as const) {
    await ava.goto('/spaces/new');
    await ava.getByLabel('Space name').fill(`Without scripts, ${name}`);
    await ava.getByRole('radio').first().check();
    await ava.getByLabel('Upload your own').setInputFiles(picture(name, bytes, type));
    await ava.getByRole('button', { name: 'Save' }).click();
    await expect(ava).toHaveURL(/\/spaces\/\d+$/);
    const response = await ava.request.get((await ava.locator('.cover img').getAttribute('src'))!);
    expect(response.headers()).toMatchObject({
      'content-type': type,
      'content-disposition': 'inline',
      'cache-control': 'private, max-age=31536000, immutable',
    });
    const body = await response.body();
    expect(body.includes(PLACE)).toBe(false);
    expect(body.length).toBeGreaterThan(100);
  }
  await ava.context().close();
});

test('a file that is not a picture is refused with a sentence, with and without scripts; what was typed stays', async ({
  browser,
}) => {
  const page = picture('cover.jpg', Buffer.from('<script>alert(1)</script>'), 'image/jpeg');
  for (const javaScriptEnabled of [true, false]) {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    await ava.goto('/spaces/new?template=scratch');
    await ava.getByLabel('Space name').fill('No picture');
    await ava.getByRole('radio', { name: 'Reeds' }).check();
    await ava.getByLabel('Upload your own').setInputFiles(page);
    if (!javaScriptEnabled) await ava.getByRole('button', { name: 'Save' }).click();
    await expect(ava.getByText('This picture can’t be used').first()).toBeVisible();
    await expect(ava.getByLabel('Space name')).toHaveValue('No picture');
    await expect(ava.getByRole('radio', { name: 'Reeds' })).toBeChecked();
    await ava.context().close();
  }
});

test('a form that is too large is refused before it is read, and the page says what to do', async ({
  browser,
}) => {
  const ava = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await ava.goto('/spaces/new');
  await ava.getByLabel('Space name').fill('Too much');
  await ava.getByLabel('Upload your own').setInputFiles(picture('huge.png', Buffer.alloc(22 * 1024 * 1024)));
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava.getByRole('alert')).toContainText('Go back in your browser');
  // Larger than a cover may be, but readable.
  await ava.goto('/spaces/new');
  await ava.getByLabel('Space name').fill('Still too much');
  await ava.getByLabel('Upload your own').setInputFiles(picture('large.png', Buffer.alloc(6 * 1024 * 1024)));
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava.getByRole('alert')).toContainText('Too large: the limit is 5 MB.');
  await expect(ava.getByLabel('Space name')).toHaveValue('Still too much');
  await ava.context().close();
});

test('without scripts a refused file is in the summary, which leads to its field', async ({ browser }) => {
  const host = await signedIn(browser, AVA);
  const space = await makeSpace(host, 'Refused files');
  await host.context().close();
  const ava = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await ava.goto(`${space}/new-thread`);
  await ava.getByLabel('Title').fill('Nothing in it');
  const field = ava.getByLabel('Attach files');
  await field.setInputFiles({ name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) });
  await ava.getByRole('button', { name: 'Post' }).click();
  await expect(ava.getByRole('alert')).toBeFocused();
  await ava.getByRole('alert').getByRole('link', { name: 'This file is empty.' }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/This file is empty\./);
  await ava.context().close();
});

test('a cover that is too large is said at its field and aloud, each time', async ({ browser }) => {
  const ava = await signedIn(browser, AVA);
  await ava.goto('/spaces/new?template=scratch', { waitUntil: 'networkidle' });
  const field = ava.getByLabel('Upload your own');
  for (const name of ['large.png', 'larger.png']) {
    await field.setInputFiles(picture(name, Buffer.alloc(6 * 1024 * 1024)));
    await expect(field).toHaveAccessibleDescription(/Too large: the limit is 5 MB\./);
    await expect(ava.locator('#cover-state')).toHaveText('Too large: the limit is 5 MB.');
  }
  await ava.context().close();
});

test('attachments: the form waits for them, holds back what failed, and sends what was dropped and pasted', async ({
  browser,
}) => {
  const ava = await signedIn(browser, AVA);
  const space = await makeSpace(ava, 'Attachments');
  await ava.goto(`${space}/new-thread`);
  await ava.getByLabel('Title').fill('Drawings');
  await ava.getByRole('button', { name: 'Post' }).click();
  await expect(ava).toHaveURL(/\/threads\/\d+$/);
  const chosen = ava.getByRole('list', { name: 'Chosen files' }).getByRole('listitem');
  const text = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) });

  // Uploads last until "Comment" is pressed.
  let network = { ...gate(), broken: true };
  await ava.route('**/files?name=*', async (route) => {
    const { opened, broken } = network;
    await opened;
    return broken ? route.abort() : route.continue();
  });
  await ava.getByLabel('Write a comment').fill('Please look.');
  await ava
    .getByLabel('Attach files')
    .setInputFiles([
      text('a.txt'),
      text('unwanted.txt'),
      { ...text('nothing.txt'), buffer: Buffer.alloc(0) },
    ]);
  await expect(chosen.filter({ hasText: 'This file is empty.' })).toBeVisible();
  await chosen.filter({ hasText: 'unwanted' }).getByRole('button', { name: 'Remove' }).click();
  await chosen.filter({ hasText: 'This file is empty.' }).getByRole('button', { name: 'Remove' }).click();
  await ava.getByRole('button', { name: 'Comment', exact: true }).click();
  network.open();
  await expect(ava.getByText('A file couldn’t be attached.').first()).toBeVisible();
  await expect(ava.getByLabel('Write a comment')).toHaveValue('Please look.');
  network = { ...gate(), broken: false };
  await ava.getByRole('button', { name: 'Try again' }).click();
  await ava.evaluate(() => {
    const holding = (name: string) => {
      const data = new DataTransfer();
      data.items.add(new File([name], name));
      return data;
    };
    const box = document.querySelector('textarea')!;
    const how = { bubbles: true, cancelable: true };
    box.dispatchEvent(new DragEvent('drop', { ...how, dataTransfer: holding('dropped.txt') }));
    box.dispatchEvent(new ClipboardEvent('paste', { ...how, clipboardData: holding('pasted.txt') }));
  });
  await ava
    .getByLabel('Attach files')
    .setInputFiles([picture('plan.png', png(600, 300)), text('5.txt'), text('6.txt')]);
  await expect(
    ava.getByText('Too many: attach at most 5 files at a time. Not attached: 6.txt').first(),
  ).toBeVisible();
  await ava.getByRole('button', { name: 'Comment', exact: true }).click();
  network.open();

  const links = ava.getByRole('list', { name: 'Attached files' }).locator('li > a');
  await expect(links).toHaveCount(5);
  expect((await links.allTextContents()).map((name) => name.trim()).sort()).toEqual([
    '5.txt',
    'a.txt',
    'dropped.txt',
    'pasted.txt',
    'plan.png',
  ]);
  await expect(chosen).toHaveCount(0);
  const thumb = links.filter({ hasText: 'plan.png' }).locator('img');
  expect(await thumb.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(
    480,
  );
  const [download] = await Promise.all([
    ava.waitForEvent('download'),
    ava.getByRole('link', { name: 'dropped.txt', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('dropped.txt');

  // Without scripts the form carries the files.
  const plain = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await plain.goto(new URL(ava.url()).pathname);
  await plain.getByLabel('Write a comment').fill('Without scripts.');
  await plain.getByLabel('Attach files').setInputFiles([text('one.txt'), picture('two.jpg', jpegTelling())]);
  await plain.getByRole('button', { name: 'Comment', exact: true }).click();
  const photo = plain.getByRole('link', { name: 'two.jpg', exact: true });
  const sent = await plain.request.get(fileOf((await photo.getAttribute('href'))!));
  expect((await sent.body()).includes(PLACE)).toBe(false);
  expect(sent.headers()['content-disposition']).toMatch(/^inline/);
  for (const page of [ava, plain]) await page.context().close();
});

for (const javaScriptEnabled of [true, false])
  test(`a text that is edited loses and gets files, in their order; a picture opens over it, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({
    browser,
  }) => {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    const name = `Edited files ${javaScriptEnabled ? 'with' : 'without'} scripts`;
    const file = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) });
    const files = ava.getByRole('list', { name: 'Attached files' }).locator('li > a');
    const loaded = { waitUntil: javaScriptEnabled ? ('networkidle' as const) : ('load' as const) };
    await ava.goto('/spaces/1/new-thread', loaded);
    await ava.getByLabel('Title').fill(name);
    await ava.getByLabel('Attach files').setInputFiles(['z.txt', 'a.txt', 'm.txt'].map(file));
    await ava.getByRole('button', { name: 'Post', exact: true }).click();
    await expect(files).toHaveText([/z\.txt/, /a\.txt/, /m\.txt/]);
    const thread = new URL(ava.url()).pathname;
    const gone = await files.nth(1).getAttribute('href');

    await ava.goto(`${thread}?edit=first`, loaded);
    const kept = ava.getByRole('group', { name: 'Attached files' });
    await kept.getByRole('checkbox', { name: 'a.txt' }).uncheck();
    await ava
      .getByLabel('Attach files')
      .setInputFiles([file('new.txt'), picture('plan.png', png(60, 30)), file('b.txt')]);
    await ava.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(files).toHaveText([/z\.txt/, /m\.txt/, /new\.txt/, /plan\.png/, /b\.txt/]);
    await expect(ava.getByRole('link', { name: 'edited', exact: true })).toBeVisible();
    expect((await ava.request.get(gone!)).status()).toBe(404);

    // A sixth is refused, and what stays is ticked as before.
    await ava.goto(`${thread}?edit=first`, loaded);
    await kept.getByRole('checkbox', { name: 'm.txt' }).uncheck();
    await ava.getByLabel('Attach files').setInputFiles([file('5.txt'), file('6.txt')]);
    await ava.getByRole('button', { name: 'Save', exact: true }).click();
    if (javaScriptEnabled) await expect(files).toHaveCount(5);
    else {
      await expect(ava.getByText('Too many: attach at most 5 files at a time.').first()).toBeVisible();
      await expect(kept.getByRole('checkbox', { name: 'm.txt' })).not.toBeChecked();
      await expect(kept.getByRole('checkbox', { name: 'z.txt' })).toBeChecked();
      await ava.goto(thread, loaded);
    }

    // In the same window, without a download.
    await ava.getByRole('link', { name: 'plan.png', exact: true }).click();
    await expect(ava).toHaveURL(/\/threads\/\d+\?picture=[a-z2-7]{16}$/);
    await expect
      .poll(() =>
        ava
          .getByRole('img', { name: 'plan.png' })
          .evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight]),
      )
      .toEqual([60, 30]);
    await ava.context().close();
  });

test('a large file goes in parts, over a cut network, a pause and a reload, and arrives unchanged', async ({
  browser,
}, info) => {
  const ava = await signedIn(browser, AVA);
  const space = await makeSpace(ava, 'Large files');
  const bytes = randomBytes(40 * 1024 * 1024);
  const path = info.outputPath('Flight over the site.mp4');
  await writeFile(path, bytes);
  const sent: string[] = [];
  ava.on('request', (request) => {
    const part = /\/parts\/(\d+)$/.exec(request.url())?.[1];
    if (part) sent.push(part);
  });
  const open = async () => {
    await ava.goto(`${space}/new-thread`, { waitUntil: 'networkidle' });
    await ava.getByLabel('Title').fill('The flight');
  };
  await open();
  await expect(ava.getByText('Up to 5 files of 1 GB each.')).toBeVisible();
  const row = ava.getByRole('list', { name: 'Chosen files' }).getByRole('listitem');
  await ava.route('**/parts/2', (route) => route.abort('internetdisconnected'));
  await ava.route('**/parts/4', () => {});
  await ava.getByLabel('Attach files').setInputFiles(path);
  await expect(row).toContainText('No connection. We’ll continue as soon as it’s back.');
  await expect(row).toContainText('Sent as it is');
  await ava.unroute('**/parts/2');
  await ava.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => sent.at(-1)).toBe('4');
  await expect(row).toContainText('60 % of 40 MB');

  // Paused, it holds the form back, and the button keeps the focus.
  await row.getByRole('button', { name: 'Pause' }).click();
  await expect(row).toContainText('Paused at 60 % of 40 MB');
  await expect(row.getByRole('button', { name: 'Resume' })).toBeFocused();
  await ava.getByRole('button', { name: 'Post', exact: true }).click();
  await expect(ava.getByText('A file is paused. Resume it, or cancel its upload.').first()).toBeVisible();

  await ava.unroute('**/parts/4');
  await open();
  sent.length = 0;
  await ava.getByLabel('Attach files').setInputFiles(path);
  await ava.getByRole('button', { name: 'Post', exact: true }).click();
  await expect(ava).toHaveURL(/\/threads\/\d+/);
  expect(sent).toEqual(['4', '5']);
  const href = await ava.getByRole('link', { name: 'Flight over the site.mp4' }).getAttribute('href');
  const arrived = await (await ava.request.get(href!)).body();
  expect(createHash('sha256').update(arrived).digest('hex')).toBe(
    createHash('sha256').update(bytes).digest('hex'),
  );
  await ava.context().close();
});

test('a large file that is cancelled is gone, and its storage is free', async ({ browser }, info) => {
  const ava = await signedIn(browser, AVA);
  const space = await makeSpace(ava, 'Cancelled upload');
  const path = info.outputPath('film.mp4');
  await writeFile(path, Buffer.alloc(24 * 1024 * 1024));
  await ava.goto(`${space}/new-thread`, { waitUntil: 'networkidle' });
  await ava.route('**/parts/2', () => {});
  await ava.getByLabel('Attach files').setInputFiles(path);
  const row = ava.getByRole('list', { name: 'Chosen files' }).getByRole('listitem');
  await expect(row).toContainText('33 % of 24 MB');
  const cancelled = ava.waitForResponse((response) => response.request().method() === 'DELETE');
  await row.getByRole('button', { name: 'Cancel upload' }).click();
  expect((await cancelled).status()).toBe(204);
  await expect(row).toHaveCount(0);
  await expect(ava.getByLabel('Attach files')).toBeFocused();
  await ava.goto(`${space}/settings/general`);
  await expect(ava.getByText(/0 bytes? of/)).toBeVisible();
  await ava.context().close();
});

test('what is said of a failed file goes once no file has failed', async ({ browser }) => {
  const ava = await signedIn(browser, AVA, { viewport: { width: 360, height: 740 } });
  await ava.goto('/spaces/1/threads/1', { waitUntil: 'networkidle' });
  await ava.getByLabel('Write a comment', { exact: true }).fill('With a picture');
  await ava.route('**/files?name=*', (route) => route.abort(), { times: 1 });
  await ava.getByLabel('Attach files').setInputFiles(picture('late.png', png(40, 30)));
  const row = ava.getByRole('listitem').filter({ hasText: 'late.png' });
  const again = row.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  const edges = await Promise.all(
    [again, row.getByRole('button', { name: 'Remove' })].map((b) => b.boundingBox()),
  );
  expect(edges[0]!.y).toBe(edges[1]!.y);
  await ava.getByRole('button', { name: 'Comment', exact: true }).click();
  const said = ava.locator('.attachments .refusal').filter({ hasText: 'A file couldn’t be attached.' });
  await expect(said).toBeFocused();
  const field = ava.getByLabel('Attach files');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  for (const words of [/A file couldn’t be attached\./, /late\.png/])
    await expect(field).toHaveAccessibleDescription(words);
  await again.click();
  await expect(again).toBeHidden();
  await expect(said).toBeHidden();
  await expect(ava.getByLabel('Attach files')).not.toHaveAttribute('aria-invalid');
  await ava.context().close();
});

test('the page says what metadata stays in a file before it is sent', async ({ browser }) => {
  const ava = await signedIn(browser, AVA);
  const space = await makeSpace(ava, 'What stays');
  await ava.goto(`${space}/new-thread`);
  const chosen = ava.getByRole('list', { name: 'Chosen files' }).getByRole('listitem');
  const row = (name: string) => chosen.filter({ hasText: name });
  const place = 'Sent as it is: it may reveal where and when it was taken, and with what device.';
  const author = 'Sent as it is: it may contain authors’ names and earlier versions.';
  // Before anything is sent, the page tells what it knows from name and type.
  await ava.route('**/files?name=*', () => {});
  await ava
    .getByLabel('Attach files')
    .setInputFiles([
      { name: 'IMG_0042.MOV', mimeType: 'video/quicktime', buffer: Buffer.from('moov') },
      { name: 'offer.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') },
      picture('ok.jpg', jpegTelling()),
    ]);
  await expect(row('IMG_0042.MOV')).toContainText(place);
  await expect(row('offer.pdf')).toContainText(author);
  await expect(row('ok.jpg')).not.toContainText('Sent as it is');

  // A picture that ends early is still cleaned; one that cannot be parsed is sent unchanged.
  await ava.unroute('**/files?name=*');
  await ava.goto(`${space}/new-thread`);
  await ava.getByLabel('Title').fill('Pictures');
  await ava
    .getByLabel('Attach files')
    .setInputFiles([
      picture('early.jpg', jpegCut()),
      picture('odd.jpg', jpegTelling().subarray(0, 300)),
      { name: 'moving.gif', mimeType: 'image/gif', buffer: Buffer.from(gifTelling()) },
    ]);
  await expect(row('odd.jpg')).toContainText(place);
  await expect(row('early.jpg')).not.toContainText('Sent as it is');
  await expect(row('moving.gif')).not.toContainText('Sent as it is');
  await ava.getByRole('button', { name: 'Post', exact: true }).click();
  for (const [name, stays] of [
    ['early.jpg', false],
    ['odd.jpg', true],
    ['moving.gif', false],
  ] as const) {
    const href = await ava.getByRole('link', { name, exact: true }).getAttribute('href');
    const got = await ava.request.get(fileOf(href!));
    expect((await got.body()).includes(PLACE)).toBe(stays);
    expect(got.headers()['content-disposition']).toMatch(/^inline/);
  }

  const plain = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await plain.goto(`${space}/new-thread`);
  await expect(plain.getByLabel('Attach files')).toHaveAccessibleDescription(
    /All other files are sent as they are/,
  );
  for (const page of [ava, plain]) await page.context().close();
});

test('storage is shown to space administrators, and set in Space Management', async ({ browser }) => {
  const ava = await signedIn(browser, AVA);
  const room = `Little room ${Date.now()}`;
  const space = await makeSpace(ava, room);
  await ava.goto(`${space}/settings/general`);
  await expect(ava.getByText('0 byte of 5 GB used').or(ava.getByText('0 bytes of 5 GB used'))).toBeVisible();

  const admin = await signedIn(browser, AVA);
  await admin.goto('/admin/spaces');
  const field = admin.getByLabel('Storage per space (GB)', { exact: true });
  await expect(field).toHaveValue('5');
  await expect(admin.getByLabel('Storage per guest (GB)', { exact: true })).toHaveValue('1');
  await field.fill('0');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveValue('0');
  await field.fill('7');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Storage limits saved.')).toBeVisible();
  await expect(admin.getByRole('row').filter({ hasText: room })).toContainText('of 7 GB used');
  await ava.reload();
  await expect(ava.getByText(/of 7 GB used/)).toBeVisible();
  await admin.goto('/admin/spaces');
  await field.fill('5');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Storage limits saved.')).toBeVisible();
  for (const page of [ava, admin]) await page.context().close();
});

test('raw uploads: exact sizes, sentences for scripts, and nothing for people of other spaces', async ({
  browser,
}) => {
  const ava = await signedIn(browser, AVA);
  const space = await makeSpace(ava, 'Raw uploads');
  const [invitation] = await invited(ava, space, addressOf('raw'));
  const guest = await newGuest(browser, space, invitation!);
  const send = (
    page: Page,
    name: string,
    data: Buffer,
    headers: Record<string, string> = { origin: ORIGIN },
  ) =>
    page.request.post(`${space}/files?name=${encodeURIComponent(name)}`, {
      data,
      headers: { 'content-type': 'application/octet-stream', ...headers },
      maxRedirects: 0,
    });
  const made = await send(guest, 'Gr\u00fc\u00dfe \u202egpj.exe', Buffer.from('MZ'));
  expect(made.status()).toBe(201);
  const file = (await made.json()) as { id: string };
  expect(file).toEqual({
    id: expect.stringMatching(/^[a-z2-7]{16}$/),
    name: 'Gr\u00fc\u00dfe gpj.exe',
    metadata: null,
    type: 'application/octet-stream',
    size: 2,
    thumb: false,
  });
  const got = await guest.request.get(`/files/${file.id}`);
  expect(await got.body()).toEqual(Buffer.from('MZ'));
  expect(got.headers()).toMatchObject({
    'content-disposition': expect.stringMatching(/^attachment; filename=/),
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  const part = await guest.request.get(`/files/${file.id}`, { headers: { range: 'bytes=1-' } });
  expect([part.status(), await part.text()]).toEqual([206, 'Z']);
  const head = await guest.request.head(`/files/${file.id}`);
  expect([head.status(), head.headers()['content-length']]).toEqual([200, '2']);

  const empty = await send(guest, 'x', Buffer.alloc(0));
  expect([empty.status(), await empty.json()]).toEqual([400, { message: 'This file is empty.' }]);
  const large = await send(guest, 'x', Buffer.alloc(51 * 1024 * 1024));
  expect([large.status(), await large.json()]).toEqual([413, { message: 'Too large: the limit is 50 MB.' }]);
  const fifty = await send(guest, 'x', Buffer.alloc(50 * 1024 * 1024));
  expect(fifty.status()).toBe(201);

  // Before it is attached, only its uploader can read it, and nobody outside the space.
  const ben = await signedIn(browser, BEN);
  for (const page of [ava, ben]) expect((await page.request.get(`/files/${file.id}`)).status()).toBe(404);
  const refused = await send(ben, 'x', Buffer.from('x'));
  expect([refused.status(), Object.keys((await refused.json()) as object)]).toEqual([404, ['message']]);
  expect((await send(guest, 'x', Buffer.from('x'), { origin: 'https://evil.example' })).status()).toBe(403);
  const nobody = await somebody(browser);
  const asked = await nobody.request.get(`/files/${file.id}`, { maxRedirects: 0 });
  expect([asked.status(), asked.headers().location]).toEqual([303, `/login?next=%2Ffiles%2F${file.id}`]);
  for (const page of [ava, ben, guest, nobody]) await page.context().close();
});

/** The file of a picture, whose link opens it over its thread. */
function fileOf(href: string): string {
  const picture = new URL(href, 'http://localhost').searchParams.get('picture');
  return picture ? `/files/${picture}` : href;
}
