import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { as, DAY, testContext, type TestCtx, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { ana, bo, host, objects, setUpSpace, spaceId } from '../../../../tests/file-space';
import { comments, get, MB, rowOf, sees, streamed } from '../../../../tests/files';
import { parallel, refusal } from '../../../../tests/helpers';
import { PART_SIZE } from '../../files';
import * as cron from '../cron';
import { hashBytes } from '../crypto';
import { membership, file } from '../schema';
import { parse } from '../settings';
import * as files from './index';

setUpSpace();

/** Three parts, each with bytes of its own; the last is short. */
const SIZE = 2 * PART_SIZE + 5 * MB;
const partOf = (number: number, size = SIZE) => {
  const bytes = new Uint8Array(Math.min(PART_SIZE, size - (number - 1) * PART_SIZE)).fill(number);
  bytes.set([number, 7, number], 1000);
  return bytes;
};
const whole = new Uint8Array(SIZE);
for (const number of [1, 2, 3]) whole.set(partOf(number), (number - 1) * PART_SIZE);

let fingerprint: string;
beforeEach(() => {
  fingerprint = [...crypto.getRandomValues(new Uint8Array(32))]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('');
});

const begin = (who: User | TestCtx, size = SIZE, to = spaceId, name = 'Flight over the site.mp4') =>
  files.beginUpload('db' in who ? who : as(who), to, { name, size, fingerprint });
const put = (who: User, id: string, number: number, bytes = partOf(number)) =>
  files.uploadPart(as(who), id, number, { body: streamed(bytes.slice()), size: bytes.length });
const complete = (who: User, id: string) => files.completeUpload(as(who), id);
async function sent(who: User): Promise<string> {
  const { id } = await begin(who);
  for (const number of [1, 2, 3]) await put(who, id, number);
  return id;
}
/** What somebody can download. */
async function hashOf(who: User, id: string): Promise<string> {
  return hashBytes(new Uint8Array(await (await get(who, id)).arrayBuffer()));
}
/** R2, one of whose methods breaks before or after its work. */
function breaking(ctx: TestCtx, method: 'uploadPart' | 'complete', when: 'before' | 'after'): TestCtx {
  const { bucket } = ctx;
  const broken = new Proxy(bucket, {
    get(target, name) {
      const own = Reflect.get(target, name) as unknown;
      if (name !== 'resumeMultipartUpload') return typeof own === 'function' ? own.bind(target) : own;
      return (key: string, uploadId: string) => {
        const upload = target.resumeMultipartUpload(key, uploadId);
        return {
          uploadPart: upload.uploadPart.bind(upload),
          complete: upload.complete.bind(upload),
          abort: upload.abort.bind(upload),
          [method]: async (...given: never[]) => {
            if (when === 'after') await (upload[method] as (...g: never[]) => Promise<unknown>)(...given);
            throw new Error('the server stopped');
          },
        };
      };
    },
  });
  return Object.assign(ctx, { bucket: broken });
}

describe('a file in parts', () => {
  it('comes back unchanged, and is like any other upload', async () => {
    const id = await sent(ana);
    const made = await complete(ana, id);
    expect(made).toEqual({
      id,
      name: 'Flight over the site.mp4',
      type: 'application/octet-stream',
      size: SIZE,
      thumb: false,
      metadata: 'place',
    });
    expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
    expect(await sees(host, id)).toBe(false);
    await comments(ana, [id]);
    expect(await hashOf(host, id)).toBe(await hashBytes(whole));
    const range = await get(host, id, { range: `bytes=${PART_SIZE - 1}-${PART_SIZE}` });
    expect([range.status, ...new Uint8Array(await range.arrayBuffer())]).toEqual([206, 1, 2]);
    expect(await rowOf(id)).toMatchObject({ uploadId: null, fingerprint: null, parts: null });
  });

  it('goes on after a break before any part, with the same hash', async () => {
    for (const last of [0, 1, 2, 3]) {
      fingerprint = fingerprint.replace(/^../, `0${last}`);
      const { id, parts } = await begin(ana);
      expect(parts).toEqual([]);
      for (let number = 1; number <= last; number++) await put(ana, id, number);
      // Another request, server or browser: only the fingerprint is known.
      const again = await begin(ana);
      expect(again).toEqual({ id, partSize: PART_SIZE, parts: [1, 2, 3].slice(0, last) });
      expect(await files.arrivedParts(as(ana), id)).toEqual(again);
      for (let number = last + 1; number <= 3; number++) await put(ana, id, number);
      await complete(ana, id);
      expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
    }
  });

  it('goes on when the server stops in the middle of a part, before or after R2 has it', async () => {
    for (const when of ['before', 'after'] as const) {
      fingerprint = fingerprint.replace(/^./, when === 'before' ? '0' : '1');
      const { id } = await begin(ana);
      await put(ana, id, 1);
      const bytes = partOf(2);
      await expect(
        files.uploadPart(breaking(as(ana), 'uploadPart', when), id, 2, { body: bytes, size: bytes.length }),
      ).rejects.toThrow('the server stopped');
      expect((await begin(ana)).parts).toEqual([1]);
      for (const number of [2, 3]) await put(ana, id, number);
      await complete(ana, id);
      expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
    }
  });

  it('is whole even if the server stopped while joining it, or only the answer was lost', async () => {
    for (const when of ['before', 'after'] as const) {
      fingerprint = fingerprint.replace(/^./, when === 'before' ? '0' : '1');
      const id = await sent(ana);
      const stopped = files.completeUpload(breaking(as(ana), 'complete', when), id);
      if (when === 'before') await expect(stopped).rejects.toThrow('the server stopped');
      else await stopped;
      const made = await complete(ana, id);
      expect(await complete(ana, id)).toEqual(made);
      expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
    }
  });

  it('two who join it at once get the same file', async () => {
    const id = await sent(ana);
    const [one, two] = await Promise.all([complete(ana, id), complete(ana, id)]);
    expect(one).toEqual(two);
    expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
  });

  it('two who begin it at once get the same upload, and one storage', async () => {
    const to = await makeSpace(host);
    const begun = await Promise.all([begin(host, SIZE, to), begin(host, SIZE, to)]);
    const { used } = await files.storageOf(as(host), to);
    expect(used).toBe(SIZE * new Set(begun.map(({ id }) => id)).size);
  });

  it('the same part again is fine; other bytes for it are refused', async () => {
    const { id } = await begin(ana);
    for (const number of [1, 1, 2, 3, 3]) await put(ana, id, number);
    await expect(put(ana, id, 2, partOf(1))).rejects.toMatchObject(refusal('conflict', 'file.changed'));
    await complete(ana, id);
    expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
  });

  it('the same part from two browsers at once is counted once, or sent again: never a broken file', async () => {
    const { id } = await begin(ana);
    await Promise.allSettled([put(ana, id, 1), put(ana, id, 1)]);
    for (let round = 0; (await files.arrivedParts(as(ana), id)).parts.length < 3; round++) {
      expect(round).toBeLessThan(3);
      const { parts } = await files.arrivedParts(as(ana), id);
      for (const number of [1, 2, 3]) if (!parts.includes(number)) await put(ana, id, number);
    }
    await complete(ana, id);
    expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
  });

  it('parts that R2 has anew are forgotten, and sent again', async () => {
    const id = await sent(ana);
    const row = (await rowOf(id))!;
    await testContext().bucket.resumeMultipartUpload(row.key, row.uploadId!).uploadPart(2, partOf(2));
    await expect(complete(ana, id)).rejects.toMatchObject(refusal('conflict', 'file.incomplete'));
    expect((await begin(ana)).parts).toEqual([]);
    for (const number of [1, 2, 3]) await put(ana, id, number);
    await complete(ana, id);
    expect(await hashOf(ana, id)).toBe(await hashBytes(whole));
  });

  it('an upload that R2 has ended begins anew', async () => {
    const { id } = await begin(ana);
    const row = (await rowOf(id))!;
    await testContext().bucket.resumeMultipartUpload(row.key, row.uploadId!).abort();
    await expect(put(ana, id, 1)).rejects.toMatchObject(refusal('missing'));
    expect(await rowOf(id)).toBeUndefined();
    const again = await begin(ana);
    expect(again.id).not.toBe(id);
    await put(ana, again.id, 1);
  });

  it('a begin that was killed before R2 answered is taken up by the next', async () => {
    const { id } = await begin(ana);
    await testContext().db.update(file).set({ uploadId: '' }).where(eq(file.id, id));
    await expect(put(ana, id, 1)).rejects.toMatchObject(refusal('missing'));
    expect((await begin(ana)).id).toBe(id);
    await put(ana, id, 1);
  });

  it('of the wrong size is refused: the whole, a part, the last one, one too many', async () => {
    await expect(begin(ana, 1024 * MB + 1)).rejects.toMatchObject(refusal('too-large', 'file.too-large'));
    // Else pictures would arrive that nobody cleans.
    await expect(begin(ana, 20 * MB)).rejects.toMatchObject(refusal('invalid', 'file.size-wrong'));
    const { id } = await begin(ana);
    for (const [number, size] of [
      [1, PART_SIZE - 1],
      [1, PART_SIZE + 1],
      [3, PART_SIZE],
    ] as const) {
      await expect(put(ana, id, number, new Uint8Array(size))).rejects.toMatchObject(
        refusal('invalid', 'file.size-wrong'),
      );
      // A body that is not as long as it says.
      const given = { body: streamed(new Uint8Array(size)), size: partOf(number).length };
      await expect(files.uploadPart(as(ana), id, number, given)).rejects.toMatchObject(
        refusal('invalid', 'file.size-wrong'),
      );
    }
    await expect(put(ana, id, 4, new Uint8Array(1))).rejects.toMatchObject(refusal('missing'));
    for (const number of [1, 3]) await put(ana, id, number);
    await expect(complete(ana, id)).rejects.toMatchObject(refusal('conflict', 'file.incomplete'));
  });

  it('belongs to its uploader alone, while they are in the space: everybody else gets 404', async () => {
    const leaver = await makeGuest();
    await joinSpace(host, spaceId, leaver);
    const { id } = await begin(leaver);
    await put(leaver, id, 1);
    const all = (who: User) => [
      () => put(who, id, 2),
      () => files.arrivedParts(as(who), id),
      () => complete(who, id),
      () => files.cancelUpload(as(who), id),
      () => get(who, id),
    ];
    for (const who of [host, ana, bo, await makeUser()])
      for (const ask of all(who)) await expect(ask()).rejects.toMatchObject(refusal('missing'));
    expect((await begin(ana)).id).not.toBe(id);
    await expect(begin(await makeUser())).rejects.toMatchObject(refusal('missing'));
    await testContext().db.delete(membership).where(eq(membership.userId, leaver.id));
    for (const ask of [...all(leaver), () => begin(leaver)])
      await expect(ask()).rejects.toMatchObject(refusal('missing'));
  });

  it('is seen, used and attached by nobody before it is whole', async () => {
    const { id } = await begin(ana);
    for (const number of [1, 2, 3]) await put(ana, id, number);
    expect(await sees(ana, id)).toBe(false);
    await expect(comments(ana, [id])).rejects.toThrow();
    await expect(files.thumbnail(as(ana), id, { body: new Uint8Array(9), size: 9 })).rejects.toMatchObject(
      refusal('missing'),
    );
    await complete(ana, id);
    await comments(ana, [id]);
    expect(await sees(host, id)).toBe(true);
  });

  it('its kind is told by its bytes, as of any file', async () => {
    const { id } = await begin(ana, SIZE, spaceId, 'plan.txt');
    const first = partOf(1);
    first.set(new TextEncoder().encode('%PDF-1.7'));
    await put(ana, id, 1, first);
    for (const number of [2, 3]) await put(ana, id, number);
    expect(await complete(ana, id)).toMatchObject({ type: 'application/pdf', metadata: 'author' });
    expect(await rowOf(id)).toMatchObject({ type: 'application/pdf', category: 'pdf' });
  });
});

describe('storage', () => {
  const small = (who: User, spaceStorage: number) =>
    Object.assign(as(who), { settings: { ...parse(null), spaceStorage } });

  it('is reserved while a file arrives, and free again once it is cancelled', async () => {
    const to = await makeSpace(host);
    const { id } = await begin(small(host, SIZE), SIZE, to);
    await put(host, id, 1);
    expect((await files.storageOf(as(host), to)).used).toBe(SIZE);
    const one = { kind: 'attachment', name: 'x', body: new Uint8Array(1), size: 1 } as const;
    await expect(files.upload(small(host, SIZE), to, one)).rejects.toMatchObject(
      refusal('too-large', 'file.space-full'),
    );
    const { key } = (await rowOf(id))!;
    await files.cancelUpload(as(host), id);
    expect((await files.storageOf(as(host), to)).used).toBe(0);
    expect(await rowOf(id)).toBeUndefined();
    await expect(put(host, id, 2)).rejects.toMatchObject(refusal('missing'));
    await expect(files.cancelUpload(as(host), id)).rejects.toMatchObject(refusal('missing'));
    expect(await objects()).not.toContain(key);
    await files.upload(small(host, SIZE), to, one);
  });

  it('for one is given to one of many who begin at once, and nothing is left of the others', async () => {
    const to = await makeSpace(host);
    const { done, refused } = await parallel(6, (i) =>
      files.beginUpload(small(host, SIZE + MB), to, {
        ...{ name: 'x', size: SIZE, fingerprint: `${i}`.repeat(64) },
      }),
    );
    expect([done.length, refused.length]).toEqual([1, 5]);
    for (const one of refused) expect(one).toMatchObject(refusal('too-large', 'file.space-full'));
    expect((await files.storageOf(as(host), to)).used).toBe(SIZE);
  });
});

describe('cron', () => {
  const aged = (id: string, by: number) =>
    testContext()
      .db.update(file)
      .set({ createdAt: Date.now() - by })
      .where(eq(file.id, id));

  it('ends an upload a day after its last part, in R2 too, and its storage is free', async () => {
    const to = await makeSpace(host);
    const { id } = await begin(host, SIZE, to);
    await put(host, id, 1);
    await aged(id, DAY - 60_000);
    await cron.run(testContext());
    // It goes on: each part gives it another day.
    await put(host, id, 2);
    await cron.run(testContext());
    const { key, uploadId } = (await rowOf(id))!;
    await aged(id, DAY + 60_000);
    await cron.run(testContext());
    expect(await rowOf(id)).toBeUndefined();
    expect((await files.storageOf(as(host), to)).used).toBe(0);
    await expect(
      testContext().bucket.resumeMultipartUpload(key, uploadId!).uploadPart(2, partOf(2)),
    ).rejects.toThrow('10024');
    expect((await begin(host, SIZE, to)).parts).toEqual([]);
  });

  it('leaves nothing of one that was joined in R2 alone', async () => {
    const id = await sent(ana);
    const { key, uploadId, parts } = (await rowOf(id))!;
    const list = Object.entries(parts!.arrived).map(([number, { etag }]) => ({
      partNumber: Number(number),
      etag,
    }));
    await testContext().bucket.resumeMultipartUpload(key, uploadId!).complete(list);
    await aged(id, DAY + 60_000);
    await cron.run(testContext());
    expect(await rowOf(id)).toBeUndefined();
    expect(await objects()).not.toContain(key);
  });
});
