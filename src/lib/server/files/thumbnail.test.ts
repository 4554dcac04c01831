import { describe, expect, it } from 'vitest';
import { as, type User } from '../../../../tests/contexts';
import { ana, bo, setUpSpace } from '../../../../tests/file-space';
import { comments, get, rowOf, send } from '../../../../tests/files';
import { refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import * as files from './index';

setUpSpace();

describe('thumbnails', () => {
  const add = (who: User, id: string, bytes: Uint8Array, size = bytes.length) =>
    files.thumbnail(as(who), id, { body: bytes, size });

  it('are shown in the page, without metadata, to those who see the file', async () => {
    const { id } = await send(ana, p.jpeg, 'x.jpg');
    await expect(get(ana, id, {}, '?thumb')).rejects.toMatchObject(refusal('missing'));
    await add(ana, id, p.webpTelling());
    const response = await get(ana, id, {}, '?thumb');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': 'inline',
      'cache-control': 'private, no-store',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(String.fromCharCode(...new Uint8Array(await response.arrayBuffer()))).not.toContain(p.PLACE);
    await expect(get(bo, id, {}, '?thumb')).rejects.toMatchObject(refusal('missing'));
    await comments(ana, [id]);
    expect((await get(bo, id, {}, '?thumb')).status).toBe(200);
    expect(
      (await files.ofCommentsQuery(as(bo), JSON.stringify([(await rowOf(id))!.commentId])))[0]!.thumb,
    ).toBe(true);
  });

  it('must be pictures, of own unused pictures', async () => {
    const { id } = await send(ana, p.jpeg, 'x.jpg');
    const words = await send(ana, p.text('<script>'), 'x.jpg');
    await expect(add(bo, id, p.jpeg)).rejects.toMatchObject(refusal('missing'));
    await expect(add(ana, words.id, p.jpeg)).rejects.toMatchObject(refusal('invalid'));
    for (const bad of [
      p.text('<svg onload="alert(1)"/>'),
      p.text('GIF89a'),
      p.jpeg.subarray(0, 300),
      p.avif(),
    ])
      await expect(add(ana, id, bad)).rejects.toMatchObject(refusal('invalid'));
    await expect(add(ana, id, p.jpeg, 300 * 1024 + 1)).rejects.toMatchObject(refusal('too-large'));
    await expect(add(ana, id, p.jpeg, p.jpeg.length + 5)).rejects.toMatchObject(refusal('invalid'));
    await comments(ana, [id]);
    await expect(add(ana, id, p.jpeg)).rejects.toMatchObject(refusal('missing'));
    expect((await rowOf(id))!.thumbKey).toBeNull();
  });
});
