/** The Guests tab and "Invite Guests" with what people really paste, with and without scripts. */
import { expect, test, type Page } from './test';
import {
  addressOf,
  guestRow,
  invited,
  linkIn,
  makeSpace,
  newGuest,
  nextMail,
  PASSWORD,
  signedIn,
  signUp,
  somebody,
} from './people';

const AVA = 'ava@foyer.example';
const BEN = 'ben@foyer.example';

const skipped = (page: Page) => page.getByRole('list', { name: 'Not newly invited' }).getByRole('listitem');

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    let host: Page;
    let space: string;
    test.beforeAll(async ({ browser }) => {
      host = await signedIn(browser, BEN, { javaScriptEnabled });
      space = await makeSpace(host, `Pasted ${javaScriptEnabled}`);
    });

    const send = async (addresses: string) => {
      await host.goto(`${space}/settings/guests/invite`);
      await host.getByLabel('E-mail addresses').fill(addresses);
      await host.getByRole('button', { name: 'Send' }).click();
    };

    test('a list out of a mail client and a table out of a spreadsheet invite everybody in them', async ({
      request,
    }) => {
      const [jane, rick, cid, dee, eve] = ['jane', 'rick', 'cid', 'dee', 'eve'].map(addressOf);
      await send(`Doe, Jane <${jane}>; Roe, Rick <${rick}>`);
      await expect(host.getByRole('status')).toHaveText('2 invitations are on their way.');
      await send(`Display name\tE-mail\nCid Campeador\t${cid}\n\u200bDee\t${dee}\n`);
      await expect(host.getByRole('status')).toHaveText('2 invitations are on their way.');
      await send(`Guests of Northwind\n${eve!.replace('@', '＠')}`);
      await expect(host.getByRole('status')).toHaveText(
        '1 invitation is on its way. We skipped 1 entry without an e-mail address.',
      );
      await expect(skipped(host)).toHaveText('Without an e-mail address: Guests of Northwind');
      await send([...Array.from({ length: 12 }, (_, i) => `Team ${i}`), jane].join('\n'));
      await expect(host.getByRole('status')).toContainText('We skipped 12 entries');
      await expect(skipped(host).nth(0)).toHaveText(`Had an invitation, and got a new link: ${jane}`);
      await expect(skipped(host).nth(1)).toContainText('Team 9');
      await expect(skipped(host).getByText('Team 10, Team 11')).toBeHidden();
      await skipped(host).getByText('and 2 more').click();
      await expect(skipped(host).getByText('Team 10, Team 11')).toBeVisible();
      for (const email of [jane, rick, cid, dee, eve])
        expect(linkIn(await nextMail(request, email!), /\/signup\//)).toBeTruthy();
    });

    test('without any address is refused, and nothing typed is lost', async () => {
      await send('Doe, Jane; Roe, Rick');
      await expect(host.getByLabel('E-mail addresses')).toHaveAccessibleDescription(
        /no e-mail address in this/,
      );
      await expect(host.getByLabel('E-mail addresses')).toHaveValue('Doe, Jane; Roe, Rick');
    });

    test('refused addresses stay in the box with their reason, and a colleague can be added as a member', async () => {
      const fine = addressOf('fine');
      await host.goto(`${space}/settings/guests/invite`);
      await host.getByLabel('Subject').fill('Kept as typed');
      await host.getByLabel('E-mail addresses').fill(`Sales team\n${fine}, foo@\ncho@foyer.example`);
      await host.getByRole('button', { name: 'Send' }).click();
      await expect(host.getByRole('status')).toContainText('1 invitation is on its way.');
      await expect(skipped(host)).toHaveText('Without an e-mail address: Sales team');
      await expect(host.getByRole('alert')).toContainText('foo@: not an e-mail address');
      await expect(host.getByLabel('E-mail addresses')).toHaveValue('foo@\ncho@foyer.example');
      await expect(host.getByLabel('Subject')).toHaveValue('Kept as typed');
      await host.getByRole('link', { name: 'Add cho@foyer.example as a member' }).click();
      await expect(host.getByRole('radio', { name: 'Cho Yamada' })).toBeChecked();
      await host.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(host.getByRole('row', { name: 'cho@foyer.example' })).toBeVisible();
    });

    test('a guest says their company at sign-up, or when they first see the space, and is counted with it', async ({
      browser,
    }) => {
      const own = await makeSpace(host, `Companies ${javaScriptEnabled}`);
      const [mia, yusuf] = await invited(host, own, addressOf('mia'), addressOf('yusuf'));
      const guest = await somebody(browser, { javaScriptEnabled });
      await guest.goto(mia!.url);
      await expect(guest.getByLabel('Company', { exact: true })).toHaveAccessibleDescription(/Optional/);
      await signUp(guest, mia!.url, 'Mia Ito', PASSWORD, 'Northwind');
      await expect(guest.getByText('Others see you as Mia Ito (guest, Northwind).')).toBeVisible();

      const other = await newGuest(browser, own, yusuf!, { javaScriptEnabled });
      const asked = other.getByLabel('Which company are you from?', { exact: true });
      await other.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(other.getByRole('alert')).toContainText('Please type a company name.');
      await asked.fill('Southwind');
      await other.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(other.getByText('Others see you as Guest Person (guest, Southwind).')).toBeVisible();
      await expect(asked).toHaveCount(0);

      await host.goto(own);
      await expect(host.getByRole('main')).toContainText(/Shared with.*Northwind.*Southwind/);
      for (const page of [guest, other]) await page.context().close();
    });

    test('the tab finds a guest, filters by status, and keeps its view', async () => {
      const [one, two] = [addressOf('findone'), addressOf('findtwo')];
      await invited(host, space, one, two);
      await host.goto(`${space}/settings/guests`);
      await host.getByRole('searchbox', { name: 'Search guests' }).fill('FINDONE');
      await host.getByRole('button', { name: 'Search', exact: true }).last().click();
      await expect(host.getByRole('row', { name: one })).toBeVisible();
      await expect(host.getByRole('row', { name: two })).toHaveCount(0);
      await host.getByRole('row', { name: one }).getByRole('button', { name: 'Resend' }).click();
      await expect(host.getByRole('status')).toContainText('A new invitation is on its way');
      await expect(host.getByRole('row', { name: two })).toHaveCount(0);
      await host.getByLabel('Show', { exact: true }).selectOption('Active');
      await host.getByRole('button', { name: 'Search', exact: true }).last().click();
      await expect(host.getByText('No guests or invitations match')).toBeVisible();
      await host.getByRole('link', { name: 'Show everyone' }).click();
      await expect(host.getByRole('row', { name: two })).toBeVisible();
    });

    test('all expired invitations are sent again at once', async ({ browser }) => {
      const own = await makeSpace(host, `Over ${javaScriptEnabled}`);
      await host.goto(`${own}/settings/members?find=ava`);
      await host.getByRole('checkbox', { name: 'Administrator' }).check();
      await host.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(host.getByRole('row', { name: AVA })).toBeVisible();
      const [one, two] = await invited(host, own, addressOf('over'), addressOf('over'));
      const ava = await signedIn(browser, AVA, { javaScriptEnabled });
      await ava.goto(`${own}/settings/members`);
      await ava.getByRole('row', { name: BEN }).getByRole('button', { name: 'Remove' }).click();
      await expect(ava.getByRole('row', { name: BEN })).toHaveCount(0);
      for (const { email } of [one!, two!])
        await expect(await guestRow(ava, own, email)).toContainText('Invitation expired');
      await ava.getByRole('button', { name: 'Resend all expired' }).click();
      await expect(ava.getByRole('status')).toContainText('2 new invitations are on their way');
      for (const { email } of [one!, two!])
        await expect(
          ava.getByRole('row', { name: email }).getByText('Invited', { exact: true }),
        ).toBeVisible();
      await expect(ava.getByRole('button', { name: 'Resend all expired' })).toHaveCount(0);
    });
  });
