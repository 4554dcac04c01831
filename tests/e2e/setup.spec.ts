/** The first run of an empty site, on an instance of its own: from the set-up token to the first guest, and a restart. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from './test';
import { addressOf, invite, linkIn, login, makeSpace, nextMail, signUp, somebody } from './people';

// Each step needs the one before it.
test.describe.configure({ mode: 'serial' });

const EMAIL = 'first@company.example';
const PHRASE = 'a quiet harbour at dawn';
const state = mkdtempSync(join(tmpdir(), 'foyer-setup-'));
let origin: string;
let site: ChildProcess;

test.beforeAll(async () => {
  origin = `http://localhost:${await freePort()}`;
  await start();
});

test.afterAll(async () => {
  await stop();
  rmSync(state, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

async function start(): Promise<void> {
  const env = {
    ...process.env,
    PORT: new URL(origin).port,
    FOYER_STATE: state,
    FOYER_SEED: 'none',
    FOYER_WATCH_PARENT: '1',
  };
  site = spawn('node', ['scripts/start.mjs'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  site.stdout!.setEncoding('utf8').on('data', (part: string) => (said += part));
  await expect
    .poll(() => said + (site.exitCode === null ? '' : ' ended'), { timeout: 110_000 })
    .toMatch(/is ready at|ended/);
  expect(said, said).toContain(`Foyer is ready at ${origin}`);
}

async function stop(): Promise<number | null> {
  if (site.exitCode !== null) return site.exitCode;
  const ended = once(site, 'exit') as Promise<[number | null]>;
  site.kill('SIGTERM');
  return (await ended)[0];
}

const visitor = (browser: Browser): Promise<Page> =>
  somebody(browser, { baseURL: origin, javaScriptEnabled: false });
const token = () => readFileSync(join(state, 'setup-token'), 'utf8').trim();

async function fill(page: Page, password: string, withToken: string): Promise<void> {
  await page.goto('/setup');
  await page.getByLabel('Set-up token').fill(withToken);
  await page.getByLabel('Name of the site').fill('Company & Friends');
  await page.getByLabel('Display Name').fill('First Person');
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password').fill(password);
}

const submit = (page: Page) => page.getByRole('button', { name: 'Set up' }).click();

test('an empty site shows /setup, whatever was requested', async ({ browser }) => {
  const page = await visitor(browser);
  for (const path of ['/', '/login', '/spaces/1', '/nowhere']) {
    await page.goto(path);
    await expect(page, path).toHaveURL(`${origin}/setup`);
  }
  await expect(page.getByRole('radio', { name: 'Hardened' })).toBeChecked();
});

test('with scripts the password can be shown, and its strength follows the chosen policy', async ({
  browser,
}) => {
  const page = await somebody(browser, { baseURL: origin });
  await fill(page, '', 'guessed');
  await expect(page.getByRole('button', { name: 'Show password' })).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill('abc12');
  await expect(page.getByText('Too short: 7 more characters to go.')).toBeVisible();
  await page.getByRole('radio', { name: 'As documented' }).check();
  await page.getByLabel('Password', { exact: true }).pressSequentially('3');
  await expect(page.getByText('Strong enough.')).toBeVisible();
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await submit(page);
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(page.getByRole('radio', { name: 'As documented' })).toBeChecked();
  await expect(page.getByLabel('Name of the site')).toHaveValue('Company & Friends');
  await page.context().close();
});

test('a wrong token, and a password that the policy refuses, keep everything typed', async ({ browser }) => {
  const page = await visitor(browser);
  const keeps = async () => {
    await expect(page.getByLabel('Name of the site')).toHaveValue('Company & Friends');
    await expect(page.getByLabel('Display Name')).toHaveValue('First Person');
    await expect(page.getByLabel('E-mail address')).toHaveValue(EMAIL);
    await expect(page.getByRole('radio', { name: 'Hardened' })).toBeChecked();
    // Secrets are never sent back.
    await expect(page.getByLabel('Set-up token')).toHaveValue('');
    await expect(page.getByLabel('Password')).toHaveValue('');
  };
  await fill(page, PHRASE, 'guessed');
  await submit(page);
  await expect(page.getByRole('alert')).toContainText('not the set-up token');
  await keeps();
  // All at once, but nothing more about the token.
  await fill(page, 'ab1', 'guessed');
  await page.getByLabel('E-mail address').fill('first@');
  await submit(page);
  await expect(page.getByRole('alert').getByRole('listitem')).toHaveCount(3);
  await fill(page, 'ab1', token());
  await submit(page);
  await expect(page.getByRole('alert')).toContainText('at least 12 characters');
  await keeps();
});

test('two posts at once make one administrator, who is signed in; then /setup is gone', async ({
  browser,
}) => {
  const pages = [await visitor(browser), await visitor(browser)];
  for (const page of pages) await fill(page, PHRASE, token());
  await Promise.all(pages.map(submit));
  const heads = () => Promise.all(pages.map((page) => page.getByRole('heading', { level: 1 }).textContent()));
  await expect.poll(async () => (await heads()).toSorted()).toEqual(['Page not found', 'Spaces']);

  const page = pages[(await heads()).indexOf('Spaces')]!;
  await expect(page.getByRole('heading', { name: 'Welcome, First Person.' })).toBeVisible();
  for (const step of ['New Guest Space', 'Appearance', 'Invite a user'])
    await expect(page.getByRole('link', { name: step })).toBeVisible();
  await page.goto('/admin/users');
  await expect(page.getByRole('row', { name: EMAIL })).toHaveCount(1);
  await expect(page.getByRole('row', { name: EMAIL })).toContainText('Administrator');
  await expect(page).toHaveTitle(/Company & Friends/);
  for (const everybody of [page, await visitor(browser)])
    expect((await everybody.goto('/setup'))!.status()).toBe(404);
});

test('two-step verification warns before it may lock the only administrator out, and is switched on all the same', async ({
  browser,
}) => {
  const page = await visitor(browser);
  await login(page, EMAIL, PHRASE);
  await page.goto('/admin/authentication');
  const twoStep = page.getByLabel('Use two-step verification for guest authentication');
  const save = page.getByRole('button', { name: 'Save' });
  const allTheSame = page.getByLabel('Turn it on anyway');
  await page.getByLabel('Maximum').fill('100');
  await twoStep.check();
  await save.click();
  await expect(page.getByRole('alert')).toContainText(
    'We don’t know yet whether e-mail reaches any administrator',
  );
  // Nothing is saved, nothing is lost.
  await expect(twoStep).toBeChecked();
  await expect(page.getByLabel('Maximum')).toHaveValue('100');
  const other = await visitor(browser);
  await login(other, EMAIL, PHRASE);
  await expect(other).toHaveURL(`${origin}/`);
  // Saved again without confirming, it warns again.
  await save.click();
  await expect(page.getByRole('alert')).toBeVisible();
  await allTheSame.check();
  await save.click();
  await expect(page.getByRole('status')).toBeVisible();
  await expect(allTheSame).toHaveCount(0);
  // And off again, without a question, for what follows.
  await twoStep.uncheck();
  await page.getByLabel('Maximum').fill('128');
  await save.click();
  await expect(page.getByRole('status')).toContainText('off');
});

test('hardened: short passwords are refused at sign-up, and no mail holds one', async ({ browser }) => {
  const page = await visitor(browser);
  await login(page, EMAIL, PHRASE);
  const space = await makeSpace(page, 'First Space');
  const email = addressOf('hardened');
  await invite(page, space, email);
  const url = linkIn(await nextMail(page.request, email), /\/signup\//);

  const guest = await visitor(browser);
  await signUp(guest, url, 'Gus', 'abc1');
  await expect(guest.getByRole('alert')).toContainText('at least 12 characters');
  await signUp(guest, url, ' ', 'abc1');
  await expect(guest.getByRole('alert').getByRole('listitem')).toHaveText([
    'Please type a name.',
    /at least 12 characters/,
  ]);
  await signUp(guest, url, 'Gus', 'password1234');
  await expect(guest.getByRole('alert')).toContainText('too easy to guess');
  await signUp(guest, url, 'Gus', 'tea in the lighthouse');
  await expect(guest).toHaveURL(origin + space);
  const mail = await nextMail(page.request, email, 2);
  expect(mail.subject).toBe('Sign-up is complete!');
  expect(mail.text).toContain(email);
  expect(mail.text + mail.html).not.toContain('lighthouse');
});

test('SIGTERM ends it, and a restart keeps what was done', async ({ browser }) => {
  const page = await visitor(browser);
  await login(page, EMAIL, PHRASE);
  expect(await stop()).toBe(0);
  await expect(page.goto('/')).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
  await start();
  await page.goto('/');
  await page.getByRole('link', { name: /^First Space/ }).click();
  await expect(page.getByRole('heading', { name: 'First Space' })).toBeVisible();
  expect((await page.goto('/setup'))!.status()).toBe(404);
});
