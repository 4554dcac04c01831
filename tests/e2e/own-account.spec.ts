/** What people do with their own account: a new address, a copy of their data, and deleting it. */
import { readFile } from 'node:fs/promises';
import { unzipped } from '../archives';
import { expect, test } from './test';
import { button, sizes } from './forms';
import {
  PASSWORD,
  addressOf,
  invited,
  linkIn,
  login,
  mailsTo,
  makeSpace,
  newGuest,
  newMail,
  signedIn,
  somebody,
} from './people';

const BEN = 'ben@foyer.example';

/** A guest of a space of their own. */
async function guestOf(
  browser: Parameters<typeof signedIn>[0],
  name: string,
  options: Parameters<typeof signedIn>[2],
) {
  const ben = await signedIn(browser, BEN);
  const space = await makeSpace(ben, `Quay ${addressOf(name)}`);
  const [one] = await invited(ben, space, addressOf(name));
  const page = await newGuest(browser, space, one!, options);
  return { ben, space, email: one!.email, page };
}

for (const [[where, options], javaScriptEnabled] of [
  [sizes[0], true],
  [sizes[1], true],
  [sizes[1], false],
] as const) {
  const how = `${where}, scripts: ${javaScriptEnabled}`;

  test(`a new e-mail address is confirmed at the new mailbox, and the old one is told (${how})`, async ({
    browser,
    request,
  }) => {
    const { page, email } = await guestOf(browser, 'mover', { ...options, javaScriptEnabled });
    const fresh = addressOf('moved');
    await page.goto('/me');
    const section = page.getByRole('region', { name: 'E-mail address' });
    await section.getByLabel('New e-mail address').fill(fresh);
    await section.getByLabel('Your password').fill('not-my-password-1');
    await section.getByRole('button', { name: 'Send link' }).click();
    await expect(section.getByRole('alert')).toBeVisible();
    await expect(section.getByLabel('New e-mail address')).toHaveValue(fresh);
    expect(await mailsTo(request, fresh)).toHaveLength(0);

    await section.getByLabel('Your password').fill(PASSWORD);
    await section.getByRole('button', { name: 'Send link' }).click();
    await expect(section).toContainText(`We’ve sent a link to ${fresh}`);
    await newMail(request, email, /asked to change the e-mail address of your account/);
    const link = linkIn(await newMail(request, fresh, /\/email\//), /\/email\//);

    // Opening the link changes nothing: a mail scanner may do it.
    const elsewhere = await somebody(browser, { ...options, javaScriptEnabled });
    await elsewhere.goto(link);
    await page.goto('/me');
    await expect(page.getByText(`You’re logged in as ${email}.`)).toBeVisible();

    await button(elsewhere, 'Change e-mail address').click();
    await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText('Your e-mail address has changed');
    await login(elsewhere, fresh);
    await elsewhere.goto('/me');
    await expect(elsewhere.getByText(`You’re logged in as ${fresh}.`)).toBeVisible();
    // All that was for the old address has ended.
    await page.goto('/me');
    await expect(page).toHaveURL(/\/login/);
    await page.goto(link);
    await expect(button(page, 'Change e-mail address')).toHaveCount(0);
  });

  test(`a guest deletes their account: what they wrote stays, without their name (${how})`, async ({
    browser,
    request,
  }) => {
    const { ben, page, space, email } = await guestOf(browser, 'leaver', { ...options, javaScriptEnabled });
    await page.goto(`${space}/new-thread`);
    await page.getByLabel('Title').fill('Keys');
    await page.getByLabel('Body').fill('They are under the mat.');
    await button(page, 'Post').click();
    await expect(page.getByText('They are under the mat.')).toBeVisible();
    const thread = new URL(page.url()).pathname;

    await page.goto('/me');
    await page.getByRole('link', { name: 'Delete my account' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByLabel('Type your e-mail address to confirm').fill(BEN);
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await expect(dialog.getByRole('alert')).toContainText('That isn’t the address of your account.');
    await expect(dialog.getByLabel('Type your e-mail address to confirm')).toHaveValue(BEN);

    await dialog.getByLabel('Type your e-mail address to confirm').fill(email);
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await expect(page.getByText('Your account is deleted.').filter({ visible: true }).first()).toBeVisible();
    expect((await newMail(request, email, /deleted/)).text).toContain('deleted');

    await page.goto('/login');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Login').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await ben.goto(thread);
    const main = ben.getByRole('main');
    await expect(main.getByText('They are under the mat.')).toBeVisible();
    await expect(main.getByText('Former guest').first()).toBeVisible();
    await expect(main.getByText('Guest Person')).toHaveCount(0);
  });
}

test('a copy of one’s own data is a ZIP that opens with a page to read', async ({ browser }) => {
  const { page, space, email } = await guestOf(browser, 'keeper', {});
  await page.goto(`${space}/new-thread`);
  await page.getByLabel('Title').fill('Keys');
  await page.getByLabel('Body').fill('They are under the mat.');
  await button(page, 'Post').click();
  await expect(page.getByText('They are under the mat.')).toBeVisible();

  await page.goto('/me');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const entries = unzipped(await readFile(await (await download).path()));
  expect(entries.find((entry) => entry.name === 'index.html')?.text).toContain(email);
  expect(entries.map((entry) => entry.text).join('\n')).toContain('They are under the mat.');
});
