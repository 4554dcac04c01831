/** A space whose only administrator has left the company: who sees that, and how somebody takes charge. */
import { expect, test, type Browser, type Page } from './test';
import {
  addressOf,
  invited,
  linkIn,
  makeSpace,
  newGuest,
  newMail,
  post,
  signedIn,
  signUp,
  somebody,
} from './people';

/** A user of the company who has just joined. */
async function newUser(browser: Browser, admin: Page, name: string): Promise<{ page: Page; email: string }> {
  const email = addressOf('user');
  const form = { email, locale: 'en', canCreateSpaces: 'on' };
  expect((await post(admin, '/admin/users?/invite', form)).status()).toBe(303);
  const page = await somebody(browser);
  await signUp(page, linkIn(await newMail(admin.request, email, /\/signup\//), /\/signup\//), name);
  await expect(page.getByRole('heading', { name: 'Spaces', exact: true })).toBeVisible();
  return { page, email };
}

async function deactivate(admin: Page, email: string): Promise<void> {
  await admin.goto(`/admin/users?search=${encodeURIComponent(email)}`);
  await admin.getByRole('row', { name: email }).getByRole('button', { name: 'Deactivate' }).click();
  await admin.getByRole('alertdialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(admin.getByRole('status')).toContainText('deactivated');
}

for (const javaScriptEnabled of [true, false])
  test(`nobody inherits a space; "Become administrator" is announced in it (scripts: ${javaScriptEnabled})`, async ({
    browser,
  }) => {
    const admin = await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled });
    const { page: host, email } = await newUser(browser, admin, 'Dora Host');
    const name = `Left alone ${javaScriptEnabled}`;
    const space = await makeSpace(host, name);
    const [gus] = await invited(host, space, addressOf('guest'));
    const guest = await newGuest(browser, space, gus!);
    await expect(guest.getByRole('region', { name: 'People' })).toContainText(/Dora Host.*Administrator/s);

    await deactivate(admin, email);
    await expect(admin.getByRole('link', { name: 'Show them' })).toHaveAttribute(
      'href',
      '/admin/spaces?without',
    );
    expect((await admin.goto(space))!.status()).toBe(404);
    await guest.reload();
    await expect(guest.getByText('This space has no administrator right now')).toBeVisible();

    await admin.goto('/admin/spaces');
    await admin.getByRole('link', { name: 'Show them' }).click();
    const row = admin.getByRole('row', { name });
    await expect(row).toContainText('without an administrator');
    await row.getByRole('link', { name: 'Appoint an administrator' }).click();
    await expect(admin.getByText('Nobody from your company is in this space any more.')).toBeVisible();
    await admin.getByRole('button', { name: 'Become administrator' }).click();
    await expect(admin.getByRole('heading', { name, level: 1 })).toBeVisible();

    await guest.reload();
    await expect(guest.getByText('is now an administrator of this space')).toBeVisible();
    await expect(guest.getByText('This space has no administrator')).toHaveCount(0);
    await admin.goto('/admin/spaces');
    await expect(admin.getByRole('row', { name })).not.toContainText('without an administrator');
  });

test('a member is appointed, and everybody in the space sees by whom', async ({ browser }) => {
  const admin = await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled: false });
  const { page: host, email } = await newUser(browser, admin, 'Emil Host');
  const member = await newUser(browser, admin, 'Fay Member');
  const space = await makeSpace(host, 'In new hands');
  await host.goto(`${space}/settings/members?find=${encodeURIComponent(member.email)}`);
  await host.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(host.getByRole('row', { name: 'Fay Member' })).toBeVisible();
  await deactivate(admin, email);

  await admin.goto('/admin/spaces?without');
  await admin
    .getByRole('row', { name: 'In new hands' })
    .getByRole('link', { name: 'Appoint an administrator' })
    .click();
  await admin.getByRole('row', { name: 'Fay Member' }).getByRole('button', { name: 'Appoint' }).click();
  await expect(admin.getByRole('status')).toContainText('has an administrator again');
  expect((await admin.goto(space))!.status()).toBe(404);

  await member.page.goto(space);
  await expect(member.page.getByText('made Fay Member an administrator of this space')).toBeVisible();
  await member.page.getByRole('button', { name: 'Options' }).click();
  await expect(member.page.getByRole('menuitem', { name: 'Manage Guests' })).toBeVisible();
});

for (const javaScriptEnabled of [true, false])
  test(`the only administrator is told how to leave before pressing anything (scripts: ${javaScriptEnabled})`, async ({
    browser,
  }) => {
    const host = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
    const space = await makeSpace(host, `Kept by one ${javaScriptEnabled}`);
    await host.goto(`${space}?leave`);
    const asks = host.getByRole('alertdialog');
    await expect(asks).toContainText('You’re the only administrator of this space');
    await expect(asks.getByRole('button')).toHaveCount(0);
    await asks.getByRole('link', { name: 'Go to members' }).click();
    await expect(host).toHaveURL(`${space}/settings/members`);
    const own = host.getByRole('row', { name: 'ben@foyer.example' });
    await expect(own).toContainText('The only administrator.');
    await expect(own.getByRole('button')).toHaveCount(0);

    // Another administrator comes, and is the only one by the time that the post arrives.
    const cho = await signedIn(browser, 'cho@foyer.example', { javaScriptEnabled });
    await host.goto(`${space}/settings/members?find=cho%40foyer`);
    await host.getByRole('radio').check();
    await host.getByRole('checkbox', { name: 'Administrator' }).check();
    await host.getByRole('button', { name: 'Add', exact: true }).click();
    const row = (email: string) => host.getByRole('row', { name: email });
    await expect(row('cho@foyer.example')).toContainText('Administrator');
    await cho.goto(`${space}?leave`);
    const leave = cho.getByRole('alertdialog');
    await expect(leave.getByRole('button', { name: 'Leave Space' })).toBeVisible();
    await row('ben@foyer.example').getByRole('button', { name: 'Make member' }).click();
    await expect(host).toHaveURL(space);
    const refused = await post(cho, `${space}?/leave&leave`, {});
    expect(refused.status()).toBe(409);
    expect(await refused.text()).toContain('A space needs at least one administrator');
    await cho.reload();
    await expect(leave).toContainText('You’re the only administrator of this space');
  });
