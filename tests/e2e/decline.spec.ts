/** "This is not for me": an invitation is declined, and whoever sent it hears of it. */
import { expect, test } from './test';
import { button, sizes } from './forms';
import { addressOf, linkIn, makeSpace, newMail, nextMail, signedIn, somebody } from './people';

const BEN = 'ben@foyer.example';

for (const [[where, options], javaScriptEnabled] of [
  [sizes[0], true],
  [sizes[1], false],
] as const) {
  test(`whoever was invited by mistake says so (${where}, scripts: ${javaScriptEnabled})`, async ({
    browser,
    request,
  }) => {
    const ben = await signedIn(browser, BEN, { ...options });
    const email = addressOf('wrong');
    const space = await makeSpace(ben, `Quay ${email}`);
    await ben.goto(`${space}/settings/guests/invite`);
    await ben.getByLabel('E-mail addresses').fill(email);
    await button(ben, 'Send').click();
    await expect(ben.getByRole('row').filter({ hasText: email })).toBeVisible();
    const link = linkIn(await nextMail(request, email), /\/signup\//);

    const guest = await somebody(browser, { ...options, javaScriptEnabled });
    await guest.goto(link);
    await guest.getByText('This is not for me').click();
    await guest.getByLabel('Reason (optional)').fill('You mean my sister.');
    await button(guest, 'Decline the invitation').click();
    await expect(guest.getByRole('heading', { name: 'You’ve declined this invitation' })).toBeVisible();
    await guest.goto(link);
    await expect(guest.getByRole('heading', { name: 'You’ve declined this invitation' })).toBeVisible();

    const told = await newMail(request, BEN, new RegExp(`${email} declined`));
    expect(told.text).toContain('You mean my sister.');
    await ben.goto('/notifications?show=all');
    await ben.getByRole('link', { name: `${email} declined your invitation to` }).click();
    const row = ben.getByRole('row').filter({ hasText: email });
    await expect(row).toContainText('You mean my sister.');
    await row.getByRole('link', { name: 'Invite again' }).click();
    await expect(ben.getByLabel('E-mail addresses')).toHaveValue(email);
    await button(ben, 'Send').click();
    await expect(ben.getByRole('alert')).toContainText('they declined an invitation on');
    await ben.getByRole('checkbox', { name: 'Also invite people who have declined' }).check();
    await button(ben, 'Send').click();
    await expect(ben.getByRole('row').filter({ hasText: email })).toContainText('Invited');
  });
}
