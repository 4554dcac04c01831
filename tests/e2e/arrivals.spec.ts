/** Every state of an invitation link except the open form: each page says how to go on, without scripts. */
import { expect, test, type Browser, type Page } from './test';
import {
  addressOf,
  codeIn,
  guestRow,
  invited,
  linkIn,
  login,
  mailsTo,
  makeSpace,
  newGuest,
  newMail,
  nextMail,
  PASSWORD,
  post,
  setTwoStep,
  signedIn,
  signUp,
  somebody,
  type Invited,
} from './people';

test.use({ javaScriptEnabled: false });

const BEN = 'ben@foyer.example';
const AVA = 'ava@foyer.example';
/** Longer than a line of a phone. */
const LONG = 'maximiliana.von-hohenzollern.structural-engineering';
const names = [
  'cancelled',
  'replaced',
  'used',
  'taken',
  'other',
  'removed',
  'member',
  'somebody',
  'else',
  'plain',
  'two-step',
  'forged',
  'copied',
  'double',
  'twice',
  'opened',
  'deactivated',
  'leaving',
] as const;
let space: string;
let host: Page;
const guests = {} as Record<(typeof names)[number], Invited>;

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Arrivals');
  const all = await invited(page, space, ...names.map((name) => addressOf(name === 'else' ? LONG : name)));
  names.forEach((name, i) => (guests[name] = all[i]!));
});
test.beforeEach(async ({ browser }) => {
  host = await signedIn(browser, BEN);
});

const title = (page: Page) => page.getByRole('heading', { level: 1 });

/** Opens a link in a fresh browser. */
async function open(browser: Browser, url: string): Promise<Page> {
  const page = await somebody(browser);
  expect((await page.goto(url))!.status()).toBe(200);
  return page;
}

test('open: says who invites, of which company, and until when in which zone', async ({ browser }) => {
  const page = await somebody(browser, { locale: 'en-GB' });
  await page.goto(guests.plain.url);
  await expect(page.getByText('Ben Kowalski from Foyer Ltd invited you')).toBeVisible();
  await expect(page.locator('main time')).toHaveText(/^\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d\d:\d\d UTC$/);
  const american = await somebody(browser, { locale: 'en-US' });
  await american.goto(guests.plain.url);
  await expect(american.locator('main time')).toHaveText(
    /^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d\s[AP]M UTC$/,
  );
});

test('expired: asks the inviter for a new link, once', async ({ browser, request }) => {
  const url = linkIn(await nextMail(request, 'hal@studio.example'), /\/signup\//);
  const page = await open(browser, url);
  await expect(title(page)).toHaveText('This invitation has expired');
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await page.getByRole('button', { name: 'Ask for a new link' }).click();
  await expect(page.getByRole('status')).toContainText('We’ve passed it on');
  const mail = await newMail(request, AVA, /hal@studio\.example/);
  expect(mail.subject).toContain('Harbour Bridge');
  expect(linkIn(mail, /\/spaces\//)).toMatch(/\/spaces\/1\/settings\/guests$/);

  // A second press would send a second mail.
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'Ask for a new link' })).toHaveCount(0);
  await post(page, `${new URL(url).pathname}?/ask`, {});
  const asked = (await mailsTo(request, AVA)).filter(({ text }) => text.includes('hal@studio.example'));
  expect(asked).toHaveLength(1);
  // Nor does a form that was opened earlier sign anybody up.
  await post(page, `${new URL(url).pathname}?/signUp`, { name: 'Hal', password: PASSWORD });
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
});

test('cancelled: says so, and the kept form signs nobody up', async ({ browser }) => {
  const { email, url } = guests.cancelled;
  const kept = await open(browser, url);
  await (await guestRow(host, space, email)).getByRole('button', { name: 'Delete' }).click();
  await host.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(host.getByRole('row', { name: email })).toHaveCount(0);

  await kept.getByLabel('Display Name').fill('Kim');
  await kept.getByLabel('Password').fill(PASSWORD);
  await kept.getByRole('button', { name: 'Login' }).click();
  await expect(title(kept)).toHaveText('This invitation was cancelled');
  await kept.getByRole('link', { name: 'Go to the login page' }).click();
  await expect(kept).toHaveURL('/login');
});

