/** Writing: the buttons above a text and their keys, lists, pasted addresses, the preview. */
import AxeBuilder from '@axe-core/playwright';
import { devices } from '@playwright/test';
import { expect, test, type Browser, type Page } from './test';
import { signedIn } from './people';

const AVA = 'ava@foyer.example';

async function composer(browser: Browser, width = 1280) {
  const ava = await signedIn(browser, AVA, { viewport: { width, height: 800 } });
  await ava.goto('/spaces/1/new-thread', { waitUntil: 'networkidle' });
  const body = ava.getByLabel('Body', { exact: true });
  await body.fill('');
  const select = (from: number, to = from) =>
    body.evaluate(
      (area: HTMLTextAreaElement, [a, b]) => {
        area.focus();
        area.setSelectionRange(a!, b!);
      },
      [from, to],
    );
  const selection = () =>
    body.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));
  const button = (name: string) =>
    ava.getByRole('toolbar', { name: 'Formatting' }).getByRole('button', { name, exact: true });
  return { ava, body, select, selection, button };
}

for (const width of [1280, 360])
  test(`each button marks what is selected, again removes it, and Ctrl+Z takes it back, at ${width} px`, async ({
    browser,
  }) => {
    const { ava, body, select, selection, button } = await composer(browser, width);
    for (const [name, marked] of [
      ['Bold', 'two **words** here'],
      ['Italic', 'two *words* here'],
      ['Code', 'two `words` here'],
      ['Link', 'two [words](https://) here'],
      ['List', '- two words here'],
      ['Checkbox', '- [ ] two words here'],
      ['Quotation', '> two words here'],
    ] as const) {
      await body.fill('two words here');
      await select(4, 9);
      await button(name).click();
      await expect(body).toHaveValue(marked);
      await expect(body).toBeFocused();
      expect(await selection()).toBe(name === 'Link' ? 'https://' : 'words');
      await expect(button(name)).toHaveAttribute('aria-pressed', 'true');
      await button(name).click();
      await expect(body).toHaveValue('two words here');
      expect(await selection()).toBe('words');
      await expect(button(name)).toHaveAttribute('aria-pressed', 'false');
      await button(name).click();
      await ava.keyboard.press('Control+z');
      await expect(body).toHaveValue('two words here');
      const box = (await button(name).boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
    await ava.context().close();
  });

test('the buttons are one stop of the Tab key, arrows lead through them, and their keys work in the text', async ({
  browser,
}) => {
  const { ava, body, select, button } = await composer(browser);
  await body.fill('words');
  await select(0, 5);
  await ava.keyboard.press('Shift+Tab');
  await expect(button('Bold')).toBeFocused();
  await ava.keyboard.press('ArrowLeft');
  await expect(button('Code')).toBeFocused();
  await ava.keyboard.press('Home');
  await ava.keyboard.press('ArrowRight');
  await expect(button('Italic')).toBeFocused();
  await ava.keyboard.press('Enter');
  await expect(body).toHaveValue('*words*');
  await expect(body).toBeFocused();
  await ava.keyboard.press('Shift+Tab');
  await expect(button('Italic')).toBeFocused();
  await ava.keyboard.press('Tab');
  await expect(body).toBeFocused();

  await body.fill('words');
  for (const [name, keys, value] of [
    ['Bold', 'Control+B', '**words**'],
    ['Italic', 'Control+I', '*words*'],
    ['Link', 'Control+K', '[words](https://)'],
    ['Code', 'Control+E', '`words`'],
    ['List', 'Control+Shift+8', '- words'],
    ['Checkbox', 'Control+Shift+9', '- [ ] words'],
    ['Quotation', 'Control+Shift+.', '> words'],
  ] as const) {
    await expect(button(name)).toHaveAttribute('aria-keyshortcuts', keys);
    await select(0, 5);
    await ava.keyboard.press(
      keys
        .replace('.', 'Period')
        .replace(/(\d)$/, 'Digit$1')
        .replace(/([A-Z])$/, 'Key$1'),
    );
    await expect(body).toHaveValue(value);
    await ava.keyboard.press('Control+z');
    await expect(body).toHaveValue('words');
  }
  await ava.context().close();
});

test('Enter continues a list, but not while an input method is composing; an address pasted over words makes a link', async ({
  browser,
}) => {
  const { ava, body, select } = await composer(browser);
  await body.pressSequentially('- [x] one');
  // Enter ends a conversion.
  await body.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(body).toHaveValue('- [x] one');
  await ava.keyboard.press('Enter');
  await body.pressSequentially('two');
  await expect(body).toHaveValue('- [x] one\n- [ ] two');
  await ava.keyboard.press('Enter');
  await ava.keyboard.press('Enter');
  await body.pressSequentially('after');
  await expect(body).toHaveValue('- [x] one\n- [ ] two\nafter');

  await body.fill('our offer');
  await select(4, 9);
  await body.evaluate((area) => {
    const data = new DataTransfer();
    data.setData('text/plain', 'https://partner.example/offer');
    area.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
  });
  await expect(body).toHaveValue('our [offer](https://partner.example/offer)');
  await ava.keyboard.press('Control+z');
  await expect(body).toHaveValue('our offer');
  await ava.context().close();
});

test('what a button wrote is kept as a draft; Ctrl+Enter, said beside the button, sends it', async ({
  browser,
}) => {
  const { ava, body, select, button } = await composer(browser);
  const title = `Sent by keys ${Date.now()}`;
  await ava.getByLabel('Title').fill(title);
  await body.fill('words');
  await select(0, 5);
  await button('Bold').click();
  await expect(ava.getByText('Draft saved')).toBeVisible();
  await ava.reload({ waitUntil: 'networkidle' });
  await expect(body).toHaveValue('**words**');
  await expect(ava.getByText('or press Ctrl+Enter')).toBeVisible();
  await expect(ava.getByRole('button', { name: 'Post', exact: true })).toHaveAttribute(
    'aria-keyshortcuts',
    'Control+Enter Meta+Enter',
  );
  await body.press('Control+Enter');
  await expect(ava.getByRole('heading', { name: title, level: 1 })).toBeVisible();
  await expect(ava.locator('article .prose strong')).toHaveText('words');
  await ava.context().close();
});

const shapeOf = (page: Page, within: string) =>
  page.locator(within).evaluate((node) => {
    const { paddingInlineStart, backgroundColor } = getComputedStyle(node);
    // Whoever wrote the post ticks its boxes there.
    const box = /<(?:input|button)\b[^>]*checkbox[^>]*>(?:<\/button>)?/g;
    const html = node.querySelector('.prose')!.innerHTML.replace(box, '☐');
    return [html, paddingInlineStart, backgroundColor];
  });

for (const width of [1280, 360])
  test(`the preview looks like the post, checkboxes too, and axe finds nothing, at ${width} px`, async ({
    browser,
  }) => {
    const { ava, body, button } = await composer(browser, width);
    await ava.getByLabel('Title').fill(`Preview ${width} ${Date.now()}`);
    await body.fill(
      '**Plan**\n\n- [ ] open\n- [x] done\n\n> as agreed\n\n`code` and [a link](https://partner.example/)',
    );
    await ava.getByRole('button', { name: 'Preview', exact: true }).click();
    const region = ava.getByRole('region', { name: 'How it will look' });
    await expect(region.getByRole('checkbox', { name: 'done' })).toBeChecked();
    await expect(region.getByRole('checkbox', { name: 'open' })).not.toBeChecked();
    await expect(button('Bold')).toBeDisabled();
    const { violations } = await new AxeBuilder({ page: ava }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    const seen = await shapeOf(ava, '[role=region]:has(.prose)');
    await ava.getByRole('button', { name: 'Post', exact: true }).click();
    await expect(ava).toHaveURL(/\/threads\/\d+$/);
    expect(await shapeOf(ava, 'article')).toEqual(seen);
    const post = ava.locator('article .prose');
    await expect(post.getByRole('checkbox', { name: 'done' })).toBeChecked();
    await expect(post.getByRole('checkbox', { name: 'open' })).not.toBeChecked();
    await ava.context().close();
  });

for (const width of [1280, 360])
  test(`without scripts, a button behind the main one shows how a new thread, a comment and an edited text will look, at ${width} px`, async ({
    browser,
  }) => {
    const plain = await signedIn(browser, AVA, {
      javaScriptEnabled: false,
      viewport: { width, height: 800 },
    });
    const title = `Plain preview ${width} ${Date.now()}`;
    const region = plain.getByRole('region', { name: 'How it will look' });
    const press = (name: string) => plain.getByRole('button', { name, exact: true }).click();
    await plain.goto('/spaces/1/new-thread');
    await plain.getByLabel('Title').fill(title);
    await plain.getByLabel('Body', { exact: true }).fill('**Plan**\n\n- [x] done');
    await plain.getByRole('radio', { name: /^Only for/ }).check();
    await plain
      .getByLabel('Attach files')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await press('Preview');
    await expect(region).toBeInViewport();
    await expect(region.getByRole('checkbox', { name: 'done' })).toBeChecked();
    await expect(plain.getByLabel('Title')).toHaveValue(title);
    await expect(plain.getByRole('radio', { name: /^Only for/ })).toBeChecked();
    await expect(plain.getByText('plan.txt')).toBeVisible();
    const seen = await shapeOf(plain, '[role=region]:has(.prose)');
    // Enter still posts.
    await plain.getByLabel('Title').press('Enter');
    await expect(plain).toHaveURL(/\/threads\/\d+$/);
    const thread = plain.url();
    expect(await shapeOf(plain, 'article')).toEqual(seen);

    const comment = plain.getByLabel('Write a comment', { exact: true });
    await comment.fill('With ~~scripts~~');
    await press('Preview');
    await expect(region).toContainText('With scripts');
    await expect(comment).toHaveValue('With ~~scripts~~');
    await expect(plain.locator('article')).toHaveCount(1);
    await press('Comment');
    await expect(plain.locator('article')).toHaveCount(2);

    await plain.goto(`${thread}?edit=first`);
    await plain.getByLabel('Your post', { exact: true }).fill('*Another* plan');
    await press('Preview');
    await expect(region.locator('em')).toHaveText('Another');
    await expect(plain.getByLabel('Title')).toHaveValue(title);
    await press('Save');
    await expect(plain.locator('article').first()).toContainText('Another plan');
    await expect(plain.getByRole('region', { name: 'How it will look' })).toHaveCount(0);
    await plain.context().close();
  });

test('a phone is told of no keys; nothing moves for it', async ({ browser }) => {
  const ava = await signedIn(browser, AVA, { ...devices['Pixel 7'] });
  await ava.goto('/spaces/1/new-thread', { waitUntil: 'networkidle' });
  await expect(ava.getByRole('button', { name: 'Post', exact: true })).toBeVisible();
  await expect(ava.getByText('or press')).toBeHidden();
  await ava.context().close();
});

test('without scripts there are no buttons, and no place for them', async ({ browser }) => {
  const plain = await signedIn(browser, AVA, { javaScriptEnabled: false });
  await plain.goto('/spaces/1/new-thread');
  await expect(plain.getByRole('toolbar')).toHaveCount(0);
  await expect(plain.locator('[role=toolbar]')).toBeHidden();
  await expect(plain.getByText('or press Ctrl+Enter')).toBeHidden();
  await plain.context().close();
});

test('the people an @ may mean are in sight, above the text where there is no room below', async ({
  browser,
}) => {
  const ava = await signedIn(browser, AVA, { viewport: { width: 360, height: 740 } });
  await ava.goto('/spaces/1/threads/1', { waitUntil: 'networkidle' });
  const box = ava.getByLabel('Write a comment', { exact: true });
  await box.evaluate((area) => area.scrollIntoView({ block: 'end' }));
  await box.pressSequentially('@Be');
  const list = ava.getByRole('listbox');
  await expect(list.getByRole('option').first()).toBeInViewport({ ratio: 1 });
  const { y, height } = (await list.boundingBox())!;
  expect(y + height).toBeLessThanOrEqual((await box.boundingBox())!.y);
  await box.fill('');
  await expect(list).toBeHidden();
  const wide = (await box.boundingBox())!;
  await box.fill('Kept');
  const said = (await ava.getByText('Draft saved').boundingBox())!;
  expect(said.x + said.width).toBeLessThanOrEqual(wide.x + wide.width + 0.5);
  await ava.context().close();
});
