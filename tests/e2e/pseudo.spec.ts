/**
 * All pages in disguise (messages/pseudo.ts): long and accented with scripts, from right to left without. Nothing may be wider
 * than the window, every word is translated, what people wrote carries its own direction, and no id stands twice.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from './test';
import {
  ORIGIN,
  addressOf,
  attachable,
  invited,
  makeSpace,
  newMail,
  post,
  signUp,
  signedIn,
  somebody,
} from './people';

/** Pages that need a state of the site which other tests make. */
const elsewhere = ['/setup', '/verify', '/terms'];

const routes = readdirSync('src/routes', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('+page.svelte') && !file.startsWith('dev/'))
  .map((file) => join('/', file, '..').replace(/\/\([a-z]+\)/g, '') || '/');

interface Made {
  space: string;
  thread: string;
  signup: string;
  file: string;
  /** Their session. */
  guest: string;
  guestId: string;
  /** Of an action on many. */
  runId: string;
  /** Ava, among the people of the space. */
  person: string;
}
let made: Made;

/** By the address of the route. @param who asks for it */
const pages = ({
  space,
  thread,
  signup,
  file,
  guestId,
  runId,
  person,
}: Made): Record<string, [who: string, path: string][]> => ({
  '/': [
    ['guest', '/'],
    ['ava', '/'],
  ],
  '/login': [['nobody', '/login']],
  '/forgot': [['nobody', '/forgot']],
  '/reset/[token]': [
    ['nobody', `/reset/${'a'.repeat(40)}`],
    ['nobody', '/reset/cut'],
  ],
  '/email/[token]': [
    ['nobody', `/email/${'a'.repeat(40)}`],
    ['nobody', '/email/cut'],
  ],
  '/signup/[token]': [
    ['nobody', signup],
    ['nobody', '/signup/cut'],
    ['ava', signup],
  ],
  '/unsubscribe/[token]': [['nobody', '/unsubscribe/nothing']],
  '/me': [
    ['guest', '/me'],
    ['ava', '/me'],
  ],
  '/notifications': [
    ['guest', '/notifications?show=all'],
    ['ava', '/notifications?show=all'],
  ],
  '/search': [['guest', '/search?q=سارية']],
  '/spaces/new': [['ava', '/spaces/new']],
  '/spaces/[id=id]': [
    ['guest', space],
    ['ava', space],
    ['ava', `${space}?archive`],
    ['ava', `${space}?delete`],
  ],
  '/spaces/[id=id]/people': [['guest', `${space}/people`]],
  '/spaces/[id=id]/people/[person]': [
    ['guest', person],
    ['ava', person],
  ],
  '/spaces/[id=id]/files': [['guest', `${space}/files`]],
  '/spaces/[id=id]/files/[file]': [
    ['guest', file],
    ['ava', file],
  ],
  '/spaces/[id=id]/search': [['guest', `${space}/search?q=سارية`]],
  '/spaces/[id=id]/new-thread': [['guest', `${space}/new-thread`]],
  '/spaces/[id=id]/threads/[thread=id]': [
    ['guest', thread],
    ['ava', thread],
    ['ava', `${thread}?delete=first`],
    ['ava', `${thread}9999`],
  ],
  '/spaces/[id=id]/as/[guest]': [
    ['ava', `${space}/as/${guestId}/nothing`],
    ['ava', `${space}/as/${guestId}`],
    ['ava', `${space}/as/anyone`],
  ],
  '/spaces/[id=id]/as/[guest]/threads/[thread=id]': [
    ['ava', thread.replace(space, `${space}/as/${guestId}`)],
  ],
  '/spaces/[id=id]/as/[guest]/files': [['ava', `${space}/as/${guestId}/files`]],
  '/spaces/[id=id]/as/[guest]/files/[file]': [['ava', file.replace(space, `${space}/as/${guestId}`)]],
  '/spaces/[id=id]/as/[guest]/people': [['ava', `${space}/as/${guestId}/people`]],
  '/spaces/[id=id]/as/[guest]/people/[person]': [['ava', person.replace(space, `${space}/as/${guestId}`)]],
  '/spaces/[id=id]/access/[guest]': [['ava', `${space}/access/${guestId}`]],
  '/spaces/[id=id]/settings/general': [['ava', `${space}/settings/general`]],
  '/spaces/[id=id]/settings/members': [['ava', `${space}/settings/members`]],
  '/spaces/[id=id]/settings/guests': [['ava', `${space}/settings/guests`]],
  '/spaces/[id=id]/settings/guests/invite': [['ava', `${space}/settings/guests/invite`]],
  '/spaces/[id=id]/settings/template': [['ava', `${space}/settings/template`]],
  '/admin': [['ava', '/admin']],
  '/admin/appearance': [['ava', '/admin/appearance']],
  '/admin/users': [['ava', '/admin/users']],
  '/admin/users/import': [['ava', '/admin/users/import']],
  '/admin/users/[user]': [['ava', `/admin/users/${person.split('/').pop()}`]],
  '/admin/guests': [['ava', '/admin/guests']],
  '/admin/guests/import': [['ava', '/admin/guests/import']],
  '/admin/guests/many/[run]': [['ava', `/admin/guests/many/${runId}`]],
  '/admin/guests/[guest]': [['ava', `/admin/guests/${guestId}`]],
  '/admin/mail': [['ava', '/admin/mail']],
  '/admin/mail/texts': [['ava', '/admin/mail/texts?kind=welcome']],
  '/admin/audit': [['ava', '/admin/audit']],
  '/admin/permissions': [['ava', '/admin/permissions']],
  '/admin/authentication': [['ava', '/admin/authentication']],
  '/admin/login-security': [['ava', '/admin/login-security']],
  '/admin/spaces': [['ava', '/admin/spaces']],
  '/admin/spaces/[id=id]/administrator': [['ava', `/admin${space}/administrator`]],
  '/admin/templates': [['ava', '/admin/templates']],
});

