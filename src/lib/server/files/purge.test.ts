import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, DAY, testContext } from '../../../../tests/contexts';
import { makeSpace, spaceForm } from '../../../../tests/factories';
import { ana, host, objects, setUpSpace, spaceId } from '../../../../tests/file-space';
import { comments, rowOf, sees, send } from '../../../../tests/files';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import * as cron from '../cron';
import { comment, file, space, thread } from '../schema';
import * as spaces from '../spaces';
import * as threads from '../threads';
import * as files from './index';

setUpSpace();

describe('purging', () => {
  it('deletes an upload that nothing used for a day, with its thumbnail', async () => {
    const [old, young] = [await send(ana, p.jpeg, 'x.jpg'), await send(ana, p.text('x'))];
    await files.thumbnail(as(ana), old.id, { body: p.jpeg, size: p.jpeg.length });
    const { key } = (await rowOf(old.id))!;
    await testContext()
      .db.update(file)
      .set({ createdAt: Date.now() - DAY - 1 })
      .where(eq(file.id, old.id));
    expect(await objects()).toEqual(expect.arrayContaining([key, `${key}-thumb`]));
    await cron.run(testContext());
    expect(await rowOf(old.id)).toBeUndefined();
    expect(await objects()).not.toContain(key);
    expect(await objects()).not.toContain(`${key}-thumb`);
    expect(await sees(ana, young.id)).toBe(true);
  });

  it('a released file is invisible at once, and then leaves R2', async () => {
    const inThread = await send(host, p.text('x'));
    const other = await threads.begin(as(host), spaceId, { title: 'y', body: '', requestKey: randomId() });
    const one = await send(ana, p.text('x'));
    const where = { spaceId, threadId: other };
    await comments(host, [inThread.id], where);
    const commentId = await comments(ana, [one.id], where);
    const keys = [(await rowOf(one.id))!.key, (await rowOf(inThread.id))!.key];
    const ctx = as(host);
    await ctx.commit([
      files.release(ctx, { commentId }),
      ctx.db.delete(comment).where(eq(comment.id, commentId)),
    ]);
    expect([await sees(host, one.id), await sees(host, inThread.id)]).toEqual([false, true]);
    await ctx.commit([
      files.release(ctx, { threadId: other }),
      ctx.db.delete(thread).where(eq(thread.id, other)),
    ]);
    expect(await sees(host, inThread.id)).toBe(false);
    await files.purge(testContext());
    for (const key of keys) expect(await objects()).not.toContain(key);
    expect(await rowOf(one.id)).toBeUndefined();
  });

  it('the files of a deleted space go too, even if nobody released them', async () => {
    for (const release of [true, false]) {
      const own = await makeSpace(host);
      const { id } = await files.upload(as(host), own, {
        kind: 'cover',
        name: 'x',
        body: p.jpeg,
        size: p.jpeg.length,
      });
      await spaces.change(as(host), own, { ...spaceForm, cover: `file:${id}`, announcement: '' });
      const { key } = (await rowOf(id))!;
      const ctx = as(host);
      await ctx.commit([
        release && files.releaseOfSpace(ctx, own, 100),
        ctx.db.delete(space).where(eq(space.id, own)),
      ]);
      expect(await sees(host, id)).toBe(false);
      await files.purge(testContext());
      expect(await objects()).not.toContain(key);
      expect(await rowOf(id)).toBeUndefined();
    }
  });

  it('while R2 is down the rows stay, and the next run finishes', async () => {
    const { id } = await send(ana, p.text('x'));
    await testContext().db.update(file).set({ releasedAt: 1 }).where(eq(file.id, id));
    const down = testContext();
    down.bucket = { delete: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket;
    await expect(files.purge(down)).rejects.toThrow('R2 is down');
    expect(await rowOf(id)).toBeDefined();
    await files.purge(testContext());
    expect(await rowOf(id)).toBeUndefined();
  });
});
