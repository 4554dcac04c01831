// Texts that are only for the company (access/audience.ts), in an ordinary space: whatever happens to them, what a guest receives
// is the same, byte for byte, as if they were not there.
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { as, meanwhile, ORIGIN, testContext, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { audited, count, refusal } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import { mailsTo } from '../../../tests/mailbox';
import * as changes from './changes';
import { randomId } from './crypto';
import * as files from './files';
import * as notifications from './notifications';
import { comment, file, notification, user } from './schema';
import * as search from './search';
import * as templates from './space-templates';
import * as spaces from './spaces';
import * as threads from './threads';

const WORD = 'embargo';

const NOW = Date.now();
let ava: User, ben: User, gil: User, spaceId: number, open: number, seq: string;

const key = () => ({ requestKey: randomId() });
const attached = (name: string) => [new File(['crane'], name)];

beforeEach(async () => {
  [ava, ben] = [await makeUser(), await makeUser({ mailAbout: 'all' })];
  gil = await makeGuest({ mailAbout: 'all' });
  spaceId = await makeSpace(ava, {}, [ben]);
  await joinSpace(ava, spaceId, gil);
  const form = { title: 'Harbour', body: 'The crane', everybody: true, ...key() };
  open = await threads.begin(as(ava, { now: NOW - 9_000 }), spaceId, form);
  await threads.follow(as(gil, { now: NOW - 8_000 }), spaceId, open, true);
  await threads.addComment(as(ava, { now: NOW - 7_000 }), spaceId, open, { body: 'Thursday', ...key() });
  ({ seq } = await spaces.overview(as(gil), spaceId));
});

/** Everything that somebody receives of the space. */
async function received(by: User): Promise<string> {
  const ctx = () => as(by, { now: NOW });
  return JSON.stringify({
    overview: await spaces.overview(ctx(), spaceId),
    people: await spaces.people(ctx(), spaceId),
    portal: await spaces.portal(ctx()),
    thread: await threads.read(ctx(), spaceId, open),
    here: await search.inSpace(ctx(), spaceId, 'crane'),
    everywhere: await search.everywhere(ctx(), WORD),
    everything: await search.everything(ctx(), WORD, { kind: null, after: null }),
    suggested: await search.suggest(ctx(), WORD),
    files: await files.browse(ctx(), spaceId),
    filesFound: await files.browse(ctx(), spaceId, { find: 'crane', order: 'name' }),
    changes: await changes.since(ctx(), spaceId, seq),
    told: await notifications.list(ctx(), { show: 'all' }),
    unread: await notifications.countUnread(ctx()),
    news: await notifications.news(ctx()),
    mails: (await mailsTo(by.email)).length,
  });
}

/** Threads and a comment only for the company, and what people do with them. */
async function write() {
  const ctx = (who = ava, past = 6_000) => as(who, { now: NOW - past });
  const text = { body: `The crane, ${WORD}`, audience: 'company' as const };
  const thread = await threads.begin(ctx(), spaceId, {
    ...{ ...text, title: 'Crane', everybody: true },
    files: attached('crane-1.txt'),
    ...key(),
  });
  const listed = await threads.begin(ctx(), spaceId, { ...text, title: 'Listed', ...key() });
  const files = attached('crane-2.txt');
  const comment = await threads.addComment(ctx(), spaceId, open, { ...text, files, ...key() });
  const answer = await threads.addComment(ctx(ben), spaceId, thread, { body: 'The crane', ...key() });
  await threads.edit(ctx(ava, 5_000), spaceId, open, comment, { body: `The crane: ${WORD}`, editedAt: 0 });
  await threads.react(ctx(ben), spaceId, thread, null, 'heart', true);
  await threads.react(ctx(ben), spaceId, open, comment, 'heart', true);
  await threads.setPinned(ctx(), spaceId, thread, true);
  const due = testContext({ now: NOW });
  await notifications.mailDue(due);
  await due.settle();
  return { thread, listed, comment, answer };
}

it('an audience of its own hides a text, and that it exists, from everybody else, also in an ordinary space', async () => {
  const told = await count('notification', 'user_id = ?', gil.id);
  const before = await received(gil);
  const { thread, comment, answer } = await write();
  expect(await received(gil)).toBe(before);
  expect(await count('notification', 'user_id = ?', gil.id)).toBe(told);
  const refused: [string, () => Promise<unknown>][] = [
    ['thread', () => threads.read(as(gil), spaceId, thread)],
    ['its words', () => threads.source(as(gil), spaceId, thread, null)],
    ['its history', () => threads.history(as(gil), spaceId, thread, null)],
    ['who reacted to it', () => threads.reacted(as(gil), spaceId, thread, null)],
    ['following it', () => threads.follow(as(gil), spaceId, thread, true)],
    ['reading it', () => threads.markRead(as(gil), spaceId, thread, NOW)],
    ['reacting to it', () => threads.react(as(gil), spaceId, thread, null, 'heart', true)],
    ['an answer', () => threads.addComment(as(gil), spaceId, thread, { body: 'x', ...key() })],
    ['the words of an answer', () => threads.source(as(gil), spaceId, thread, answer)],
    ['the words of a comment', () => threads.source(as(gil), spaceId, open, comment)],
    ['its history', () => threads.history(as(gil), spaceId, open, comment)],
    ['who reacted to a comment', () => threads.reacted(as(gil), spaceId, open, comment)],
    ['reacting to a comment', () => threads.react(as(gil), spaceId, open, comment, 'heart', true)],
    ['deleting a comment', () => threads.removeComment(as(gil), spaceId, open, comment)],
    ['deleting the thread', () => threads.remove(as(gil), spaceId, thread)],
  ];
  for (const [what, act] of refused)
    await expect(
      act().then(() => what),
      what,
    ).rejects.toMatchObject(refusal('missing'));
  const stored = await testContext().db.select().from(file).where(eq(file.spaceId, spaceId));
  expect(stored.map(({ name }) => name).sort()).toEqual(['crane-1.txt', 'crane-2.txt']);
  for (const { id } of stored) {
    const get = (who: User) => files.serve(as(who), id, new Request(`${ORIGIN}/files/${id}`));
    await expect(get(gil)).rejects.toMatchObject(refusal('missing'));
    expect((await (await get(ben)).arrayBuffer()).byteLength).toBe(5);
  }
});

it('a text that is only for the company is not told or mailed to a guest, whoever was to be told before', async () => {
  const id = await threads.addComment(as(ava, { now: NOW - 3_000 }), spaceId, open, {
    body: 'Soon',
    ...key(),
  });
  const told = async (who: User) => ({
    unread: await notifications.countUnread(as(who)),
    items: (await notifications.list(as(who), { show: 'all' })).items.length,
  });
  // Also of a thread, which has no comment.
  expect(await told(gil)).toEqual({ unread: 3, items: 3 });
  // No verb does this. Whoever reads asks anew all the same.
  await testContext().db.update(comment).set({ audience: 'company', body: WORD }).where(eq(comment.id, id));
  expect(await told(gil)).toEqual({ unread: 2, items: 2 });
  // As if no mail had been written before.
  const due = testContext();
  await due.db.update(notification).set({ mailAt: 1 }).where(eq(notification.userId, gil.id));
  await notifications.mailDue(due);
  await due.settle();
  const mails = JSON.stringify(await mailsTo(gil.email));
  expect(mails).toContain('Thursday');
  expect(mails).not.toContain(WORD);
});

it('its deletion is heard only by its audience', async () => {
  const before = await received(gil);
  const { thread, listed, comment } = await write();
  await threads.removeComment(as(ava), spaceId, open, comment);
  for (const id of [thread, listed]) await threads.remove(as(ava), spaceId, id);
  expect(await received(gil)).toBe(before);
  expect((await changes.since(as(ben), spaceId, seq))!.changes.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['comment-deleted', 'thread-deleted']),
  );
  for (const gone of [
    () => threads.removeComment(as(gil), spaceId, open, comment),
    () => threads.remove(as(gil), spaceId, thread),
  ])
    await expect(gone()).rejects.toMatchObject(refusal('missing'));
});

