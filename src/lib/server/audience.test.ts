// A text may have an audience of its own (access/audience.ts). Here texts with a certain word are for users only, in an ordinary
// space: whatever happens to them, what a guest receives is the same, byte for byte, as if they were not there.
import { eq, sql, type SQL } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { as, ORIGIN, testContext, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { count, refusal } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import { mailsTo } from '../../../tests/mailbox';
import { audience, type Viewer } from './access/audience';
import * as changes from './changes';
import { randomId } from './crypto';
import * as files from './files';
import * as notifications from './notifications';
import { file, notification } from './schema';
import * as search from './search';
import * as templates from './space-templates';
import * as spaces from './spaces';
import * as threads from './threads';

const WORD = 'embargo';
/** Ids of deleted texts for users only: a column of `space_event` would keep this. */
const deleted = { thread: [0], comment: [0] };

const allows = ({ kind }: Viewer, row: string): SQL => {
  const column = (name: string) => sql.raw(`${row}.${name}`);
  const one = (table: 'thread' | 'comment') => sql`coalesce(${column(`${table}_id`)} in (
    select x.id from ${sql.raw(table)} x where instr(x.body, ${WORD}) > 0
    union all select value from json_each(${JSON.stringify(deleted[table])})), 0)`;
  const isFor =
    row === 'e' || row === 'space_event'
      ? sql`not (${one('thread')} or ${one('comment')})`
      : sql`instr(${column('body')}, ${WORD}) = 0`;
  return sql`(${typeof kind === 'string' ? sql`${kind}` : kind} = 'user' or ${isFor})`;
};

const NOW = Date.now();
let ava: User, ben: User, gil: User, spaceId: number, open: number, seq: number;

const key = () => ({ requestKey: randomId() });
const attached = (name: string) => [new File(['crane'], name)];

beforeEach(async () => {
  vi.spyOn(audience, 'allows').mockImplementation(allows);
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
afterEach(() => vi.restoreAllMocks());

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
    changes: await changes.since(ctx(), spaceId, seq),
    told: await notifications.list(ctx(), { show: 'all' }),
    unread: await notifications.countUnread(ctx()),
    news: await notifications.news(ctx()),
    mails: (await mailsTo(by.email)).length,
  });
}

/** Threads and a comment for users only, and what people do with them. */
async function write() {
  const ctx = (who = ava, past = 6_000) => as(who, { now: NOW - past });
  const text = { body: `The crane, ${WORD}` };
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

it('a text that becomes for some people only is no longer told or mailed to the others', async () => {
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
  await threads.edit(as(ava), spaceId, open, id, { body: `Soon: ${WORD}`, editedAt: 0 });
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
  deleted.thread.push(thread, listed);
  deleted.comment.push(comment);
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
