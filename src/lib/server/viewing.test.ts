// A space administrator sees a space as a guest does: exactly what that guest gets, and nothing that is theirs alone.
import { beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { as, testContext, type User } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { dump, refusal } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import { expectViewed, pages as allPages } from '../../../tests/views';
import * as access from './access';
import type { SignedIn } from './context';
import { randomId } from './crypto';
import * as files from './files';
import * as memberships from './memberships';
import { can, actions } from './policy';
import { user } from './schema';
import * as spaces from './spaces';
import * as threads from './threads';

const NOW = Date.now();
const key = () => ({ requestKey: randomId() });
const attached = (name: string) => [new File(['crane'], name)];

let ava: User, ben: User, mia: User, gil: User;
beforeAll(async () => {
  ava = await makeUser({ name: 'Ava Lind' });
  ben = await makeUser({ name: 'Ben Kowalski' });
  mia = await makeGuest({ name: 'Mia Ito', company: 'Northwind' });
  gil = await makeGuest({ name: 'Gil Ferreira', company: 'Partner Ltd' });
});

/** Texts of everybody, for everybody and only for the company, with files, reactions, names and versions. */
async function furnished(form: Partial<spaces.SpaceForm>) {
  const spaceId = await makeSpace(ava, form, [ben]);
  for (const guest of [mia, gil]) await joinSpace(ava, spaceId, guest);
  const several = form.severalThreads !== false;
  const begin = (who: User, title: string, more: object = {}) =>
    threads.begin(as(who, { now: NOW - 90_000 }), spaceId, {
      ...{ title, body: `${title} for @Mia Ito and @Gil Ferreira` },
      ...{ files: attached(`${title}.txt`), ...more, ...key() },
    });
  const ids = several
    ? [await begin(ava, 'Piles'), await begin(gil, 'Cranes'), await begin(mia, 'Steel')]
    : [await threads.only(as(ava), spaceId)];
  if (several) await begin(ben, 'Embargo', { audience: 'company' });
  for (const id of ids) {
    for (const [i, who] of [ava, gil, mia, ben].entries()) {
      const ctx = as(who, { now: NOW - 60_000 + i });
      const form = { body: `From ${who.name}, thanks @Gil Ferreira`, files: attached('note.txt'), ...key() };
      const comment = await threads.addComment(ctx, spaceId, id, form).catch(() => 0);
      if (comment) await threads.react(ctx, spaceId, id, comment, 'yes', true);
    }
    const secret = {
      body: 'Embargo',
      audience: 'company' as const,
      files: attached('embargo.txt'),
      ...key(),
    };
    await threads.addComment(as(ben, { now: NOW - 50_000 }), spaceId, id, secret);
  }
  return { spaceId, ids };
}

const asGuest = (guest: string, by = ava) => access.asGuest(as(by, { now: NOW }), guest);

const everybody = () => [ava, ben, mia, gil].map(({ id }) => id);
const pages = (ctx: SignedIn, room: number, threads: number[]) =>
  allPages(ctx, { room, threads, people: everybody() });

const kinds = { several: {}, hidden: { guestsHidden: true }, one: { severalThreads: false } };
const both = { guestsHidden: true, severalThreads: false };

describe.each(Object.entries({ ...kinds, both }))('a space (%s)', (_name, form) => {
  let spaceId: number, ids: number[];
  beforeAll(async () => void ({ spaceId, ids } = await furnished(form)));

  it('shows what the guest gets, and no more', async () => {
    for (const guest of [mia, gil])
      await expectViewed(ava, guest, { room: spaceId, threads: ids, people: everybody() }, NOW);
  });

  it('writes nothing', async () => {
    const before = await dump();
    await pages(asGuest(mia.id), spaceId, ids);
    await pages(asGuest(access.ANYONE), spaceId, ids);
    expect(await dump()).toEqual(before);
  });

  it('a typical guest is one who has written nothing, of no company', async () => {
    const noor = await makeGuest({ name: 'Noor Haddad', company: '' });
    const typical = await pages(asGuest(access.ANYONE), spaceId, ids);
    await joinSpace(ava, spaceId, noor);
    const { overview, threads, list } = await pages(as(noor, { now: NOW }), spaceId, ids);
    await memberships.removeGuest(as(ava), spaceId, noor.id);
    const texts = (of: typeof overview) => of.threads.map(({ unread: _unread, ...rest }) => rest);
    expect(texts(typical.overview)).toEqual(texts(overview));
    const shown = (all: typeof threads) =>
      all.map((one) => (typeof one === 'string' ? one : one.comments.map(({ html }) => html)));
    expect(shown(typical.threads)).toEqual(shown(threads));
    expect(typical.list.files).toEqual(list.files);
    expect(JSON.stringify(typical)).not.toContain('Embargo');
  });

  it('is for its active administrators alone, and for guests who are in it', async () => {
    const foreign = await makeGuest();
    await joinSpace(ben, await makeSpace(ben), foreign);
    const suspended = await makeGuest();
    await joinSpace(ava, spaceId, suspended);
    await testContext().db.update(user).set({ status: 'inactive' }).where(eq(user.id, suspended.id));
    const refused: [User, string][] = [
      ...[ben, mia, gil, foreign, await makeAdministrator()].flatMap((who): [User, string][] => [
        [who, mia.id],
        [who, access.ANYONE],
      ]),
      ...[ava.id, ben.id, foreign.id, suspended.id, 'nobody', ''].map((guest): [User, string] => [
        ava,
        guest,
      ]),
    ];
    for (const [who, guest] of refused) {
      const look = async (read: (ctx: SignedIn) => Promise<unknown>) => read(asGuest(guest, who));
      for (const read of [
        (ctx: SignedIn) => spaces.viewed(ctx, spaceId),
        (ctx: SignedIn) => spaces.overview(ctx, spaceId),
        (ctx: SignedIn) => threads.page(ctx, spaceId, ids[0]!, new URLSearchParams()),
        (ctx: SignedIn) => spaces.people(ctx, spaceId),
        (ctx: SignedIn) => spaces.card(ctx, spaceId, ben.id),
        (ctx: SignedIn) => files.browse(ctx, spaceId),
      ])
        await expect(look(read)).rejects.toMatchObject(refusal('missing'));
    }
  });
});

it('nothing of the guest’s own shows: what they have read, follow and muted, and whether they are new', async () => {
  const { spaceId, ids } = await furnished({});
  const look = () => pages(asGuest(mia.id), spaceId, ids);
  const before = await look();
  expect(JSON.stringify(before)).not.toMatch(/"(unread|unseen|muted)":true/);
  await memberships.mute(as(mia), spaceId, true);
  await memberships.endGreeting(as(mia), spaceId);
  await memberships.markRead(as(mia), spaceId, NOW);
  await threads.follow(as(mia), spaceId, ids[0]!, false);
  await threads.markRead(as(mia, { now: NOW }), spaceId, ids[0]!, NOW);
  const { requestKey: _key, ...rest } = { requestKey: '', ...before };
  const same = (data: object) =>
    JSON.parse(
      JSON.stringify(data, (name, value: unknown) => (name === 'requestKey' ? '' : value)),
    ) as object;
  expect(same(await look())).toEqual(same(rest));
});

it('works in a space without guests, and ends when the administrator or the guest goes', async () => {
  const spaceId = await makeSpace(ava, {}, [ben]);
  expect((await spaces.overview(asGuest(access.ANYONE), spaceId)).space.id).toBe(spaceId);
  expect(await spaces.viewed(asGuest(access.ANYONE), spaceId)).toBeNull();
  await joinSpace(ava, spaceId, mia);
  expect(await spaces.viewed(asGuest(mia.id), spaceId)).toEqual({
    ...{ name: 'Mia Ito', company: 'Northwind', guest: true },
  });
  await memberships.removeGuest(as(ava), spaceId, mia.id);
  await expect(spaces.viewed(asGuest(mia.id), spaceId)).rejects.toMatchObject(refusal('missing'));
  await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
  await memberships.setAdministrator(as(ben), spaceId, ava.id, false);
  await expect(spaces.viewed(asGuest(access.ANYONE), spaceId)).rejects.toMatchObject(refusal('missing'));
});

it('may do nothing but look: the policy refuses, and so does every commit', async () => {
  const { spaceId, ids } = await furnished({});
  const ctx = asGuest(mia.id);
  for (const action of actions)
    expect(can(ctx.actor, action, { spaceRole: 'guest', archivedAt: null }, true), action).toBe(
      action === 'space.view',
    );
  const before = await dump();
  for (const write of [
    () => ctx.commit([]),
    () => threads.addComment(ctx, spaceId, ids[0]!, { body: 'In her name', ...key() }),
    () => threads.react(ctx, spaceId, ids[0]!, null, 'yes', true),
    () => threads.markRead(ctx, spaceId, ids[0]!, NOW),
    () => threads.follow(ctx, spaceId, ids[0]!, false),
    () => memberships.mute(ctx, spaceId, true),
    () => memberships.markRead(ctx, spaceId, NOW),
    () => memberships.endGreeting(ctx, spaceId),
    () => memberships.leave(ctx, spaceId),
  ])
    await expect((async () => write())()).rejects.toMatchObject({ kind: 'forbidden' });
  expect(await dump()).toEqual(before);
});
