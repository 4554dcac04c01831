/** Who gets in, who does not, and what every answer says to the browser. */
import { request as plainRequest } from 'node:http';
import { expect, test, type Browser, type Page } from './test';
import {
  addressOf,
  invited,
  linkIn,
  login,
  mailsTo,
  makeSpace,
  newGuest,
  newMail,
  nextMail,
  ORIGIN,
  PASSWORD,
  post,
  signedIn,
  somebody,
  type Invited,
} from './people';

const names = ['reset', 'locked', 'device', 'forged', 'signed-out', 'sessions', 'japanese'] as const;
const guests = {} as Record<(typeof names)[number], Invited>;
let space: string;

test.beforeAll(async ({ browser }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  space = await makeSpace(host, 'Access');
  const all = await invited(host, space, ...names.map((name) => addressOf(name)));
  names.forEach((name, i) => (guests[name] = all[i]!));
});

const title = (page: Page) => page.getByRole('heading', { level: 1 });

async function tryLogin(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Login' }).click();
}

async function isOut(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
}

test.describe('password reset', () => {
  test.use({ javaScriptEnabled: false });

  test('ends every session, signs nobody in, and the link works once', async ({ page, browser, request }) => {
    const { email } = guests.reset;
    const first = await newGuest(browser, space, guests.reset);
    const second = await somebody(browser);
    await login(second, email);

    await page.goto('/login');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('forgotten-1');
    await page.getByRole('button', { name: 'Login' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expect(page).toHaveURL('/forgot');
    await expect(page.getByLabel('E-mail address')).toHaveValue(email);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(title(page)).toHaveText('Check your mailbox');
    const url = linkIn(await newMail(request, email, /\/reset\//), /\/reset\//);

    // Opening it uses nothing up, even if a scanner does.
    expect((await request.get(url)).status()).toBe(200);
    await page.goto(url);
    await page.getByLabel('New password').fill('no-digit');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page.getByRole('alert')).toContainText('one digit');
    await page.getByLabel('New password').fill('another-day-2');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page).toHaveURL(/\/login/);
    await expect(page.getByRole('status')).toContainText('Your new password is set');

    for (const everybody of [page, first, second]) await isOut(everybody);
    await page.goto(url);
    await expect(title(page)).toHaveText('This link no longer works');
    await expect(page.getByLabel('New password')).toHaveCount(0);
    await tryLogin(page, email);
    await expect(page.getByRole('alert')).toContainText('isn’t right');
    await login(page, email, 'another-day-2');
  });

  test('gives the same answer for an unknown address, and mails nothing', async ({ page, request }) => {
    const nobody = addressOf('nobody');
    await page.goto('/forgot');
    await page.getByLabel('E-mail address').fill(nobody);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(title(page)).toHaveText('Check your mailbox');
    expect(await mailsTo(request, nobody)).toHaveLength(0);
  });
});

test('login says the same for known and unknown addresses', async ({ page }) => {
  const answer = async (email: string) => {
    const response = await post(page, '/login', { email, password: 'wrong', next: '/' });
    const html = (await response.text())
      .replaceAll(email, '(address)')
      .replace(/(nonce|name="formKey" value)="[^"]*"/g, '');
    return { status: response.status(), html };
  };
  const known = await answer('cho@foyer.example');
  expect(known.html).toContain('isn’t right');
  expect(await answer(addressOf('nobody'))).toEqual(known);
});

for (const kind of ['known', 'unknown'])
  test(`ten failures lock the login name (${kind}), and the page says for how long`, async ({
    page,
    browser,
  }) => {
    const email = kind === 'known' ? guests.locked.email : addressOf('nobody');
    const familiar = kind === 'known' ? await newGuest(browser, space, guests.locked) : null;
    for (let i = 0; i < 10; i++)
      expect((await post(page, '/login', { email, password: `wrong-${i}`, next: '/' })).status()).toBe(400);
    await tryLogin(page, email);
    await expect(page.getByRole('alert')).toContainText('Too many attempts. Wait 3 minutes');
    await isOut(page);
    if (!familiar) return;
    // Sessions continue, and known browsers are let in.
    expect((await familiar.goto(space))!.status()).toBe(200);
    await familiar.getByRole('button', { name: /^Account of/ }).click();
    await familiar.getByRole('menuitem', { name: 'Log out' }).click();
    await expect(familiar).toHaveURL('/login');
    await login(familiar, email);
  });

test('posts from elsewhere are refused: forged, missing and null Origin', async ({ browser }) => {
  const page = await signedIn(browser, 'cho@foyer.example');
  const form = { name: 'Mallory', company: '', locale: '', timeZone: '' };
  for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, undefined])
    for (const path of ['/me?/profile', '/login', '/nowhere', '/healthz'])
      for (const body of [{ form }, { data: form }, {}]) {
        const headers: Record<string, string> = origin ? { origin } : {};
        const answer = await page.request.post(path, { ...body, headers, maxRedirects: 0 });
        expect(answer.status(), `${path} from ${origin}`).toBe(403);
      }
  await page.goto('/me');
  await expect(page.getByLabel('Display Name')).toHaveValue('Cho Yamada');
});

