import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as, bindings, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { ana, host, setUpSpace, spaceId } from '../../../../tests/file-space';
import { comments, get, leaves, MB, rowOf, send, streamed } from '../../../../tests/files';
import { refusal } from '../../../../tests/helpers';
import * as p from '../../../../tests/pictures';
import { randomId } from '../crypto';
import { file } from '../schema';
import * as files from './index';

setUpSpace();

describe('an attachment', () => {
  it('comes back unchanged, as a download', async () => {
    const bytes = p.text('Piles are drilled from Monday on.');
    const made = await send(ana, bytes, 'site/../plan.txt');
    expect(made).toMatchObject({
      name: 'plan.txt',
      type: 'application/octet-stream',
      size: bytes.length,
      thumb: false,
    });
    await comments(ana, [made.id]);
    const response = await get(host, made.id);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-disposition': 'attachment; filename=plan.txt',
      'content-type': 'application/octet-stream',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'content-length': String(bytes.length),
    });
  });

  it.each([
    [
      'HTML that calls itself a picture',
      'x.jpg',
      p.text('<script>alert(1)</script>'),
      'application/octet-stream',
    ],
    [
      'SVG with a script',
      'x.svg',
      p.text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      'application/octet-stream',
    ],
    ['a ZIP', 'x.zip', p.text('PK\x03\x04'), 'application/octet-stream'],
  ])('%s is a download in a sandbox, of the type of its bytes', async (_what, name, bytes, type) => {
    const { id } = await send(ana, bytes, name);
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('a PDF with a script opens in the browser’s viewer, and may fetch nothing', async () => {
    const { id } = await send(ana, p.text('%PDF-1.7 /JavaScript (app.alert(1))'), 'x.pdf');
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('content-disposition')).toMatch(/^inline;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    // A viewer does not start in a sandbox.
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });

  it('a GIF that is a script besides is a picture for the browser, and in a sandbox', async () => {
    const { id } = await send(ana, p.text('GIF89a/*\0*/=1;alert(1)'), 'x.js');
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-type')).toBe('image/gif');
    // No browser runs it then, nor shows it as a page.
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  });

  it('a picture loses the place where it was taken', async () => {
    for (const [bytes, type] of [
      [p.jpegTelling(6), 'image/jpeg'],
      [p.pngTelling(), 'image/png'],
      [p.webpTelling(), 'image/webp'],
      [p.avif({ metadata: true }), 'image/avif'],
    ] as const) {
      const made = await send(ana, bytes, 'holiday.jpg');
      expect(made.type).toBe(type);
      const stored = new Uint8Array(await (await get(ana, made.id)).arrayBuffer());
      expect(stored).toHaveLength(made.size);
      expect(String.fromCharCode(...stored)).not.toContain(p.PLACE);
    }
  });

  it.each([
    ['a JPEG', 'x.jpg', p.jpegTelling(), null],
    ['a JPEG that is cut off', 'x.jpg', p.jpegCut(), null],
    ['a GIF', 'x.gif', p.gifTelling(), null],
    ['an HEIC', 'x.heic', p.heic({ metadata: true }), null],
    ['a picture that cannot be followed', 'x.jpg', p.join(p.jpeg.subarray(0, 20), p.PLACE), 'place'],
    ['an AVIF that is a film', 'x.avif', p.avif({ more: [p.box('moov', p.PLACE)] }), 'place'],
    ['a TIFF', 'x', p.join('II*', [0], p.PLACE), 'place'],
    ['a film of a telephone', 'IMG_1.MOV', p.join(p.box('ftyp', 'qt  '), p.PLACE), 'place'],
    ['a film by its name', 'x.wmv', p.text(p.PLACE), 'place'],
    ['a PDF', 'x', p.text(`%PDF-1.7 ${p.PLACE}`), 'author'],
    ['an office file', 'x.docx', p.text(`PK\x03\x04${p.PLACE}`), 'author'],
    ['plain words', 'x.txt', p.text(p.PLACE), null],
    ['an archive', 'x.zip', p.text(`PK\x03\x04${p.PLACE}`), null],
  ] as const)(
    'reports the metadata that stays in it and is never refused for it: %s',
    async (_what, name, bytes, metadata) => {
      const made = await send(ana, bytes, name);
      expect(made.metadata).toBe(metadata);
      const handed = new Uint8Array(await (await get(ana, made.id)).arrayBuffer());
      const cleaned = /jpg|gif|heic/.test(name) && !metadata;
      if (cleaned) expect(String.fromCharCode(...handed)).not.toContain(p.PLACE);
      else expect([...handed]).toEqual([...bytes]);
    },
  );

  it.each([
    ['shorter than said', 100, 200],
    ['longer than said', 300, 200],
    ['much longer than said', 3 * MB, 1000],
    ['much shorter than said', 1000, 3 * MB],
    ['empty', 0, 10],
  ])('%s is refused and leaves nothing', async (_what, real, said) => {
    const chunks = Array.from({ length: Math.ceil(real / 65_536) }, (_, i) =>
      new Uint8Array(Math.min(65_536, real - i * 65_536)).fill(7),
    );
    expect(
      await leaves(() =>
        expect(
          files.upload(as(ana), spaceId, {
            kind: 'attachment',
            name: 'x.bin',
            body: streamed(...chunks),
            size: said,
          }),
        ).rejects.toMatchObject(refusal('invalid', 'file.size-wrong')),
      ),
    ).toEqual({ rows: 0, objects: 0 });
  });

  it('a picture with a wrong size is refused and leaves nothing', async () => {
    for (const said of [p.jpeg.length - 1, p.jpeg.length + 1])
      expect(
        await leaves(() =>
          expect(send(ana, p.jpeg, 'x.jpg', said)).rejects.toMatchObject(
            refusal('invalid', 'file.size-wrong'),
          ),
        ),
      ).toEqual({ rows: 0, objects: 0 });
  });

  it('a broken connection leaves nothing behind', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(70_000));
      },
      pull(controller) {
        controller.error(new Error('gone'));
      },
    });
    expect(
      await leaves(() =>
        expect(
          files.upload(as(ana), spaceId, { kind: 'attachment', name: 'x', body, size: 100_000 }),
        ).rejects.toMatchObject(refusal('invalid', 'file.size-wrong')),
      ),
    ).toEqual({ rows: 0, objects: 0 });
  });

  it('of 50 MB is stored without holding it in memory', async () => {
    const chunk = new Uint8Array(MB).fill(1);
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => (pulled++ < 50 ? controller.enqueue(chunk) : controller.close()) },
      { highWaterMark: 0 },
    );
    const made = await files.upload(as(ana), spaceId, {
      kind: 'attachment',
      name: 'big.bin',
      body,
      size: 50 * MB,
    });
    expect(made.size).toBe(50 * MB);
    const part = await get(ana, made.id, { range: 'bytes=-3' });
    expect(part.status).toBe(206);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(new Uint8Array([1, 1, 1]));
    await bindings.FILES.delete((await rowOf(made.id))!.key);
  });

  it('one byte larger is refused before it is read', async () => {
    let read = false;
    const body = new ReadableStream<Uint8Array>({ pull: () => void (read = true) }, { highWaterMark: 0 });
    await expect(
      files.upload(as(ana), spaceId, { kind: 'attachment', name: 'x', body, size: 50 * MB + 1 }),
    ).rejects.toMatchObject(refusal('too-large', 'file.too-large'));
    expect(read).toBe(false);
  });

  it('an impossible size is refused', async () => {
    for (const size of [0, -1, NaN])
      await expect(send(ana, p.text('x'), 'x', size)).rejects.toMatchObject(refusal('invalid', 'file.empty'));
  });

  it('people outside the space cannot upload into it', async () => {
    for (const stranger of [await makeGuest(), await makeUser(), await makeAdministrator()])
      expect(
        await leaves(() => expect(send(stranger, p.text('x'))).rejects.toMatchObject(refusal('missing'))),
      ).toEqual({ rows: 0, objects: 0 });
  });

  it('the unused uploads of one person are limited', async () => {
    const guest = await makeGuest();
    await joinSpace(host, spaceId, guest);
    const now = Date.now();
    await testContext().db.batch([
      ...(Array.from({ length: 100 }, () =>
        testContext().db.insert(file).values({
          id: randomId(),
          kind: 'attachment',
          spaceId,
          name: 'x',
          type: 'x',
          size: 1,
          key: randomId(),
          uploaderId: guest.id,
          createdAt: now,
        }),
      ) as [never]),
    ]);
    await expect(send(guest, p.text('x'))).rejects.toMatchObject(
      refusal('throttled', 'file.too-many-unused'),
    );
    await send(ana, p.text('x'));
    await testContext().db.delete(file).where(eq(file.uploaderId, guest.id));
  });
});
