// What `npm run screenshots` takes pictures of. The pages are those of the demo.

const PASSWORD = 'foyer-demo-1';
const named = (page, role, name) => page.getByRole(role, { name, exact: true });
const field = (page, label) => page.getByLabel(label, { exact: true });

/** In this order: later ones may need what an earlier one made. A path, or a walk to it. */
export const views = {
  login: ['nobody', '/login'],
  'sign-up': ['nobody', openInvitation],
  mail: ['nobody', openMail],
  portal: ['ava', '/'],
  space: ['ava', '/spaces/1'],
  'space-as-guest': ['mia', '/spaces/1'],
  thread: ['ava', '/spaces/1/threads/3'],
  'thread-as-guest': ['mia', '/spaces/1/threads/3'],
  'new-thread': ['ava', '/spaces/1/new-thread'],
  'new-space-beginning': ['ava', '/spaces/new'],
  'new-space': ['ava', '/spaces/new?template=scratch'],
  'new-space-made': ['ava', makeSpace],
  guests: ['ava', '/spaces/1/settings/guests'],
  invite: ['ava', '/spaces/1/settings/guests/invite'],
  me: ['ava', '/me'],
  appearance: ['ava', '/admin/appearance'],
};

/** How each person gets in. */
export const arrivals = {
  ava: async (page) => {
    await page.goto('/login');
    await field(page, 'E-mail address').fill('ava@foyer.example');
    await field(page, 'Password').fill(PASSWORD);
    await named(page, 'button', 'Login').click();
    await page.waitForURL('/');
  },
  /** A guest on her first day: through the newest invitation, which another one follows. */
  mia: async (page, people) => {
    await inviteTo(await people('ava'), 'mia@northwind.example');
    await openInvitation(page, 'mia@northwind.example');
    await field(page, 'Display Name').fill('Mia Ito');
    await field(page, 'Password').fill(PASSWORD);
    await named(page, 'button', 'Login').click();
    await page.waitForURL('/spaces/1');
  },
};

async function inviteTo(page, address) {
  await page.goto('/spaces/1/settings/guests/invite');
  await field(page, 'E-mail addresses').fill(address);
  await named(page, 'button', 'Send').click();
  await named(page, 'row', address)
    .or(page.getByRole('row', { name: address }))
    .first()
    .waitFor();
}

/** The newest in the mailbox that still shows its form. */
async function openInvitation(page, to) {
  for (let tries = 0; tries < 20; tries++) {
    const mails = await (await page.request.get('/dev/mailbox.json')).json();
    for (const mail of mails) {
      const path = /\/signup\/[\w.~-]+/.exec(mail.text)?.[0];
      if (!path || (typeof to === 'string' && mail.to !== to)) continue;
      await page.goto(path);
      if (await field(page, 'Display Name').isVisible()) return;
    }
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error('No open invitation in /dev/mailbox.json');
}

async function openMail(page) {
  const mails = await (await page.request.get('/dev/mailbox.json')).json();
  await page.goto(`/dev/mailbox/${mails.find(({ text }) => text.includes('/signup/')).id}`);
}

let made;
async function makeSpace(page) {
  if (made) return page.goto(made);
  await page.goto('/spaces/new?template=scratch');
  await field(page, 'Space name').fill('North Quay');
  await page.getByRole('radio').nth(3).check();
  await named(page, 'button', 'Save').click();
  await page.waitForURL(/\/spaces\/\d+$/);
  made = new URL(page.url()).pathname;
}
