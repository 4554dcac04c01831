/** Every page: no finding of axe-core, one main, one h1, no sideways scrolling at 320 px. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Browser, type Locator, type Page } from './test';
import {
  addressOf,
  invited,
  linkIn,
  login,
  mailsTo,
  makeSpace,
  newGuest,
  nextMail,
  PASSWORD,
  post,
  setTwoStep,
  signedIn,
  somebody,
} from './people';

// Recording axe would take longer than axe.
test.use({ trace: 'off' });

/** Made once, so that pages have content. */
const made = { space: '', fresh: '', file: '', thread: '', open: '', expired: '', used: '', reset: '' };
let guest: Page;
let half: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;

test.beforeAll(async ({ browser, request }) => {
  const host = await signedIn(browser, 'ben@foyer.example');
  made.fresh = await makeSpace(host, 'A new space');
  made.space = await makeSpace(host, 'Room with a view that has quite a long name');
  const emails = [addressOf('a-guest-with-a-very-long-address-for-narrow-screens'), addressOf('waiting')];
  const [invitee, waiting] = (await invited(host, made.space, ...emails)) as [
    { email: string; url: string },
    { email: string; url: string },
  ];
  guest = await newGuest(browser, made.space, invitee);
  [made.used, made.open] = [invitee.url, waiting.url];
  made.expired = linkIn((await mailsTo(request, 'hal@studio.example'))[0]!, /\/signup\//);
  await host.goto(`${made.space}/new-thread`);
  await host.getByLabel('Title').fill('A thread');
  await host
    .getByLabel('Body')
    .fill('With **Markdown**, a [link](https://example.com), `code`\n\n- and\n- a list');
  await host.getByLabel('Attach files').setInputFiles({
    ...{ name: 'A drawing with quite a long name.pdf', mimeType: 'application/pdf' },
    buffer: Buffer.from('%PDF-1.7'),
  });
  await host.getByRole('button', { name: 'Post' }).click();
  await expect(host).toHaveURL(/\/threads\/\d+$/);
  made.file = new URL(
    (await host.getByRole('link', { name: 'New version' }).getAttribute('href'))!,
    host.url(),
  ).pathname;
  made.thread = new URL(host.url()).pathname;
  await host.getByLabel('Write a comment').fill('First.');
  await host.getByRole('button', { name: 'Comment' }).click();
  await expect(host.getByText('First.')).toBeVisible();

  await post(host, '/forgot', { email: invitee.email });
  made.reset = linkIn(await nextMail(request, invitee.email, 3), /\/reset\//);
  const admin = await signedIn(browser, 'ava@foyer.example');
  await setTwoStep(admin, true);
  try {
    const again = await somebody(browser);
    await login(again, invitee.email);
    await expect(again).toHaveURL('/verify');
    half = await again.context().storageState();
  } finally {
    await setTwoStep(admin, false);
  }
});

type Who = keyof typeof looker;
const looker = {
  nobody: (browser: Browser) => somebody(browser),
  half: (browser: Browser) => somebody(browser, { storageState: half }),
  /** On their first day. */
  guest: () => Promise.resolve(guest),
  ben: (browser: Browser) => signedIn(browser, 'ben@foyer.example'),
  ava: (browser: Browser) => signedIn(browser, 'ava@foyer.example'),
};

type Act = (page: Page) => Promise<void>;
/** Submits an incomplete form. */
const refused =
  (button: string): Act =>
  async (page) => {
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByRole('alert')).toBeVisible();
  };
const opened =
  (menu: string): Act =>
  async (page) => {
    await page.getByRole('button', { name: menu }).click();
    await expect(page.getByRole('menu')).toBeVisible();
  };
const inRow =
  (button: string, seen: (page: Page) => Locator): Act =>
  async (page) => {
    await page.getByRole('row', { name: 'waiting' }).getByRole('button', { name: button }).click();
    await expect(seen(page)).toBeVisible();
  };

/** Presses a button of the first template that was made here ("Create Template, made", above). */
const inOwn =
  (button: string, seen: 'dialog' | 'alertdialog'): Act =>
  async (page) => {
    await page.getByRole('row', { name: 'Seen' }).first().getByRole('button', { name: button }).click();
    await expect(page.getByRole(seen)).toBeVisible();
  };

/** Mails are shown in a sandbox without scripts, where axe would wait for an answer. */
const withoutMails: Act = (page) =>
  page.locator('iframe').evaluateAll((frames) => frames.forEach((frame) => frame.remove()));

/** By name: who looks, where, and what to do first. */
type Pages = Record<string, [Who, () => string, Act?]>;
const parts: Record<string, Pages> = {
  'the way in': {
    login: ['nobody', () => '/login'],
    'login, refused': ['nobody', () => '/login', refused('Login')],
    forgot: ['nobody', () => '/forgot'],
    'forgot, answered': [
      'nobody',
      () => '/forgot',
      async (page) => {
        await page.getByLabel('E-mail address').fill(addressOf('nobody'));
        await page.getByRole('button', { name: 'Send link' }).click();
        await expect(page.getByRole('status')).toBeVisible();
      },
    ],
    reset: ['nobody', () => made.reset],
    'reset, over': ['nobody', () => `/reset/${'n'.repeat(40)}`],
    'reset, cut': ['nobody', () => '/reset/nonsense'],
    'a new address, over': ['nobody', () => `/email/${'n'.repeat(40)}`],
    'a new address, cut': ['nobody', () => '/email/nonsense'],
    'sign-up': ['nobody', () => made.open],
    'sign-up, refused': ['nobody', () => made.open, refused('Login')],
    'sign-up, expired': ['nobody', () => made.expired],
    'sign-up, used': ['nobody', () => made.used],
    'sign-up, somebody else': ['ben', () => made.open],
    verify: ['half', () => '/verify'],
    'unsubscribe, dead': ['nobody', () => '/unsubscribe/nonsense'],
    'not found, outside': ['nobody', () => '/signup/nonsense'],
    'not found, inside': ['ben', () => '/nowhere'],
  },
  'portal and spaces': {
    portal: ['ben', () => '/'],
    'portal, Create open': ['ben', () => '/', opened('Create')],
    notifications: ['ben', () => '/notifications?show=all'],
    'new space': ['ben', () => '/spaces/new'],
    'new space, from scratch': ['ben', () => '/spaces/new?template=scratch'],
    'new space, refused': ['ben', () => '/spaces/new?template=scratch', refused('Save')],
    'new space, from a template': ['ben', () => '/spaces/new?template=shipped:supplier-onboarding'],
    'new space, template gone': ['ben', () => '/spaces/new?template=shipped:nothing'],
    space: ['ben', () => '/spaces/1'],
    'space, guest’s first sight': ['guest', () => made.space],
    'space, now invite your guests': ['ben', () => made.fresh],
    'thread, guest': ['guest', () => made.thread],
    'thread, gone': ['ben', () => `${made.thread}9999`],
    'space, closed threads': ['ben', () => `${made.space}?show=closed`],
    'space, my threads': ['ben', () => `${made.space}?show=mine`],
    'space, Options open': ['ben', () => made.space, opened('Options')],
    'space, Leave asks': ['ben', () => '/spaces/1?leave'],
    'space, Archive asks': ['ben', () => '/spaces/1?archive'],
    'new thread': ['ben', () => `${made.space}/new-thread`],
    'new thread, names offered': [
      'ben',
      () => `${made.space}/new-thread`,
      async (page) => {
        await expect(page.getByRole('button', { name: 'Preview' })).toBeVisible();
        await page.getByLabel('Body').pressSequentially('@');
        await expect(page.getByRole('option').first()).toBeVisible();
      },
    ],
    'new thread, preview': [
      'ben',
      () => `${made.space}/new-thread`,
      async (page) => {
        await page.getByRole('button', { name: 'Preview' }).click();
        await expect(page.getByRole('region', { name: 'How it will look' })).toBeVisible();
      },
    ],
    thread: ['ben', () => made.thread],
    search: ['ben', () => `${made.space}/search?q=thread`],
    files: ['ben', () => `${made.space}/files`],
    'a file': ['ben', () => made.file],
    people: ['ben', () => `${made.space}/people`],
    'space, as a guest': ['ben', () => `${made.space}/as/anyone`],
    'thread, as a guest': ['ben', () => made.thread.replace(made.space, `${made.space}/as/anyone`)],
    'search, nothing found': ['ben', () => `${made.space}/search?q=zzzz`],
    'search everywhere': ['ben', () => '/search?q=a'],
    'search, one kind': ['ben', () => '/search?q=room&kind=spaces'],
    'search, nothing asked': ['ben', () => '/search'],
  },
  settings: {
    General: ['ben', () => `${made.space}/settings/general`],
    Members: ['ben', () => `${made.space}/settings/members`],
    'Members, people found': ['ben', () => `${made.space}/settings/members?find=foyer`],
    'Create Template': ['ben', () => `${made.space}/settings/template`],
    'Create Template, made': [
      'ben',
      () => `${made.space}/settings/template`,
      async (page) => {
        await page.getByLabel('Template name').fill(`Seen ${Date.now() % 1_000_000}`);
        await page.getByRole('button', { name: 'Save' }).click();
        await expect(page.getByText('created. You can start new spaces')).toBeVisible();
      },
    ],
    Guests: ['ben', () => `${made.space}/settings/guests`],
    'Guests, Delete asks': [
      'ben',
      () => `${made.space}/settings/guests`,
      inRow('Delete', (page) => page.getByRole('alertdialog')),
    ],
    'Guests, link copied': [
      'ben',
      () => `${made.space}/settings/guests`,
      inRow('Copy link', (page) => page.getByLabel('Link to share')),
    ],
    'Invite Guests': ['ben', () => `${made.space}/settings/guests/invite`],
    'Invite Guests, refused': [
      'ben',
      () => `${made.space}/settings/guests/invite`,
      async (page) => {
        await page.getByLabel('E-mail addresses').fill('nonsense, ava@foyer.example');
        await refused('Send')(page);
      },
    ],
  },
  'account, administration, local tools': {
    me: ['ben', () => '/me'],
    users: ['ava', () => '/admin/users'],
    'users, import': ['ava', () => '/admin/users/import'],
    user: ['ava', () => '/admin/users', (page) => page.getByRole('link', { name: 'Ben' }).first().click()],
    guests: ['ava', () => '/admin/guests'],
    'guests, selected, asked': ['ava', () => '/admin/guests?selected=all&do=resend'],
    'guests, import': ['ava', () => '/admin/guests/import'],
    mail: ['ava', () => '/admin/mail'],
    'mail, texts': ['ava', () => '/admin/mail/texts?kind=welcome'],
    'audit log': ['ava', () => '/admin/audit'],
    permissions: ['ava', () => '/admin/permissions'],
    authentication: ['ava', () => '/admin/authentication'],
    'login security': ['ava', () => '/admin/login-security'],
    'me, guest': ['guest', () => '/me'],
    appearance: ['ava', () => '/admin/appearance'],
    'administration, not found': ['ava', () => '/admin/nowhere'],
    'users, for a guest': ['guest', () => '/admin/users'],
    templates: ['ava', () => '/admin/templates'],
    'templates, Import refused': ['ava', () => '/admin/templates', refused('Import')],
    'templates, Rename': ['ava', () => '/admin/templates', inOwn('Rename', 'dialog')],
    'templates, Delete asks': ['ava', () => '/admin/templates', inOwn('Delete', 'alertdialog')],
    mailbox: ['nobody', () => '/dev/mailbox', withoutMails],
    'mail samples': ['nobody', () => '/dev/mail-samples', withoutMails],
  },
};

/** Findings as readable text. Without `rules`, all that axe enables by default. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
  // "Legacy" mode stays in this page and takes half the time; there are no frames left to check.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`),
  );
}

/** Every rule once; then only those that other colours or widths can break. */
const sights: Record<string, { colorScheme: 'light' | 'dark'; width: number; rules?: string[] }> = {
  light: { colorScheme: 'light', width: 1280 },
  dark: { colorScheme: 'dark', width: 1280, rules: ['color-contrast'] },
  '320 px': { colorScheme: 'light', width: 320, rules: ['target-size', 'scrollable-region-focusable'] },
};

for (const [part, pages] of Object.entries(parts))
  test(`axe finds nothing, in light, dark and narrow: ${part}`, async ({ browser }) => {
    const seen = new Map<Who, Page>();
    for (const [name, [who, path, act]] of Object.entries(pages)) {
      if (!seen.has(who)) seen.set(who, await looker[who](browser));
      const page = seen.get(who)!;
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(path());
      if (act) await act(page);
      expect.soft(await page.locator('main').count(), `${name}: main`).toBe(1);
      expect.soft(await page.locator('h1').count(), `${name}: h1`).toBe(1);
      for (const [sight, { colorScheme, width, rules }] of Object.entries(sights)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 800 });
        expect.soft(await findings(page, rules), `${name}, ${sight}`).toEqual([]);
        const needed = await page.evaluate(() => document.scrollingElement!.scrollWidth);
        expect.soft(needed, `${name}: scrolls sideways at ${width}`).toBeLessThanOrEqual(width);
      }
    }
  });

