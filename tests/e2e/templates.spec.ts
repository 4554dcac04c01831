/** Templates of spaces: chosen, created from a space, exported as a file; with and without scripts. */
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { expect, test, type Page } from './test';
import { makeSpace, signedIn, unfold } from './people';

const titles = (page: Page) =>
  page.getByRole('region', { name: 'Threads' }).getByRole('listitem').getByRole('link');

/** Unique in this run. */
const someName = (words: string) => `${words} ${randomBytes(3).toString('hex')}`;

/** @returns the address of the new space */
async function saved(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/spaces\/[1-9]\d*$/);
  return new URL(page.url()).pathname;
}

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test('a template is seen before it is chosen, and its space has what was seen', async ({ browser }) => {
      const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
      await page.goto('/spaces/new');
      await expect(page.getByRole('heading', { name: 'Space Templates' })).toHaveCount(1);
      await expect(page.getByText('Create from scratch')).toHaveCount(1);
      await page.getByRole('link', { name: 'Supplier onboarding' }).click();

      const preview = page.getByRole('region', { name: 'Supplier onboarding' });
      await expect(preview.getByText('Documents we need from you')).toBeVisible();
      await expect(preview.getByText('Three steps, and we can order from you')).toBeVisible();
      await expect(preview).toBeInViewport();
      await unfold(page, 'Settings');
      await unfold(page, 'Members');
      // Its values are in the form; the name is left to the person.
      await expect(page.getByLabel('Guests can’t see each other')).toBeChecked();
      await expect(page.getByLabel('Show the people')).not.toBeChecked();
      await expect(page.getByRole('radio', { name: 'Orchard' })).toBeChecked();
      await expect(page.getByLabel('Space name')).toHaveValue('');

      // After an error everything is still there.
      await page.getByLabel('Show the people').check();
      await page.getByRole('radio', { name: 'Lagoon' }).check();
      await page.getByRole('checkbox', { name: 'Cho Yamada' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await expect(preview).toBeVisible();
      if (!javaScriptEnabled) await unfold(page, 'Settings');
      await expect(page.getByLabel('Show the people')).toBeChecked();
      await expect(page.getByRole('radio', { name: 'Lagoon' })).toBeChecked();
      await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();

      await page.getByLabel('Space name').fill('New suppliers');
      const space = await saved(page);
      await expect(titles(page)).toHaveCount(4);
      await expect(titles(page).first()).toContainText('Documents we need from you');
      await expect(titles(page).last()).toContainText('Who’s who');
      await expect(page.getByText('Three steps, and we can order from you')).toBeVisible();
      await page.goto(`${space}/settings/general`);
      await expect(page.getByLabel('Guests can’t see each other')).toBeChecked();
    });

    test('a living space becomes a template, and that a new space', async ({ browser }) => {
      const page = await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled });
      const space = await makeSpace(page, 'Went well');
      await page.goto(`${space}/new-thread`);
      await page.getByLabel('Title').fill('What we always ask');
      await page.getByLabel('Body').fill('Who pays for the crane?');
      await page.getByRole('button', { name: 'Post' }).click();
      await page.getByLabel('Write a comment').fill('A comment that stays behind');
      await page.getByRole('button', { name: 'Comment' }).click();
      await expect(page.getByText('A comment that stays behind')).toBeVisible();

      const name = someName('Crane');
      await page.goto(space);
      await page.getByRole('button', { name: 'Options' }).click();
      await page.getByRole('menuitem', { name: 'Create Template' }).click();
      const dialog = page.getByRole('dialog', { name: 'Create Template' });
      await expect(dialog.getByText('Who pays for the crane?')).toBeVisible();
      await dialog.getByLabel('Template name').fill('');
      await dialog.getByLabel('Description').fill('For everything with a crane');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await expect(dialog.getByLabel('Description')).toHaveValue('For everything with a crane');
      await dialog.getByLabel('Template name').fill(name);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('status').filter({ hasText: name })).toBeVisible();

      await page.goto('/spaces/new');
      const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name }) });
      await expect(card).toContainText('For everything with a crane');
      await expect(card).toContainText('1 thread');
      await expect(card).toContainText('Ben Kowalski');
      await page.getByRole('link', { name }).click();
      await expect(page.getByRole('region', { name })).toBeVisible();
      await page.getByLabel('Space name').fill('With a crane');
      await saved(page);
      await expect(titles(page)).toHaveCount(1);
      await titles(page).click();
      await expect(page.getByText('Who pays for the crane?')).toBeVisible();
      await expect(page.getByText('A comment that stays behind')).toHaveCount(0);
    });

    test('a template is renamed, exported, deleted and imported again', async ({ browser }) => {
      const [ben, ava] = [
        await signedIn(browser, 'ben@foyer.example'),
        await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled }),
      ];
      const [first, name] = [someName('First'), someName('Second')];
      await ben.goto(`${await makeSpace(ben, 'Origin')}/settings/template`);
      await ben.getByLabel('Template name').fill(first);
      await ben.getByRole('button', { name: 'Save' }).click();
      await expect(ben.getByRole('status').filter({ hasText: first })).toBeVisible();

      await ava.goto('/admin/templates');
      await ava.getByRole('row', { name: first }).getByRole('button', { name: 'Rename' }).click();
      await ava.getByRole('dialog').getByLabel('Template name').fill(name);
      await ava.getByRole('dialog').getByLabel('Description').fill('Renamed');
      await ava.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await expect(ava.getByRole('status').filter({ hasText: 'saved' })).toBeVisible();
      const row = ava.getByRole('row', { name });
      await expect(row).toContainText('Renamed');
      await expect(row).toContainText('Ben Kowalski');

      const download = ava.waitForEvent('download');
      await row.getByRole('link', { name: 'Export' }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(`${name.replaceAll(' ', '-')}.foyer-template.json`);
      const text = await readFile(await file.path(), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ format: 'foyer-space-template', version: 1, name });

      await row.getByRole('button', { name: 'Delete' }).click();
      await ava.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
      await expect(ava.getByRole('status').filter({ hasText: 'deleted' })).toBeVisible();
      await expect(row).toHaveCount(0);

      const bring = async (content: string) => {
        const buffer = Buffer.from(content);
        await ava
          .getByLabel('Template file')
          .setInputFiles({ name: 't.json', mimeType: 'application/json', buffer });
        await ava.getByRole('button', { name: 'Import' }).click();
      };
      await bring(text.replace('"threads": []', '"threads": [{ "title": "x", "comments": [] }]'));
      await expect(ava.getByRole('alert')).toContainText('content › threads › 1 › comments');
      await bring(text);
      await expect(ava.getByRole('status').filter({ hasText: 'imported' })).toBeVisible();
      await expect(row).toContainText('Renamed');
    });

    test('a shipped template can be hidden and shown again', async ({ browser }) => {
      const [ben, ava] = [
        await signedIn(browser, 'ben@foyer.example', { javaScriptEnabled }),
        await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled }),
      ];
      const row = ava.getByRole('row', { name: 'Works on site' });
      await ava.goto('/admin/templates');
      await row.getByRole('button', { name: 'Hide' }).click();
      await expect(row.getByRole('button', { name: 'Show' })).toBeVisible();
      try {
        await ben.goto('/spaces/new');
        await expect(ben.getByRole('link', { name: 'Event' })).toBeVisible();
        await expect(ben.getByRole('link', { name: 'Works on site' })).toHaveCount(0);
        await ben.goto('/spaces/new?template=shipped:works');
        await expect(ben.getByText('This template no longer exists')).toBeVisible();
        await ben.getByText('Create from scratch').click();
        await ben.getByLabel('Space name').fill('From scratch after all');
        await saved(ben);
        await expect(titles(ben)).toHaveCount(0);
      } finally {
        await row.getByRole('button', { name: 'Show' }).click();
      }
      await expect(row.getByRole('button', { name: 'Hide' })).toBeVisible();
    });
  });

