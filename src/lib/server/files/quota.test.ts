import { parse } from '../settings';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, bindings, type User } from '../../../../tests/contexts';
import { makeGuest, makeSpace } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { bo, host, setUpSpace } from '../../../../tests/file-space';
import { comments, leaves, MB, streamed } from '../../../../tests/files';
import { parallel, refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { type SignedIn } from '../context';
import { randomId } from '../crypto';
import { type Refusal } from '../errors';
import * as threads from '../threads';
import * as files from './index';

setUpSpace();

describe('storage', () => {
  const KB = 1024;
  /** A site with little storage. */
  const small = (who: User, spaceStorage: number, guestStorage = 1024 ** 3) => {
    const ctx = as(who);
    ctx.settings = { ...parse(null), spaceStorage, guestStorage };
    return ctx;
  };
  const put = (ctx: SignedIn, to: number, size: number, kind: 'attachment' | 'cover' = 'attachment') =>
    files.upload(ctx, to, { kind, name: 'x.bin', body: streamed(new Uint8Array(size)), size });
  let guest: User;
  let to: number;
  beforeAll(async () => {
    guest = await makeGuest();
  });
  beforeEach(async () => {
    to = await makeSpace(host);
    await joinSpace(host, to, guest);
  });

  it('counts every file of a space, attached or not, to the last byte', async () => {
    await put(small(host, 10 * KB), to, 6 * KB);
    await put(small(guest, 10 * KB), to, 4 * KB);
    await expect(put(small(host, 10 * KB), to, 1)).rejects.toMatchObject({
      ...refusal('too-large', 'file.space-full'),
      detail: { params: { used: '10 kB', size: '10 kB' }, field: 'files' },
    });
    expect(await files.storageOf(small(host, 10 * KB), to)).toEqual({
      used: 10 * KB,
      size: 10 * KB,
      guest: 1024 ** 3,
    });
  });

  it('tells a guest no figures, which would count what they do not see', async () => {
    const other = await makeGuest();
    await joinSpace(host, to, other);
    await put(small(host, 10 * KB), to, 6 * KB);
    const error = await put(small(other, 10 * KB), to, 5 * KB).catch((refused: Refusal) => refused);
    expect(error).toMatchObject(refusal('too-large', 'file.space-full-hidden'));
    expect(JSON.stringify(error)).not.toMatch(/kB/);
    await expect(put(small(host, 10 * KB), to, 5 * KB)).rejects.toMatchObject(
      refusal('too-large', 'file.space-full'),
    );
    await put(small(other, 10 * KB), to, 4 * KB);
  });

  it('a refused file leaves nothing, and is not read', async () => {
    await put(small(host, KB), to, KB);
    let read = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (stream) => stream.enqueue(new Uint8Array((read += 1000) && 1000)) },
      { highWaterMark: 0 },
    );
    const refuses = () =>
      expect(
        files.upload(small(host, KB), to, { kind: 'attachment', name: 'x', body, size: 10 * MB }),
      ).rejects.toMatchObject(refusal('too-large', 'file.space-full'));
    expect(await leaves(refuses)).toEqual({ rows: 0, objects: 0 });
    expect(read).toBeLessThan(10_000);
  });

  it('covers and small pictures count', async () => {
    const cover = await files.upload(small(host, 100 * KB), to, {
      kind: 'cover',
      name: 'x.png',
      body: streamed(p.png(64, 64)),
      size: p.png(64, 64).length,
    });
    expect((await files.storageOf(as(host), to)).used).toBe(cover.size);
    await files.thumbnail(as(host), cover.id, { body: p.webp, size: p.webp.length });
    expect((await files.storageOf(as(host), to)).used).toBe(cover.size + p.webp.length);
  });

  it('twenty simultaneous uploads cannot exceed it', async () => {
    const { done, refused } = await parallel(20, () => put(small(host, 10 * KB), to, 3 * KB));
    expect(done).toHaveLength(3);
    for (const error of refused) expect(error).toMatchObject(refusal('too-large', 'file.space-full'));
    expect((await files.storageOf(as(host), to)).used).toBe(9 * KB);
  });

  it('a deleted file frees its storage at once, before it leaves R2', async () => {
    const made = await put(small(host, 10 * KB), to, 10 * KB);
    const thread = await threads.begin(as(host), to, { title: 'x', body: '', requestKey: randomId() });
    const comment = await comments(host, [made.id], { spaceId: to, threadId: thread });
    await expect(put(small(host, 10 * KB), to, KB)).rejects.toMatchObject({ kind: 'too-large' });
    await threads.removeComment(as(host), to, thread, comment);
    await put(small(host, 10 * KB), to, 10 * KB);
  });

  it('is limited for a guest over all spaces, and not for users', async () => {
    const other = await makeSpace(host);
    await joinSpace(host, other, guest);
    const already = 4 * KB;
    await put(small(guest, MB, already + 10 * KB), to, 6 * KB);
    await put(small(guest, MB, already + 10 * KB), other, 4 * KB);
    const last = put(small(guest, MB, already + 10 * KB), other, KB * 5);
    await expect(last).rejects.toMatchObject(refusal('too-large', 'file.guest-full'));
    await put(small(host, MB, KB), other, 5 * KB);
  });

  it('is summed from an index alone', async () => {
    for (const where of ['space_id = 1', "uploader_id = 'x'"]) {
      const { results } = await bindings.DB.prepare(
        `explain query plan select sum(size + thumb_size) from file f where ${where} and f.released_at is null`,
      ).all<{ detail: string }>();
      expect(results.map(({ detail }) => detail).join()).toMatch(/USING COVERING INDEX file_by_/);
    }
  });

  it('is shown to space administrators only', async () => {
    await expect(files.storageOf(as(guest), to)).rejects.toMatchObject(refusal('forbidden'));
    await expect(files.storageOf(as(bo), to)).rejects.toMatchObject(refusal('missing'));
  });
});
