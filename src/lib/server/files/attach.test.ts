import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as } from '../../../../tests/contexts';
import { makeSpace } from '../../../../tests/factories';
import { ana, bo, host, setUpSpace, spaceId, threadId } from '../../../../tests/file-space';
import { comments, leaves, rowOf, send } from '../../../../tests/files';
import { count, parallel, refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { LostRace } from '../errors';
import * as files from './index';

setUpSpace();

describe('attaching', () => {
  it('a comment takes five files; a sixth is refused', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push((await send(ana, p.text('x'), `${i}.txt`)).id);
    expect(() => files.attach(as(ana), spaceId, ids, { threadId, commentId: 1 })).toThrow(
      expect.objectContaining(refusal('invalid', 'file.too-many')),
    );
    const commentId = await comments(ana, ids.slice(0, 5));
    const shown = await files.ofCommentsQuery(as(host), JSON.stringify([commentId]));
    expect(shown).toHaveLength(5);
    expect(shown[0]).toMatchObject({ commentId, type: 'application/octet-stream', size: 1, thumb: false });
    expect(shown.map((f) => f.name).sort()).toEqual(['0.txt', '1.txt', '2.txt', '3.txt', '4.txt']);
    const sub = sql`select id from comment where thread_id = ${threadId} order by id desc limit 1`;
    expect(await files.ofCommentsQuery(as(host), sub)).toHaveLength(5);
  });

  it("a thread's first text has files of its own", async () => {
    const { id } = await send(host, p.text('x'), 'first.txt');
    const ctx = as(host);
    await ctx.commit(files.attach(ctx, spaceId, [id], { threadId, commentId: null }));
    expect((await files.ofThreadQuery(ctx, threadId)).map((f) => f.name)).toEqual(['first.txt']);
  });

  it('accepts only the author’s unused attachments of this space; otherwise the comment is not written', async () => {
    const [mine, used] = [await send(ana, p.text('x')), await send(ana, p.text('x'))];
    await comments(ana, [used.id]);
    const other = await makeSpace(host);
    const elsewhere = await send(host, p.text('x'), 'x', 1, other);
    const cover = await files.uploadCover(as(host), { name: 'x', body: p.jpeg, size: p.jpeg.length });
    const before = await count('comment');
    for (const [who, ids] of [
      [bo, [mine.id]],
      [ana, [used.id]],
      [ana, [mine.id, used.id]],
      [ana, [mine.id, mine.id]],
      [ana, ['a'.repeat(16)]],
      [host, [elsewhere.id]],
      [host, [cover.id]],
    ] as const)
      await expect(comments(who, [...ids])).rejects.toThrow(LostRace);
    expect(await count('comment')).toBe(before);
    expect((await rowOf(mine.id))!.attachedAt).toBeNull();
  });

  it('of twenty comments with the same file at the same time, one is written', async () => {
    const { id } = await send(ana, p.text('x'));
    const before = await count('comment');
    const { done, refused } = await parallel(20, () => comments(ana, [id]));
    expect([done.length, refused.length]).toEqual([1, 19]);
    expect(await count('comment')).toBe(before + 1);
    expect((await rowOf(id))!.commentId).toBe(done[0]);
  });

  it('the files of one form are uploaded in turn; with six, none is uploaded', async () => {
    const list = (n: number) => Array.from({ length: n }, (_, i) => new File(['x'], `${i}.txt`));
    const ids = await files.uploadAll(as(ana), spaceId, list(2));
    expect(await files.names(as(ana), ids)).toHaveLength(2);
    expect(
      await leaves(() =>
        expect(files.uploadAll(as(ana), spaceId, list(6))).rejects.toMatchObject(
          refusal('invalid', 'file.too-many'),
        ),
      ),
    ).toEqual({ rows: 0, objects: 0 });
  });

  it('only the uploader gets the names of uploads', async () => {
    const { id } = await send(ana, p.text('x'), 'offer.pdf');
    expect(await files.names(as(ana), [id])).toEqual(['offer.pdf']);
    expect(await files.names(as(bo), [id])).toEqual([]);
    expect(await files.names(as(ana), [])).toEqual([]);
  });
});
