import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { joinSpace } from '../../../tests/invitations';
import { count, parallel, refusal } from '../../../tests/helpers';
import { MINUTE } from '../time';
import type { SignedIn } from './context';
import { randomId } from './crypto';
import { LostRace } from './errors';
import * as limits from './limits';
import * as mentions from './mentions/completion';
import * as search from './search';
import * as threads from './threads';

let host: User;
let spaceId: number;
let threadId: number;
beforeAll(async () => {
  host = await makeUser();
  spaceId = await makeSpace(host);
  threadId = await threads.begin(as(host), spaceId, { title: 'Piles', body: '', requestKey: randomId() });
});

const now = Date.now();
/** Somebody at a time. */
const at = (who: User, when: number) => testContext({ actor: who, now: when });
async function author(): Promise<User> {
  const who = await makeGuest();
  await joinSpace(host, spaceId, who);
  return who;
}
const says = (who: User, when: number, body = randomId(), requestKey = randomId()) =>
  threads.addComment(at(who, when), spaceId, threadId, { body, requestKey });
/** Counts without writing that much. */
const fill = async (who: User, what: limits.Counted, by: number, when: number) =>
  void (await at(who, when).commit(limits.count(at(who, when), { [what]: by })));

const ALL = { kind: null, after: null };
const PEOPLE = { kind: 'people', after: null };
const TEXTS = { kind: 'texts', after: null };
/** The SQL of its first read, in order. */
async function asked(ctx: SignedIn, run: () => Promise<unknown>): Promise<string[]> {
  const { read } = ctx;
  const first: string[] = [];
  ctx.read = async (queries) => {
    if (first.length === 0) first.push(...Object.values(queries).map((one) => sqlOf(one)));
    return read(queries);
  };
  await run().catch(() => {});
  return first;
}
const sqlOf = (one: unknown): string =>
  (one as { getQuery?(): { sql: string }; toSQL?(): { sql: string } }).getQuery?.().sql ??
  (one as { toSQL(): { sql: string } }).toSQL().sql;

describe('what one person writes', () => {
  it('is limited per minute, for comments, threads and edits together', async () => {
    const who = await author();
    await fill(who, 'text', 147, now);
    const id = await says(who, now, 'one');
    await threads.begin(at(who, now), spaceId, { title: 'Two', body: '', requestKey: randomId() });
    await threads.edit(at(who, now), spaceId, threadId, id, { body: 'three', editedAt: 0 });
    const before = await count('comment');
    for (const write of [
      () => says(who, now),
      () => threads.begin(at(who, now), spaceId, { title: 'Two', body: '', requestKey: randomId() }),
    ])
      await expect(write()).rejects.toMatchObject(refusal('throttled', 'limit.texts'));
    await expect(
      threads.edit(at(who, now + 1), spaceId, threadId, id, { body: 'four', editedAt: now }),
    ).rejects.toMatchObject(refusal('throttled', 'limit.texts'));
    expect(await count('comment')).toBe(before);
    await says(who, now + MINUTE);
    await says(await author(), now);
  });

  it('is limited per hour too, and the refusal says for how long', async () => {
    const who = await author();
    await fill(who, 'text', 1_500, now);
    await expect(says(who, now + 10 * MINUTE)).rejects.toMatchObject({
      detail: { key: 'limit.texts', params: { minutes: 50 } },
    });
    await says(who, now + 60 * MINUTE);
  });

  it('counts a form that is posted twice once', async () => {
    const who = await author();
    await fill(who, 'text', 148, now);
    const requestKey = randomId();
    const first = await says(who, now, 'same', requestKey);
    for (let again = 0; again < 3; again++) expect(await says(who, now, 'same', requestKey)).toBe(first);
    await says(who, now);
    // Also when the limit is reached meanwhile.
    expect(await says(who, now, 'same', requestKey)).toBe(first);
  });

  it('counts nothing that was not written', async () => {
    const who = await author();
    await fill(who, 'text', 149, now);
    await expect(
      threads.addComment(at(who, now), spaceId, threadId, {
        body: 'x',
        requestKey: randomId(),
        fileIds: ['a'.repeat(16)],
      }),
    ).rejects.toMatchObject(refusal('conflict', 'file.gone'));
    await says(who, now);
  });

  it('lets no more through when twenty arrive at the same time', async () => {
    const who = await author();
    await fill(who, 'text', 145, now);
    const { done, refused } = await parallel(20, () => says(who, now));
    expect(done).toHaveLength(5);
    for (const error of refused) expect(error).toMatchObject(refusal('throttled', 'limit.texts'));
  });
});

