/** The steps of every journey by the words on the screen, and the mails that were really sent. */
import { randomBytes } from 'node:crypto';
import {
  expect,
  type APIRequestContext,
  type APIResponse,
  type Browser,
  type Locator,
  type Page,
} from '@playwright/test';
import type { MailboxMail } from '../../src/lib/server/mail/transport';

export type Mail = MailboxMail;

export const PASSWORD = 'foyer-demo-1';
/** Where the site is. */
export const ORIGIN = process.env.FOYER_E2E_ORIGIN!;

/** An e-mail address that no other test uses. */
export const addressOf = (name: string): string =>
  `${name}-${randomBytes(4).toString('hex')}@partner.example`;

/** The mails to an address, newest first. */
export async function mailsTo(request: APIRequestContext, address: string): Promise<Mail[]> {
  const mails = (await (await request.get('/dev/mailbox.json')).json()) as Mail[];
  return mails.filter((mail) => mail.to === address);
}

/** The queue delivers after the page. @returns the newest */
export async function nextMail(request: APIRequestContext, address: string, nth = 1): Promise<Mail> {
  await expect
    .poll(async () => (await mailsTo(request, address)).length, { intervals: [150] })
    .toBeGreaterThanOrEqual(nth);
  return (await mailsTo(request, address))[0]!;
}

/** With these words, and new: others may still be on their way. */
export async function newMail(
  request: APIRequestContext,
  address: string,
  fits: RegExp,
  before: Mail[] = [],
): Promise<Mail> {
  const find = async () =>
    (await mailsTo(request, address)).find(
      (mail) => fits.test(mail.text) && !before.some((old) => old.id === mail.id),
    );
  await expect.poll(find, { intervals: [150] }).toBeTruthy();
  return (await find())!;
}

/** The address must appear once, in full, alone on its line. */
export function linkIn(mail: Mail, path: RegExp): string {
  const lines = mail.text.split('\n').filter((line) => /^https?:\/\/\S+$/.test(line) && path.test(line));
  expect(lines, mail.text).toHaveLength(1);
  return lines[0]!;
}

/** The six digits of a code mail. */
export function codeIn(mail: Mail): string {
  const code = /^\s*(\d{6})\b/.exec(mail.text)?.[1];
  expect(code, mail.text).toBeTruthy();
  return code!;
}

export async function login(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** A browser of another person, with its own cookies. */
export async function somebody(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

const kept = new Map<string, Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>>();

/** The demo's people log in once for all tests: never sign them out. */
export async function signedIn(
  browser: Browser,
  email: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  if (!kept.has(email)) {
    const first = await somebody(browser);
    await login(first, email);
    kept.set(email, await first.context().storageState());
    await first.context().close();
  }
  return somebody(browser, { ...options, storageState: kept.get(email) });
}

/** As a page of the site would, without following redirects. */
export const post = (page: Page, path: string, form: Record<string, string>): Promise<APIResponse> =>
  page.request.post(path, { form, headers: { origin: ORIGIN, accept: 'text/html' }, maxRedirects: 0 });

/** The id of an upload that nothing uses yet. */
export async function attachable(page: Page, space: string, name: string): Promise<string> {
  const answer = await page.request.post(`${space}/files?name=${encodeURIComponent(name)}`, {
    data: Buffer.from(name),
    headers: { origin: ORIGIN, 'content-type': 'application/octet-stream' },
  });
  return ((await answer.json()) as { id: string }).id;
}

/** A space of its own for a test; returns its address. The page must be signed in and may create spaces. */
export async function makeSpace(page: Page, name: string): Promise<string> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('menuitem', { name: 'New Guest Space' }).click();
  await page.getByText('Create from scratch').click();
  await page.getByLabel('Space name').fill(name);
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/spaces\/[1-9]\d*$/);
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Shows a folded part of a form. */
export const unfold = (page: Page, title: string): Promise<void> =>
  page.locator('summary').filter({ hasText: title }).click();

/** Options → Manage Guests → Invite Guests → Send. */
export async function invite(page: Page, space: string, addresses: string): Promise<void> {
  await page.goto(space);
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('menuitem', { name: 'Manage Guests' }).click();
  await expect(page.getByRole('tab', { name: 'Guests' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Invite Guests' }).click();
  await page.getByLabel('E-mail addresses').fill(addresses);
  await page.getByRole('button', { name: 'Send' }).click();
}

export interface Invited {
  email: string;
  /** The mailed link. */
  url: string;
}

/** Without pages, which the journey tests; all at once, because mails take a second. */
export async function invited(host: Page, space: string, ...emails: string[]): Promise<Invited[]> {
  const before = await Promise.all(emails.map((email) => mailsTo(host.request, email)));
  const form = { addresses: emails.join('\n'), subject: 'Come in', message: 'Hello', locale: 'en' };
  expect((await post(host, `${space}/settings/guests/invite`, form)).status()).toBe(303);
  return Promise.all(
    emails.map(async (email, i) => {
      const mail = await newMail(host.request, email, /\/signup\//, before[i]);
      return { email, url: linkIn(mail, /\/signup\//) };
    }),
  );
}

/** The row of an address in the Guests tab. */
export async function guestRow(host: Page, space: string, email: string): Promise<Locator> {
  await host.goto(`${space}/settings/guests`);
  return host.getByRole('row', { name: email });
}

/** The browser of somebody who was invited to a space and has just signed up. */
export async function newGuest(
  browser: Browser,
  space: string,
  { url }: Invited,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const page = await somebody(browser, options);
  await signUp(page, url, 'Guest Person');
  await expect(page).toHaveURL(space);
  return page;
}

export async function signUp(
  page: Page,
  url: string,
  name: string,
  password = PASSWORD,
  company?: string,
): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Display Name').fill(name);
  if (company) await page.getByLabel('Company', { exact: true }).fill(company);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Login' }).click();
}

/** Switches two-step verification through the page, as an administrator. */
export async function setTwoStep(page: Page, on: boolean): Promise<void> {
  await page.goto('/admin/authentication');
  await page.getByLabel('Use two-step verification for guest authentication').setChecked(on);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toBeVisible();
}

/** What waits for its time is done, as cron will do it then. */
export async function tenMinutesLater(request: APIRequestContext): Promise<void> {
  const answer = await request.post('/dev/cron?minutes=10', { headers: { origin: ORIGIN } });
  expect(answer.status()).toBe(204);
}

/** Holds a request back until the test lets it go. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open };
}
