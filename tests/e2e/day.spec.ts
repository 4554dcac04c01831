/** A working day: two users and two guests, from a template to the trash and back, with the mails that were really sent. */
import { expect, test, type Page } from './test';
import { addressOf, invited, newMail, post, signedIn, signUp, somebody, unfold } from './people';

/** Begins a thread by the page, and returns its address. */
async function begin(page: Page, space: string, title: string, body: string): Promise<string> {
  await page.goto(space);
  await page.getByRole('link', { name: 'New Thread' }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Body').fill(body);
  await page.getByRole('button', { name: 'Post' }).click();
  await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

const say = async (page: Page, words: string) => {
  await page.getByLabel('Write a comment').fill(words);
  await page.getByRole('button', { name: 'Comment' }).click();
};
const textOf = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words });

test('template to space, thread, mention, file, reaction, mail, guest’s view, leave, delete, restore', async ({
  browser,
  request,
}) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  const cho = await signedIn(browser, 'cho@foyer.example');
  const ava = await signedIn(browser, 'ava@foyer.example');

  // Morning: Ben makes a space from a template.
  await ben.goto('/spaces/new');
  await expect(ben.getByRole('heading', { name: 'Space Templates' })).toBeVisible();
  await ben.getByRole('link', { name: /Client project/ }).click();
  await ben.getByLabel('Space name').fill('Pier Nine');
  await unfold(ben, 'Members');
  const choRow = ben.getByRole('listitem').filter({ hasText: 'cho@foyer.example' });
  await choRow.getByRole('checkbox', { name: 'Cho Yamada' }).check();
  await ben.getByRole('button', { name: 'Save' }).click();
  await expect(ben).toHaveURL(/\/spaces\/\d+$/);
  const space = new URL(ben.url()).pathname;
  await expect(ben.getByRole('region', { name: 'Threads' }).getByRole('listitem').first()).toBeVisible();

  // Two guests come in.
  const [gia, noor] = await invited(ben, space, addressOf('gia'), addressOf('noor'));
  const [giaPage, noorPage] = [await somebody(browser), await somebody(browser)];
  await signUp(giaPage, gia!.url, 'Gia Romano');
  await expect(giaPage).toHaveURL(space);
  await signUp(noorPage, noor!.url, 'Noor Haddad');
  await expect(noorPage).toHaveURL(space);
  await expect(giaPage.getByText('You’re a guest here')).toBeVisible();

  // A thread of Gia's, with a mention of Cho that is completed by keyboard, and a file.
  await giaPage.goto(`${space}/new-thread`);
  await giaPage.getByLabel('Title').fill('Which crane?');
  // The scripts have begun.
  await expect(giaPage.getByRole('button', { name: 'Preview' })).toBeVisible();
  await giaPage.getByLabel('Body').pressSequentially('Dear @Cho');
  await expect(giaPage.getByRole('option', { name: /Cho Yamada/ })).toBeVisible();
  await giaPage.keyboard.press('Enter');
  await giaPage.getByLabel('Body').pressSequentially('which one shall we book?');
  await giaPage.getByRole('button', { name: 'Post' }).click();
  await expect(giaPage.getByRole('heading', { name: 'Which crane?' })).toBeVisible();
  const thread = new URL(giaPage.url()).pathname;
  await expect(giaPage.locator('.mention')).toHaveText('@Cho Yamada');

  // Cho reads the mail and follows its link.
  const mail = await newMail(request, 'cho@foyer.example', /which one shall we book/);
  expect(mail.from).toContain('Gia Romano (guest');
  expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
  const link = mail.text.split('\n').find((line) => line.includes(thread))!;
  await cho.goto(link.trim());
  await expect(cho.getByRole('heading', { name: 'Which crane?' })).toBeVisible();

  // Cho answers with a file; Gia's open page shows it within five seconds.
  await cho.getByLabel('Attach files').setInputFiles({
    name: 'crane plan.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Liebherr LTM 1060'),
  });
  await say(cho, 'This one, see the plan.');
  const answer = textOf(giaPage, 'This one, see the plan.');
  await expect(answer).toBeVisible();
  const file = answer.getByRole('link', { name: 'crane plan.txt' });
  const path = (await file.getAttribute('href'))!;
  expect(path).toMatch(/^\/files\/[a-z2-7]+$/);
  const download = await giaPage.request.get(path);
  expect(await download.text()).toBe('Liebherr LTM 1060');
  expect(download.headers()['content-disposition']).toContain('attachment');

  // A reaction of Gia's, seen by Cho; a quote by Noor.
  await answer.getByRole('button', { name: 'React to Cho Yamada' }).click();
  await giaPage.getByRole('menuitem', { name: 'Agree' }).click();
  await expect(
    textOf(cho, 'This one, see the plan.').getByRole('button', { name: /Agree, 1: Gia Romano/ }),
  ).toBeVisible();
  await noorPage.goto(thread);
  await textOf(noorPage, 'This one, see the plan.').getByRole('button', { name: 'More: Cho Yamada' }).click();
  await noorPage.getByRole('menuitem', { name: 'Quote' }).click();
  await expect(noorPage.getByLabel('Write a comment')).toHaveValue(/> This one, see the plan\./);
  await noorPage.getByLabel('Write a comment').press('End');
  await noorPage.getByLabel('Write a comment').pressSequentially('Fits our truck.');
  await noorPage.getByRole('button', { name: 'Comment' }).click();
  await expect(noorPage.getByRole('blockquote')).toContainText('This one, see the plan.');

  // Cho finds a mistake, and edits; everybody can see what it said before.
  await textOf(cho, 'This one, see the plan.')
    .first()
    .getByRole('button', { name: 'More: Cho Yamada' })
    .click();
  await cho.getByRole('menuitem', { name: 'Edit' }).click();
  await expect(cho.getByLabel('Your post')).toBeFocused();
  await expect(cho.getByLabel('Your post')).toBeInViewport();
  await cho.getByLabel('Your post').fill('The bigger one, see the plan.');
  await cho.getByRole('button', { name: 'Save' }).click();
  await expect(textOf(cho, 'The bigger one')).toBeVisible();
  await textOf(cho, 'The bigger one').getByRole('link', { name: 'edited' }).click();
  await expect(cho.getByRole('dialog')).toContainText('This one, see the plan.');

  // Ben finds it by a word, and by the name of the file.
  for (const word of ['bigger', 'crane plan']) {
    await ben.goto(space);
    await ben.getByLabel('Search this space').fill(word);
    await ben.getByLabel('Search this space').press('Enter');
    await expect(ben.getByRole('main').getByText('Which crane?').first()).toBeVisible();
  }
  // …and a guest of another space learns nothing of all this.
  const other = await signedIn(browser, 'gil@partner.example');
  for (const secret of [
    space,
    thread,
    path,
    `${space}/search?q=bigger`,
    `${space}/changes`,
    `${space}/people.json?q=C`,
  ])
    expect((await other.request.get(secret)).status(), secret).toBe(404);

  // Noor is removed: her open page says so, and shows nothing any more.
  await ben.goto(`${space}/settings/guests`);
  await ben.getByRole('row', { name: noor!.email }).getByRole('button', { name: 'Delete' }).click();
  await ben.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(noorPage.getByRole('alertdialog')).toContainText('no longer');
  expect((await noorPage.request.get(path)).status()).toBe(404);

  // Evening: Cho leaves, Ben deletes, Ava restores.
  await cho.goto(space);
  await cho.getByRole('button', { name: 'Options' }).click();
  await cho.getByRole('menuitem', { name: 'Leave Space' }).click();
  await cho.getByRole('alertdialog').getByRole('button', { name: 'Leave Space' }).click();
  await expect(cho).toHaveURL('/');
  await expect(cho.getByRole('status').filter({ hasText: 'You’ve left “Pier Nine”.' })).toBeVisible();
  expect((await cho.request.get(space)).status()).toBe(404);

  await ben.goto(space);
  await ben.getByRole('button', { name: 'Options' }).click();
  await ben.getByRole('menuitem', { name: 'Delete Space' }).click();
  const asks = ben.getByRole('alertdialog');
  await asks.getByRole('textbox').fill('Pier Ten');
  await asks.getByRole('button', { name: 'Delete Space' }).click();
  await expect(asks).toContainText('not the name');
  await asks.getByRole('textbox').fill('Pier Nine');
  await asks.getByRole('button', { name: 'Delete Space' }).click();
  await expect(ben).toHaveURL('/');
  for (const lost of [space, thread, path])
    expect((await giaPage.request.get(lost)).status(), lost).toBe(404);

  await ava.goto('/admin/spaces');
  await ava
    .getByRole('row', { name: /Pier Nine/ })
    .getByRole('button', { name: 'Restore' })
    .click();
  await expect(ava.getByRole('status')).toBeVisible();
  await giaPage.goto(thread);
  await expect(textOf(giaPage, 'The bigger one')).toBeVisible();
  expect(await (await giaPage.request.get(path)).text()).toBe('Liebherr LTM 1060');
  // Ava, who runs the site, is in none of it.
  expect((await ava.request.get(space)).status()).toBe(404);
});

