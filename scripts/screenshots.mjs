// `npm run screenshots`: the main pages of a fresh demo, wide and narrow, light and dark, in test-results/screenshots; or with
// `-- --keep` a few for the README in docs/images, as WebP, which is a third of the size of PNG.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChromium } from './lib/chromium.mjs';
import { call, freePort } from './lib/net.mjs';
import { fail, finish, finishOnSignal, root, start, toolEnv } from './lib/run.mjs';
import { arrivals, views } from './lib/sights.mjs';

const kept = process.argv.includes('--keep');
const folder = kept ? 'docs/images' : 'test-results/screenshots';
const images = join(root, folder);
const limit = 200_000;
mkdirSync(images, { recursive: true });

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

/** Who has arrived, for each colour scheme and width. */
const present = new Map();

try {
  if (kept) for (const name of ['space', 'sign-up']) await keep(name);
  else {
    for (const width of [1280, 360])
      for (const colorScheme of ['light', 'dark'])
        for (const name of Object.keys(views)) await take(name, width, colorScheme);
    for (const [name, dir, colorScheme, width] of [
      ['components-light', 'ltr', 'light', 1280],
      ['components-dark', 'ltr', 'dark', 1280],
      ['components-narrow', 'ltr', 'light', 320],
      ['components-right-to-left', 'rtl', 'light', 1280],
    ])
      await whole(name, `/dev/components?dir=${dir}`, colorScheme, width);
  }
} catch (error) {
  await fail(`No pictures: ${error.message}`);
}
await browser.close();
await finish(0);

/** People log in once. */
async function pageOf(who, width, colorScheme) {
  if (who !== 'nobody' && !present.has(who)) {
    const context = await newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await arrivals[who](page, (other) => pageOf(other, 1280, 'light'));
    present.set(who, await context.storageState());
    await context.close();
  }
  const context = await newContext({
    viewport: { width, height: 800 },
    colorScheme,
    storageState: present.get(who),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

function newContext(options) {
  return browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...options,
  });
}

async function opened(name, width, colorScheme) {
  const [who, walk] = views[name];
  const page = await pageOf(who, width, colorScheme);
  await (typeof walk === 'string' ? page.goto(walk) : walk(page));
  await page.waitForLoadState('networkidle');
  return page;
}

/** The whole page, in full quality. */
async function take(name, width, colorScheme) {
  const page = await opened(name, width, colorScheme);
  const path = join(images, `${name}-${width}-${colorScheme}.png`);
  // So tall that nothing is stuck to the window's edge in the middle of the page.
  const needed = await page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll('dialog')].map((e) => e.scrollHeight),
    ),
  );
  await page.setViewportSize({ width, height: Math.max(800, needed + 100) });
  await page.screenshot({ path, fullPage: true });
  console.log(path.slice(root.length + 1));
  await page.context().close();
}

/** What fits a window, for the README. */
async function keep(name) {
  const page = await opened(name, 1280, 'light');
  const devtools = await page.context().newCDPSession(page);
  let quality = 90;
  let data;
  do {
    const shot = await devtools.send('Page.captureScreenshot', { format: 'webp', quality });
    data = Buffer.from(shot.data, 'base64');
    quality -= 10;
  } while (data.length > limit && quality > 20);
  writeFileSync(join(images, `${name}.webp`), data);
  console.log(`${folder}/${name}.webp  ${Math.round(data.length / 1000)} kB`);
  await page.context().close();
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
  await page.screenshot({ path: join(images, `${name}.png`), fullPage: true });
  console.log(`${folder}/${name}.png`);
  await page.close();
}
