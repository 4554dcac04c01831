// Open pages hear that something has happened, and nothing else, and only who may know of it.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, bindings, Jar, ORIGIN, testContext, visit, type User } from '../../../tests/contexts';
import {
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
  spaceForm,
} from '../../../tests/factories';
import { parallel } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import { login } from '../../../tests/logins';
import { listen, upgrade, type Listening } from '../../../tests/sockets';
import { hearersOf } from './access';
import * as accounts from './accounts';
import * as changes from './changes';
import { randomId } from './crypto';
import * as memberships from './memberships';
import * as live from './live';
import { space, spaceEvent } from './schema';
import * as presence from './presence';
import * as settings from './site';
import * as spaces from './spaces';
import * as threads from './threads';
import * as trash from './trash';

const LOOK = 4001;

let ava: User, ben: User, gil: User, hana: User, spaceId: number;
const jars = new Map<User, Jar>();
const key = () => ({ requestKey: randomId() });

beforeAll(() => site({ setUp: true }));
beforeEach(async () => {
  [ava, ben, gil, hana] = [await makeUser(), await makeUser(), await makeGuest(), await makeGuest()];
  spaceId = await makeSpace(ava, {}, [ben]);
  await joinSpace(ava, spaceId, gil);
  await joinSpace(ava, spaceId, hana);
  for (const one of [ava, ben, gil, hana]) jars.set(one, (await login(one.email)).jar);
});

const page = (of: User, where = spaceId): Promise<Listening> => listen(jars.get(of)!, where);

async function done<T>(by: User, act: (ctx: ReturnType<typeof as>) => Promise<T>): Promise<T> {
  const ctx = as(by);
  const result = await act(ctx);
  await ctx.settle();
  return result;
}

const begin = (by: User, also: { audience?: 'company' } = {}) =>
  done(by, (ctx) => threads.begin(ctx, spaceId, { title: 'Crane', body: 'Thursday', ...key(), ...also }));

const hideGuests = () =>
  testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, spaceId));

