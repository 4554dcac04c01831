/** A slow or dead network: the page and everything typed stay, and a retry writes nothing twice. */
import { expect, test } from './test';
import { button, hold, loseAnswers, ready, sizes } from './forms';
import { addressOf, gate, invited, mailsTo, makeSpace, nextMail, signedIn } from './people';

const BEN = 'ben@foyer.example';

let space = '';

test.beforeAll(async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  space = await makeSpace(page, 'Network');
  await page.context().close();
});

test('after ten seconds it says that it goes on', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.clock.install();
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Slow');
  const posts = await hold(page);
  await button(page, 'Post').click();
  await expect(button(page, 'Posting…')).toBeVisible();
  await expect(page.getByText('Still sending.')).toHaveCount(0);
  await page.clock.runFor(10_000);
  await expect(page.getByText('Still sending.')).toBeVisible();
  posts.open();
  await expect(page).toHaveURL(/\/threads\/\d+$/);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › a dead network keeps the page and everything typed, and one press sends it again`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    await page.goto(`${space}/new-thread`);
    await ready(page);
    await page.getByLabel('Title', { exact: true }).fill(`Kept ${where}`);
    await page.getByLabel('Body', { exact: true }).fill('All of it');
    await page.context().setOffline(true);
    await button(page, 'Post').click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText(/^Not sent\. Try again/);
    await expect(alert).toContainText('You seem to be offline.');
    await expect(alert).toBeInViewport();
    await expect(button(page, 'Post')).toBeEnabled();
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue(`Kept ${where}`);
    await expect(page.getByLabel('Body', { exact: true })).toHaveValue('All of it');
    await page.context().setOffline(false);
    await button(page, 'Try again').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Kept ${where}`);
    await page.context().close();
  });

test("a proxy's error page and a broken answer keep the page, and the retry writes only once", async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Title', { exact: true }).fill('Arrived after all');
  await loseAnswers(page, '**/new-thread');
  await button(page, 'Post').click();
  await expect(page.getByRole('alert')).toContainText('The site didn’t answer');
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Arrived after all');
  await page.unroute('**/new-thread');
  await button(page, 'Try again').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Arrived after all');
  await page.goto(space);
  await expect(page.getByRole('link', { name: /Arrived after all/ })).toHaveCount(1);
  await page.context().close();
});

test('somebody who has gone on hears what was not sent, with a way back', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(`${space}/new-thread`);
  await ready(page);
  await page.getByLabel('Body', { exact: true }).fill('Left behind');
  const posts = await hold(page);
  await button(page, 'Post').click();
  await expect(button(page, 'Posting…')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Network' }).click();
  await expect(page).toHaveURL(space);
  posts.open();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Not sent: New Thread');
  await alert.getByRole('link', { name: 'Go back to it' }).click();
  await expect(page).toHaveURL(`${space}/new-thread`);
  await expect(page.getByLabel('Body', { exact: true })).toHaveValue('Left behind');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.context().close();
});

test('a line along the top appears only when the next page takes long, and moves nothing', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  await page.goto(space);
  await page.waitForLoadState('networkidle');
  const { opened, open } = gate();
  await page.route('**/__data.json*', async (route) => {
    await opened;
    await route.continue();
  });
  await page.getByRole('link', { name: 'New Thread', exact: true }).click();
  const line = page.locator('main ~ div[aria-hidden=true]').first();
  await expect(line).toHaveCSS('opacity', '1');
  await expect(line).toHaveCSS('position', 'fixed');
  open();
  await expect(page).toHaveURL(/new-thread$/);
  await expect(line).toHaveCount(0);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › a link leaves no page while offline, and is followed by "Try again"`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    await page.goto('/me');
    await page.waitForLoadState('networkidle');
    await page.getByLabel('Display Name', { exact: true }).fill('Ben, typing');
    await page.context().setOffline(true);
    await page.getByRole('banner').getByRole('link').first().click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('You’re offline.');
    await expect(alert).toBeInViewport();
    await expect(page).toHaveURL('/me');
    await expect(page.getByLabel('Display Name', { exact: true })).toHaveValue('Ben, typing');
    await button(page, 'Try again').click();
    await expect(alert).toContainText('You’re offline.');
    await page.context().setOffline(false);
    await expect(alert).toHaveCount(0);
    await expect(page.getByLabel('Display Name', { exact: true })).toHaveValue('Ben, typing');
    await page.context().close();
  });

test('data that does not arrive keeps the page, also behind a working network', async ({ browser }) => {
  const page = await signedIn(browser, BEN);
  await page.goto(space);
  await page.waitForLoadState('networkidle');
  await page.route('**/__data.json*', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await page.getByRole('link', { name: 'New Thread', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The site isn’t answering.');
  await expect(page).toHaveURL(space);
  await expect(page.getByRole('heading', { level: 1, name: 'Network' })).toBeVisible();
  await page.unroute('**/__data.json*');
  await button(page, 'Try again').click();
  await expect(page).toHaveURL(/new-thread$/);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.context().close();
});

for (const [where, options] of sizes)
  test(`${where} › an action in a row that is not sent says so without moving the row`, async ({
    browser,
  }) => {
    const page = await signedIn(browser, BEN, options);
    const email = addressOf('row');
    await invited(page, space, email);
    await page.goto(`${space}/settings/guests`);
    await page.waitForLoadState('networkidle');
    const resend = page.getByRole('row', { name: email }).getByRole('button', { name: 'Resend' });
    await resend.scrollIntoViewIfNeeded();
    const before = await resend.boundingBox();
    await page.context().setOffline(true);
    await resend.click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Not sent: Resend');
    await expect(alert).toContainText('You seem to be offline.');
    await expect(alert).toBeInViewport();
    expect(await resend.boundingBox()).toEqual(before);
    await page.context().setOffline(false);
    await button(page, 'Try again').click();
    await expect(page.getByRole('status')).toBeVisible();
    await expect(alert).toHaveCount(0);
    await page.context().close();
  });

test('an invitation whose answer was lost is mailed once, from the card and the dialog', async ({
  browser,
}) => {
  const page = await signedIn(browser, BEN);
  const own = await makeSpace(page, 'Lost answers');
  for (const [path, submitted] of [
    [own, `**${own}?/invite`],
    [`${own}/settings/guests/invite`, '**/settings/guests/invite'],
  ] as const) {
    const email = addressOf('lost');
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await page.getByLabel('E-mail addresses', { exact: true }).fill(email);
    await loseAnswers(page, submitted);
    await button(page, 'Send').click();
    await expect(page.getByText('Not sent.', { exact: true })).toBeVisible();
    await nextMail(page.request, email);
    await page.unroute(submitted);
    await button(page, 'Try again').click();
    await expect(page.getByRole('status')).toContainText('1 invitation');
    expect(await mailsTo(page.request, email), path).toHaveLength(1);
  }
  await page.context().close();
});
