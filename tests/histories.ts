/** Random histories are lived twice, with what somebody may not see and without: what they receive must not differ in a byte. */
import { expect } from 'vitest';
import * as accounts from '../src/lib/server/accounts';
import * as changes from '../src/lib/server/changes';
import { Refusal } from '../src/lib/server/errors';
import * as files from '../src/lib/server/files';
import * as mentions from '../src/lib/server/mentions/completion';
import * as notifications from '../src/lib/server/notifications';
import * as search from '../src/lib/server/search';
import * as spaces from '../src/lib/server/spaces';
import { SEARCH_KINDS } from '../src/lib/search';
import { THREAD_FILTERS } from '../src/lib/thread-filters';
import * as threads from '../src/lib/server/threads';
import { contents } from './archives';
import type { TestCtx, User } from './contexts';

export const START = Date.UTC(2026, 10, 26, 9);

interface Seen {
  room: number;
  /** The page's place among the changes when the history began. */
  seq: string;
  threads: number[];
  comments: { id: number; thread: number }[];
  /** To search for. */
  words: string[];
  /** Only what shows the most, for many short histories. */
  brief?: boolean;
}

/** All that somebody gets of a space but mails: pages, changes, notifications, completion, hits. */
export async function received(
  ctx: TestCtx,
  { room, seq, threads: topics, comments, words, brief = false }: Seen,
): Promise<unknown[]> {
  const found = await Promise.all(words.map((word) => search.inSpace(ctx, room, word)));
  const pages = [];
  for (const id of brief ? topics.slice(-2) : topics)
    pages.push(
      ...(await Promise.all([
        threads.read(ctx, room, id),
        ...(brief
          ? []
          : [
              threads.source(ctx, room, id, null),
              threads.history(ctx, room, id, null),
              threads.reacted(ctx, room, id, null),
            ]),
      ]).catch(gone)),
    );
  for (const { id, thread } of brief ? [] : comments)
    pages.push(
      ...(await Promise.all([
        threads.source(ctx, room, thread, id),
        threads.history(ctx, room, thread, id),
        threads.reacted(ctx, room, thread, id),
        threads.read(ctx, room, thread, { around: id }),
      ]).catch(gone)),
    );
  const more = brief
    ? []
    : [
        await spaces.people(ctx, room),
        // Of each of them.
        ...(await Promise.all(
          (await spaces.people(ctx, room)).groups.flatMap(({ people }) =>
            people.map(({ id }) => spaces.card(ctx, room, id)),
          ),
        )),
        await notifications.list(ctx, { show: 'me' }),
        await mentions.complete(ctx, room, 'b'),
        await search.everywhere(ctx, 'crane'),
        // Of all kinds, the name of a hidden guest too; and what is offered while typing.
        ...(await Promise.all([
          ...['crane', 'txt', 'sato', 'haddad'].map((typed) => search.suggest(ctx, typed)),
          search.everything(ctx, 'crane', { kind: null, after: null }),
          ...SEARCH_KINDS.map((kind) => search.everything(ctx, 'a', { kind, after: null })),
        ])),
        await Promise.all(
          (await files.browse(ctx, room)).files.map(({ id }) => files.versions(ctx, room, id)),
        ),
        ...(await Promise.all(THREAD_FILTERS.map((show) => spaces.overview(ctx, room, { show })))),
        await contents(await accounts.exported(ctx)),
        await files.browse(ctx, room, { category: 'document' }),
        await files.browse(ctx, room, { find: 'crane' }),
        await files.browse(ctx, room, { find: 'sato' }),
      ];
  return [
    await spaces.portal(ctx),
    await spaces.overview(ctx, room),
    await files.browse(ctx, room),
    await changes.since(ctx, room, seq),
    await notifications.list(ctx, { show: 'all' }),
    await notifications.countUnread(ctx),
    (await notifications.news(ctx)).unread,
    (await notifications.news(ctx)).spaces,
    await mentions.complete(ctx, room, ''),
    (await threads.prepare(ctx, room)).told,
    found,
    more,
    pages,
  ];
}

/** Any other error is no answer, and would differ by chance. */
function gone(error: unknown): string[] {
  if (error instanceof Refusal) return ['gone'];
  throw error;
}

/** Without ids, people by name, without delivery times. Mails of the same moment have no order. */
export const comparable = (
  { all, mails }: { all: unknown[]; mails: object[] },
  people: [name: string, person: User][],
): string =>
  [
    ...all.map((one) => normalised(one, people)),
    ...mails.map((mail) => normalised(mail, people)).sort(),
  ].join('\n');

const ID = /^(?:id|seq|thread|comment|\w*Id|earlier|later|\w*[nN]ext)$/;

function normalised(one: unknown, people: [name: string, person: User][]): string {
  let text = JSON.stringify(one, (key, value: unknown) =>
    ID.test(key) && (typeof value === 'number' || (typeof value === 'string' && key !== 'thread'))
      ? '#'
      : value,
  );
  for (const [name, { id, email }] of people) text = text.replaceAll(id, name).replaceAll(email, name);
  return (
    text
      .replace(/((?:spaces|threads)\/|comment[=-]|<thread-)\d+/g, '$1#')
      .replace(/(unsubscribe\/\w{3})[a-z2-7]{20,}/g, '$1')
      .replace(/\b[a-z2-7]{16}\b/g, '#')
      // Each request of a test has another.
      .replace(/"ipAddress":"[\d.]+"/g, '"ipAddress"')
      // Uploads take a moment of real time, even without files.
      .replace(/\b(1\d{9})\d{3}\b/g, '$1')
      .replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"time"')
  );
}

/** Shows where they differ. */
export function expectSame(with_: string, without: string): void {
  if (with_ === without) return;
  let at = 0;
  while (with_[at] === without[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - 300), at + 200);
  expect(around(with_)).toBe(around(without));
}