describe('the socket of a page', () => {
  it('opens for whoever is in the space', async () => {
    for (const one of [ava, ben, gil]) expect((await upgrade(jars.get(one)!, spaceId)).status).toBe(101);
  });

  it('opens for no other site, and for no request that hides where it comes from', async () => {
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`])
      expect((await upgrade(jars.get(ava)!, spaceId, { origin })).status, origin).toBe(403);
    expect((await upgrade(jars.get(ava)!, spaceId, { origin: '' })).status).toBe(403);
  });

  it('opens for nobody who is not logged in: as on any page, the login comes first', async () => {
    const { status, headers } = await upgrade(new Jar(), spaceId);
    expect([status, headers.get('location')]).toEqual([303, `/login?next=%2Fspaces%2F${spaceId}%2Flive`]);
  });

  it('opens for nobody who is not in the space, also not for who runs the site', async () => {
    for (const one of [await makeGuest(), await makeUser(), await makeAdministrator()]) {
      const { jar } = await login(one.email);
      expect((await upgrade(jar, spaceId)).status).toBe(404);
    }
    await done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, gil.id));
    expect((await upgrade(jars.get(gil)!, spaceId)).status).toBe(404);
  });

  it('says to other requests what it expects', async () => {
    expect((await upgrade(jars.get(ava)!, spaceId, { upgrade: '' })).status).toBe(426);
  });

  it('understands nothing: whoever says something is put out', async () => {
    const talks = await page(gil);
    talks.socket.send('{"moved":1}');
    await talks.ended;
    expect(await talks.closed()).toBe(1008);
  });

  it('is one of twenty at most for each person: a further one closes the oldest, and no other person’s', async () => {
    const other = await page(hana);
    const own: Listening[] = [];
    for (let i = 0; i < 21; i++) own.push(await page(gil));
    await own[0]!.ended;
    const codes = await Promise.all(own.map((one) => one.closed()));
    expect(codes.filter((code) => code === LOOK)).toHaveLength(1);
    expect(await other.closed()).toBeUndefined();
  });

  it('that never answers its close silences nobody, and stays one of sixty at most', async () => {
    const [kim, mei] = [await makeGuest(), await makeGuest()];
    for (const one of [kim, mei]) await joinSpace(ava, spaceId, one);
    const { jar } = await login(kim.email);
    const answers: Response[] = [];
    for (let i = 0; i < 62; i++) answers.push(await upgrade(jar, spaceId));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(60).fill(101), 429, 429]);
    const later = await listen((await login(mei.email)).jar, spaceId);
    await begin(ben);
    expect(await later.heard()).toEqual(['moved']);
  });

  it('does not stay open if access ends while it opens, twenty times', async () => {
    for (let i = 0; i < 20; i++) {
      const kim = await makeGuest();
      await joinSpace(ava, spaceId, kim);
      const { jar } = await login(kim.email);
      const [opened] = await Promise.all([
        upgrade(jar, spaceId),
        done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, kim.id)),
      ]);
      if (!opened.webSocket) continue;
      opened.webSocket.accept();
      const code = await new Promise<number>((closed) =>
        opened.webSocket!.addEventListener('close', (event) => closed(event.code)),
      );
      expect(code).toBe(LOOK);
    }
  });
});

describe('what happens in a space', () => {
  it('is heard on every open page, as one word that says nothing of it', async () => {
    const pages = await Promise.all([page(ava), page(ben), page(gil), page(gil)]);
    await begin(ben);
    for (const one of pages) expect(await one.heard()).toEqual(['moved']);
  });

  it('is not heard in other spaces', async () => {
    const elsewhere = await makeSpace(ava);
    const there = await page(ava, elsewhere);
    await begin(ben);
    expect(await there.heard()).toEqual([]);
  });

  it('is not heard if it was undone', async () => {
    const there = await page(ava);
    const thread = await begin(ben);
    expect(await there.heard()).toEqual(['moved']);
    const ctx = as(gil);
    await expect(threads.remove(ctx, spaceId, thread)).rejects.toThrow();
    await ctx.settle();
    expect(await there.heard()).toEqual(['moved']);
  });

  it('is heard by the company alone where it is only for the company', async () => {
    const [company, guest] = [await page(ava), await page(gil)];
    const thread = await begin(ben, { audience: 'company' });
    await done(ben, (ctx) => threads.addComment(ctx, spaceId, thread, { body: 'Secret', ...key() }));
    expect(await company.heard()).toEqual(['moved', 'moved']);
    expect(await guest.heard()).toEqual([]);
  });

  it('is heard by no other guest where guests are hidden from each other', async () => {
    await hideGuests();
    const [company, self, other] = [await page(ava), await page(gil), await page(hana)];
    const thread = await begin(gil);
    // Their thread, so nobody else's affair either.
    await done(ben, (ctx) => threads.addComment(ctx, spaceId, thread, { body: 'Welcome', ...key() }));
    expect(await company.heard()).toEqual(['moved', 'moved']);
    expect(await self.heard()).toEqual(['moved', 'moved']);
    expect(await other.heard()).toEqual([]);
    await begin(ben);
    expect(await other.heard()).toEqual(['moved']);
  });

  it('is heard as guests are hidden now, also on pages that were opened before', async () => {
    const other = await page(hana);
    await hideGuests();
    await begin(gil);
    expect(await other.heard()).toEqual([]);
  });

  it('reaches with a word exactly those who would find it if they asked', async () => {
    const events = [];
    for (const audience of [null, 'company'] as const)
      for (const owner of [null, gil.id, hana.id, '-'])
        for (const hidden of [false, true]) events.push({ audience, owner, hidden });
    for (const { audience, owner, hidden } of events) {
      const { db } = testContext();
      await db.update(space).set({ guestsHidden: hidden }).where(eq(space.id, spaceId));
      const readers = [ava, gil, hana];
      const before = await Promise.all(readers.map((one) => spaces.overview(as(one), spaceId)));
      const [row] = await db.all<{ hearers: Parameters<typeof live.moved>[2] }>(sql`
        insert into space_event (space_id, kind, audience, actor_id, owner_id, at)
        values (${spaceId}, 'thread', ${audience}, ${ava.id}, ${owner}, ${Date.now()})
        returning ${hearersOf('space_event', sql`space_event.space_id`)} as "hearers"`);
      const pages = await Promise.all(readers.map((one) => page(one)));
      await live.moved(testContext(), spaceId, row!.hearers);
      for (const [i, one] of readers.entries()) {
        const found = await changes.since(as(one), spaceId, before[i]!.seq);
        const what = `${one.kind}, ${JSON.stringify({ audience, owner, hidden })}`;
        expect(await pages[i]!.heard(), what).toEqual(found ? ['moved'] : []);
        pages[i]!.socket.close();
      }
    }
    expect(await testContext().db.$count(spaceEvent, eq(spaceEvent.spaceId, spaceId))).toBeGreaterThan(15);
  });

  it('is written also where the room can’t be reached', async () => {
    const failing = { getByName: () => ({ moved: () => Promise.reject(new Error('gone')) }) };
    const ctx = as(ben, { env: { ROOMS: failing as never } });
    const thread = await threads.begin(ctx, spaceId, { title: 'Crane', body: 'Thursday', ...key() });
    await ctx.settle();
    expect((await threads.read(as(gil), spaceId, thread)).thread.title).toBe('Crane');
  });
});

describe('whoever loses access', () => {
  it.each<[string, (gil: User) => Promise<unknown>]>([
    ['removed from the space', () => done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, gil.id))],
    ['leaves', () => done(gil, (ctx) => memberships.leave(ctx, spaceId))],
    [
      'deactivated',
      async () => done(await makeAdministrator(), (ctx) => accounts.setActive(ctx, gil.id, false)),
    ],
    [
      'logged out',
      async () => {
        const ctx = await visit(jars.get(gil)!);
        await accounts.signOut(ctx);
        await ctx.settle();
      },
    ],
    [
      'logged out everywhere',
      async () => {
        const ctx = await visit((await login(gil.email)).jar);
        await accounts.endSessions(ctx, null);
        await ctx.settle();
      },
    ],
    ['replaced by somebody else in the same browser', async () => login(hana.email, { jar: jars.get(gil)! })],
    [
      'given a new password elsewhere',
      async () => {
        const ctx = await visit((await login(gil.email)).jar);
        await accounts.changePassword(ctx, { current: PASSWORD, password: 'another harbour 28 lamps' });
        await ctx.settle();
      },
    ],
    ['in a space that is deleted', () => done(ava, (ctx) => trash.putSpace(ctx, spaceId, spaceForm.name))],
  ])('%s: all their sockets are closed', async (how, happens) => {
    const [first, second, other] = [await page(gil), await page(gil), await page(hana)];
    await happens(gil);
    for (const one of [first, second]) {
      await one.ended;
      expect(await one.closed()).toBe(LOOK);
    }
    expect(await other.closed()).toBe(how.includes('deleted') ? LOOK : undefined);
  });

  it('hears nothing more, and finds out at once when their page asks', async () => {
    const [there, others] = [await page(gil), await page(hana)];
    await done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, gil.id));
    // While their sockets are still being closed.
    await begin(ben);
    await there.ended;
    expect(await there.heard()).toEqual([]);
    expect(await others.heard()).toEqual(['moved']);
    await expect(changes.since(as(gil), spaceId, '')).rejects.toMatchObject({ kind: 'missing' });
  });

  it('keeps their pages of other spaces, unless their account or session ended', async () => {
    const elsewhere = await makeSpace(ben);
    await joinSpace(ben, elsewhere, gil);
    const there = await page(gil, elsewhere);
    await done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, gil.id));
    expect(await there.closed()).toBeUndefined();
    await done(await makeAdministrator(), (ctx) => accounts.setActive(ctx, gil.id, false));
    await there.ended;
  });

  it('whose administration ends also looks', async () => {
    await done(ava, (ctx) => memberships.setAdministrator(ctx, spaceId, ben.id, true));
    const there = await page(ben);
    await done(ava, (ctx) => memberships.setAdministrator(ctx, spaceId, ben.id, false));
    await there.ended;
    expect(await there.closed()).toBe(LOOK);
  });
});

describe('a room', () => {
  const room = () => bindings.ROOMS!.getByName(String(spaceId));

  it('forgets nothing while it sleeps: sockets stay open, and hear only what their people may know of', async () => {
    const [company, guest] = [await page(ava), await page(gil)];
    await begin(ben);
    await evictDurableObject(room());
    await begin(ben, { audience: 'company' });
    expect(await company.heard()).toEqual(['moved', 'moved']);
    expect(await guest.heard()).toEqual(['moved']);
    await evictDurableObject(room());
    await done(ava, (ctx) => memberships.removeGuest(ctx, spaceId, gil.id));
    await guest.ended;
  });

  it('that restarts closes its sockets, and whoever comes back finds all that happened meanwhile', async () => {
    const { seq } = await spaces.overview(as(gil), spaceId);
    const lost = await page(gil);
    await evictDurableObject(room(), { webSockets: 'close' });
    await lost.ended;
    const thread = await begin(ben);
    const back = await page(gil);
    // As the page does when its socket is open.
    const found = await changes.since(as(gil), spaceId, seq);
    expect(found!.changes).toEqual([{ kind: 'thread', thread, comment: null, own: false }]);
    await begin(ben);
    expect(await back.heard()).toEqual(['moved']);
  });

  it('lets an old socket hear nothing before it has proved again who it is', async () => {
    const there = await page(gil);
    await runInDurableObject(room(), (_room, state) => {
      for (const one of state.getWebSockets(`person:${gil.id}`))
        one.serializeAttachment({ since: Date.now() - 31 * 60_000 });
    });
    await begin(ben);
    await there.ended;
    expect(await there.heard()).toEqual([]);
    expect(await there.closed()).toBe(LOOK);
  });

  it('stores nothing', async () => {
    await page(gil);
    await begin(ben);
    expect(await runInDurableObject(room(), (_room, state) => state.storage.list())).toEqual(new Map());
  });

  it('tells everybody of twenty changes at the same time', async () => {
    const pages = await Promise.all([page(ava), page(gil)]);
    await parallel(20, () => begin(ben));
    for (const one of pages) expect(await one.heard()).toHaveLength(20);
  });
});

describe('who is in a thread, and who writes there,', () => {
  /** The words on a socket that are about people. */
  const about = async (page: Listening) =>
    (await page.heard())
      .filter((frame) => frame !== 'moved')
      .map(
        (frame) => JSON.parse(frame) as { here?: { id: string }[]; more?: boolean; writing?: { id: string } },
      );
  const here = async (page: Listening) => (await about(page)).filter((one) => one.here).at(-1)?.here ?? [];
  const writers = async (page: Listening) =>
    (await about(page)).flatMap(({ writing }) => (writing ? [writing.id] : []));
  const at = (of: User, thread: number) => listen(jars.get(of)!, spaceId, thread);
  const seen = async (by: Listening, ...people: User[]) =>
    expect.poll(async () => (await here(by)).map(({ id }) => id)).toEqual(people.map(({ id }) => id).sort());

  it('is told to those who have the thread open, by name, and taken back when somebody leaves', async () => {
    const thread = await begin(ben);
    const [bens, gils] = [await at(ben, thread), await at(gil, thread)];
    const elsewhere = await page(ava);
    await seen(bens, gil);
    await seen(gils, ben);
    gils.socket.send('writing');
    await expect.poll(() => writers(bens)).toEqual([gil.id]);
    expect(await writers(gils)).toEqual([]);
    gils.socket.send('left');
    await seen(bens);
    expect(await about(elsewhere)).toEqual([]);
  });

  it('is never told to guests of what is only for the company, nor that somebody writes for the company', async () => {
    const [open, only] = [await begin(ben), await begin(ben, { audience: 'company' })];
    const [avas, gils] = [await at(ava, open), await at(gil, open)];
    const bens = await at(ben, open);
    await seen(gils, ava, ben);
    const before = await about(gils);
    // A thread that is not theirs is no place.
    const outside = await at(hana, only);
    const inside = await Promise.all([at(ava, only), at(ben, only)]);
    await seen(inside[0], ben);
    inside[1].socket.send('writing');
    bens.socket.send('writing company');
    await expect.poll(() => writers(avas)).toEqual([ben.id]);
    await expect.poll(() => writers(inside[0])).toEqual([ben.id]);
    expect(await about(gils)).toEqual(before);
    expect(await about(outside)).toEqual([]);
  });

  it('is never told of one guest to another where guests are hidden from each other', async () => {
    const thread = await begin(ben);
    await hideGuests();
    const [bens, gils] = [await at(ben, thread), await at(gil, thread)];
    await seen(gils, ben);
    const before = await about(gils);
    const hanas = await at(hana, thread);
    await seen(bens, gil, hana);
    hanas.socket.send('writing');
    await expect.poll(() => writers(bens)).toEqual([hana.id]);
    await evictDurableObject(bindings.ROOMS!.getByName(String(spaceId)));
    hanas.socket.send('left');
    await seen(bens, gil);
    expect(await about(gils)).toEqual(before);
    expect((await here(hanas)).map(({ id }) => id)).toEqual([ben.id]);
  });

  it('stops when guests are hidden: all sockets are made again', async () => {
    const gils = await at(gil, await begin(ben));
    await done(ava, (ctx) =>
      spaces.change(ctx, spaceId, { ...spaceForm, guestsHidden: true, announcement: '' }),
    );
    await gils.ended;
    expect(await gils.closed()).toBe(LOOK);
  });

  it('is not told of whoever has turned it off, nor to them', async () => {
    const thread = await begin(ben);
    const [avas, gils] = [await at(ava, thread), await at(gil, thread)];
    await seen(avas, gil);
    await done(gil, (ctx) => presence.choose(ctx, false));
    await gils.ended;
    await seen(avas);
    const off = await at(gil, thread);
    off.socket.send('writing');
    const bens = await at(ben, thread);
    await seen(avas, ben);
    expect(await about(off)).toEqual([]);
    expect(await writers(avas)).toEqual([]);
    expect(await writers(bens)).toEqual([]);
    await done(gil, (ctx) => presence.choose(ctx, true));
    await at(gil, thread);
    await seen(avas, ben, gil);
  });

  it('is told to nobody where the site has turned it off', async () => {
    const thread = await begin(ben);
    const ctx = as(await makeAdministrator());
    await settings.changeSettings(ctx, { presence: false });
    try {
      const [avas, gils] = [await at(ava, thread), await at(gil, thread)];
      gils.socket.send('writing');
      await begin(ben);
      expect(await avas.heard()).toEqual(['moved']);
      expect(await gils.heard()).toEqual(['moved']);
    } finally {
      await settings.changeSettings(ctx, { presence: true });
    }
  });

  it('is passed on every two seconds at most', async () => {
    const thread = await begin(ben);
    const [avas, gils] = [await at(ava, thread), await at(gil, thread)];
    for (let i = 0; i < 20; i++) gils.socket.send('writing');
    await gils.heard();
    await expect.poll(async () => (await writers(avas)).length).toBe(1);
  });
});
