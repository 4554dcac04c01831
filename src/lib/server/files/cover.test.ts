import { describe, expect, it } from 'vitest';
import { as, bindings, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeSpace, makeUser, spaceForm } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { ana, bo, host, setUpSpace, spaceId } from '../../../../tests/file-space';
import { get, MB, rowOf, sees, send, streamed } from '../../../../tests/files';
import { count, parallel, refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import * as memberships from '../memberships';
import { spaceTemplate } from '../schema';
import * as spaces from '../spaces';
import * as files from './index';

setUpSpace();

describe('covers', () => {
  const cover = (who: User, bytes: Uint8Array = p.jpegTelling()) =>
    files.uploadCover(as(who), { name: 'harbour.jpg', body: streamed(bytes), size: bytes.length });
  const make = (who: User, value: string, key = randomId()) =>
    spaces.create(as(who), { ...spaceForm, cover: value }, [], key);
  const change = (who: User, id: number, value: string) =>
    spaces.change(as(who), id, { ...spaceForm, cover: value, announcement: '' });

  it('an own picture becomes the cover of a new space; its people see it, and browsers may cache it', async () => {
    const { id } = await cover(host);
    expect(await sees(host, id)).toBe(true);
    expect(await sees(await makeAdministrator(), id)).toBe(false);
    const made = await make(host, `file:${id}`);
    await joinSpace(host, made, bo);
    const response = await get(bo, id);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(String.fromCharCode(...new Uint8Array(await response.arrayBuffer()))).not.toContain(p.PLACE);
    expect(await sees(ana, id)).toBe(false);
  });

  it.each([
    ['a GIF', p.text('GIF89a\x01\0\x01\0'), 'cover.kind'],
    ['an SVG', p.text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'cover.kind'],
    ['HTML', p.text('<script>alert(1)</script>'), 'cover.kind'],
    ['a damaged JPEG', p.jpeg.subarray(0, 300), 'cover.broken'],
  ] as const)('%s is refused, whatever its name says', async (_what, bytes, key) =>
    expect(cover(host, bytes)).rejects.toMatchObject(refusal('invalid', key)),
  );

  it('more than 5 MB is refused before it is read', async () =>
    expect(files.uploadCover(as(host), { name: 'x', body: p.jpeg, size: 5 * MB + 1 })).rejects.toMatchObject(
      refusal('too-large', 'file.too-large'),
    ));

  it('needs the right to create spaces, or to administer the space', async () => {
    const colleague = await makeUser({ canCreateSpaces: false });
    const own = await makeSpace(host, {}, [colleague]);
    await expect(cover(colleague)).rejects.toMatchObject(refusal('forbidden'));
    const given = { kind: 'cover', name: 'x', body: p.jpeg, size: p.jpeg.length } as const;
    await expect(files.upload(as(colleague), own, given)).rejects.toMatchObject(refusal('forbidden'));
    const { id } = await files.upload(as(host), own, given);
    await change(host, own, `file:${id}`);
    expect(await sees(colleague, id)).toBe(true);
  });

  it("no space is created with somebody else's upload, an attachment, or a used or unknown file", async () => {
    const other = await makeUser();
    const foreign = await cover(other);
    const attachment = await send(host, p.jpeg, 'x.jpg');
    const used = await cover(host);
    await make(host, `file:${used.id}`);
    const before = await count('space');
    for (const id of [foreign.id, attachment.id, used.id, 'a'.repeat(16)]) {
      await expect(make(host, `file:${id}`)).rejects.toMatchObject(refusal('conflict', 'cover.gone'));
      await expect(change(host, spaceId, `file:${id}`)).rejects.toMatchObject(
        refusal('conflict', 'cover.gone'),
      );
    }
    expect(await count('space')).toBe(before);
    expect(await sees(host, foreign.id)).toBe(false);
  });

  it('posting the form twice creates one space with its cover', async () => {
    const { id } = await cover(host);
    const key = randomId();
    const { done } = await parallel(5, () => make(host, `file:${id}`, key));
    expect(new Set(done).size).toBe(1);
    expect(done).toHaveLength(5);
  });

  it('of twenty spaces with the same picture at the same time, one is created', async () => {
    const { id } = await cover(host);
    const before = await count('space');
    const { done } = await parallel(20, () => make(host, `file:${id}`));
    expect(done).toHaveLength(1);
    expect(await count('space')).toBe(before + 1);
  });

  it('a new cover releases the one before; saving again keeps it', async () => {
    const [first, second] = [await cover(host), await cover(host)];
    const own = await make(host, `file:${first.id}`);
    await change(host, own, `file:${first.id}`);
    expect(await sees(host, first.id)).toBe(true);
    await change(host, own, `file:${second.id}`);
    expect([await sees(host, first.id), await sees(host, second.id)]).toEqual([false, true]);
    await change(host, own, 'harbour');
    expect(await sees(host, second.id)).toBe(false);
  });

  it('a cover lost in R2 is replaced by a shipped one; a lost attachment is 404', async () => {
    const { id } = await cover(host);
    await bindings.FILES.delete((await rowOf(id))!.key);
    const response = await get(host, id);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/covers/harbour.svg']);
    expect(response.headers.get('cache-control')).toContain('no-store');
    const lost = await send(host, p.text('x'));
    await bindings.FILES.delete((await rowOf(lost.id))!.key);
    await expect(get(host, lost.id)).rejects.toMatchObject(refusal('missing'));
  });

  it('another space administrator may save the settings with the present cover', async () => {
    const { id } = await cover(host);
    const own = await make(host, `file:${id}`);
    const other = await makeUser();
    await memberships.addMember(as(host), own, other.id, true);
    await change(other, own, `file:${id}`);
    expect(await sees(other, id)).toBe(true);
  });

  it("a template's cover is a copy, visible to those who may create spaces or run the site", async () => {
    const { id } = await cover(host);
    await make(host, `file:${id}`);
    const ctx = as(host);
    const copy = await files.copyCover(ctx, `file:${id}`);
    expect(copy).not.toBe(`file:${id}`);
    expect(await files.copyCover(ctx, 'harbour')).toBe('harbour');
    const templateId = randomId();
    await ctx.commit([
      ctx.db.insert(spaceTemplate).values({
        id: templateId,
        name: 'x',
        content: {} as never,
        createdBy: host.id,
        createdAt: 1,
        updatedAt: 1,
      }),
      ...files.useCoverOfTemplate(ctx, copy, templateId),
    ]);
    const copyId = files.coverFile(copy)!;
    const answers = await Promise.all(
      [host, await makeAdministrator(), await makeUser({ canCreateSpaces: false }), bo].map((who) =>
        sees(who, copyId),
      ),
    );
    expect(answers).toEqual([true, true, false, false]);
    // And from there into another person's space.
    const other = await makeUser();
    const again = await files.copyCover(as(other), copy);
    await make(other, again);
    expect(await sees(other, files.coverFile(again)!)).toBe(true);
    await expect(files.copyCover(as(other), `file:${id}`)).rejects.toMatchObject(refusal('missing'));
  });
});