test('replaced: after a resend the old link is invalid, and the new one works', async ({
  browser,
  request,
}) => {
  const { email, url: old } = guests.replaced;
  await (await guestRow(host, space, email)).getByRole('button', { name: 'Resend' }).click();
  await expect(host.getByRole('status')).toBeVisible();
  const fresh = linkIn(await nextMail(request, email, 2), /\/signup\//);

  const page = await open(browser, old);
  await expect(title(page)).toHaveText('There is a newer link');
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await signUp(page, fresh, 'Ray');
  await expect(page).toHaveURL(space);
});

test('used: leads to the login, and from there into the space', async ({ browser }) => {
  const { email, url } = guests.used;
  await newGuest(browser, space, guests.used);
  const page = await open(browser, url);
  await expect(title(page)).toHaveText('You’ve already joined');
  await page.getByRole('link', { name: 'Go to login' }).click();
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page).toHaveURL(space);
});

test('used, and opened by somebody else: shows both addresses, and leads on after the switch', async ({
  browser,
}) => {
  const { email, url } = guests.taken;
  const { email: mine } = guests.other;
  await newGuest(browser, space, guests.taken);
  const page = await newGuest(browser, space, guests.other);
  await page.goto(url);
  await expect(title(page)).toHaveText('You’re logged in with another account');
  await expect(page.getByRole('main')).toContainText(email);
  await expect(page.getByRole('main')).toContainText(mine);
  await page.getByRole('button', { name: `Continue as ${email}` }).click();
  await expect(title(page)).toHaveText('You’ve already joined');
  await page.getByRole('link', { name: 'Go to login' }).click();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page).toHaveURL(space);
});