test('another template takes nothing away from what was typed, ticked or chosen', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example');
  const back = page.getByRole('button', { name: 'Back' });
  await page.goto('/spaces/new?template=scratch');
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Space name').fill('Typed before');
  await unfold(page, 'Settings');
  await unfold(page, 'Members');
  await page.getByRole('checkbox', { name: 'Cho Yamada' }).check();
  await page.getByLabel('People can’t choose which threads they follow').check();
  await back.click();
  await expect(page.getByLabel('Space name')).toBeHidden();
  await page.getByRole('link', { name: 'Due diligence' }).click();
  await expect(page.getByRole('region', { name: 'Due diligence' })).toBeVisible();
  await expect(page.getByLabel('Space name')).toHaveValue('Typed before');
  await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();
  await expect(page.getByLabel('People can’t choose which threads they follow')).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Reeds' })).toBeChecked();
  await expect(page.getByLabel('People can’t join or leave on their own')).toBeChecked();

  // A cover chosen by hand stays; one from a template changes with it.
  await back.click();
  await page.getByRole('link', { name: 'Event' }).click();
  await expect(page.getByRole('radio', { name: 'Night sky' })).toBeChecked();
  await expect(page.getByLabel('People can’t join or leave on their own')).not.toBeChecked();
  await page.getByRole('radio', { name: 'Leaves' }).check();
  await back.click();
  await page.getByRole('link', { name: 'Board and advisors' }).click();
  await expect(page.getByRole('region', { name: 'Board and advisors' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Leaves' })).toBeChecked();

  await back.click();
  await page.getByText('Create from scratch').click();
  await expect(page.getByRole('region', { name: 'Board and advisors' })).toHaveCount(0);
  await expect(page.getByLabel('Space name')).toHaveValue('Typed before');
  await saved(page);
  await expect(page.getByRole('heading', { name: 'Typed before', level: 1 })).toBeVisible();
  await expect(titles(page)).toHaveCount(0);
});
