import { beforeEach, expect, it } from 'vitest';
import { as, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { count, parallel, refusal } from '../../../../tests/helpers';
import * as changes from '../changes';
import { randomId } from '../crypto';
import * as search from '../search';
import * as threads from './index';

let host: User;
let gil: User;
let room: number;
let topic: number;
let said: number;
const BODY = 'For @Gil:\n- [ ] anchor\n- [x] buoy\n- [ ] crane';

beforeEach(async () => {
  [host, gil] = [await makeUser({ name: 'Ava' }), await makeGuest({ name: 'Gil' })];
  room = await makeSpace(host);
  await joinSpace(host, room, gil);
  topic = await threads.begin(as(host), room, { title: 'Berth', body: BODY, requestKey: randomId() });
  said = await threads.addComment(as(gil), room, topic, { body: BODY, requestKey: randomId() });
});

const shown = async (who: User, comment: number | null = said) => {
  const { thread, comments } = await threads.read(as(who), room, topic);
  return comment === null ? thread : comments.find(({ id }) => id === comment)!;
};
const bodyOf = async (comment: number | null = said) =>
  (await threads.source(as(host), room, topic, comment)).body;
const tick = async (who: User, comment: number | null, task: number, done: boolean, seen?: string) =>
  threads.tick(as(who), room, topic, comment, {
    ...{ task, done, seen: seen ?? (await shown(who, comment)).ticking! },
  });

it('changes one box, for whoever wrote the text, and is no edit', async () => {
  const told = await count('notification');
  const { seq } = await threads.read(as(host), room, topic);
  await tick(gil, said, 0, true);
  expect(await bodyOf()).toBe(BODY.replace('[ ] anchor', '[x] anchor'));
  await tick(gil, said, 1, false);
  await tick(host, null, 2, true);
  expect(await bodyOf()).toBe('For @Gil:\n- [x] anchor\n- [ ] buoy\n- [ ] crane');
  expect(await bodyOf(null)).toBe(BODY.replace('[ ] crane', '[x] crane'));
  expect([(await shown(host)).editedAt, (await shown(host, null)).editedAt]).toEqual([null, null]);
  expect((await shown(gil, null)).html).toContain('<bdi class="mention');
  expect(await count('revision')).toBe(0);
  expect(await count('notification')).toBe(told);
  expect((await changes.since(as(host), room, seq))!.changes).toMatchObject([
    { kind: 'comment-changed' },
    { kind: 'comment-changed' },
    { kind: 'thread-changed' },
  ]);
  expect((await search.inSpace(as(host), room, 'anchor')).hits).toHaveLength(2);
});

it('is for nobody else, and for nobody in a closed thread', async () => {
  expect([(await shown(host)).ticking, (await shown(gil, null)).ticking]).toEqual([null, null]);
  const { ticking } = await shown(gil);
  await expect(tick(host, said, 0, true, ticking!)).rejects.toMatchObject(refusal('forbidden'));
  await expect(tick(await makeUser(), said, 0, true, ticking!)).rejects.toMatchObject(refusal('missing'));
  await threads.setClosed(as(host), room, topic, true);
  expect((await shown(gil)).ticking).toBeNull();
  await expect(tick(gil, said, 0, true, ticking!)).rejects.toMatchObject(
    refusal('conflict', 'thread.closed'),
  );
  expect(await bodyOf()).toBe(BODY);
});

it('is refused for another text than was shown, not for other ticks', async () => {
  const { ticking } = await shown(gil);
  await tick(gil, said, 2, true, ticking!);
  await tick(gil, said, 0, true, ticking!);
  await expect(tick(gil, said, 3, true, ticking!)).rejects.toMatchObject(
    refusal('conflict', 'text.tasks-changed'),
  );
  await threads.edit(as(gil), room, topic, said, { body: `- [ ] new\n${BODY}`, editedAt: 0 });
  await expect(tick(gil, said, 0, true, ticking!)).rejects.toMatchObject(
    refusal('conflict', 'text.tasks-changed'),
  );
  expect(await bodyOf()).toBe(`- [ ] new\n${BODY}`);
});

it('twenty at once: the same box once, different boxes each', async () => {
  const body = Array.from({ length: 20 }, (_, i) => `- [ ] ${i}`).join('\n');
  said = await threads.addComment(as(gil), room, topic, { body, requestKey: randomId() });
  const { seq } = await threads.read(as(host), room, topic);
  const { ticking } = await shown(gil);
  expect((await parallel(20, () => tick(gil, said, 0, true, ticking!))).done).toHaveLength(20);
  expect((await changes.since(as(host), room, seq))!.changes).toHaveLength(1);
  expect((await parallel(20, (i) => tick(gil, said, i, true, ticking!))).done).toHaveLength(20);
  expect(await bodyOf()).toBe(body.replaceAll('[ ]', '[x]'));
});

it('is not undone by an edit that was begun before', async () => {
  const { editedAt, was } = await threads.source(as(gil), room, topic, said);
  await tick(gil, said, 0, true);
  await expect(
    threads.edit(as(gil), room, topic, said, { body: `${BODY}!`, editedAt, was }),
  ).rejects.toMatchObject(refusal('conflict', 'form.stale'));
  // Nothing typed: what is saved stays.
  await threads.edit(as(gil), room, topic, said, { body: BODY, editedAt, was });
  expect(await bodyOf()).toContain('[x] anchor');
  const { was: now } = await threads.source(as(gil), room, topic, said);
  await threads.edit(as(gil), room, topic, said, { body: `${BODY}!`, editedAt, was: now });
  expect(await bodyOf()).toBe(`${BODY}!`);
});