test.describe('by the keyboard alone', () => {
  /** Presses Tab until it is reached. The focus must always be visible. */
  async function tabTo(page: Page, target: Locator): Promise<void> {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      await isSeen(page);
      if (await target.evaluate((node) => node === document.activeElement)) return;
    }
    throw new Error(`Tab never reaches ${target}`);
  }

  async function isSeen(page: Page): Promise<void> {
    const focus = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      // A radio or checkbox may show it on its label.
      const ring = [at, at.closest('label')].some((node) => {
        if (!node) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      });
      return { lost: at === document.body, ring, html: at.outerHTML.slice(0, 120) };
    });
    expect(focus, focus.html).toMatchObject({ lost: false, ring: true });
  }

  const inside = (dialog: Locator) =>
    expect.poll(() => dialog.evaluate((node) => node.contains(document.activeElement))).toBe(true);

  for (const javaScriptEnabled of [true, false])
    test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
      test.use({ javaScriptEnabled });

      test('login, a new space, an invitation, and taking it back', async ({ page }) => {
        await page.goto('/login');
        await tabTo(page, page.getByLabel('E-mail address'));
        await page.keyboard.type('ben@foyer.example');
        await tabTo(page, page.getByLabel('Password'));
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press('Enter');
        await expect(page).toHaveURL('/');

        await tabTo(page, page.getByRole('button', { name: 'Create' }));
        await page.keyboard.press('Enter');
        const create = page.getByRole('menuitem', { name: 'New Guest Space' });
        await chooses(page, create);
        await expect(page).toHaveURL(/\/spaces\/new/);

        await tabTo(page, page.getByRole('link', { name: 'Create from scratch' }));
        await page.keyboard.press('Enter');
        await expect(page).toHaveURL(/template=scratch/);
        await tabTo(page, page.getByLabel('Space name'));
        await page.keyboard.type('By keyboard');
        await page.keyboard.press('Tab');
        await isSeen(page);
        await page.keyboard.press('ArrowRight');
        await isSeen(page);
        await expect(page.getByRole('radio').nth(1)).toBeChecked();
        await tabTo(page, page.locator('summary').filter({ hasText: 'Members' }));
        await page.keyboard.press('Enter');
        await tabTo(page, page.getByRole('checkbox', { name: 'Cho Yamada' }));
        await page.keyboard.press('Space');
        await expect(page.getByRole('checkbox', { name: 'Cho Yamada' })).toBeChecked();
        await tabTo(page, page.getByRole('button', { name: 'Save' }));
        await page.keyboard.press('Enter');
        await expect(page).toHaveURL(/\/spaces\/[1-9]\d*$/);

        await tabTo(page, page.getByRole('button', { name: 'Options' }));
        await page.keyboard.press('Space');
        await chooses(page, page.getByRole('menuitem', { name: 'Manage Guests' }));
        await expect(page).toHaveURL(/\/settings\/guests$/);
        const dialog = page.getByRole('dialog');
        if (javaScriptEnabled) await inside(dialog);
        await tabTo(page, page.getByRole('button', { name: 'Invite Guests' }));
        await page.keyboard.press('Enter');
        await expect(page).toHaveURL(/\/guests\/invite/);
        if (javaScriptEnabled) await inside(dialog);
        await tabTo(page, page.getByLabel('E-mail addresses'));
        const email = addressOf('keyboard');
        await page.keyboard.type(email);
        await tabTo(page, page.getByRole('button', { name: 'Send' }));
        await page.keyboard.press('Enter');
        await expect(page.getByRole('status')).toContainText('1 invitation');
        if (javaScriptEnabled) await inside(dialog);

        const row = page.getByRole('row', { name: email });
        await tabTo(page, row.getByRole('button', { name: 'Delete' }));
        await page.keyboard.press('Enter');
        const asks = page.getByRole('alertdialog');
        await expect(asks).toBeVisible();
        await inside(asks);
        await tabTo(page, asks.getByRole('button', { name: 'Delete' }));
        await page.keyboard.press('Enter');
        await expect(row).toHaveCount(0);
        if (javaScriptEnabled) await inside(dialog);
      });

      /** In a menu that has just opened: by arrows with scripts, by Tab without. */
      async function chooses(page: Page, item: Locator): Promise<void> {
        await expect(item).toBeVisible();
        if (javaScriptEnabled) await inside(page.getByRole('menu'));
        for (let i = 0; i < 5; i++) {
          if (await item.evaluate((node) => node === document.activeElement)) break;
          await page.keyboard.press(javaScriptEnabled ? 'ArrowDown' : 'Tab');
        }
        await isSeen(page);
        await expect(item).toBeFocused();
        await page.keyboard.press('Enter');
      }
    });

  test('Escape closes menus and dialogs, and the focus goes back', async ({ browser }) => {
    const page = await signedIn(browser, 'ben@foyer.example');
    await page.goto(made.space);
    const options = page.getByRole('button', { name: 'Options' });
    await options.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    await inside(page.getByRole('menu'));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(options).toBeFocused();

    await page.goto(`${made.space}/settings/guests`);
    await page.getByRole('row', { name: 'waiting' }).getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await inside(page.getByRole('alertdialog'));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await expect(
      page.getByRole('row', { name: 'waiting' }).getByRole('button', { name: 'Delete' }),
    ).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(made.space);
  });
});
