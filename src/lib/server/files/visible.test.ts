import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, testContext, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { ana, bo, host, setUpSpace, spaceId } from '../../../../tests/file-space';
import { comments, get, leaves, sees, send } from '../../../../tests/files';
import { refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import { LostRace } from '../errors';
import * as memberships from '../memberships';
import { space, thread } from '../schema';
import * as threads from '../threads';
import * as files from './index';

setUpSpace();

describe('an attachment', () => {
  it('is visible to its uploader, then to the people of its space; not even to site administrators', async () => {
    const { id } = await send(ana, p.text('x'));
    const foreign = await makeGuest();
    await joinSpace(host, await makeSpace(host), foreign);
    const others = [foreign, await makeUser(), await makeAdministrator(), null];
    expect(await sees(ana, id)).toBe(true);
    for (const who of [host, bo, ...others]) expect(await sees(who, id)).toBe(false);
    await comments(ana, [id]);
    for (const who of [host, ana, bo]) expect(await sees(who, id)).toBe(true);
    for (const who of others) expect(await sees(who, id)).toBe(false);
  });

  it('a guest of another space cannot reach any route of files', async () => {
    const foreign = await makeGuest();
    await joinSpace(host, await makeSpace(host), foreign);
    const { id } = await send(ana, p.jpeg, 'x.jpg');
    const ctx = as(foreign);
    const small = { body: p.jpeg, size: p.jpeg.length };
    await expect(send(foreign, p.text('x'))).rejects.toMatchObject(refusal('missing'));
    await expect(get(foreign, id, {}, '?thumb')).rejects.toMatchObject(refusal('missing'));
    await expect(files.thumbnail(ctx, id, small)).rejects.toMatchObject(refusal('missing'));
    await expect(files.uploadCover(ctx, { name: 'x', ...small })).rejects.toMatchObject(refusal('forbidden'));
    await expect(files.upload(ctx, spaceId, { kind: 'cover', name: 'x', ...small })).rejects.toMatchObject(
      refusal('missing'),
    );
    expect(await files.names(ctx, [id])).toEqual([]);
  });

  it('a removed guest loses access to all files at once, also to their own, and can attach none', async () => {
    const leaver = await makeGuest();
    await joinSpace(host, spaceId, leaver);
    const [mine, unused] = [await send(leaver, p.text('x')), await send(leaver, p.jpeg, 'x.jpg')];
    await comments(leaver, [mine.id]);
    expect(await sees(leaver, mine.id)).toBe(true);
    await memberships.removeGuest(as(host), spaceId, leaver.id);
    for (const { id } of [mine, unused]) expect(await sees(leaver, id)).toBe(false);
    expect(await sees(host, mine.id)).toBe(true);
    await expect(comments(leaver, [unused.id])).rejects.toThrow(LostRace);
    await expect(
      files.thumbnail(as(leaver), unused.id, { body: p.jpeg, size: p.jpeg.length }),
    ).rejects.toMatchObject(refusal('missing'));
  });

  it('an upload by somebody who is removed meanwhile leaves nothing behind', async () => {
    const leaver = await makeGuest();
    await joinSpace(host, spaceId, leaver);
    const bytes = p.jpeg.slice();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await memberships.removeGuest(as(host), spaceId, leaver.id);
          controller.enqueue(bytes);
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    expect(
      await leaves(() =>
        expect(
          files.upload(as(leaver), spaceId, { kind: 'attachment', name: 'x.jpg', body, size: bytes.length }),
        ).rejects.toMatchObject(refusal('missing')),
      ),
    ).toEqual({ rows: 0, objects: 0 });
  });

  it('is visible to nobody while the space is in the trash, and to its people again once it is restored', async () => {
    const own = await makeSpace(host);
    const [row] = await testContext()
      .db.insert(thread)
      .values({
        spaceId: own,
        title: 'x',
        body: '',
        authorId: host.id,
        requestKey: randomId(),
        createdAt: 1,
        lastActivityAt: 1,
      })
      .returning();
    const { id } = await send(host, p.text('x'), 'x', 1, own);
    await comments(host, [id], { spaceId: own, threadId: row!.id });
    await testContext().db.update(space).set({ deletedAt: 1 }).where(eq(space.id, own));
    expect(await sees(host, id)).toBe(false);
    await testContext().db.update(space).set({ deletedAt: null }).where(eq(space.id, own));
    expect(await sees(host, id)).toBe(true);
  });

  it('of another guest, or in another guest’s thread, is invisible where guests are hidden', async () => {
    const own = await makeSpace(host);
    await joinSpace(host, own, ana);
    await joinSpace(host, own, bo);
    const begin = (who: User) =>
      threads.begin(as(who), own, { title: 'x', body: '', requestKey: randomId() });
    const [ofHost, ofAna] = [await begin(host), await begin(ana)];
    const put = async (who: User, threadId: number) => {
      const { id } = await send(who, p.text('x'), 'x', 1, own);
      await comments(who, [id], { spaceId: own, threadId });
      return id;
    };
    const [fromHost, fromAna, inAnas] = [
      await put(host, ofHost),
      await put(ana, ofHost),
      await put(host, ofAna),
    ];
    const all = [fromHost, fromAna, inAnas];
    for (const id of all) expect(await sees(bo, id)).toBe(true);
    await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, own));
    const seen = async (who: User) => Promise.all(all.map((id) => sees(who, id)));
    expect(await seen(bo)).toEqual([true, false, false]);
    expect(await seen(ana)).toEqual([true, true, true]);
    expect(await seen(host)).toEqual([true, true, true]);
  });
});
