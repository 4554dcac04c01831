import { eq, sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  as,
  bindings,
  DAY,
  joinSpace,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  spaceForm,
  testContext,
  type User,
} from '../../../tests/factories';
import * as access from './access';
import { count, parallel, refusal } from '../../../tests/helpers';
import * as p from '../../../tests/pictures';
import { randomId } from './crypto';
import * as cron from './cron';
import { LostRace } from './errors';
import * as files from './files';
import * as memberships from './memberships';
import type { SignedIn } from './context';
import { comment, file, space, spaceTemplate, thread } from './schema';
import { parse } from './settings';
import * as spaces from './spaces';
import * as threads from './threads';

const ORIGIN = 'http://localhost:8787';
const MB = 1024 * 1024;

let host: User;
let ana: User;
let bo: User;
let spaceId: number;
let threadId: number;

beforeAll(async () => {
  [host, ana, bo] = await Promise.all([makeUser(), makeGuest(), makeGuest()]);
  spaceId = await makeSpace(host);
  await joinSpace(host, spaceId, ana);
  await joinSpace(host, spaceId, bo);
  threadId = await threads.begin(as(host), spaceId, { title: 'Piles', body: '', requestKey: randomId() });
});

const streamed = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = chunks.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });

/** Uploads an attachment. */
const send = (who: User, bytes: Uint8Array, name = 'notes.txt', size = bytes.length, to = spaceId) =>
  files.upload(as(who), to, { kind: 'attachment', name, body: streamed(bytes), size });

/** A comment with files, as the thread's page writes it. */
async function comments(who: User, ids: string[], where = { spaceId, threadId }): Promise<number> {
  const ctx = as(who);
  const key = randomId();
  const commentId = sql`(select id from comment where request_key = ${key})`;
  await ctx.commit([
    access.stillIn(ctx, where.spaceId),
    ctx.db
      .insert(comment)
      .values({ threadId: where.threadId, authorId: who.id, body: 'x', requestKey: key, createdAt: ctx.now }),
    ...files.attach(ctx, where.spaceId, ids, { threadId: where.threadId, commentId }),
  ]);
  const [row] = await ctx.db.select().from(comment).where(eq(comment.requestKey, key));
  return row!.id;
}

const get = (who: User | null, id: string, headers: HeadersInit = {}, query = '', method = 'GET') =>
  files.serve(
    testContext({ actor: who }),
    id,
    new Request(`${ORIGIN}/files/${id}${query}`, { headers, method }),
  );

const words = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());

/** Who gets it: true, or 404. */
async function sees(who: User | null, id: string): Promise<boolean> {
  try {
    const response = await get(who, id);
    await response.arrayBuffer();
    return response.status === 200;
  } catch (error) {
    expect(error).toMatchObject(refusal('missing'));
    return false;
  }
}

const rowOf = async (id: string) => (await testContext().db.select().from(file).where(eq(file.id, id)))[0];
const objects = async () => (await bindings.FILES.list({ limit: 1000 })).objects.map(({ key }) => key);

/** Runs something and tells how many rows and objects it left behind. */
async function leaves(run: () => Promise<unknown>): Promise<{ rows: number; objects: number }> {
  const before = [await count('file'), (await objects()).length] as const;
  await run();
  return { rows: (await count('file')) - before[0], objects: (await objects()).length - before[1] };
}

