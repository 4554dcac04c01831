// Guest Management: acting on many at once, with and without scripts.
import { expect, test } from './test';
import { button, sizes } from './forms';
import {
  addressOf,
  invited,
  login,
  makeSpace,
  newGuest,
  newMail,
  nextMail,
  PASSWORD,
  signedIn,
  somebody,
} from './people';

const AVA = 'ava@foyer.example';

for (const [[where, options], javaScriptEnabled] of [
  [sizes[0], true],
  [sizes[1], false],
] as const) {
  test(`many are deactivated and sent again at once (${where}, scripts: ${javaScriptEnabled})`, async ({
    browser,
    request,
  }) => {
    const host = await signedIn(browser, AVA);
    const ben = await signedIn(browser, 'ben@foyer.example');
    const word = addressOf('many').split('@')[0]!;
    const [gil, open] = [`${word}-gil@partner.example`, `${word}-open@partner.example`];
    const other = `${word}-other@partner.example`;
    const space = await makeSpace(host, `Quay ${word}`);
    const [link] = await invited(host, space, gil, open);
    const guest = await newGuest(browser, space, link!);
    const bens = await makeSpace(ben, `Pier ${word}`);
    await invited(ben, bens, other);

    const ava = await signedIn(browser, AVA, { ...options, javaScriptEnabled });
    await ava.goto(`/admin/guests?search=${word}`);
    const rows = ava.getByRole('row').filter({ hasText: '@partner.example' });
    await expect(rows).toHaveCount(3);

    // Nobody is selected yet.
    await button(ava, 'Deactivate selected').click();
    await expect(ava.getByText('Nobody is selected.')).toBeVisible();

    await ava.getByRole('link', { name: 'Select all on this page' }).click();
    await expect(ava.getByRole('checkbox', { name: `Select ${open}` })).toBeChecked();
    await button(ava, 'Deactivate selected').click();
    const asked = ava.getByRole('alertdialog');
    await expect(asked.getByRole('heading')).toHaveText('Deactivate 1 guest?');
    await expect(asked).toContainText('1 active guest');
    await expect(asked).toContainText('2 others that you’ve selected stay as they are.');
    await asked.getByRole('button', { name: 'Deactivate', exact: true }).click();
    await expect(ava.getByRole('heading', { name: 'Deactivate guests' })).toBeVisible();
    if (!javaScriptEnabled) await button(ava, 'Continue').click();
    await expect(ava.getByRole('status')).toContainText('Finished.');
    await expect(ava.getByRole('link', { name: 'Done: 1' })).toBeVisible();
    await guest.reload();
    await expect(guest).toHaveURL(/\/login/);

    // Sent again where Ava runs the space; refused where she doesn't, and those can be tried again.
    await ava.goto(`/admin/guests?search=${word}&status=invited`);
    for (const email of [open, other]) await ava.getByRole('checkbox', { name: `Select ${email}` }).check();
    const before = await newMail(request, open, /\/signup\//);
    await button(ava, 'Resend selected').click();
    await expect(asked.getByRole('heading')).toHaveText('Resend 2 invitations?');
    await asked.getByRole('button', { name: 'Resend', exact: true }).click();
    if (!javaScriptEnabled) await button(ava, 'Continue').click();
    await expect(ava.getByRole('link', { name: 'Refused: 1' })).toBeVisible();
    await expect(ava.getByRole('listitem').filter({ hasText: other })).toContainText(
      'You don’t run this space.',
    );
    await newMail(request, open, /\/signup\//, [before]);
    await button(ava, 'Try those again').click();
    await expect(asked.getByRole('heading')).toHaveText('Resend 1 invitation?');
    await asked.getByRole('link', { name: 'Cancel' }).click();
    await expect(asked).toBeHidden();

    // Everything that a filter finds.
    await ava.goto(`/admin/guests?search=${word}&selected=all`);
    await expect(ava.getByText('All 3 that this filter finds are selected.')).toBeVisible();
    await button(ava, 'Cancel selected').click();
    await expect(asked.getByRole('heading')).toHaveText('Cancel 2 invitations?');
    await asked.getByRole('button', { name: 'Cancel invitations', exact: true }).click();
    if (!javaScriptEnabled) await button(ava, 'Continue').click();
    await expect(ava.getByRole('link', { name: 'Done: 2' })).toBeVisible();
    await ava.goto(`/admin/guests?search=${word}`);
    await expect(rows).toHaveCount(1);
    await button(ava, 'Reactivate selected').click();
    await ava.getByRole('link', { name: 'Select all on this page' }).click();
    await button(ava, 'Reactivate selected').click();
    await asked.getByRole('button', { name: 'Reactivate', exact: true }).click();
    if (!javaScriptEnabled) await button(ava, 'Continue').click();
    await expect(ava.getByRole('link', { name: 'Done: 1' })).toBeVisible();
    const again = await somebody(browser);
    await login(again, gil, PASSWORD);
    await nextMail(request, gil);
  });
}

test('invitations are imported from a list, with a line that is mended on the page', async ({
  browser,
  request,
}) => {
  const ava = await signedIn(browser, AVA);
  const word = addressOf('import').split('@')[0]!;
  const [one, two] = [`${word}-one@partner.example`, `${word}-two@partner.example`];
  await makeSpace(ava, `Import ${word}`);
  await ava.goto('/admin/guests');
  await ava.getByRole('link', { name: 'Import invitations' }).click();
  await button(ava, 'Check list').click();
  await expect(ava.getByText('Please paste a list or choose a file.').first()).toBeVisible();
  await ava
    .getByLabel('List', { exact: true })
    .fill(`E-mail;Space;Language\n${one};Import ${word};en\n${two};Import ${word}!;en`);
  await button(ava, 'Check list').click();
  await expect(ava.getByRole('heading', { name: '1 invitation can be sent' })).toBeVisible();
  const line = ava.getByRole('listitem', { name: 'Line 2' });
  await expect(line).toContainText('You don’t run a space of this name.');
  await line.getByLabel('Space', { exact: true }).fill(`Import ${word}`);
  await button(ava, 'Check again').click();
  await expect(ava.getByRole('heading', { name: '2 invitations can be sent' })).toBeVisible();
  await button(ava, 'Send invitations').click();
  await expect(ava.getByRole('status')).toContainText('2 invitations are on their way.');
  for (const email of [one, two]) await nextMail(request, email);
});

test('an address is corrected, and a guest becomes a user', async ({ browser, request }) => {
  const ava = await signedIn(browser, AVA);
  const email = addressOf('wrongly');
  const right = addressOf('rightly');
  const space = await makeSpace(ava, `Quay ${email}`);
  const [link] = await invited(ava, space, email);
  await newGuest(browser, space, link!);
  await ava.goto(`/admin/guests?search=${email}`);
  await ava.getByRole('row').filter({ hasText: email }).getByRole('link', { name: 'Guest Person' }).click();
  await ava.getByLabel('New e-mail address').fill(right);
  await button(ava, 'Send link').click();
  await expect(ava.getByText(`Waiting for ${right} to be confirmed.`)).toBeVisible();
  await newMail(request, right, /\/email\//);
  await button(ava, 'Cancel the change').click();
  await expect(ava.getByText('The address stays as it is.')).toBeVisible();
  await button(ava, 'Make this guest a user').click();
  const asked = ava.getByRole('alertdialog');
  await expect(asked).toContainText('what is only for the company');
  await asked.getByRole('button', { name: 'Make this guest a user' }).click();
  await expect(ava).toHaveURL(/\/admin\/users/);
  await newMail(request, email, /you’re a user/);
});
