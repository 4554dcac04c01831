/** Nothing moves under the reader's finger: layout shifts from the first paint until the scripts are done (CLS). */
import { expect, test, type Browser, type Locator, type Page } from './test';
import { button } from './forms';
import { addressOf, invited, makeSpace, newGuest, signedIn, somebody } from './people';

const LIMIT = 0.02;

interface Shift {
  value: number;
  sources: { node: Node | null; from: number; to: number }[];
}

declare global {
  interface Window {
    shifts: Shift[];
    /** How far the page's own scripts or the reader have scrolled since the shifts were last forgotten. */
    scrolled: number;
  }
}

/** Before a page's own scripts. A shift that follows a press by half a second is the press's own. */
function watch() {
  window.shifts = [];
  window.scrolled = 0;
  const tops = new WeakMap<Element, number>();
  document.addEventListener(
    'scroll',
    ({ target }) => {
      const box = target instanceof Element ? target : document.documentElement;
      window.scrolled += box.scrollTop - (tops.get(box) ?? 0);
      tops.set(box, box.scrollTop);
    },
    { capture: true },
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    })[])
      if (!entry.hadRecentInput)
        window.shifts.push({
          value: entry.value,
          sources: entry.sources.map(({ node, previousRect, currentRect }) => ({
            node,
            from: previousRect.y,
            to: currentRect.y,
          })),
        });
  }).observe({ type: 'layout-shift', buffered: true });
}

/** After the last request, what it brought has been painted. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(
    () =>
      new Promise<void>((done) =>
        requestIdleCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
      ),
  );
}

/**
 * Chromium counts what a script scrolls as if it had not been scrolled. What came in above and was scrolled away before it was painted
 * has moved nothing: what is reported is where it still is, and has moved by as much as was scrolled.
 */
async function expectStill(page: Page, where: string): Promise<void> {
  const { sum, what } = await page.evaluate(() => {
    const name = (node: Node | null) =>
      node instanceof Element
        ? `${node.tagName.toLowerCase()}.${node.className}`
        : (node?.parentElement?.tagName ?? '?');
    const seen = window.shifts.filter(
      ({ sources }) =>
        !window.scrolled ||
        !sources.every(
          ({ node, from, to }) =>
            node instanceof Element &&
            Math.abs(to - from - window.scrolled) <= 1 &&
            Math.abs(node.getBoundingClientRect().y - to) <= 1,
        ),
    );
    return {
      sum: seen.reduce((total, { value }) => total + value, 0),
      what: seen.flatMap(({ sources }) =>
        sources.map(({ node, from, to }) => `${name(node)} ${from} → ${to}`),
      ),
    };
  });
  expect.soft(sum, `${where}: ${what.join(', ')}`).toBeLessThanOrEqual(LIMIT);
}

/** A shift after the answer is then no longer forgiven as the press's own. */
const late = (page: Page) =>
  page.route(
    () => true,
    async (route) => {
      if (route.request().method() === 'POST') await new Promise((go) => setTimeout(go, 700));
      await route.fallback();
    },
  );

const pages: Record<string, string[]> = {
  'ava@foyer.example': [
    '/',
    '/spaces/1',
    '/spaces/1/threads/1',
    '/spaces/1/new-thread',
    '/spaces/1/settings/general',
    '/spaces/1/settings/guests',
    '/spaces/1/settings/guests/invite',
    '/spaces/new',
    '/spaces/new?template=scratch',
    '/me',
    '/notifications',
    '/search',
    '/search?q=harbour',
    '/admin/appearance',
    '/nowhere',
  ],
  'gil@partner.example': ['/', '/spaces/1', '/spaces/1/threads/1', '/spaces/1/new-thread', '/me'],
  nobody: ['/login', '/forgot'],
};

const looker = (browser: Browser, who: string, width: number): Promise<Page> => {
  const options = { viewport: { width, height: 800 } };
  return who === 'nobody' ? somebody(browser, options) : signedIn(browser, who, options);
};

for (const width of [1280, 360])
  test(`no page moves while it loads, at ${width} px`, async ({ browser }) => {
    for (const [who, paths] of Object.entries(pages)) {
      const page = await looker(browser, who, width);
      await page.addInitScript(watch);
      for (const path of paths) {
        await page.goto(path);
        await settled(page);
        await expectStill(page, `${who} ${path}`);
      }
      await page.context().close();
    }
  });

