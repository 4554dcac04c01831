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
  await page.clock.install();
  const socket = page.waitForEvent('websocket');
  await page.goto(address);
  await (await socket).waitForEvent('framereceived', ({ payload }) => payload === 'pong');
  await page.waitForResponse(/\/changes\?/);
}

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

test('after the network was gone, nothing is missed, and the page listens again', async ({ browser }) => {
  const [ben, ava] = [await signedIn(browser, BEN), await signedIn(browser, AVA)];
  const thread = await openThread(ben, 'Network gone');
  const sockets: WebSocketRoute[] = [];
  await ava.routeWebSocket(/\/live$/, (socket) => {
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
  await ava.routeWebSocket(/\/live$/, (socket) => {
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
  const trying = async () => {
    const answer = ava.waitForResponse(/\/changes\?/);
    await ava.clock.fastForward(400_000);
    await answer;
    return tried;
  };
  for (let i = 0; i < 5; i++) await trying();
  expect(await trying()).toBe(3);
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
  const socket = ava.waitForEvent('websocket');
  await ava.goto('/');
  await ava.clock.fastForward(5_000);
  await (await socket).waitForEvent('framereceived', ({ payload }) => payload === 'pong');
  await ava.waitForResponse(/\/news\?/);
  await stopClock(ava);
  await openThread(ben, 'Seen from the portal');
  await expect(ava.getByRole('main').getByText('Seen from the portal').first()).toBeVisible();
});
