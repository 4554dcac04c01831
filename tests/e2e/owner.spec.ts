/** A page belongs to the person who opened it, whoever logs in later in the same browser. */
import { expect, test, type Page } from './test';
import { gate, login, post, signedIn, somebody } from './people';

const [BEN, CHO] = ['ben@foyer.example', 'cho@foyer.example'];
const box = (page: Page) => page.getByLabel('Write a comment', { exact: true });

test('what one person typed is neither sent nor kept for the next one in the same browser', async ({
  browser,
}) => {
  const ben = await signedIn(browser, BEN);
  await ben.goto('/spaces/1/new-thread');
  await ben.getByLabel('Title').fill('Two people, one browser');
  await ben.getByRole('button', { name: 'Post' }).click();
  await expect(ben).toHaveURL(/\/threads\/\d+$/);
  const thread = new URL(ben.url()).pathname;

  const chos = await somebody(browser);
  await login(chos, CHO);
  // As in a tab in the background: it hears nothing until it is in front again.
  const polls = gate();
  await chos.route(/\/(changes|news)\?/, (route) => polls.opened.then(() => route.continue()));
  await chos.goto(thread, { waitUntil: 'domcontentloaded' });
  await expect(chos.getByRole('button', { name: 'Preview' })).toBeVisible();
  await box(chos).pressSequentially('Half-typed by Cho');
  await expect(chos.getByText('Draft saved')).toBeVisible();

  const bens = await chos.context().newPage();
  await bens.goto('/');
  await bens.getByRole('button', { name: /Cho/ }).click();
  await bens.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(bens).toHaveURL(/\/login/);
  await login(bens, BEN);

  await box(chos).pressSequentially(', and more');
  await chos.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(chos.getByRole('alert').filter({ hasText: 'so this wasn’t sent' })).toBeVisible();
  await expect(box(chos)).toHaveValue('Half-typed by Cho, and more');

  await post(ben, `${thread}?/comment`, { body: 'Something new', requestKey: 'somethingsomething' });
  polls.open();
  const cover = chos.getByRole('alertdialog', { name: 'Someone else is logged in now' });
  await expect(cover).toBeVisible();
  await bens.goto(thread);
  await expect(bens.getByRole('button', { name: 'Preview' })).toBeVisible();
  await expect(bens.getByText('Something new')).toBeVisible();
  await expect(bens.getByText('Half-typed by Cho')).toHaveCount(0);
  await cover.getByRole('button', { name: 'Reload' }).click();
  await expect(cover).toHaveCount(0);
  for (const page of [chos, bens]) {
    await page.goto(thread, { waitUntil: 'networkidle' });
    await expect(box(page)).toHaveValue('');
  }
});