test('a dialog that opens late moves nothing either, at 360 px', async ({ browser }) => {
  const page = await looker(browser, 'ava@foyer.example', 360);
  await page.addInitScript(watch);
  await page.goto('/spaces/1');
  await settled(page);
  // Without a press, as when the answer takes longer than the half second that is forgiven.
  await page
    .locator('[role=menuitem][href$="/settings/guests"]')
    .evaluate((link: HTMLElement) => link.click());
  await expect(page.getByRole('dialog', { name: 'Space Settings' })).toBeVisible();
  await settled(page);
  await expectStill(page, 'Manage Guests');
});

for (const [width, allowed] of [
  [1280, true],
  [360, false],
] as const)
  test(`"Copy link" answers at its row, and nothing moves, at ${width} px`, async ({ browser }) => {
    const page = await signedIn(browser, 'ben@foyer.example', { viewport: { width, height: 740 } });
    if (allowed) await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    else await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.addInitScript(watch);
    const space = await makeSpace(page, 'Links');
    const [first, second] = await invited(page, space, addressOf('first'), addressOf('second'));
    await page.goto(`${space}/settings/guests`);
    await settled(page);
    const row = page.getByRole('row', { name: second!.email });
    const button = row.getByRole('button', { name: 'Copy link' });
    await button.scrollIntoViewIfNeeded();
    const before = await button.boundingBox();
    await late(page);
    await button.click();
    await expect(row.getByLabel('Link to share')).toHaveValue(/\/signup\//);
    await expect(row.getByText(second!.email).last()).toBeVisible();
    await expect(
      page.getByRole('status').filter({
        hasText: allowed ? `Link copied for ${second!.email}.` : 'Copy the link below.',
      }),
    ).toBeVisible();
    expect((await button.boundingBox())!.y).toBe(before!.y);
    await expectStill(page, 'Copy link');
    if (allowed)
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        await row.getByLabel('Link to share').inputValue(),
      );
    await page.getByRole('status').click();
    await expect(page.getByRole('status')).toBeHidden();
    await row.getByRole('link', { name: 'Close' }).click();
    await expect(row.getByLabel('Link to share')).toBeHidden();
    await expect(button).toBeFocused();
    await expect(page.getByRole('row', { name: first!.email })).toBeVisible();
    await page.context().close();
  });

interface Scene {
  page: Page;
  space: string;
  /** A thread with comments. */
  thread: string;
  /** Whose invitation is open. */
  email: string;
}

interface Action {
  what: string;
  at: (scene: Scene) => string;
  before?: (scene: Scene) => Promise<unknown>;
  /** The menu that the button is in. */
  menu?: RegExp;
  press: (scene: Scene) => Locator;
  /** What is seen then. */
  then: (scene: Scene) => Locator;
  /** Why it moves what is around it, where it does. */
  moves?: string;
}

const main = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
const status = (page: Page) => page.getByRole('status').filter({ hasText: /./ });
const thread = ({ thread }: Scene) => thread;
const threadMenu = /^Thread menu$/;

/**
 * Not here: a refusal, which takes people to its summary; the deletion of a row, whose place closes up; and a page that is shorter than
 * the window, whose notice has no room but above all else.
 */