it('its audience reads it everywhere', async () => {
  const { thread, listed, comment } = await write();
  const page = await spaces.overview(as(ben), spaceId);
  expect(page.pinned.map(({ id }) => id)).toEqual([thread]);
  expect(page.threads.map(({ id }) => id)).toEqual(expect.arrayContaining([open, listed]));
  expect((await threads.read(as(ben), spaceId, open)).comments.map(({ id }) => id)).toContain(comment);
  expect((await search.inSpace(as(ben), spaceId, WORD)).hits).toHaveLength(3);
  expect((await changes.since(as(ben), spaceId, seq))!.changes.map((one) => one.thread)).toContain(thread);
  const { items } = await notifications.list(as(ben), { show: 'all' });
  expect(items.map(({ href }) => href)).toContain(`/spaces/${spaceId}/threads/${thread}`);
});

it('a template takes only what is for everybody', async () => {
  await write();
  const words = JSON.stringify(await templates.draft(as(ava), spaceId));
  expect(words).toContain('Harbour');
  expect(words).not.toContain(WORD);
});

describe('who writes only for the company', () => {
  const only = { audience: 'company' as const, body: 'x' };

  it('is a user, never a guest', async () => {
    await expect(threads.begin(as(gil), spaceId, { title: 'x', ...only, ...key() })).rejects.toMatchObject(
      refusal('forbidden'),
    );
    await expect(threads.addComment(as(gil), spaceId, open, { ...only, ...key() })).rejects.toMatchObject(
      refusal('forbidden'),
    );
  });

  it('does so in every comment of a thread that is only for the company, whatever the form says', async () => {
    const inner = await threads.begin(as(ava), spaceId, { title: 'x', ...only, ...key() });
    await threads.addComment(as(ben), spaceId, inner, { body: 'y', audience: null, ...key() });
    const { comments } = await threads.read(as(ava), spaceId, inner);
    expect(comments).toMatchObject([{ forCompany: true }]);
    expect((await threads.read(as(ava), spaceId, open)).comments).toMatchObject([{ forCompany: false }]);
  });
});