test('every page of the site is looked at here', () => {
  expect(
    Object.keys(
      pages({ space: '', thread: '', signup: '', file: '', guest: '', guestId: '', runId: '', person: '' }),
    ).sort(),
  ).toEqual(routes.filter((route) => !elsewhere.includes(route)).sort());
});

test.beforeAll(async ({ browser }) => {
  const ava = await signedIn(browser, 'ava@foyer.example');
  const space = await makeSpace(ava, 'مرفأ بيروت');
  const [layla, open] = await invited(ava, space, addressOf('layla'), addressOf('open'));
  const guest = await somebody(browser);
  await signUp(guest, layla!.url, 'ليلى حداد');
  await post(guest, '/me?/profile', { name: 'ليلى حداد', company: 'شركة الميناء', locale: '', timeZone: '' });
  const begun = await post(guest, `${space}/new-thread`, {
    fileIds: await attachable(guest, space, 'رسم.pdf'),
    title: 'سارية العلم',
    body: 'أين نضع سارية العلم؟ @Ava Lind',
    requestKey: 'pseudo'.repeat(3),
  });
  const thread = begun.headers().location!;
  await post(ava, `${thread}?/comment`, { body: 'هنا، يا @ليلى حداد', requestKey: 'answer'.repeat(3) });
  await newMail(ava.request, layla!.email, /هنا/);
  await post(guest, `${space}?/mute`, { on: 'on' });
  await guest.goto(`${space}/files`);
  const file = `${space}/files/${/files\/(\w{16})/.exec(await guest.content())![1]}`;
  await post(guest, file, {
    fileIds: await attachable(guest, space, 'رسم 2.pdf'),
    requestKey: 'version'.repeat(3),
  });
  const signup = new URL(open!.url).pathname;
  const [{ id }] = (await (await guest.request.get(`${space}/people.json?q=Ava`)).json()) as [{ id: string }];
  const person = `${space}/people/${id}`;
  const [{ id: guestId }] = (await (await ava.request.get(`${space}/people.json?q=ليلى`)).json()) as [
    { id: string },
  ];
  const stray = addressOf('stray');
  await invited(ava, space, stray);
  await ava.goto(`/admin/guests?search=${stray}`);
  const picks = await ava.locator('[name=pick]').first().inputValue();
  const run = await post(ava, '/admin/guests?/many', { do: 'resend', picks, requestKey: 'run'.repeat(6) });
  const runId = run.headers().location!.split('/').at(-1)!;
  // Finished: the page would go on by itself.
  await post(ava, `/admin/guests/many/${runId}?/step`, {});
  made = {
    runId,
    space,
    thread,
    signup,
    file,
    person,
    guestId,
    guest: JSON.stringify(await guest.context().storageState()),
  };
});

