/** Who answers for a guest, and until when they have access. */
import { expect, test, type Locator } from './test';
import {
  addressOf,
  guestRow,
  invited,
  linkIn,
  makeSpace,
  newGuest,
  newMail,
  ORIGIN,
  signedIn,
} from './people';

const AVA = 'ava@foyer.example';
const BEN = 'ben@foyer.example';
const CHO = 'cho@foyer.example';

for (const javaScriptEnabled of [true, false])
  test(`a guest’s sponsor is chosen, and seen by the administration and by the guest; scripts: ${javaScriptEnabled}`, async ({
    browser,
  }) => {
    const host = await signedIn(browser, BEN, { javaScriptEnabled });
    const name = `Sponsored ${javaScriptEnabled}`;
    const space = await makeSpace(host, name);
    await host.goto(`${space}/settings/members?find=${CHO}`);
    await host.getByRole('button', { name: 'Add', exact: true }).click();
    const [link] = await invited(host, space, addressOf('gil'));
    const guest = await newGuest(browser, space, link!);
    const row = await guestRow(host, space, link!.email);
    await expect(row).toContainText('Sponsor: Ben Kowalski');

    await row.getByRole('button', { name: 'Access', exact: true }).click();
    const dialog = host.getByRole('alertdialog');
    await expect(dialog.getByLabel('Sponsor')).toHaveValue(BEN);
    await dialog.getByLabel('Sponsor').fill('somebody else');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByLabel('Sponsor')).toHaveAccessibleDescription(/No active member of this space/);
    await expect(dialog.getByLabel('Sponsor')).toHaveValue('somebody else');
    await dialog.getByLabel('Sponsor').fill(CHO);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(host.getByRole('status')).toHaveText('Access changed.');
    const cho = (await sponsorIn(row))!;
    expect(cho).not.toContain('Ben');

    await guest.goto('/me');
    await expect(guest.getByText(`${cho} answers for you here.`)).toBeVisible();

    const boss = await signedIn(browser, AVA, { javaScriptEnabled });
    await boss.goto(`/admin/guests?sponsor=${encodeURIComponent(cho)}&space=${encodeURIComponent(name)}`);
    await expect(boss.getByRole('row', { name: link!.email })).toContainText(`Sponsor: ${cho}`);
    await boss.getByRole('link', { name: 'Guest Person' }).first().click();
    await boss.getByRole('button', { name: 'Access', exact: true }).click();
    await boss.getByRole('alertdialog').getByLabel('Sponsor').fill('');
    await boss.getByRole('alertdialog').getByRole('button', { name: 'Save' }).click();
    await expect(boss.getByRole('status')).toHaveText('Access changed.');
    await expect(boss.getByText('Without a sponsor')).toBeVisible();
    await host.goto(`${space}/settings/guests?status=unsponsored`);
    await expect(host.getByRole('row', { name: link!.email })).toContainText('Without a sponsor');
  });

const sponsorIn = async (row: Locator) => /Sponsor: (\w+ \w+)/.exec((await row.textContent()) ?? '')?.[1];

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('a guest’s access ends, they ask for more time, and whoever answers for them gives it', async ({
  browser,
  request,
}) => {
  const host = await signedIn(browser, BEN);
  const space = await makeSpace(host, 'Access that ends');
  const email = addressOf('ends');
  await host.goto(`${space}/settings/guests/invite`);
  await host.getByLabel('E-mail addresses').fill(email);
  await host.getByLabel('Access ends').fill('2001-01-01');
  await host.getByRole('button', { name: 'Send' }).click();
  await expect(host.getByLabel('Access ends')).toHaveAccessibleDescription(/This day has passed/);
  await expect(host.getByLabel('E-mail addresses')).toHaveValue(email);
  await host.getByLabel('Access ends').fill(inDays(2));
  await host.getByRole('button', { name: 'Send' }).click();
  await expect(host.getByRole('status')).toHaveText('1 invitation is on its way.');
  const url = linkIn(await newMail(request, email, /\/signup\//), /\/signup\//);
  const guest = await newGuest(browser, space, { email, url });
  await expect(guest.getByText('Your access ends')).toBeVisible();
  await expect(await guestRow(host, space, email)).toContainText('Access ends');

  // Cron is three days late, and says so to both.
  const later = () => request.post('/dev/cron?minutes=4320', { headers: { origin: ORIGIN } });
  expect((await later()).status()).toBe(204);
  await expect(guest.getByRole('alertdialog')).toBeVisible();
  await newMail(request, email, /ended on/);
  expect((await guest.goto(space))!.status()).toBe(404);
  await guest.getByRole('link', { name: 'My access' }).click();
  await expect(guest.getByRole('heading', { name: 'Access that has ended' })).toBeVisible();
  await guest.getByRole('button', { name: 'Ask for more time' }).click();
  await expect(guest.getByRole('status')).toHaveText('We’ve passed on that you’d like more time.');
  const asked = await newMail(request, BEN, /would like to use “?.?Access that ends/);
  const page = linkIn(asked, /\/access\//);
  await host.goto(page);
  await expect(host.getByText('asks for more time')).toBeVisible();
  await host.getByRole('button', { name: 'Extend access' }).click();
  await expect(host.getByRole('status')).toHaveText('Access extended. The guest has been told.');
  await newMail(request, email, /You have access to/);
  await guest.goto(space);
  await expect(guest.getByRole('heading', { name: 'Access that ends', level: 1 })).toBeVisible();
});
