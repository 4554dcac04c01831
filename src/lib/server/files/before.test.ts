// Whether a file may be written is asked before its bytes are taken: a refused one reaches neither R2 nor this Worker's memory.
import { beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { as, testContext, type TestCtx, type User } from '../../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, spaceForm } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { jpeg } from '../../../../tests/pictures';
import { PART_SIZE } from '../../files';
import * as archive from '../archive';
import { randomId } from '../crypto';
import * as limits from '../limits';
import * as memberships from '../memberships';
import { file as rows, user } from '../schema';
import { parse } from '../settings';
import * as threads from '../threads';
import * as trash from '../trash';
import * as files from './index';

let ava: User;
beforeAll(async () => void (ava = await makeUser({ name: 'Ava Lind' })));

/** A body that nobody may read, and a bucket that takes nothing. */
function untouched(ctx: TestCtx) {
  const taken: string[] = [];
  const pull = (controller: ReadableStreamDefaultController) => {
    taken.push('the body');
    controller.close();
  };
  const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  const bucket = new Proxy(ctx.bucket, {
    get(target, name) {
      if (['put', 'createMultipartUpload', 'resumeMultipartUpload'].includes(String(name)))
        taken.push(`R2: ${String(name)}`);
      const own = Reflect.get(target, name) as unknown;
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  return { ctx: Object.assign(ctx, { bucket }), body, taken };
}

interface House {
  /** Administers the space beside Ava, and uploads. */
  ben: User;
  spaceId: number;
  thread: number;
  comment: number;
  file: string;
  part: string;
  picture: string;
}

const SIZE = PART_SIZE + 30 * 1024 * 1024;
async function house(): Promise<House> {
  const ben = await makeUser();
  const spaceId = await makeSpace(ava, {}, [ben]);
  await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
  const key = () => ({ requestKey: randomId() });
  const thread = await threads.begin(as(ben), spaceId, { title: 'Piles', body: '', ...key() });
  const attached = { body: 'See', files: [new File(['x'], 'x.txt')], ...key() };
  const comment = await threads.addComment(as(ben), spaceId, thread, attached);
  const [file] = (await threads.source(as(ben), spaceId, thread, comment)).files;
  const { id: part } = await files.beginUpload(as(ben), spaceId, {
    name: 'x.mp4',
    size: SIZE,
    fingerprint: randomId(),
  });
  // As if all had arrived: its end would ask R2.
  const arrived = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [n, { etag: 'x', hash: 'x' }]));
  const parts = { size: PART_SIZE, arrived };
  await testContext().db.update(rows).set({ parts }).where(eq(rows.id, part));
  const picture = { kind: 'attachment', name: 'quay.jpg', body: jpeg, size: jpeg.length } as const;
  const { id } = await files.upload(as(ben), spaceId, picture);
  return { ben, spaceId, thread, comment, file: file!.id, part, picture: id };
}

type Body = ReadableStream<Uint8Array>;
const inForm = (body: Body) => [
  {
    name: 'x.txt',
    size: 5,
    stream: () => body,
    arrayBuffer: async () => new ArrayBuffer(5),
  } as unknown as File,
];
/** Every way in which bytes come into a space. */
const ways: Record<string, (ctx: TestCtx, at: House, body: Body) => Promise<unknown>> = {
  'an upload': (ctx, at, body) =>
    files.upload(ctx, at.spaceId, { kind: 'attachment', name: 'x', body, size: 5 }),
  'a cover': (ctx, at, body) =>
    files.upload(ctx, at.spaceId, { kind: 'cover', name: 'x.jpg', body, size: 5 }),
  'a cover in the form': (ctx, at, body) => files.chosenCover(ctx, 'harbour', inForm(body), at.spaceId),
  'the beginning of an upload in parts': (ctx, at) =>
    files.beginUpload(ctx, at.spaceId, { name: 'x', size: SIZE, fingerprint: randomId() }),
  'a part': (ctx, at, body) => files.uploadPart(ctx, at.part, 1, { body, size: PART_SIZE }),
  'the end of an upload in parts': (ctx, at) => files.completeUpload(ctx, at.part),
  'a small copy': (ctx, at, body) => files.thumbnail(ctx, at.picture, { body, size: 5 }),
  'a file of a new thread': (ctx, at, body) =>
    threads.begin(ctx, at.spaceId, { title: 'Piers', body: '', files: inForm(body), requestKey: randomId() }),
  'a file of a comment': (ctx, at, body) =>
    threads.addComment(ctx, at.spaceId, at.thread, {
      body: 'See',
      files: inForm(body),
      requestKey: randomId(),
    }),
  'a file of an edit': (ctx, at, body) =>
    threads.edit(ctx, at.spaceId, at.thread, at.comment, { body: 'See', editedAt: 0, files: inForm(body) }),
  'a new version': (ctx, at, body) =>
    threads.replaceFile(ctx, at.spaceId, at.file, { files: inForm(body), requestKey: randomId() }),
};

const all = Object.keys(ways);
const bringing = all.filter((way) => way !== 'the end of an upload in parts' && way !== 'a small copy');
const storing = bringing.filter((way) => way !== 'a part');
/** What stands against it by now: once, or for each attempt. */
type Reason = { happens?: (at: House) => Promise<unknown>; now?: (ctx: TestCtx) => unknown };
const full = (ctx: TestCtx) => void (ctx.settings = { ...parse(null), spaceStorage: 10 });
const often = (ctx: TestCtx) => ctx.commit(limits.count(ctx, { upload: 100, part: 300 }));
/** And which ways it closes. */
const reasons: [when: string, reason: Reason, closed: string[]][] = [
  ['the space is archived', { happens: (at) => archive.set(as(ava), at.spaceId, true) }, all],
  [
    'the space is in the trash',
    { happens: (at) => trash.putSpace(as(ava), at.spaceId, spaceForm.name) },
    all,
  ],
  [
    'its author has been removed',
    { happens: (at) => memberships.removeMember(as(ava), at.spaceId, at.ben.id) },
    all,
  ],
  [
    'its author no longer administers the space',
    { happens: (at) => memberships.setAdministrator(as(ava), at.spaceId, at.ben.id, false) },
    all.filter((way) => way.startsWith('a cover')),
  ],
  [
    'the thread is closed',
    { happens: (at) => threads.setClosed(as(ava), at.spaceId, at.thread, true) },
    ['a file of a comment', 'a file of an edit', 'a new version'],
  ],
  ['the space is full', { now: full }, storing],
  ['its author has reached the limit', { now: often }, bringing],
];

describe.each(reasons)('if %s, no byte is taken of', (_when, { happens, now }, closed) => {
  let at: House;
  beforeAll(async () => {
    at = await house();
    await happens?.(at);
  });

  it.each(closed)('%s', async (way) => {
    const { ctx, body, taken } = untouched(as(at.ben));
    await now?.(ctx);
    await expect(ways[way]!(ctx, at, body)).rejects.toMatchObject({ name: 'Refusal' });
    expect(taken).toEqual([]);
  });
});

describe('in no space', () => {
  it('the cover of a new space takes no byte of whoever may not create one, and none is kept of whoever loses that meanwhile', async () => {
    const who = await makeUser({ canCreateSpaces: false });
    const { ctx, body, taken } = untouched(as(who));
    await expect(files.uploadCover(ctx, { name: 'x.jpg', body, size: 5 })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(files.chosenCover(ctx, 'harbour', inForm(body))).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(taken).toEqual([]);
    const late = await makeUser({ canCreateSpaces: true });
    const stale = untouched(as(late));
    await testContext().db.update(user).set({ canCreateSpaces: false }).where(eq(user.id, late.id));
    await expect(
      files.uploadCover(stale.ctx, { name: 'x.jpg', body: jpeg, size: jpeg.length }),
    ).rejects.toMatchObject({ name: 'Refusal' });
    expect(stale.taken).toEqual([]);
  });

  it('a logo takes no byte of whoever does not administer the site, any more', async () => {
    const picture = new File([jpeg.slice()], 'logo.jpg');
    const admin = await makeAdministrator();
    for (const [who, kind] of [
      [await makeUser(), 'forbidden'],
      [admin, 'missing'],
    ] as const) {
      const { ctx, taken } = untouched(as(who));
      await testContext().db.update(user).set({ administrator: false }).where(eq(user.id, admin.id));
      await expect(files.uploadLogo(ctx, picture)).rejects.toMatchObject({ kind });
      expect(taken).toEqual([]);
    }
  });
});

it('a guest’s own storage is asked first, too', async () => {
  const spaceId = await makeSpace(ava);
  const guest = await makeGuest();
  await joinSpace(ava, spaceId, guest);
  const { ctx, body, taken } = untouched(as(guest));
  ctx.settings = { ...parse(null), guestStorage: 4 };
  await expect(
    files.upload(ctx, spaceId, { kind: 'attachment', name: 'x.jpg', body, size: 5 }),
  ).rejects.toMatchObject({ kind: 'too-large' });
  expect(taken).toEqual([]);
});