it('a thread is newer for the company, but not for guests', async () => {
  const unread = async (who: User) => (await threads.read(as(who), spaceId, open)).unread;
  for (const who of [ben, gil]) await threads.markRead(as(who), spaceId, open, NOW);
  await threads.addComment(as(ava, { now: NOW + 60_000 }), spaceId, open, {
    ...{ body: 'x', audience: 'company' },
    ...key(),
  });
  expect([await unread(ben), await unread(gil)]).toEqual([true, false]);
  const rowOf = async (who: User) =>
    (await spaces.overview(as(who), spaceId)).threads.find(({ id }) => id === open);
  expect(await rowOf(ben)).toMatchObject({ commentCount: 2, lastActivityAt: NOW + 60_000, unread: true });
  expect(await rowOf(gil)).toMatchObject({ commentCount: 1, lastActivityAt: NOW - 7_000, unread: false });
});

it('a guest named only for the company is not called by it, and a user is', async () => {
  const names = `@${gil.name} and @${ben.name}`;
  const id = await threads.addComment(as(ava), spaceId, open, {
    ...{ body: names, audience: 'company' },
    ...key(),
  });
  const { comments } = await threads.read(as(ben), spaceId, open);
  const { html } = comments.find((one) => one.id === id)!;
  expect(html).toContain(`@${gil.name}`);
  expect(html.match(/class="[^"]*mention/g)).toHaveLength(1);
  expect((await notifications.list(as(ben), { show: 'me' })).items).toHaveLength(1);
  expect((await notifications.list(as(gil), { show: 'me' })).items).toEqual([]);
});