test('removed since: says so, asks once, and the new invitation joins', async ({ browser, request }) => {
  const { email, url } = guests.removed;
  const guest = await newGuest(browser, space, guests.removed);
  await (await guestRow(host, space, email)).getByRole('button', { name: 'Delete' }).click();
  await host.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(host.getByRole('row', { name: email })).toHaveCount(0);

  for (const page of [await open(browser, url), guest]) {
    await page.goto(url);
    await expect(title(page)).toHaveText('You no longer have access');
    await expect(page.getByRole('main')).toContainText('Ben Kowalski from Foyer Ltd can invite you again');
  }
  await expect(guest.getByRole('link', { name: 'Go to your spaces' })).toBeVisible();
  await guest.getByRole('button', { name: 'Ask for a new invitation' }).click();
  await expect(guest.getByRole('status')).toContainText('We’ve passed it on');
  await expect(guest.getByRole('button', { name: 'Ask for a new invitation' })).toHaveCount(0);
  // The mail and the Guests tab both lead to the form with the address in it.
  const mail = await newMail(
    request,
    BEN,
    new RegExp(`Guest Person \\(guest\\) is no longer in[^]*${email.replaceAll('.', '\\.')}`),
  );
  await host.goto(linkIn(mail, /\/spaces\//));
  await expect(host.getByLabel('E-mail addresses')).toHaveValue(email);
  await host.goto(`${space}/settings/guests`);
  const asked = host.getByRole('list', { name: 'Guests who would like to come back' });
  await expect(asked).toContainText('Guest Person');
  await asked
    .getByRole('listitem')
    .filter({ hasText: email })
    .getByRole('link', { name: 'Invite again' })
    .click();
  await expect(host.getByLabel('E-mail addresses')).toHaveValue(email);

  const [{ url: fresh }] = (await invited(host, space, email)) as [Invited];
  await guest.goto(url);
  await expect(title(guest)).toHaveText('There is a newer link');
  await guest.goto(fresh);
  await guest.getByRole('button', { name: 'Join' }).click();
  await expect(guest).toHaveURL(space);
});

test('a guest who left: the host hears of it, and may dismiss their request, which the guest does not notice', async ({
  browser,
}) => {
  const { email, url } = guests.leaving;
  const guest = await newGuest(browser, space, guests.leaving);
  await post(guest, `${space}?/leave`, {});
  await host.goto('/notifications?show=all');
  await expect(host.getByRole('main')).toContainText('Guest Person (guest) left Arrivals');

  await guest.goto(url);
  await guest.getByRole('button', { name: 'Ask for a new invitation' }).click();
  await expect(guest.getByRole('status')).toContainText('We’ve passed it on');
  await host.goto(`${space}/settings/guests`);
  const entry = host
    .getByRole('list', { name: 'Guests who would like to come back' })
    .getByRole('listitem')
    .filter({ hasText: email });
  await entry.getByRole('button', { name: 'Dismiss' }).click();
  await expect(host.getByRole('status').filter({ hasText: 'Taken off the list' })).toBeVisible();
  await expect(entry).toHaveCount(0);
  await guest.reload();
  await expect(guest.getByRole('status')).toContainText('We’ve passed it on');
});

test('already a member: opens the space', async ({ browser }) => {
  const page = await newGuest(browser, space, guests.member);
  await page.goto(guests.member.url);
  await expect(title(page)).toHaveText('You’re already in');
  await page.getByRole('link', { name: 'Open Arrivals' }).click();
  await expect(page).toHaveURL(space);
});

test('signed in as somebody else: shows both addresses, and switches', async ({ browser }) => {
  const { email, url } = guests.else;
  const { email: mine } = guests.somebody;
  const page = await newGuest(browser, space, guests.somebody);
  await page.goto(url);
  await expect(page.getByRole('main')).toContainText(email);
  await expect(page.getByRole('main')).toContainText(mine);
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await page.setViewportSize({ width: 360, height: 800 });
  const cut = (node: HTMLElement) =>
    [node, document.documentElement].some((one) => one.scrollWidth > one.clientWidth);
  expect(await page.getByRole('button', { name: `Continue as ${email}` }).evaluate(cut)).toBe(false);

  await page.getByRole('link', { name: `Stay logged in as ${mine}` }).click();
  await expect(title(page)).toHaveText('Spaces');
  await page.goto(url);
  await page.getByRole('button', { name: `Continue as ${email}` }).click();
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await signUp(page, url, 'Otto');
  await expect(page).toHaveURL(space);
});

for (const twoStep of [false, true])
  test(`has an account: login${twoStep ? ', mailed code' : ''}, then Join`, async ({ browser, request }) => {
    const { email } = guests[twoStep ? 'two-step' : 'plain'];
    await newGuest(browser, space, guests[twoStep ? 'two-step' : 'plain']);
    const second = await makeSpace(host, `Second space${twoStep ? ', two steps' : ''}`);
    const [{ url }] = (await invited(host, second, email)) as [Invited];
    const admin = await signedIn(browser, AVA);
    if (twoStep) await setTwoStep(admin, true);
    try {
      const page = await open(browser, url);
      await expect(title(page)).toHaveText('You already have an account');
      await page.getByRole('link', { name: 'Go to login' }).click();
      await expect(page.getByLabel('E-mail address')).toHaveValue(email);
      await page.getByLabel('Password').fill(PASSWORD);
      const mails = await mailsTo(request, email);
      await page.getByRole('button', { name: 'Login' }).click();
      if (twoStep) {
        await page
          .getByLabel('Verification Code')
          .fill(codeIn(await newMail(request, email, /^\s*\d{6}\b/, mails)));
        await page.getByRole('button', { name: 'Verify' }).click();
      }
      // Logging in alone joins nobody.
      await expect(page).toHaveURL(url);
      await expect(await guestRow(host, second, email)).toContainText('Invited');
      await page.getByRole('button', { name: 'Join' }).click();
      await expect(page).toHaveURL(second);
      await expect(await guestRow(host, second, email)).toContainText('Active');
    } finally {
      if (twoStep) await setTwoStep(admin, false);
    }
  });

test('a link that is not ours is a 404 that says what may have happened and where to go', async ({
  page,
}) => {
  const { url } = guests.forged;
  const forged = url.slice(0, -1) + (url.endsWith('a') ? 'b' : 'a');
  for (const [path, says] of [
    ['/signup', 'This link is incomplete'],
    ['/signup/', 'This link is incomplete'],
    ['/signup/nonsense', 'This link is incomplete'],
    ['/signup/%00', 'This link is incomplete'],
    [url.slice(0, -1), 'This link is incomplete'],
    [`${url.slice(0, -1)}=`, 'This link is incomplete'],
    [`${url}a`, 'This link is incomplete'],
    [forged, 'We don’t recognise this link'],
  ] as const) {
    expect((await page.goto(path))!.status(), path).toBe(404);
    await expect(title(page)).toHaveText(says);
    await expect(page.getByRole('link', { name: 'Go to the login page' })).toBeVisible();
    expect((await post(page, `${new URL(path, page.url()).pathname}?/signUp`, {})).status()).not.toBe(500);
  }
});

test('a link with something appended by a mail program or a sentence leads to the right one', async ({
  page,
}) => {
  const { url } = guests.forged;
  for (const added of ['.', ')', '>', ',', '%22', '%20', '%E2%80%9D', '%3D', '.%20Please', '%0D%0A']) {
    expect((await page.goto(url + added))!.status(), added).toBe(200);
    expect(page.url()).toBe(url);
    await expect(page.getByLabel('Password')).toBeVisible();
  }
  await page.goto(`${url.slice(0, -9)}%3D%0D%0A${url.slice(-9)}`);
  expect(page.url()).toBe(url);
});

test('when the inviter loses the right to invite, the link expires, and another administrator sends a new one', async ({
  browser,
  request,
}) => {
  const own = await makeSpace(host, 'Handed over');
  const ava = await signedIn(browser, AVA);
  await host.goto(`${own}/settings/members?find=ava`);
  await host.getByRole('checkbox', { name: 'Administrator' }).check();
  await host.getByRole('button', { name: 'Add', exact: true }).click();
  const [{ email, url }] = (await invited(host, own, addressOf('handed'))) as [Invited];
  const row = (await guestRow(ava, own, email)).getByText('Invited', { exact: true });
  await expect(row).toBeVisible();
  await ava.goto(`${own}/settings/members`);
  await ava
    .getByRole('row', { name: BEN })
    .getByRole('button', { name: /^Remove/ })
    .click();
  await expect(await guestRow(ava, own, email)).toContainText('Invitation expired');
  await expect(await guestRow(ava, own, email)).toContainText('can no longer invite guests');

  const page = await open(browser, url);
  await expect(title(page)).toHaveText('This invitation has expired');
  await expect(page.getByRole('main')).toContainText('someone else can send you a new link');
  await page.getByRole('button', { name: 'Ask for a new link' }).click();
  await expect(page.getByRole('status')).toContainText('We’ve passed it on');
  await newMail(request, AVA, new RegExp(email.replaceAll('.', '\\.')));
  await expect(await guestRow(ava, own, email)).toContainText('Asked for a new link');
  await ava.getByRole('row', { name: email }).getByRole('button', { name: 'Resend' }).click();
  await signUp(page, linkIn(await nextMail(request, email, 2), /\/signup\//), 'Hana');
  await expect(page).toHaveURL(own);
});

test('a rule of domains shows whom it affects before it is saved, and open invitations then say why', async ({
  browser,
}) => {
  const own = await makeSpace(host, 'Domains');
  const email = addressOf('rule').replace('partner.example', 'shut.example');
  const [{ url }] = (await invited(host, own, email)) as [Invited];
  const ava = await signedIn(browser, AVA);
  const domains = ava.getByLabel('Allowed e-mail domains');
  const save = () => ava.getByRole('button', { name: 'Save' }).click();
  await ava.goto('/admin/authentication');
  await domains.fill('gil@partner.example');
  await save();
  await expect(domains).toHaveAccessibleDescription(/type partner\.example/);
  // Everybody in the demo and in these tests stays allowed; only this address is shut out.
  const open_ = 'partner.example, *.partner.example, studio.example, foyer.example, guest.example';
  await domains.fill(open_);
  try {
    await save();
    const said = ava.getByRole('alert').filter({ hasText: 'Not saved yet' });
    await expect(said).toContainText('open invitation');
    await expect(domains).toHaveValue(open_);
    await expect((await guestRow(host, own, email)).getByText('Invited', { exact: true })).toBeVisible();
    // People invited meanwhile are counted before the change is confirmed.
    await invited(host, own, email.replace('@', '.too@'));
    await save();
    await expect(said).toContainText('open invitations');
    await save();
    await expect(ava.getByRole('status')).toBeVisible();
    await expect(domains).toHaveValue(/^partner\.example\n\*\.partner\.example/);

    await expect(await guestRow(host, own, email)).toContainText('Invitation expired');
    await host.getByRole('row', { name: email }).getByRole('button', { name: 'Resend' }).click();
    await expect(host.getByRole('alert')).toContainText('Addresses from this domain can’t be invited');
    const page = await open(browser, url);
    await expect(title(page)).toHaveText('This address can’t be invited');
  } finally {
    await ava.goto('/admin/authentication');
    await domains.fill('');
    await save();
    await expect(ava.getByRole('status')).toBeVisible();
  }
});

test('copy link: the sign-up asks for the code mailed to the invited address, and only then joins', async ({
  browser,
  request,
}) => {
  const { email, url: mailed } = guests.copied;
  await (await guestRow(host, space, email)).getByRole('button', { name: 'Copy link' }).click();
  const url = await host.getByLabel('Link to share').inputValue();
  expect(url).not.toBe(mailed);

  const page = await somebody(browser);
  await signUp(page, url, 'Cleo');
  await expect(page).toHaveURL('/verify');
  await expect(await guestRow(host, space, email)).toContainText('Invited');
  const outside = await page.request.get(space, { maxRedirects: 0 });
  expect(outside.status()).toBe(303);
  const code = codeIn(await nextMail(request, email, 2));
  await page.getByLabel('Verification Code').fill(code === '000000' ? '111111' : '000000');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByRole('alert')).toContainText('4 tries');
  await page.getByLabel('Verification Code').fill(code);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page).toHaveURL(space);
  await expect(await guestRow(host, space, email)).toContainText('Active');
});

test('a double click on the sign-up lands in the space, once', async ({ browser }) => {
  const { email, url } = guests.double;
  const page = await open(browser, url);
  await page.getByLabel('Display Name').fill('Dora');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).dblclick();
  await expect(page).toHaveURL(space);
  await expect(await guestRow(host, space, email)).toHaveCount(1);
  await expect(await guestRow(host, space, email)).toContainText('Active');
});

test('two identical simultaneous sign-ups both lead into the space; another password does not', async ({
  browser,
}) => {
  const { email, url } = guests.twice;
  const path = new URL(url).pathname;
  const [one, two, third] = await Promise.all([somebody(browser), somebody(browser), somebody(browser)]);
  const form = { name: 'Tess', password: PASSWORD };
  const answers = await Promise.all([one, two].map((page) => post(page, `${path}?/signUp`, form)));
  for (const answer of answers) {
    expect(answer.status()).toBe(303);
    expect(answer.headers().location).toBe(space);
  }
  for (const page of [one, two]) expect((await page.goto(space))!.status()).toBe(200);
  await expect(await guestRow(host, space, email)).toHaveCount(1);
  await expect(await guestRow(host, space, email)).toContainText('Active');

  await post(third, `${path}?/signUp`, { name: 'Tess', password: 'another-1' });
  await third.goto(space);
  await expect(third).toHaveURL(/\/login/);
});

test('opening the link changes nothing, however often', async ({ browser, request }) => {
  const { email, url } = guests.opened;
  for (let i = 0; i < 10; i++) {
    expect((await request.get(url)).status()).toBe(200);
    expect((await request.head(url)).status()).toBe(200);
  }
  await expect(await guestRow(host, space, email)).toContainText('Invited');
  const page = await somebody(browser);
  await signUp(page, url, 'Omar');
  await expect(page).toHaveURL(space);
});

test('an invited user signs up through the same page and lands on the portal', async ({
  browser,
  request,
}) => {
  const email = addressOf('colleague');
  const admin = await signedIn(browser, AVA);
  await admin.goto('/admin/users');
  await admin.getByLabel('E-mail address').fill(email);
  await admin.getByRole('button', { name: 'Send invitation' }).click();
  await expect(admin.getByRole('status')).toBeVisible();
  const page = await somebody(browser);
  await signUp(page, linkIn(await nextMail(request, email), /\/signup\//), 'Coll Eague');
  await expect(page).toHaveURL('/');
  await expect(title(page)).toHaveText('Spaces');
  await expect(page.getByRole('button', { name: 'Create' })).toHaveCount(0);
  const welcome = await nextMail(request, email, 2);
  expect(welcome.subject).toBe('Sign-up is complete!');
});

test('a deactivated guest is signed out at once, cannot log in, and is shown as inactive', async ({
  browser,
}) => {
  const { email } = guests.deactivated;
  const page = await newGuest(browser, space, guests.deactivated);
  const admin = await signedIn(browser, AVA);
  await admin.goto(`/admin/guests?search=${email}`);
  await admin.getByRole('row', { name: email }).getByRole('button', { name: 'Deactivate' }).click();
  await admin.getByRole('alertdialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(admin.getByRole('status')).toBeVisible();

  await page.goto(space);
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Login' }).click();
  await expect(page.getByRole('alert')).toContainText('deactivated');
  await expect(await guestRow(host, space, email)).toContainText('Inactive');

  await admin.goto(`/admin/guests?search=${email}`);
  await admin.getByRole('row', { name: email }).getByRole('button', { name: 'Reactivate' }).click();
  await expect(admin.getByRole('status')).toBeVisible();
  await login(page, email);
});