const actions: Action[] = [
  {
    what: 'notifications are marked as read',
    at: () => '/notifications?show=all',
    press: ({ page }) => button(page, 'Mark all as read'),
    then: ({ page }) => page.getByRole('main'),
    moves: 'the button has nothing left to do, nor has its line on a phone',
  },
  {
    what: 'the threads of a space are marked as read',
    at: ({ space }) => space,
    press: ({ page }) => button(page, 'Mark all as read'),
    then: ({ page }) => page.getByRole('heading', { name: 'Threads', exact: true }),
  },
  {
    what: 'an invitation is sent again',
    at: ({ space }) => `${space}/settings/guests`,
    press: ({ page, email }) =>
      page.getByRole('row', { name: email }).getByRole('button', { name: 'Resend' }),
    then: ({ page }) => status(page),
  },
  {
    what: 'the settings of a space are saved',
    at: ({ space }) => `${space}/settings/general`,
    before: ({ page }) => page.getByLabel('Space name', { exact: true }).fill('Still as it was'),
    press: ({ page }) => button(page, 'Save'),
    then: ({ page }) => status(page),
  },
  {
    what: 'notifications are chosen',
    at: () => '/me',
    press: ({ page }) => main(page, 'Save').last(),
    then: ({ page }) => status(page),
  },
  {
    what: 'a thread is unfollowed',
    at: thread,
    press: ({ page }) => button(page, 'Unfollow'),
    then: ({ page }) => button(page, 'Follow'),
    moves: 'a sentence below it says what one still hears of',
  },
  {
    what: 'a thread is followed',
    at: thread,
    press: ({ page }) => button(page, 'Follow'),
    then: ({ page }) => button(page, 'Unfollow'),
    moves: 'that sentence goes',
  },
  ...(['Pin to top', 'Unpin', 'Close', 'Reopen'] as const).map((name): Action => ({
    what: name,
    at: thread,
    menu: threadMenu,
    press: ({ page }) => page.getByRole('menuitem', { name, exact: true }),
    then: ({ page }) => page.getByRole('main'),
  })),
  {
    what: 'a text gets its first reaction',
    at: thread,
    menu: /^React to/,
    press: ({ page }) => page.getByRole('menuitem', { name: 'Agree' }),
    then: ({ page }) => page.getByRole('button', { name: /^Agree, 1/ }),
    moves: 'the reactions get a line below the text',
  },
  {
    what: 'a text gets another reaction',
    at: thread,
    menu: /^React to/,
    press: ({ page }) => page.getByRole('menuitem', { name: 'Love it' }),
    then: ({ page }) => page.getByRole('button', { name: /^Love it, 1/ }),
  },
  {
    what: 'a comment is posted with a file',
    at: thread,
    before: async ({ page }) => {
      await page.getByLabel('Write a comment', { exact: true }).fill('See the plan.');
      await page
        .getByLabel('Attach files')
        .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') });
    },
    press: ({ page }) => button(page, 'Comment'),
    then: ({ page }) => page.getByRole('article').filter({ hasText: 'See the plan.' }),
    moves: 'the comment is shown, above its form',
  },
  {
    what: 'a notification is kept for later',
    at: () => '/notifications?show=all',
    press: ({ page }) => main(page, 'Read later').first(),
    then: ({ page }) => main(page, 'Read later').and(page.locator('[aria-pressed=true]')).first(),
  },
];

for (const width of [1280, 360])
  test(`what an accepted action changes moves nothing else, at ${width} px`, async ({ browser }) => {
    const page = await signedIn(browser, 'ben@foyer.example', { viewport: { width, height: 740 } });
    const space = await makeSpace(page, `Still ${width}`);
    const email = addressOf('invited');
    // Enough for the list to be longer than the window: where nothing can scroll, a notice pushes what is below.
    const others = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => addressOf(`other-${n}`));
    const [link] = await invited(page, space, addressOf('writer'), email, ...others);
    await page.goto(`${space}/new-thread`);
    await page.getByLabel('Title', { exact: true }).fill('Plans');
    await page.getByLabel('Body', { exact: true }).fill('The plans\n\nof the year\n\nto come');
    await button(page, 'Post').click();
    await expect(page).toHaveURL(/\/threads\/\d+$/);
    const scene = { page, space, thread: new URL(page.url()).pathname, email };
    // Seen there, the comments would be read.
    await page.goto(space);
    const guest = await newGuest(browser, space, link!);
    for (const words of ['First', 'Second']) {
      await guest.goto(scene.thread);
      await guest.getByLabel('Write a comment', { exact: true }).fill(words);
      await button(guest, 'Comment').click();
      await expect(guest.getByRole('article').filter({ hasText: words })).toBeVisible();
    }
    await guest.context().close();
    await page.addInitScript(watch);
    await late(page);
    for (const { what, at, before, menu, press, then, moves } of actions) {
      await page.goto(at(scene));
      await settled(page);
      await before?.(scene);
      const pressed = press(scene);
      const held = menu ? page.getByRole('button', { name: menu }).first() : pressed;
      await held.scrollIntoViewIfNeeded();
      await settled(page);
      await page.evaluate(() => void ((window.shifts = []), (window.scrolled = 0)));
      const control = await held.elementHandle();
      const place = await held.boundingBox();
      if (menu) await held.click();
      const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
      await pressed.click();
      await answered;
      await expect(then(scene), what).toBeInViewport();
      await settled(page);
      const after = await control!.boundingBox();
      if (after) expect.soft(Math.abs(after.y - place!.y), `${what}: its button`).toBeLessThanOrEqual(1);
      if (!moves) await expectStill(page, what);
      await page.evaluate(() => localStorage.clear());
    }
    await page.context().close();
  });