test('a forged Host, X-Forwarded-Host or Forwarded does not change the links in mails', async ({
  browser,
  request,
}) => {
  const { email } = guests.forged;
  await newGuest(browser, space, guests.forged);
  const forgeries: Record<string, string>[] = [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
  ];
  for (const [i, headers] of forgeries.entries()) {
    await postWith(headers, '/forgot', new URLSearchParams({ email }).toString());
    const mail = await nextMail(request, email, 3 + i);
    expect(linkIn(mail, /\/reset\//)).toMatch(new RegExp(`^${ORIGIN}/reset/`));
    expect(mail.text + mail.html).not.toContain('evil.example');
  }
});

/** With a wrong Host, which no browser would send. */
function postWith(headers: Record<string, string>, path: string, body: string): Promise<number> {
  return new Promise((done, failed) => {
    const form = { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    const sent = plainRequest(ORIGIN + path, { method: 'POST', headers: { ...form, ...headers } }, (answer) =>
      answer.resume().on('end', () => done(answer.statusCode!)),
    );
    sent.on('error', failed).end(body);
  });
}

test('anonymous people are sent to the login, from any path, and back only within the site', async ({
  browser,
  request,
}) => {
  for (const path of ['/', '/nowhere?a=1&b', '/spaces/1', '/spaces/999999', '/admin/users', '/me']) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    expect(answer.headers().location).toBe(`/login?next=${encodeURIComponent(path)}`);
  }
  const evil = [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ];
  const page = await somebody(browser);
  const login = { email: 'cho@foyer.example', password: PASSWORD };
  for (const next of [...evil, '/me']) {
    const home = next === '/me' ? '/me' : '/';
    // Through the page's own form, without ever seeing it, and for somebody who is in already.
    expect(await (await request.get(`/login?next=${encodeURIComponent(next)}`)).text()).toContain(
      `name="next" value="${home}"`,
    );
    const posted = await post(page, '/login', { ...login, next });
    expect(posted.headers().location, next).toBe(home);
    const inside = await page.request.get(`/login?next=${encodeURIComponent(next)}`, { maxRedirects: 0 });
    expect(inside.headers().location, next).toBe(home);
    await page.context().clearCookies();
  }
});

test('every answer carries the security headers', async ({ browser, request, page }) => {
  const signed = await signedIn(browser, 'ava@foyer.example');
  const answers = [
    ...(await Promise.all(
      ['/login', '/forgot', '/', '/nowhere', '/healthz', '/signup/nonsense', '/reset/nonsense'].map((path) =>
        request.get(path, { maxRedirects: 0 }),
      ),
    )),
    await request.get(guests.device.url),
    await request.post('/login', { form: {}, maxRedirects: 0 }),
    await post(page, '/login', { email: '', password: '' }),
    ...(await Promise.all(
      ['/', '/spaces/1', '/spaces/1/__data.json', '/nowhere', '/admin/users', '/me', '/spaces/999999'].map(
        (path) => signed.request.get(path, { maxRedirects: 0 }),
      ),
    )),
  ];
  for (const answer of answers) {
    const about = `${answer.status()} ${answer.url()}`;
    const headers = answer.headers();
    expect.soft(headers['content-security-policy'], about).toMatch(/default-src '(self|none)'/);
    expect.soft(headers['content-security-policy'], about).toContain("frame-ancestors 'none'");
    expect.soft(headers['content-security-policy'], about).not.toMatch(/unsafe-(inline|eval)/);
    expect.soft(headers['referrer-policy'], about).toBe('same-origin');
    expect.soft(headers['x-content-type-options'], about).toBe('nosniff');
    expect.soft(headers['cache-control'], about).toMatch(/no-store/);
  }
});

test('signing out ends the session, not only the cookie', async ({ browser }) => {
  const page = await newGuest(browser, space, guests['signed-out']);
  const cookies = await page.context().cookies();
  expect(cookies.find((cookie) => cookie.name === 'foyer')).toMatchObject({
    httpOnly: true,
    sameSite: 'Lax',
  });
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL('/login');
  const said = page.getByRole('status').filter({ hasText: 'You’ve logged out.' });
  await expect(said).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Password')).toBeVisible();
  await expect(said).toHaveCount(0);
  await page.context().addCookies(cookies);
  await isOut(page);
});

test('/me lists one’s sessions, and one can be ended', async ({ browser }) => {
  const { email } = guests.sessions;
  const page = await newGuest(browser, space, guests.sessions);
  const phone = await phoneOf(browser, email);
  await page.goto('/me');
  await expect(page.getByText('This browser')).toBeVisible();
  const other = page.getByRole('listitem').filter({ hasText: 'iPhone' });
  await other.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('status')).toContainText('Logged out');
  await expect(other).toHaveCount(0);
  await isOut(phone);
  await page.goto(space);
  await expect(page).toHaveURL(space);
});

async function phoneOf(browser: Browser, email: string): Promise<Page> {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1';
  const page = await somebody(browser, { userAgent });
  await login(page, email);
  return page;
}

test('Japanese: by choice on /me, and by Accept-Language before anybody is signed in', async ({
  browser,
}) => {
  const page = await newGuest(browser, space, guests.japanese);
  await page.goto('/me');
  await page.getByLabel('Language').selectOption({ label: '日本語' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(title(page)).toHaveText('スペース');
  // The other people of the space keep theirs.
  const host = await signedIn(browser, 'ben@foyer.example');
  await host.goto(space);
  await expect(host.locator('html')).toHaveAttribute('lang', 'en');

  const visitor = await somebody(browser, { locale: 'ja-JP' });
  await visitor.goto('/login');
  await expect(visitor.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(visitor.getByRole('button', { name: 'ログイン' })).toBeVisible();
  const french = await somebody(browser, { locale: 'fr-FR' });
  await french.goto('/login');
  await expect(french.locator('html')).toHaveAttribute('lang', 'en');
});

test('health is public, not cached, and says nothing else', async ({ request }) => {
  const answer = await request.get('/healthz');
  expect(answer.status()).toBe(200);
  expect(await answer.json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  expect(answer.headers()['cache-control']).toContain('no-store');
});
