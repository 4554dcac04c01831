/** Open pages hear from the room of their space when there is something new, and ask only then; and nothing is missed without it. */
import { expect, test, type Page, type WebSocketRoute } from './test';
import { addressOf, invited, makeSpace, newGuest, post, signedIn } from './people';

const [AVA, BEN] = ['ava@foyer.example', 'ben@foyer.example'];

/** Names one post. */
const keyOf = (words: string): string => words.toLowerCase().replace(/\W/g, '').repeat(4).slice(0, 20);

async function openThread(page: Page, title: string): Promise<string> {
  const form = { title, body: 'What do you think?', requestKey: keyOf(title) };
  return (await post(page, '/spaces/1/new-thread', form)).headers().location!;
}

/** From now on no timer runs: whatever the page learns, it has been told. */
async function stopClock(page: Page) {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
}

/** Opens a page whose clock can be stopped, and waits until it listens. */
async function listening(page: Page, address: string) {
  // The page before may just be connecting, too.
  await page.goto('about:blank');
  await page.clock.install();
  const [open, asked] = [opened(page), page.waitForResponse(/\/changes\?/)];
  await page.goto(address);
  await open;
  await asked;
}

/** Whatever comes while the page is still loading is not missed. */
const opened = (page: Page) =>
  new Promise<void>((done) =>
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => (payload === 'pong' ? done() : undefined)),
    ),
  );

const say = (page: Page, thread: string, body: string) =>
  post(page, `${thread}?/comment`, { body, requestKey: keyOf(body) });

test('a comment appears on the page of somebody else without asking again and again', async ({ browser }) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  const thread = await openThread(ben, 'Heard at once');
  await listening(ava, thread);
  await stopClock(ava);
  await say(ben, thread, 'Here it is, heard');
  await expect(ava.getByText('Here it is, heard')).toBeVisible();
});

test('a page that listens asks nothing for three quarters of a minute, and then once, in case a word was lost', async ({
  browser,
}) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  const thread = await openThread(ben, 'Nothing happens here');
  await listening(ava, thread);
  await stopClock(ava);
  const asked: string[] = [];
  ava.on('request', (one) => void (/\/changes\?/.test(one.url()) && asked.push(one.url())));
  // What would be asked would be asked before this is answered.
  const answered = () => ava.evaluate(() => fetch('/healthz').then(({ status }) => status));
  await ava.clock.runFor(44_000);
  expect(await answered()).toBe(200);
  expect(asked).toEqual([]);
  await ava.clock.runFor(32_000);
  await expect.poll(() => asked.length).toBe(1);
});

test('after the network was gone, nothing is missed, and the page listens again', async ({ browser }) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  const thread = await openThread(ben, 'Network gone');
  const sockets: WebSocketRoute[] = [];
  await ava.routeWebSocket(/\/live/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  const asked = ava.waitForResponse(/\/changes\?/);
  await ava.goto(thread);
  await asked;
  expect(sockets).toHaveLength(1);
  await ava.context().setOffline(true);
  await sockets[0]!.close({ code: 3000 });
  await say(ben, thread, 'Said meanwhile, and kept');
  await ava.context().setOffline(false);
  await expect(ava.getByText('Said meanwhile, and kept')).toBeVisible();
  await expect.poll(() => sockets.length).toBe(2);
  await say(ben, thread, 'Said afterwards, and heard');
  await expect(ava.getByText('Said afterwards, and heard')).toBeVisible();
});

test('where something on the way drops sockets, pages poll as before, and soon stop trying', async ({
  browser,
}) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  const thread = await openThread(ben, 'No sockets here');
  let tried = 0;
  await ava.routeWebSocket(/\/live/, (socket) => {
    tried++;
    return socket.close();
  });
  await ava.clock.install();
  await ava.goto(thread);
  await expect(ava.getByRole('button', { name: 'Preview' })).toBeVisible();
  await say(ben, thread, 'Found by asking often');
  await expect
    .poll(async () => {
      await ava.clock.fastForward(5_000);
      return ava.getByText('Found by asking often').count();
    })
    .toBe(1);
  let asked = 0;
  ava.on('response', (one) => void (/\/changes\?/.test(one.url()) && asked++));
  await expect
    .poll(async () => {
      await ava.clock.fastForward(400_000);
      return asked;
    })
    .toBeGreaterThan(7);
  expect(tried).toBe(3);
});

test('the page of a guest who is removed covers itself, as soon as it is told', async ({ browser }) => {
  const ben = await signedIn(browser, BEN);
  const space = await makeSpace(ben, `Told ${addressOf('s')}`);
  const [one] = await invited(ben, space, addressOf('told'));
  const guest = await newGuest(browser, space, one!);
  await listening(guest, space);
  await stopClock(guest);
  await ben.goto(`${space}/settings/guests`);
  await ben.getByRole('row', { name: one!.email }).getByRole('button', { name: 'Delete' }).click();
  await ben.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(guest.getByRole('alertdialog')).toContainText('no longer');
});

test('the portal hears of what happens in its spaces', async ({ browser }) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  await ava.clock.install();
  const [open, asked] = [opened(ava), ava.waitForResponse(/\/news\?/)];
  await ava.goto('/');
  await ava.clock.fastForward(5_000);
  await open;
  await asked;
  await stopClock(ava);
  await openThread(ben, 'Seen from the portal');
  await expect(ava.getByRole('main').getByText('Seen from the portal').first()).toBeVisible();
});

test('a thread shows who else has it open and who is writing, until they turn that off', async ({
  browser,
}) => {
  const ben = await signedIn(browser, BEN);
  const space = await makeSpace(ben, `Here ${addressOf('s')}`);
  const [one] = await invited(ben, space, addressOf('here'));
  const guest = await newGuest(browser, space, one!);
  const form = { title: 'Who is here', body: 'Hello', requestKey: keyOf('Who is here') };
  const thread = (await post(ben, `${space}/new-thread`, form)).headers().location!;
  await ben.goto(thread);
  await guest.goto(thread);
  await expect(ben.getByText('Also here: Guest Person (guest)')).toBeVisible();
  await expect(guest.getByText('Also here: Ben Kowalski')).toBeVisible();
  await guest.getByLabel('Write a comment', { exact: true }).pressSequentially('I th');
  await expect(ben.getByText('Guest Person (guest) is writing')).toBeVisible();

  await guest.goto('/me#presence');
  await guest.getByRole('button', { name: 'Turn off' }).click();
  await expect(guest.getByText('Nobody sees when you’re in a thread.')).toBeVisible();
  await guest.goto(thread);
  await guest.getByLabel('Write a comment', { exact: true }).pressSequentially('ink');
  await say(ben, thread, 'Still there, anybody');
  await expect(guest.getByText('Still there, anybody')).toBeVisible();
  await expect(ben.getByText('Still there, anybody')).toBeVisible();
  await expect(ben.getByText(/Guest Person .* is writing|Also here/)).toHaveCount(0);
});