describe('an attachment', () => {
  it('comes back byte by byte as a download', async () => {
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
    ['a GIF that is a script besides', 'x.js', p.text('GIF89a/*\0*/=1;alert(1)'), 'image/gif'],
    ['a PDF with a script', 'x.pdf', p.text('%PDF-1.7 /JavaScript (app.alert(1))'), 'application/pdf'],
    ['a ZIP', 'x.zip', p.text('PK\x03\x04'), 'application/octet-stream'],
  ])('%s is a download in a sandbox, of the type of its bytes', async (_what, name, bytes, type) => {
    const { id } = await send(ana, bytes, name);
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('a picture does not tell where it was taken', async () => {
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
  ] as const)('is never refused for what stays in it, and says so: %s', async (_what, name, bytes, stays) => {
    const made = await send(ana, bytes, name);
    expect(made.stays).toBe(stays);
    const handed = new Uint8Array(await (await get(ana, made.id)).arrayBuffer());
    const cleaned = /jpg|gif|heic/.test(name) && !stays;
    if (cleaned) expect(String.fromCharCode(...handed)).not.toContain(p.PLACE);
    else expect([...handed]).toEqual([...bytes]);
  });

  it.each([
    ['shorter than said', 100, 200],
    ['longer than said', 300, 200],
    ['much longer than said', 3 * MB, 1000],
    ['much shorter than said', 1000, 3 * MB],
    ['empty', 0, 10],
  ])('%s: refused, and nothing stays', async (_what, real, said) => {
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

  it('a picture whose size is lied about: refused, and nothing stays', async () => {
    for (const said of [p.jpeg.length - 1, p.jpeg.length + 1])
      expect(
        await leaves(() =>
          expect(send(ana, p.jpeg, 'x.jpg', said)).rejects.toMatchObject(
            refusal('invalid', 'file.size-wrong'),
          ),
        ),
      ).toEqual({ rows: 0, objects: 0 });
  });

  it('a connection that breaks off leaves nothing', async () => {
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

  it('may have 50 MB, and is not held in memory for it', async () => {
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

  it('may not have one byte more, and is refused before it is read', async () => {
    let read = false;
    const body = new ReadableStream<Uint8Array>({ pull: () => void (read = true) }, { highWaterMark: 0 });
    await expect(
      files.upload(as(ana), spaceId, { kind: 'attachment', name: 'x', body, size: 50 * MB + 1 }),
    ).rejects.toMatchObject(refusal('too-large', 'file.too-large'));
    expect(read).toBe(false);
  });

  it('a size that is no size is refused', async () => {
    for (const size of [0, -1, NaN])
      await expect(send(ana, p.text('x'), 'x', size)).rejects.toMatchObject(refusal('invalid', 'file.empty'));
  });

  it('nobody outside the space uploads into it, and nothing is read', async () => {
    for (const stranger of [await makeGuest(), await makeUser(), await makeAdministrator()])
      expect(
        await leaves(() => expect(send(stranger, p.text('x'))).rejects.toMatchObject(refusal('missing'))),
      ).toEqual({ rows: 0, objects: 0 });
  });

  it('nobody piles up uploads that nothing uses', async () => {
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

describe('room', () => {
  const KB = 1024;
  /** Somebody whose site has little room. */
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

  it('of a space: what exists counts, attached or not, to the last byte', async () => {
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

  it('twenty uploads at the same time fill it, and not more', async () => {
    const { done, refused } = await parallel(20, () => put(small(host, 10 * KB), to, 3 * KB));
    expect(done).toHaveLength(3);
    for (const error of refused) expect(error).toMatchObject(refusal('too-large', 'file.space-full'));
    expect((await files.storageOf(as(host), to)).used).toBe(9 * KB);
  });

  it('what is gone makes room at once, before R2 has forgotten it', async () => {
    const made = await put(small(host, 10 * KB), to, 10 * KB);
    const thread = await threads.begin(as(host), to, { title: 'x', body: '', requestKey: randomId() });
    const comment = await comments(host, [made.id], { spaceId: to, threadId: thread });
    await expect(put(small(host, 10 * KB), to, KB)).rejects.toMatchObject({ kind: 'too-large' });
    await threads.removeComment(as(host), to, thread, comment);
    await put(small(host, 10 * KB), to, 10 * KB);
  });

  it('of a guest: over all spaces together; users are not bounded by it', async () => {
    const other = await makeSpace(host);
    await joinSpace(host, other, guest);
    const already = 4 * KB;
    await put(small(guest, MB, already + 10 * KB), to, 6 * KB);
    await put(small(guest, MB, already + 10 * KB), other, 4 * KB);
    const last = put(small(guest, MB, already + 10 * KB), other, KB * 5);
    await expect(last).rejects.toMatchObject(refusal('too-large', 'file.guest-full'));
    await put(small(host, MB, KB), other, 5 * KB);
  });

  it('is added up from an index alone', async () => {
    for (const where of ['space_id = 1', "uploader_id = 'x'"]) {
      const { results } = await bindings.DB.prepare(
        `explain query plan select sum(size + thumb_size) from file f where ${where} and f.released_at is null`,
      ).all<{ detail: string }>();
      expect(results.map(({ detail }) => detail).join()).toMatch(/USING COVERING INDEX file_by_/);
    }
  });

  it('is shown to who runs the space, and to nobody else', async () => {
    await expect(files.storageOf(as(guest), to)).rejects.toMatchObject(refusal('forbidden'));
    await expect(files.storageOf(as(bo), to)).rejects.toMatchObject(refusal('missing'));
  });
});

describe('the header of a download', () => {
  it.each([
    ['報告書.pdf', `filename="???.pdf"; filename*=UTF-8''%E5%A0%B1%E5%91%8A%E6%9B%B8.pdf`],
    ['a"b\\c;d.txt', 'filename="c;d.txt"'],
    ['say "hi".txt', 'filename="say \\"hi\\".txt"'],
    ["it's (1)*!.txt", `filename="it's (1)*!.txt"`],
    ['a\r\nSet-Cookie: x=1.txt', 'filename="a Set-Cookie: x=1.txt"'],
    ['cod\u202egpj.exe', 'filename=codgpj.exe'],
    // Browsers would decode it; only the second spelling is exact.
    ['%2e%2e%2fx.txt', `filename=%2e%2e%2fx.txt; filename*=UTF-8''%252e%252e%252fx.txt`],
    ['🎉.png', `filename="??.png"; filename*=UTF-8''%F0%9F%8E%89.png`],
    ['CON', 'filename=_CON'],
  ])('of %j holds nothing that ends it', async (name, says) => {
    const { id } = await send(ana, p.text('x'), name);
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-disposition')).toBe(`attachment; ${says}`);
  });

  it('that was stored longer, before names were cut by bytes, is cut now', async () => {
    const { id } = await send(ana, p.text('x'), 'x.txt');
    await as(ana)
      .db.update(file)
      .set({ name: '報'.repeat(120) })
      .where(eq(file.id, id));
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(decodeURIComponent(headers.get('content-disposition')!.split("''")[1]!)).toBe('報'.repeat(80));
  });
});

describe('parts of a file', () => {
  const bytes = p.text('0123456789');
  let id: string;
  beforeAll(async () => void ({ id } = await send(ana, bytes)));

  it.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 206, 'bytes 8-9/10', '89'],
    ['bytes=9-9', 206, 'bytes 9-9/10', '9'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=5-3', 200, null, '0123456789'],
    ['bytes=0-1,3-4', 200, null, '0123456789'],
    ['bytes=-', 200, null, '0123456789'],
    ['lines=1-2', 200, null, '0123456789'],
    ['bytes=0-99999999999999999999', 200, null, '0123456789'],
  ])('%s', async (range, status, said, content) => {
    const response = await get(ana, id, { range });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(said);
    expect(await words(response)).toBe(content);
  });

  it('the same file as before is not sent again; another is sent whole', async () => {
    const etag = (await get(ana, id, {}, '', 'HEAD')).headers.get('etag')!;
    expect((await get(ana, id, { 'if-none-match': `"x", W/${etag}` })).status).toBe(304);
    expect((await get(ana, id, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    const other = await get(ana, id, { range: 'bytes=0-1', 'if-range': '"x"' });
    expect([other.status, await words(other)]).toEqual([200, '0123456789']);
  });

  it('HEAD says how long it is, and nothing more', async () => {
    const response = await get(ana, id, {}, '', 'HEAD');
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });
});

describe('who sees an attachment', () => {
  it('before it is attached: its uploader; then the people of its space; nobody else, not even administrators', async () => {
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

  it('a guest of another space reaches no route of files', async () => {
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

  it('a removed guest loses all files at once, own ones too, and attaches nothing any more', async () => {
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

  it('who is removed while they upload has uploaded nothing', async () => {
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

  it('of a space in the trash: nobody; restored, everybody again', async () => {
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

  it('where guests do not see each other: no file of another guest, and none in a thread of theirs', async () => {
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

describe('attaching', () => {
  it('five files hang on a comment, in the order of their uploads; a sixth is refused', async () => {
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

  it('only own, unused attachments of this very space; else the whole comment is not written', async () => {
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

  it('twenty comments race for one file: one has it, the others are not written', async () => {
    const { id } = await send(ana, p.text('x'));
    const before = await count('comment');
    const { done, refused } = await parallel(20, () => comments(ana, [id]));
    expect([done.length, refused.length]).toEqual([1, 19]);
    expect(await count('comment')).toBe(before + 1);
    expect((await rowOf(id))!.commentId).toBe(done[0]);
  });

  it('files of one form are uploaded one after another; a sixth is refused before the first', async () => {
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

  it('the names of uploads are told to their uploader alone', async () => {
    const { id } = await send(ana, p.text('x'), 'offer.pdf');
    expect(await files.names(as(ana), [id])).toEqual(['offer.pdf']);
    expect(await files.names(as(bo), [id])).toEqual([]);
    expect(await files.names(as(ana), [])).toEqual([]);
  });
});

describe('small pictures', () => {
  const add = (who: User, id: string, bytes: Uint8Array, size = bytes.length) =>
    files.thumbnail(as(who), id, { body: bytes, size });

  it('are shown in the page, cleaned, and only to who sees the file', async () => {
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

  it('belong to the own, unused pictures, and are pictures', async () => {
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

describe('covers', () => {
  const cover = (who: User, bytes: Uint8Array = p.jpegTelling()) =>
    files.uploadCover(as(who), { name: 'harbour.jpg', body: streamed(bytes), size: bytes.length });
  const make = (who: User, value: string, key = randomId()) =>
    spaces.create(as(who), { ...spaceForm, cover: value }, [], key);
  const change = (who: User, id: number, value: string) =>
    spaces.change(as(who), id, { ...spaceForm, cover: value, announcement: '' });

  it('an own picture becomes the cover of a new space, is seen by its people, and may be kept by browsers', async () => {
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
  ] as const)('%s is none, whatever its name says', async (_what, bytes, key) =>
    expect(cover(host, bytes)).rejects.toMatchObject(refusal('invalid', key)),
  );

  it('one of more than 5 MB is refused before it is read', async () =>
    expect(files.uploadCover(as(host), { name: 'x', body: p.jpeg, size: 5 * MB + 1 })).rejects.toMatchObject(
      refusal('too-large', 'file.too-large'),
    ));

  it('only people who may create spaces upload one for a new space, only space administrators for theirs', async () => {
    const colleague = await makeUser({ canCreateSpaces: false });
    const own = await makeSpace(host, {}, [colleague]);
    await expect(cover(colleague)).rejects.toMatchObject(refusal('forbidden'));
    const given = { kind: 'cover', name: 'x', body: p.jpeg, size: p.jpeg.length } as const;
    await expect(files.upload(as(colleague), own, given)).rejects.toMatchObject(refusal('forbidden'));
    const { id } = await files.upload(as(host), own, given);
    await change(host, own, `file:${id}`);
    expect(await sees(colleague, id)).toBe(true);
  });

  it("somebody else's upload, an attachment, a used or a made-up one makes no space", async () => {
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

  it('the form sent twice makes one space with its cover', async () => {
    const { id } = await cover(host);
    const key = randomId();
    const { done } = await parallel(5, () => make(host, `file:${id}`, key));
    expect(new Set(done).size).toBe(1);
    expect(done).toHaveLength(5);
  });

  it('twenty spaces race for one picture: one is made', async () => {
    const { id } = await cover(host);
    const before = await count('space');
    const { done } = await parallel(20, () => make(host, `file:${id}`));
    expect(done).toHaveLength(1);
    expect(await count('space')).toBe(before + 1);
  });

  it('a new cover lets go of the one before; saved again, it stays', async () => {
    const [first, second] = [await cover(host), await cover(host)];
    const own = await make(host, `file:${first.id}`);
    await change(host, own, `file:${first.id}`);
    expect(await sees(host, first.id)).toBe(true);
    await change(host, own, `file:${second.id}`);
    expect([await sees(host, first.id), await sees(host, second.id)]).toEqual([false, true]);
    await change(host, own, 'harbour');
    expect(await sees(host, second.id)).toBe(false);
  });

  it('lost in R2, it is replaced by a shipped one; a lost attachment is 404', async () => {
    const { id } = await cover(host);
    await bindings.FILES.delete((await rowOf(id))!.key);
    const response = await get(host, id);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/covers/harbour.svg']);
    expect(response.headers.get('cache-control')).toContain('no-store');
    const lost = await send(host, p.text('x'));
    await bindings.FILES.delete((await rowOf(lost.id))!.key);
    await expect(get(host, lost.id)).rejects.toMatchObject(refusal('missing'));
  });

  it('another space administrator may save the settings with the cover that is there', async () => {
    const { id } = await cover(host);
    const own = await make(host, `file:${id}`);
    const other = await makeUser();
    await memberships.addMember(as(host), own, other.id, true);
    await change(other, own, `file:${id}`);
    expect(await sees(other, id)).toBe(true);
  });

  it("a template's cover is a copy; who may create spaces or runs the site sees it", async () => {
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
    // And from there into a space of somebody else.
    const other = await makeUser();
    const again = await files.copyCover(as(other), copy);
    await make(other, again);
    expect(await sees(other, files.coverFile(again)!)).toBe(true);
    await expect(files.copyCover(as(other), `file:${id}`)).rejects.toMatchObject(refusal('missing'));
  });
});

describe('purging', () => {
  it('an upload that nothing used for a day leaves R2 and the table, with its small picture', async () => {
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

  it('what is released is seen by nobody at once, and leaves R2', async () => {
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

  it('a purged space takes its files along, also when nobody released them', async () => {
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
        release && files.release(ctx, { spaceId: own }),
        ctx.db.delete(space).where(eq(space.id, own)),
      ]);
      expect(await sees(host, id)).toBe(false);
      await files.purge(testContext());
      expect(await objects()).not.toContain(key);
      expect(await rowOf(id)).toBeUndefined();
    }
  });

  it('R2 first: while it is down the rows stay, and the next run finishes', async () => {
    const { id } = await send(ana, p.text('x'));
    await testContext().db.update(file).set({ releasedAt: 1 }).where(eq(file.id, id));
    const down = testContext();
    down.bucket = { delete: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket;
    await expect(files.purge(down)).rejects.toThrow('R2 is down');
    expect(await rowOf(id)).toBeDefined();
    await files.purge(testContext());
    expect(await rowOf(id)).toBeUndefined();
  });

  it('in the end R2 holds nothing that no row knows', async () => {
    const rows = await testContext().db.select({ key: file.key }).from(file);
    const known = new Set(rows.flatMap(({ key }) => [key, `${key}-thumb`]));
    expect((await objects()).filter((key) => !known.has(key))).toEqual([]);
  });
});
