/** Who answers for a guest. */
import { expect, test, type Page } from './test';
import { addressOf, guestRow, invited, makeSpace, newGuest, signedIn } from './people';

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
    await expect(row).toContainText('Ben Kowalski');

    await row.getByRole('button', { name: 'Change access' }).click();
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
    await boss.getByRole('button', { name: 'Change access' }).click();
    await boss.getByRole('alertdialog').getByLabel('Sponsor').fill('');
    await boss.getByRole('alertdialog').getByRole('button', { name: 'Save' }).click();
    await expect(boss.getByRole('status')).toHaveText('Access changed.');
    await expect(boss.getByText('Without a sponsor')).toBeVisible();
    await host.goto(`${space}/settings/guests?status=unsponsored`);
    await expect(host.getByRole('row', { name: link!.email })).toContainText('Without a sponsor');
  });

/** What stands in the third cell behind the name. */
const sponsorIn = (row: ReturnType<Page['getByRole']>) =>
  row
    .getByRole('cell')
    .nth(3)
    .textContent()
    .then((text) => text?.trim());
