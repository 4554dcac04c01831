/** Own covers with and without scripts; files behind their addresses, as HTTP says it. */
import { expect, test, type Page } from '@playwright/test';
import { PLACE, avif, jpegTelling, png, webpTelling } from '../pictures';
import { invited, makeSpace, newGuest, addressOf, ORIGIN, signedIn, somebody } from './people';

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
  await ava.goto('/spaces/new');
  await ava.getByLabel('Space name').fill('With an own cover');
  await ava.getByLabel('Upload your own').setInputFiles(picture('site.png', png(400, 300)));
  await expect(ava.getByText('Your picture is chosen.')).toBeVisible();
  await expect(ava.getByRole('radio', { name: 'Your picture' })).toBeChecked();
  // Moving the crop uploads it anew; the form waits for that by itself.
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

test('without scripts the original is taken, and loses what it tells', async ({ browser }) => {
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

test('what is no picture is refused in words, with and without scripts; what was typed stays', async ({
  browser,
}) => {
  const page = picture('cover.jpg', Buffer.from('<script>alert(1)</script>'), 'image/jpeg');
  for (const javaScriptEnabled of [true, false]) {
    const ava = await signedIn(browser, AVA, { javaScriptEnabled });
    await ava.goto('/spaces/new');
    await ava.getByLabel('Space name').fill('No picture');
    await ava.getByRole('radio', { name: 'Reeds' }).check();
    await ava.getByLabel('Upload your own').setInputFiles(page);
    if (!javaScriptEnabled) await ava.getByRole('button', { name: 'Save' }).click();
    await expect(ava.getByText('This is not a picture that can be used').first()).toBeVisible();
    await expect(ava.getByLabel('Space name')).toHaveValue('No picture');
    await expect(ava.getByRole('radio', { name: 'Reeds' })).toBeChecked();
    await ava.context().close();
  }
});

test('more than a form may carry is refused before it is read, and the page says what to do', async ({
  browser,
}) => {
  const ava = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await ava.goto('/spaces/new');
  await ava.getByLabel('Space name').fill('Too much');
  await ava.getByLabel('Upload your own').setInputFiles(picture('huge.png', Buffer.alloc(22 * 1024 * 1024)));
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava.getByRole('alert')).toContainText('Go back in your browser');
  // More than a cover may have, but read.
  await ava.goto('/spaces/new');
  await ava.getByLabel('Space name').fill('Still too much');
  await ava.getByLabel('Upload your own').setInputFiles(picture('large.png', Buffer.alloc(6 * 1024 * 1024)));
  await ava.getByRole('button', { name: 'Save' }).click();
  await expect(ava.getByRole('alert')).toContainText('Too large: at most 5 MB.');
  await expect(ava.getByLabel('Space name')).toHaveValue('Still too much');
  await ava.context().close();
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
  expect([large.status(), await large.json()]).toEqual([413, { message: 'Too large: at most 50 MB.' }]);
  const fifty = await send(guest, 'x', Buffer.alloc(50 * 1024 * 1024));
  expect(fifty.status()).toBe(201);

  // Not attached: its uploader's alone. And nobody's from elsewhere.
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
