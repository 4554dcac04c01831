/** What a view as a guest shows, by everything that its pages can be asked for: it must be what that guest gets. */
import { expect } from 'vitest';
import * as access from '../src/lib/server/access';
import { FILE_CATEGORIES, FILE_ORDERS } from '../src/lib/files';
import { Refusal } from '../src/lib/server/errors';
import type { SignedIn } from '../src/lib/server/context';
import * as files from '../src/lib/server/files';
import * as spaces from '../src/lib/server/spaces';
import * as threads from '../src/lib/server/threads';
import { THREAD_FILTERS } from '../src/lib/thread-filters';
import { as, type User } from './contexts';

const refused = (error: unknown): string => {
  if (error instanceof Refusal) return error.kind;
  throw error;
};

/** What somebody has read is their own affair, so this list is. */
const FILTERS = THREAD_FILTERS.filter((show) => show !== 'unread');
const SEARCHED = ['crane', 'sato', 'a'];

interface Asked {
  room: number;
  threads: number[];
  people: string[];
}

export async function pages(ctx: SignedIn, { room, threads: ids, people }: Asked) {
  const list = await files.browse(ctx, room);
  const query = (words: Record<string, string> = {}) => new URLSearchParams(words);
  const read = (id: number, words?: Record<string, string>) =>
    threads.page(ctx, room, id, query(words)).catch(refused);
  const topics = await Promise.all(ids.map((id) => read(id)));
  const dialogs: unknown[] = [];
  for (const [i, topic] of topics.entries()) {
    if (typeof topic === 'string') continue;
    for (const name of ['first', ...topic.comments.slice(-3).map((c) => String(c.id))])
      for (const dialog of [
        'history',
        'reacted',
        'quote',
        'seen',
        'comment',
        'before',
        'after',
        'delete',
        'open',
      ])
        dialogs.push(await read(ids[i]!, { [dialog]: name }));
    const pictures = list.files.filter(({ thread }) => thread.id === ids[i]);
    for (const { id } of pictures.slice(0, 2)) dialogs.push(await read(ids[i]!, { picture: id }));
  }
  return {
    overview: await spaces.overview(ctx, room),
    filtered: await Promise.all(FILTERS.map((show) => spaces.overview(ctx, room, { show }))),
    only: await threads.onlyPage(ctx, room, query()),
    threads: topics,
    dialogs,
    people: await spaces.people(ctx, room),
    found: await Promise.all(SEARCHED.map((find) => spaces.people(ctx, room, { find }))),
    cards: await Promise.all(people.map((id) => spaces.card(ctx, room, id).catch(refused))),
    list,
    lists: await Promise.all([
      ...FILE_CATEGORIES.map((category) => files.browse(ctx, room, { category })),
      ...people.map((by) => files.browse(ctx, room, { by })),
      ...SEARCHED.map((find) => files.browse(ctx, room, { find })),
      ...FILE_ORDERS.map((order) => files.browse(ctx, room, { order })),
    ]),
    looks: await Promise.all(
      list.files.slice(0, 3).map(({ id }) => files.look(ctx, room, id, {}).catch(refused)),
    ),
    versions: await Promise.all(list.files.map(({ id }) => files.versions(ctx, room, id))),
  };
}

/** What is somebody's own affair, or a button. */
const PERSONAL = new Set(
  'unread unseen muted following firstSight may mayReplace ticking requestKey deleting covered own told'.split(
    ' ',
  ),
);
const neutral = (data: object): unknown =>
  JSON.parse(JSON.stringify(data, (name, value: unknown) => (PERSONAL.has(name) ? undefined : value)));

/** @param now of both: what is shown may depend on the time */
export async function expectViewed(host: User, guest: User, asked: Asked, now: number): Promise<void> {
  const own = neutral(await pages(as(guest, { now }), asked));
  expect(neutral(await pages(access.asGuest(as(host, { now }), guest.id), asked))).toEqual(own);
}
