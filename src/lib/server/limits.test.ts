import { beforeAll, describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { joinSpace } from '../../../tests/invitations';
import { count, parallel, refusal } from '../../../tests/helpers';
import { MINUTE } from '../time';
import { randomId } from './crypto';
import { LostRace } from './errors';
import * as limits from './limits';
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

  it.each(['preview', 'search'] as const)('%s', async (what) => {
    const who = await author();
    await fill(who, what, 119, now);
    await limits.take(at(who, now), what);
    await expect(limits.take(at(who, now), what)).rejects.toMatchObject(refusal('throttled', 'limit.often'));
  });
});

it('a batch that exceeds a limit is undone completely', async () => {
  const who = await author();
  await fill(who, 'text', 150, now);
  const ctx = at(who, now);
  await expect(ctx.commit(limits.count(ctx, { preview: 1, text: 1 }))).rejects.toBeInstanceOf(LostRace);
  await fill(who, 'preview', 120, now);
});