async function lookers(browser: Browser, disguise: string, javaScriptEnabled: boolean) {
  const cookie = { name: 'pseudo-locale', value: disguise, url: ORIGIN };
  const open = new Map<string, Page>();
  return async (who: string): Promise<Page> => {
    if (!open.has(who)) {
      const page =
        who === 'ava'
          ? await signedIn(browser, 'ava@foyer.example', { javaScriptEnabled })
          : await somebody(browser, {
              javaScriptEnabled,
              ...(who === 'guest' && { storageState: JSON.parse(made.guest) }),
            });
      await page.context().addCookies([cookie]);
      open.set(who, page);
    }
    return open.get(who)!;
  };
}

/** Runs in the page. */
function faults(): string[] {
  const own = 'bdi, [dir=auto], time, code, pre';
  const translated = /⟦[^⟦⟧]*⟧/g;
  const left = (text: string) => {
    let rest = text;
    for (let before = ''; before !== rest;) {
      before = rest;
      rest = rest.replace(translated, '');
    }
    // A sentence around an element (Sentence.svelte).
    rest = rest.replace(/⟦[^⟦⟧]*$|^[^⟦⟧]*⟧/g, '');
    // Isolated; and what Intl joins lists with.
    rest = rest.replace(/\u2068[^\u2068\u2069]*\u2069/g, '').replace(/\band\b/g, '');
    return /\p{L}/u.test(rest) ? rest.trim() : '';
  };
  const place = (element: Element) =>
    `<${element.tagName.toLowerCase()} ${element.className}> in <${element.parentElement?.tagName.toLowerCase()} ${element.parentElement?.className}>`;
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement!;
    if (parent.closest('script, style, noscript, template, svg, iframe') || parent.closest(own)) continue;
    const rest = left(node.textContent!);
    if (rest) found.push(`“${rest}” ${place(parent)}`);
  }
  for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const rest = left(element.getAttribute(name) ?? '');
      // The user agent of a session, as the browser sent it.
      if (rest && !element.matches(own) && !rest.startsWith('Mozilla/'))
        found.push(`${name} “${rest}” ${place(element)}`);
    }
  for (const field of document.body.querySelectorAll(
    'input:not([type]), input[type=text], input[type=search], textarea',
  ))
    if (
      field.checkVisibility() &&
      !field.hasAttribute('dir') &&
      getComputedStyle(field).unicodeBidi !== 'plaintext'
    )
      found.push(`no direction: ${field.getAttribute('name')} ${place(field)}`);
  for (const once of ['h1', 'main']) {
    const all = document.querySelectorAll(once).length;
    if (all !== 1) found.push(`${all} × ${once}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id twice: ${id}`);
  const rest = left(document.title.replace(/مرفأ بيروت|سارية العلم|رسم 2\.pdf|Ava Lind|Foyer/g, ''));
  if (rest) found.push(`title “${rest}”`);
  return [...new Set(found)];
}

for (const [disguise, dir, javaScriptEnabled] of [
  ['long', 'ltr', true],
  ['mirrored', 'rtl', false],
] as const)
  test(`nothing is too wide, untranslated or without a direction: ${disguise}`, async ({ browser }) => {
    const looker = await lookers(browser, disguise, javaScriptEnabled);
    for (const [who, path] of Object.values(pages(made)).flat()) {
      const page = await looker(who);
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(path);
      const at = `${who} ${decodeURI(path)}`;
      expect.soft(await page.locator('html').getAttribute('dir'), at).toBe(dir);
      expect.soft(await page.evaluate(faults), at).toEqual([]);
      for (const width of [1280, 360, 320]) {
        await page.setViewportSize({ width, height: 800 });
        const needed = await page.evaluate(() =>
          Math.max(
            ...[document.scrollingElement!, ...document.querySelectorAll('dialog')].map((e) => e.scrollWidth),
          ),
        );
        expect.soft(needed, `${at} is too wide at ${width}`).toBeLessThanOrEqual(width);
      }
    }
  });

test('without the cookie, and for anything else in it, the site speaks its own languages', async ({
  page,
}) => {
  for (const value of ['', 'en', 'constructor']) {
    await page.context().addCookies([{ name: 'pseudo-locale', value, url: ORIGIN }]);
    await page.goto('/login');
    await expect(page.getByRole('button', { name: 'Login' })).toBeVisible();
  }
});
