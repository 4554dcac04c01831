// `npm run screenshots`: pictures of a fresh demo in test-results/screenshots, or with `-- --keep` in docs/images for the README.
// WebP is a third of the size of PNG.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChromium } from './lib/chromium.mjs';
import { call, freePort } from './lib/net.mjs';
import { fail, finish, finishOnSignal, root, start, toolEnv } from './lib/run.mjs';

const kept = process.argv.includes('--keep');
const folder = kept ? 'docs/images' : 'test-results/screenshots';
const images = join(root, folder);
const limit = 200_000;

const port = await freePort();
const origin = `http://localhost:${port}`;
const state = mkdtempSync(join(tmpdir(), 'foyer-screenshots-'));
process.on('exit', () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
finishOnSignal(130);

const env = toolEnv({ PORT: String(port), FOYER_STATE: state, FOYER_SEED: 'demo' });
const site = start('node', ['scripts/start.mjs'], { env });
site.ended.then(() => fail('Foyer has ended: see above.'));
while ((await call(`${origin}/healthz`).catch(() => ({}))).status !== 200)
  await new Promise((done) => setTimeout(done, 300));

const { chromium } = await import('@playwright/test');
const browser = await chromium.launch({
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  executablePath: systemChromium(),
});

try {
  await picture('space', async (page) => {
    await page.goto('/login');
    await page.getByLabel('E-mail address', { exact: true }).fill('ava@foyer.example');
    await page.getByLabel('Password', { exact: true }).fill('foyer-demo-1');
    await page.getByRole('button', { name: 'Login', exact: true }).click();
    await page.getByRole('link', { name: 'Harbour Bridge' }).first().click();
    await page.getByRole('heading', { name: 'Harbour Bridge', level: 1 }).waitFor();
  });
  await picture('sign-up', async (page) => {
    // The newest in the demo's mailbox that still shows its form.
    const mails = JSON.parse((await call(`${origin}/dev/mailbox.json`)).text);
    for (const { text } of mails) {
      const path = /\/signup\/[\w.~-]+/.exec(text)?.[0];
      if (!path) continue;
      await page.goto(path);
      if (await page.getByLabel('Display Name', { exact: true }).isVisible()) return;
    }
    throw new Error('No open invitation in /dev/mailbox.json');
  });
  // Component states are not for the README.
  if (!kept)
    for (const [name, dir, colorScheme, width] of [
      ['components-light', 'ltr', 'light', 1280],
      ['components-dark', 'ltr', 'dark', 1280],
      ['components-narrow', 'ltr', 'light', 320],
      ['components-right-to-left', 'rtl', 'light', 1280],
    ])
      await whole(name, `/dev/components?dir=${dir}`, colorScheme, width);
} catch (error) {
  await fail(`No pictures: ${error.message}`);
}
await browser.close();
await finish(0);

async function picture(name, walk) {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await walk(page);
  await page.waitForLoadState('networkidle');
  const devtools = await context.newCDPSession(page);
  let quality = 90;
  let data;
  do {
    const shot = await devtools.send('Page.captureScreenshot', { format: 'webp', quality });
    data = Buffer.from(shot.data, 'base64');
    quality -= 10;
  } while (data.length > limit && quality > 20);
  mkdirSync(images, { recursive: true });
  writeFileSync(join(images, `${name}.webp`), data);
  console.log(`${folder}/${name}.webp  ${Math.round(data.length / 1000)} kB`);
  await context.close();
}

/** Full length, with something hovered and something focused. */
async function whole(name, path, colorScheme, width) {
  const page = await browser.newPage({
    baseURL: origin,
    viewport: { width, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'primary', exact: true }).hover();
  await page.getByLabel('Filled, with a hint').focus();
  mkdirSync(images, { recursive: true });
  await page.screenshot({ path: join(images, `${name}.png`), fullPage: true });
  console.log(`${folder}/${name}.png`);
  await page.close();
}