it('a name in a text for everybody is not recognised by what is only for the company', async () => {
  const old = `${gil.name} the Elder`;
  await testContext().db.update(user).set({ name: old }).where(eq(user.id, gil.id));
  await threads.addComment(as(ava), spaceId, open, { body: `@${old}`, audience: 'company', ...key() });
  await testContext().db.update(user).set({ name: 'Renamed' }).where(eq(user.id, gil.id));
  const said = await threads.addComment(as(ava), spaceId, open, { body: `@${old}`, ...key() });
  const { comments } = await threads.read(as(gil), spaceId, open);
  expect(comments.find(({ id }) => id === said)!.html).not.toMatch(/class="[^"]*mention/);
});

describe('what is only for the company becomes visible to guests', () => {
  const only = { audience: 'company' as const };
  let inner: number, first: number, second: number;
  beforeEach(async () => {
    inner = await threads.begin(as(ava, { now: NOW - 6_000 }), spaceId, {
      ...{ title: 'Berth', body: 'Inner', ...only },
      files: attached('inner.txt'),
      ...key(),
    });
    const say = (who: User, body: string, past: number) =>
      threads.addComment(as(who, { now: NOW - past }), spaceId, inner, { body, ...key() });
    first = await say(ben, 'One', 5_000);
    second = await say(ava, 'Two', 4_000);
  });
  const list = async (who: User, comment: number | null = null, thread = inner) =>
    threads.opening(as(who), spaceId, thread, comment);
  const open_ = async (who: User, seen: string, comment: number | null = null, thread = inner) =>
    threads.open(as(who), spaceId, thread, comment, seen);

  it('a thread with all its comments and files, which are listed first', async () => {
    const listed = (await list(ava))!;
    expect(listed).toMatchObject({ whole: true, comments: 2, files: 1, next: null });
    expect(listed.first).toMatchObject({ author: ava.name, files: ['inner.txt'] });
    expect(listed.rest.map(({ id, author }) => [id, author])).toEqual([
      [first, ben.name],
      [second, ava.name],
    ]);
    await open_(ava, listed.seen);
    const page = await threads.read(as(gil), spaceId, inner);
    expect(page.thread).toMatchObject({ title: 'Berth', forCompany: false, openedAt: null });
    expect(page.comments.map(({ id, unread }) => [id, unread])).toEqual([
      [first, true],
      [second, true],
    ]);
    expect(page.unread).toBe(true);
    expect((await files.browse(as(gil), spaceId)).files.map(({ name }) => name)).toEqual(['inner.txt']);
    const rows = await Promise.all(
      [ben, gil].map(async (who) => (await spaces.overview(as(who), spaceId)).threads),
    );
    for (const row of rows.map((all) => all.find(({ id }) => id === inner)))
      expect(row).toMatchObject({ commentCount: 2, forCompany: false });
    // Above what happened while nobody outside knew of it.
    expect(rows[1]![0]!.id).toBe(inner);
    expect((await search.inSpace(as(gil), spaceId, 'Berth')).hits).toHaveLength(1);
    expect((await threads.read(as(ben), spaceId, inner)).thread.openedAt).toBeGreaterThan(NOW - 1_000);
    expect(await audited('space.thread-opened', `space:${spaceId}`)).toMatchObject([{ actor_id: ava.id }]);
  });

  it('tells guests as if it were new, by its author, and nobody else again', async () => {
    const told = async (who: User) => (await notifications.list(as(who), { show: 'all' })).items;
    const before = await told(ben);
    const guests = (await told(gil)).length;
    await open_(ava, (await list(ava))!.seen);
    expect(await told(ben)).toHaveLength(before.length);
    const [newest, ...others] = await told(gil);
    expect(others).toHaveLength(guests);
    expect(newest).toMatchObject({ kind: 'thread', actor: ava.name, thread: 'Berth' });
    const heard = (await changes.since(as(gil), spaceId, seq))!.changes;
    expect(heard.filter(({ thread }) => thread === inner).map(({ kind }) => kind)).toEqual(['thread']);
  });

  it('one comment alone, in a thread that guests read', async () => {
    const said = await threads.addComment(as(ben, { now: NOW - 3_000 }), spaceId, open, {
      ...{ body: 'Aside', ...only, files: attached('aside.txt') },
      ...key(),
    });
    const kept = await threads.addComment(as(ben), spaceId, open, { body: 'Kept', ...only, ...key() });
    const listed = (await list(ben, said, open))!;
    expect(listed).toMatchObject({ whole: false, files: 1, rest: [], first: { files: ['aside.txt'] } });
    await open_(ben, listed.seen, said, open);
    const ids = (await threads.read(as(gil), spaceId, open)).comments.map(({ id }) => id);
    expect(ids).toContain(said);
    expect(ids).not.toContain(kept);
    const row = (await spaces.overview(as(gil), spaceId)).threads.find(({ id }) => id === open);
    expect(row).toMatchObject({ commentCount: 2 });
    expect((await files.browse(as(gil), spaceId)).files.map(({ name }) => name)).toEqual(['aside.txt']);
    expect((await notifications.list(as(gil), { show: 'all' })).items[0]).toMatchObject({
      ...{ kind: 'comment', actor: ben.name },
      excerpt: 'Aside',
    });
    // A comment of a thread that is only for the company becomes visible with it.
    expect(await list(ava, second)).toBeNull();
    await expect(open_(ava, listed.seen, second)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('knowing which guests, by name while they are few, and whether reactions and earlier versions come with it', async () => {
    const listed = async () => {
      const { guests, reacted, edited } = (await list(ava))!;
      return { guests: guests.map(({ name }) => name), reacted, edited };
    };
    expect(await listed()).toEqual({ guests: [gil.name], reacted: false, edited: false });
    await threads.react(as(ben), spaceId, inner, first, 'yes', true);
    await threads.edit(as(ben), spaceId, inner, first, { body: 'Uno', editedAt: 0 });
    for (let i = 0; i < 5; i++) await joinSpace(ava, spaceId, await makeGuest());
    expect(await listed()).toEqual({ guests: [], reacted: true, edited: true });
  });

  it('by its author or a space administrator, never by a guest or another user', async () => {
    const seen = (await list(ava))!.seen;
    expect(await list(ben)).toBeNull();
    await expect(open_(ben, seen)).rejects.toMatchObject(refusal('forbidden'));
    await expect(open_(gil, seen)).rejects.toMatchObject(refusal('missing'));
    await expect(list(gil)).rejects.toMatchObject(refusal('missing'));
    const bens = await threads.begin(as(ben), spaceId, { title: 'x', body: '', ...only, ...key() });
    await open_(ava, (await list(ava, null, bens))!.seen, null, bens);
    expect((await threads.read(as(gil), spaceId, bens)).thread.title).toBe('x');
  });

  it('exactly as it was listed: not if a text or a file came, went or was edited meanwhile', async () => {
    const changed: (() => Promise<unknown>)[] = [
      () => threads.addComment(as(ben), spaceId, inner, { body: 'Three', ...key() }),
      () => threads.edit(as(ben), spaceId, inner, first, { body: 'Uno', editedAt: 0 }),
      () => threads.edit(as(ava), spaceId, inner, null, { title: 'Berth 2', body: 'Inner', editedAt: 0 }),
      () => threads.removeComment(as(ava), spaceId, inner, second),
      async () => testContext().db.update(file).set({ releasedAt: 1 }).where(eq(file.threadId, inner)),
    ];
    for (const change of changed) {
      const { seen } = (await list(ava))!;
      await change();
      await expect(open_(ava, seen)).rejects.toMatchObject({
        kind: 'conflict',
        detail: { key: 'opening.changed' },
      });
      await expect(threads.read(as(gil), spaceId, inner)).rejects.toMatchObject(refusal('missing'));
    }
    await open_(ava, (await list(ava))!.seen);
    // Twice is no error.
    await open_(ava, 'x');
  });

  it('a long list goes on where it ended, or from its beginning if something changed', async () => {
    for (let i = 0; i < 40; i++)
      await threads.addComment(as(ben), spaceId, inner, { body: `No. ${i}`, ...key() });
    const page = (await list(ava))!;
    expect(page.rest).toHaveLength(30);
    const rest = await threads.opening(as(ava), spaceId, inner, null, page.next);
    expect(rest).toMatchObject({ first: null, next: null, seen: page.seen });
    expect(rest!.rest).toHaveLength(12);
    await threads.edit(as(ben), spaceId, inner, first, { body: 'Uno', editedAt: 0 });
    expect((await threads.opening(as(ava), spaceId, inner, null, page.next))!.first).not.toBeNull();
  });

  describe('a form that was shown only for the company writes nothing for guests', () => {
    const texts = {
      'one comment': async () =>
        [
          ben,
          open,
          await threads.addComment(as(ben), spaceId, open, { body: 'Aside', ...only, ...key() }),
        ] as const,
      'the first text of a thread, with its title': async () => [ava, inner, null] as const,
      'a comment of a thread': async () => [ben, inner, first] as const,
    };
    const reads = async () => ({
      found: (await search.inSpace(as(gil), spaceId, WORD)).hits.length,
      told: (await notifications.list(as(gil), { show: 'me' })).items.length,
    });
    const openAll = async (thread: number, text: number | null) => {
      const whole = thread === inner ? null : text;
      await open_(ava, (await list(ava, whole, thread))!.seen, whole, thread);
    };

    it.each(Object.entries(texts))('%s', async (_, make) => {
      const [who, thread, text] = await make();
      const edit = (form: Parameters<typeof threads.edit>[4]) =>
        threads.edit(as(who, { now: NOW + 60_000 }), spaceId, thread, text, form);
      const { title, body, editedAt, was } = await threads.source(as(who), spaceId, thread, text);
      const shown = { title, body, editedAt, was, ...only };
      await openAll(thread, text);
      const before = await reads();
      const more = { title: title && `${title} ${WORD}`, body: `${body} ${WORD} @${gil.name}` };
      const filed = { ...shown, files: attached(`${WORD}.txt`) };
      for (const form of [{ ...shown, ...more }, filed, { ...filed, ...more }]) {
        const refused = await edit(form).catch((thrown) => thrown);
        expect(refused).toMatchObject(refusal('conflict', 'audience.opened-since'));
        expect(refused.detail.newer.values).toEqual({ audience: 'everyone' });
      }
      expect(await reads()).toEqual(before);
      // Nothing would be new.
      await edit(shown);
      await edit({ ...filed, ...more, audience: null });
      expect(await reads()).toEqual({ found: before.found + 1, told: before.told + 1 });
    });

    it('not even if it is opened in the same moment', async () => {
      const ctx = meanwhile(as(ben), () => openAll(inner, first));
      const form = { body: WORD, editedAt: 0, ...only };
      await expect(threads.edit(ctx, spaceId, inner, first, form)).rejects.toMatchObject(
        refusal('conflict', 'audience.opened-since'),
      );
      expect((await reads()).found).toBe(0);
      expect((await threads.source(as(ben), spaceId, inner, first)).body).toBe('One');
    });
  });

  it('without the versions from before', async () => {
    const edit = (body: string, editedAt: number, now: number) =>
      threads.edit(as(ben, { now }), spaceId, inner, first, { body, editedAt });
    await edit('Uno', 0, NOW - 1_000);
    await open_(ava, (await list(ava))!.seen);
    const versions = async (who: User) => (await threads.history(as(who), spaceId, inner, first)).rows.length;
    const edited = async () =>
      (await threads.read(as(gil), spaceId, inner)).comments.find(({ id }) => id === first)!.editedAt;
    expect([await versions(ben), await versions(gil), await edited()]).toEqual([1, 0, null]);
    await edit('Eins', NOW - 1_000, NOW + 60_000);
    expect([await versions(ben), await versions(gil), await edited()]).toEqual([2, 1, NOW + 60_000]);
  });
});