describe('notifications caused by one person', () => {
  const everybody = (who: User) =>
    threads.begin(at(who, now), spaceId, {
      title: randomId(),
      body: '',
      everybody: true,
      requestKey: randomId(),
    });

  it('to everybody are limited to ten an hour; a thread that notifies nobody is still written', async () => {
    const who = await author();
    await fill(who, 'everybody', 9, now);
    await everybody(who);
    await expect(everybody(who)).rejects.toMatchObject(refusal('throttled', 'limit.told'));
    await threads.begin(at(who, now), spaceId, { title: 'x', body: '', requestKey: randomId() });
  });

  it('people by name', async () => {
    const who = await author();
    await fill(who, 'named', 1_000, now);
    await expect(says(who, now, `@${host.name} please`)).rejects.toMatchObject(
      refusal('throttled', 'limit.told'),
    );
    await says(who, now, 'please');
  });

  it('are limited in total, by the people really notified', async () => {
    const who = await author();
    await fill(who, 'told', 99_999, now);
    const people = await count('notification');
    await everybody(who);
    expect(await count('notification')).toBeGreaterThan(people + 2);
    await expect(says(who, now)).rejects.toMatchObject(refusal('throttled', 'limit.told'));
  });
});

describe('what costs the site work', () => {
  it('reactions', async () => {
    const who = await author();
    await fill(who, 'reaction', 119, now);
    const react = (on: boolean) => threads.react(at(who, now), spaceId, threadId, null, 'yes', on);
    await react(true);
    await expect(react(false)).rejects.toMatchObject(refusal('throttled', 'limit.often'));
  });

  type Read = [what: limits.Counted, most: number, read: (ctx: SignedIn) => Promise<unknown>];
  const reads: Record<'search in a space' | 'preview', Read> & Record<string, Read> = {
    'search everywhere': ['search', 119, (ctx) => search.everything(ctx, 'piles', ALL, 'search')],
    'search for people': ['search', 119, (ctx) => search.everything(ctx, 'piles', PEOPLE, 'search')],
    'search for texts': ['search', 119, (ctx) => search.everything(ctx, 'piles', TEXTS, 'search')],
    'search in a space': ['search', 119, (ctx) => search.inSpace(ctx, spaceId, 'piles', null, 'search')],
    suggestions: ['suggestion', 239, (ctx) => search.suggest(ctx, 'piles', 'suggestion')],
    preview: ['preview', 119, (ctx) => mentions.nameable(ctx, spaceId, 'preview')],
  };

  it.each(Object.entries(reads))(
    '%s: beyond the limit nothing is read',
    async (_name, [what, most, read]) => {
      const who = await author();
      await fill(who, what, most - 1, now);
      const { done, refused } = await parallel(20, () => read(at(who, now)));
      expect(done).toHaveLength(2);
      for (const error of refused) expect(error).toMatchObject(refusal('throttled', 'limit.often'));
      // The count stands before everything else, and what stands behind it would fail.
      const ctx = at(who, now);
      const queries = await asked(ctx, () => read(ctx));
      expect(queries[0]).toMatch(/^insert into "throttle"/);
      expect(queries[1]).toMatch(/changes\(\)/);
      const broken = { broken: ctx.db.run(sql`select abs(-9223372036854775807 - 1)`) };
      await expect(limits.read(ctx, what, broken)).rejects.toMatchObject(refusal('throttled', 'limit.often'));
      await read(at(who, now + MINUTE));
    },
  );

  it('what is out of reach is 404 also beyond the limit, and counts no more than that', async () => {
    const stranger = await makeUser();
    for (const [what, most] of [
      ['search', 120],
      ['preview', 120],
    ] as const)
      await fill(stranger, what, most, now);
    for (const read of [reads['search in a space'][2], reads.preview[2]])
      await expect(read(at(stranger, now))).rejects.toMatchObject(refusal('missing'));
  });
});

it('a batch that exceeds a limit is undone completely', async () => {
  const who = await author();
  await fill(who, 'text', 150, now);
  const ctx = at(who, now);
  await expect(ctx.commit(limits.count(ctx, { preview: 1, text: 1 }))).rejects.toBeInstanceOf(LostRace);
  await fill(who, 'preview', 120, now);
});