test('without scripts: write, attach, edit, react, follow, delete, by forms alone', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled: false });
  await page.goto('/spaces/new');
  await page.getByLabel('Space name').fill('Plain quay');
  await page.getByRole('button', { name: 'Save' }).click();
  const space = new URL(page.url()).pathname;
  const thread = await begin(page, space, 'Plain words', 'First');
  await page.getByLabel('Attach files').setInputFiles([
    { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('A') },
    { name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('B') },
  ]);
  await say(page, 'With two files');
  await expect(textOf(page, 'With two files').getByRole('link', { name: /[ab]\.txt/ })).toHaveCount(2);
  expect(new URL(page.url()).pathname).toBe(thread);

  await textOf(page, 'With two files').getByRole('button', { name: 'React to Ben Kowalski' }).click();
  await page.getByRole('menuitem', { name: 'Hooray' }).click();
  await textOf(page, 'With two files')
    .getByRole('button', { name: /Hooray, 1/ })
    .click();
  await expect(page.getByRole('button', { name: /Hooray, 1/ })).toHaveCount(0);

  await textOf(page, 'With two files').getByRole('button', { name: 'More: Ben Kowalski' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('Your post').fill('');
  await page.getByLabel('Your post').fill('Edited plainly');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(textOf(page, 'Edited plainly')).toBeVisible();

  await page.getByRole('button', { name: 'Unfollow' }).click();
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Thread menu' }).click();
  await page.getByRole('menuitem', { name: 'Close' }).click();
  await expect(page.getByLabel('Write a comment')).toHaveCount(0);
  await page.getByRole('button', { name: 'Thread menu' }).click();
  await page.getByRole('menuitem', { name: 'Reopen' }).click();

  await textOf(page, 'Edited plainly').getByRole('button', { name: 'More: Ben Kowalski' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(textOf(page, 'Edited plainly')).toHaveCount(0);

  // An empty comment is refused with a sentence.
  await page.getByRole('button', { name: 'Comment' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  // Nothing is lost when the thread was closed meanwhile.
  const other = await signedIn(browser, 'ben@foyer.example');
  await page.goto(thread);
  await post(other, `${thread}?/close`, { on: 'on' });
  await say(page, 'Words that took an hour');
  await expect(page.getByRole('alert')).toContainText('closed');
});

test('what is typed survives other people’s comments and the page’s reloads', async ({ browser }) => {
  const [ben, ava] = [
    await signedIn(browser, 'ben@foyer.example'),
    await signedIn(browser, 'ava@foyer.example'),
  ];
  const thread = await begin(ben, '/spaces/1', 'Both at once', 'x');
  await ava.goto(thread);
  await ava.getByLabel('Write a comment').fill('Half a sent');
  await say(ben, 'Ben was faster');
  await expect(textOf(ava, 'Ben was faster')).toBeVisible();
  await expect(ava.getByLabel('Write a comment')).toHaveValue('Half a sent');
  await ava.getByLabel('Write a comment').press('End');
  await ava.getByLabel('Write a comment').pressSequentially('ence');
  await ava.getByRole('button', { name: 'Comment' }).dblclick();
  await expect(textOf(ava, 'Half a sentence')).toBeVisible();
  await expect(ava.getByLabel('Write a comment')).toHaveValue('');
  await expect(ava.getByRole('article')).toHaveCount(3);
});

test('guests who do not see each other: names, words, search and completion', async ({ browser }) => {
  const ben = await signedIn(browser, 'ben@foyer.example');
  await ben.goto('/spaces/new?template=scratch');
  await ben.getByLabel('Space name').fill('Two suppliers');
  await unfold(ben, 'Settings');
  await ben.getByLabel('Guests can’t see each other').check();
  await ben.getByRole('button', { name: 'Save' }).click();
  await expect(ben).toHaveURL(/\/spaces\/\d+$/);
  const space = new URL(ben.url()).pathname;
  const [one, two] = await invited(ben, space, addressOf('one'), addressOf('two'));
  const [first, second] = [await somebody(browser), await somebody(browser)];
  await signUp(first, one!.url, 'Onno First');
  await signUp(second, two!.url, 'Tess Second');
  for (const guest of [first, second]) await expect(guest).toHaveURL(space);
  const thread = await begin(first, space, 'Our price', 'Forty thousand');
  await begin(ben, space, 'For everybody', 'Please send prices');

  await second.goto(space);
  await expect(second.getByText('For everybody')).toBeVisible();
  for (const secret of ['Onno First', 'Our price']) await expect(second.getByText(secret)).toHaveCount(0);
  expect((await second.request.get(thread)).status()).toBe(404);
  const found = await second.request.get(`${space}/search?q=forty`);
  expect(await found.text()).not.toContain('Our price');
  expect(await (await second.request.get(`${space}/people.json?q=Onno`)).text()).not.toContain('Onno');
  await ben.goto(space);
  await expect(ben.getByText('Our price')).toBeVisible();
});
