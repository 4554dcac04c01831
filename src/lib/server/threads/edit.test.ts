/** The files of a text that is edited. Its words: threads.test.ts. */
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { ana, bo, host, setUpSpace, spaceId, threadId } from '../../../../tests/file-space';
import { rowOf, sees, send } from '../../../../tests/files';
import { count, parallel, refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import * as search from '../search';
import { file } from '../schema';
import * as threads from '.';

setUpSpace();

let said: number;
let own: string[];
const upload = async (who: User, name: string) => (await send(who, p.text(name), name)).id;
const source = () => threads.source(as(ana), spaceId, threadId, said);
const names = async () => (await source()).files.map(({ name }) => name);
/** Later than whatever was written before. */
let later = 0;
const edit = async (form: Partial<Parameters<typeof threads.edit>[4]> = {}, who = ana) => {
  const { body, editedAt } = await source();
  later += 1_000;
  return threads.edit(as(who, { now: Date.now() + later }), spaceId, threadId, said, {
    body,
    editedAt,
    ...form,
  });
};

beforeEach(async () => {
  own = [];
  for (const name of ['z.txt', 'a.txt', 'm.txt']) own.push(await upload(ana, name));
  // Uploads end in any order.
  await testContext().db.update(file).set({ createdAt: 1 }).where(eq(file.id, own[2]!));
  const form = { body: 'Drawings', requestKey: randomId(), fileIds: own };
  said = await threads.addComment(as(ana), spaceId, threadId, form);
});

describe('the files of a text', () => {
  it('stay in the order in which they were chosen', async () => {
    expect(await names()).toEqual(['z.txt', 'a.txt', 'm.txt']);
    const { comments } = await threads.read(as(bo), spaceId, threadId);
    expect(comments.at(-1)!.files.map(({ name }) => name)).toEqual(['z.txt', 'a.txt', 'm.txt']);
  });

  it('that are unticked go at once, and new ones come behind those that stay', async () => {
    const more = [await upload(ana, 'y.txt'), await upload(ana, 'b.txt')];
    await edit({ had: own, keep: [own[0]!, own[2]!], fileIds: more });
    expect(await names()).toEqual(['z.txt', 'm.txt', 'y.txt', 'b.txt']);
    expect([await sees(bo, own[1]!), await sees(ana, own[1]!), await sees(bo, more[0]!)]).toEqual([
      false,
      false,
      true,
    ]);
    expect((await rowOf(own[1]!))!.releasedAt).not.toBeNull();
    // Marked as edited, and found by the names that there are now.
    expect((await source()).editedAt).toBeGreaterThan(0);
    const found = async (words: string) =>
      (await search.inSpace(as(bo), spaceId, words)).hits.some(({ commentId }) => commentId === said);
    expect([await found('y.txt'), await found('a.txt')]).toEqual([true, false]);
  });

  it('stay, where the form did not show them', async () => {
    await edit({ body: 'Without a word about files' });
    expect(await names()).toHaveLength(3);
    await edit({ had: [own[0]!], keep: [] });
    expect(await names()).toEqual(['a.txt', 'm.txt']);
  });

  it('of another text are not touched, whatever the form says', async () => {
    const other = await upload(host, 'other.txt');
    const form = { body: 'x', requestKey: randomId(), fileIds: [other] };
    await threads.addComment(as(host), spaceId, threadId, form);
    await edit({ had: [other, own[0]!], keep: [], body: 'Changed' });
    expect((await rowOf(other))!.releasedAt).toBeNull();
    expect((await rowOf(own[0]!))!.releasedAt).not.toBeNull();
  });

  it('are five at most, with those that stay', async () => {
    const more = [await upload(ana, '4'), await upload(ana, '5'), await upload(ana, '6')];
    await expect(edit({ had: own, keep: own, fileIds: more })).rejects.toMatchObject(
      refusal('invalid', 'file.too-many'),
    );
    await edit({ had: own, keep: own.slice(1), fileIds: more });
    expect(await names()).toHaveLength(5);
  });

  it('come with the form itself, without scripts', async () => {
    await edit({ had: own, keep: own, files: [new File(['x'], 'plain.txt')] });
    expect(await names()).toEqual(['z.txt', 'a.txt', 'm.txt', 'plain.txt']);
  });

  it('are changed by the author alone; a comment of nothing is refused', async () => {
    await expect(edit({ had: own, keep: [] }, host)).rejects.toMatchObject(refusal('forbidden'));
    await expect(edit({ body: '', had: own, keep: [] })).rejects.toMatchObject(
      refusal('invalid', 'comment.missing'),
    );
    await edit({ body: '', had: own, keep: [own[0]!] });
    expect(await names()).toEqual(['z.txt']);
  });

  it('that somebody else uploaded, or that are used already, are refused, and nothing is written', async () => {
    const foreign = await upload(host, 'foreign.txt');
    for (const id of [foreign, own[0]!])
      await expect(edit({ body: 'Changed', fileIds: [id] })).rejects.toMatchObject(
        refusal('conflict', 'file.gone'),
      );
    expect((await source()).body).toBe('Drawings');
    expect(await count('revision', 'comment_id = ?', said)).toBe(0);
  });

  it('are changed once by a form that comes twice', async () => {
    const { editedAt } = await source();
    const form = {
      ...{ body: 'Changed', editedAt, had: own, keep: own.slice(1) },
      ...{ fileIds: [await upload(ana, 'y.txt')], files: [new File(['x'], 'plain.txt')] },
    };
    for (let n = 0; n < 3; n++) await edit(form);
    expect(await names()).toEqual(['a.txt', 'm.txt', 'y.txt', 'plain.txt']);
    expect(await count('revision', 'comment_id = ?', said)).toBe(1);
  });

  it('of two edits at the same time, one is made', async () => {
    const more = await Promise.all([0, 1, 2, 3].map((i) => upload(ana, `${i}`)));
    const { done, refused } = await parallel(4, (i) => edit({ fileIds: [more[i]!] }));
    expect([done.length, refused.length]).toEqual([1, 3]);
    expect(await names()).toHaveLength(4);
  });
});
