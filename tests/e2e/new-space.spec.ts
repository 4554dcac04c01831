/** A new space: in two steps, one form without scripts, and then its first guests; on a wide and a narrow screen. */
import { expect, test } from './test';
import { addressOf, makeSpace, nextMail, signedIn, unfold } from './people';

for (const javaScriptEnabled of [true, false])
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 360, height: 740 },
  ])
    test.describe(`${javaScriptEnabled ? 'with' : 'without'} scripts, ${viewport.width} px`, () => {
      const options = { javaScriptEnabled, viewport };

      test('first a beginning; then name, cover and Save in one look, and the rest folded', async ({
        browser,
      }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        await page.goto('/spaces/new');
        const name = page.getByLabel('Space name', { exact: true });
        const save = page.getByRole('button', { name: 'Save', exact: true });
        // Without scripts it is one form.
        await expect(name).toBeVisible({ visible: !javaScriptEnabled });
        await expect(
          page.getByRole('navigation', { name: 'Start from' }).getByRole('link').first(),
        ).toHaveText('Create from scratch');
        await page.getByText('Create from scratch').click();
        await expect(page.getByRole('heading', { name: 'Space Templates' })).toHaveCount(0);
        await expect(page.getByLabel('Multiple threads')).toBeHidden();
        for (const seen of [name, page.getByRole('radio').first(), page.getByRole('radio').last(), save])
          await expect(seen).toBeInViewport();
        await expect(page.getByRole('radio').first()).toHaveAttribute('name', 'cover');
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(viewport.width);
        await unfold(page, 'Settings');
        await expect(page.getByLabel('Multiple threads')).toBeChecked();
        await name.fill('Two steps');
        await page.getByRole('radio').first().check();
        await save.click();
        await expect(page).toHaveURL(/\/spaces\/[1-9]\d*$/);
      });

      test('colleagues are found by name, and whoever is chosen stays', async ({ browser }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        await page.goto('/spaces/new?template=scratch');
        await page.getByLabel('Space name').fill('Found by name');
        await unfold(page, 'Members');
        await page.getByRole('checkbox', { name: 'Cho Yamada' }).check();
        await page.getByLabel('Find colleagues').fill('ava@');
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Find' }).click();
        await expect(page.getByRole('checkbox', { name: 'Ava Lind' })).toBeVisible();
        await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();
        await page.getByLabel('Find colleagues').fill('nobody of this name');
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Find' }).click();
        await expect(page.getByRole('checkbox', { name: 'Ava Lind' })).toHaveCount(0);
        await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();
        await expect(page.getByLabel('Space name')).toHaveValue('Found by name');
      });

      test('going back to choose another beginning keeps what was typed', async ({ browser }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        await page.goto('/spaces/new?template=shipped:supplier-onboarding');
        await page.getByLabel('Space name').fill('Kept on the way');
        await unfold(page, 'Settings');
        await page.getByLabel('People can’t choose which threads they follow').check();
        await page.getByRole('button', { name: 'Back' }).click();
        await page.getByRole('link', { name: 'Event' }).click();
        await expect(page.getByRole('region', { name: 'Event' })).toHaveCount(1);
        await expect(page.getByLabel('Space name')).toHaveValue('Kept on the way');
        if (!javaScriptEnabled) await unfold(page, 'Settings');
        await expect(page.getByLabel('People can’t choose which threads they follow')).toBeChecked();
        // What only the first template had set follows the second.
        await expect(page.getByLabel('Guests can’t see each other')).not.toBeChecked();
        await expect(page.getByRole('radio', { name: 'Night sky' })).toBeChecked();
      });

      if (!javaScriptEnabled)
        test('what was typed before a beginning is chosen stays', async ({ browser }) => {
          const page = await signedIn(browser, 'ben@foyer.example', options);
          await page.goto('/spaces/new');
          await page.getByLabel('Space name').fill('Typed first');
          await page.getByRole('radio', { name: 'Lagoon' }).check();
          await page.getByRole('link', { name: 'Event' }).click();
          await expect(page.getByRole('region', { name: 'Event' })).toHaveCount(1);
          await expect(page.getByLabel('Space name')).toHaveValue('Typed first');
          await expect(page.getByRole('radio', { name: 'Lagoon' })).toBeChecked();
          await page.getByRole('button', { name: 'Back' }).click();
          await page.getByRole('link', { name: 'Create from scratch' }).click();
          await expect(page.getByLabel('Space name')).toHaveValue('Typed first');
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          await expect(page.getByRole('heading', { name: 'Typed first', level: 1 })).toBeVisible();
        });

      test('a new space asks its creator to invite guests, right there', async ({ browser, request }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        const space = await makeSpace(page, 'Greeted');
        const greeting = page.getByRole('region', { name: 'Now invite your guests' });
        const box = page.getByLabel('E-mail addresses', { exact: true });
        const send = greeting.getByRole('button', { name: 'Send', exact: true });
        const [mia, noor] = [addressOf('mia'), addressOf('noor')];
        await expect(send).toBeInViewport();

        // Refused ones stay in the box, with the reason; the others are on their way.
        await box.fill(`${mia}, nonsense@, ava@foyer.example`);
        await send.click();
        await expect(greeting.getByRole('alert')).toContainText('not an e-mail address');
        await expect(greeting.getByRole('link', { name: 'Add ava@foyer.example' })).toBeVisible();
        await expect(box).toHaveValue('nonsense@\nava@foyer.example');
        expect((await nextMail(request, mia)).subject).toContain('Greeted');

        await box.fill(noor);
        await send.click();
        await expect(page.getByRole('status').filter({ hasText: '1 invitation' })).toBeVisible();
        await expect(greeting).toHaveCount(0);
        await expect(page.getByRole('region', { name: 'People' })).toContainText(noor);
        await page.goto(space);
        await expect(greeting).toHaveCount(0);
      });

      test('the greeting can be put away after some addresses were refused', async ({ browser }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        await makeSpace(page, 'Half greeted');
        const greeting = page.getByRole('region', { name: 'Now invite your guests' });
        await page.getByLabel('E-mail addresses').fill(`${addressOf('mia')}, nonsense@`);
        await greeting.getByRole('button', { name: 'Send', exact: true }).click();
        await expect(greeting.getByRole('alert')).toContainText('not an e-mail address');
        await greeting.getByRole('button', { name: 'Not now' }).click();
        if (javaScriptEnabled) await page.getByRole('button', { name: 'Discard', exact: true }).click();
        await expect(greeting).toHaveCount(0);
      });

      test('the greeting leads to a message of one’s own with the addresses, and can be put away', async ({
        browser,
      }) => {
        const page = await signedIn(browser, 'ben@foyer.example', options);
        const space = await makeSpace(page, 'Own words');
        const greeting = page.getByRole('region', { name: 'Now invite your guests' });
        await page.getByLabel('E-mail addresses').fill('mia@partner.example');
        await greeting.getByRole('button', { name: 'Write your own message' }).click();
        const dialog = page.getByRole('dialog', { name: 'Invite Guests' });
        await expect(dialog.getByLabel('Message')).not.toHaveValue('');
        // The dialog's alone: the greeting is not below it.
        await expect(page.getByLabel('E-mail addresses')).toHaveValue('mia@partner.example');
        await page.goto(space);
        await greeting.getByRole('button', { name: 'Not now' }).click();
        // The addresses are still in the box, because nobody was invited.
        if (javaScriptEnabled) await page.getByRole('button', { name: 'Discard', exact: true }).click();
        await expect(greeting).toHaveCount(0);
        await page.goto(space);
        await expect(page.getByRole('heading', { name: 'Own words', level: 1 })).toBeVisible();
        await expect(greeting).toHaveCount(0);
      });
    });

test('nothing moves while the two steps load', async ({ browser }) => {
  const page = await signedIn(browser, 'ben@foyer.example');
  for (const path of ['/spaces/new', '/spaces/new?template=shipped:event']) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    const moved = await page.evaluate(async () => {
      const shifts = new PerformanceObserver(() => {});
      shifts.observe({ type: 'layout-shift', buffered: true });
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return shifts
        .takeRecords()
        .reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0);
    });
    expect(moved, path).toBeLessThanOrEqual(0.02);
  }
});
