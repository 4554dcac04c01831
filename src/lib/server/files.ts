/**
 * Files in R2: attachments of threads and comments, covers of spaces. The row is the truth; the object hangs on it by
 * a random key. A row stands before its object and goes after it, so that nothing in R2 is ever forgotten.
 *
 * Pictures lose what they tell about their maker (pictures/): covers always, attachments where they can be followed, up to
 * 20 MB, which is as much as is held in memory. All else is handed on as it is, and its sender is told what stays in it.
 */
import { create as attachment } from 'content-disposition';
import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import * as access from './access';
import { CLEANED_UP_TO, fileLimits, fileSize, stays, type Stays } from '../files';
import * as blobs from './blobs';
import { guard, type Ctx, type Statement } from './context';
import { randomId, randomToken } from './crypto';
import { LostRace, Refusal } from './errors';
import * as limits from './limits';
import { log } from './log';
import * as pictures from './pictures';
import { allow, can } from './policy';
import { file } from './schema';
import * as settings from './settings';

type FileRow = typeof file.$inferSelect;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Uploads of one person that nothing uses yet. */
const UNUSED = 100;
/** Objects that R2 deletes at a time, well below its 1,000. */
const PURGE = 500;

/** What is uploaded. `size` is what the sender says; it must be exactly that. */
export interface Upload {
  name: string;
  body: ReadableStream<Uint8Array> | Uint8Array;
  size: number;
}

export interface UploadedFile {
  id: string;
  name: string;
  type: blobs.BlobType;
  size: number;
  /** Whether it has a small picture at `/files/<id>?thumb`. */
  thumb: boolean;
  /** What it may still say besides: metadata that was not, or could not be, taken out. */
  stays: Stays | null;
}

/** What a cover can be. Others than these some browsers do not show. */
const COVERS = new Set<string>(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);
/** What a small picture can be. */
const THUMBS = new Set<string>(['image/jpeg', 'image/png', 'image/webp']);

// --- Uploading ----------------------------------------------------------------------------------------------

/** Uploads an attachment, or a cover of a space that exists. Nothing uses it yet: see `attach` and `useCover`. */
export async function upload(
  ctx: Ctx,
  spaceId: number,
  { kind, ...given }: Upload & { kind: 'attachment' | 'cover' },
): Promise<UploadedFile> {
  const [reach, unused] = await ctx.db.batch([access.spaceQuery(ctx, spaceId), unusedQuery(ctx)]);
  const { spaceRole } = access.foundSpace(ctx, reach);
  allow(ctx, kind === 'cover' ? 'space.administer' : 'space.write', spaceRole);
  fewUnused(unused);
  try {
    return await keep(ctx, kind, given, spaceId, [access.stillIn(ctx, spaceId, kind === 'cover')]);
  } catch (error) {
    throw error instanceof LostRace ? new Refusal('missing') : error;
  }
}

/** Uploads the cover of a space that does not exist yet. */
export async function uploadCover(ctx: Ctx, given: Upload): Promise<UploadedFile> {
  allow(ctx, 'space.create');
  fewUnused(await unusedQuery(ctx));
  return keep(ctx, 'cover', given, null);
}

/** Attachments that came in one form, one after another. */
export async function uploadAll(ctx: Ctx, spaceId: number, list: File[]): Promise<string[]> {
  if (list.length > fileLimits.count) throw tooMany();
  const ids: string[] = [];
  for (const one of list) {
    const given = { name: one.name, size: one.size, body: one.stream() };
    ids.push((await upload(ctx, spaceId, { kind: 'attachment', ...given })).id);
  }
  return ids;
}

const tooMany = () =>
  new Refusal('invalid', { key: 'file.too-many', params: { max: fileLimits.count }, field: 'files' });

/** How many uploads of the actor nothing uses: nobody fills the store with them. */
const unusedQuery = (ctx: Ctx) =>
  ctx.db
    .select({ count: sql<number>`count(*)` })
    .from(file)
    // The unused of one day stand in an index of their own (`file_unused`); cron takes away older ones.
    .where(
      and(
        isNull(file.attachedAt),
        sql`created_at > ${ctx.now - DAY}`,
        eq(file.uploaderId, ctx.actor?.id ?? ''),
      ),
    );

function fewUnused([row]: { count: number }[]): void {
  if (row!.count >= UNUSED) throw new Refusal('throttled', { key: 'file.too-many-unused' });
}

/** Checks, cleans and stores. The row first: an object without one could not be found again. */
async function keep(
  ctx: Ctx,
  kind: FileRow['kind'],
  { name, body, size: said }: Upload,
  spaceId: number | null,
  alive: Statement[] = [],
): Promise<UploadedFile> {
  const limit = fileLimits[kind];
  const field = kind === 'cover' ? 'coverFile' : 'files';
  if (!(said > 0)) throw new Refusal('invalid', { key: 'file.empty', field });
  if (said > limit)
    throw new Refusal('too-large', {
      key: 'file.too-large',
      params: { size: fileSize(limit, ctx.locale) },
      field,
    });
  const source = await blobs.open(body);
  const type = blobs.sniff(source.head);
  let { chunks } = source;
  let size = said;
  if (kind === 'cover' && !COVERS.has(type)) throw new Refusal('invalid', { key: 'cover.kind', field });
  let told: Stays | null = pictures.isPicture(type)
    ? 'place'
    : (blobs.tells(source.head) ?? stays({ name, type, size }));
  if (pictures.isPicture(type) && said <= CLEANED_UP_TO) {
    const bytes = await blobs.whole(chunks, said);
    const clean = cleaned(bytes, type);
    if (!clean && kind === 'cover') throw new Refusal('invalid', { key: 'cover.broken', field });
    // What we cannot follow may be a picture all the same: it is sent as it is, and its sender is told.
    if (clean) told = null;
    size = (clean ?? bytes).length;
    chunks = blobs.only(clean ?? bytes);
  }
  const row = {
    id: randomId(),
    kind,
    spaceId,
    name: blobs.safeName(name),
    type,
    size,
    key: randomToken(),
    uploaderId: ctx.actor!.id,
    createdAt: ctx.now,
  };
  try {
    await ctx.commit([
      ...alive,
      ctx.db.run(sql`
        insert into file (id, kind, space_id, name, type, size, key, uploader_id, created_at)
        select ${row.id}, ${kind}, ${spaceId}, ${row.name}, ${type}, ${size}, ${row.key}, ${row.uploaderId}, ${ctx.now}
        where ${await hasRoom(ctx, spaceId, size)}`),
      guard(ctx),
      ...limits.count(ctx, { upload: 1 }),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    throw (await full(ctx, spaceId, size, field)) ?? (await limits.passed(ctx, { upload: 1 })) ?? error;
  }
  await blobs.store(ctx.bucket, row.key, size, chunks).catch(async (error) => {
    // Nothing stays. Should this fail too, the row is unused, and cron takes both away.
    await ctx.bucket.delete(row.key);
    await ctx.commit([ctx.db.delete(file).where(eq(file.id, row.id))], { always: true });
    if (error instanceof Refusal) throw error;
    log('an upload broke off', error);
    throw new Refusal('invalid', { key: 'file.size-wrong', field });
  });
  return { id: row.id, name: row.name, type, size, thumb: false, stays: told };
}

// --- Room ---------------------------------------------------------------------------------------------------
//
// How much is kept is added up when it is asked, over what exists: attached or not, without what is gone. The index
// holds all of the sums' parts (10,000 files are about a millisecond). A running sum would cost less to read, but
// every statement that releases, moves or purges files, and every restored backup, would have to keep it right.

const keptInSpace = (spaceId: number | SQL) =>
  sql<number>`(select coalesce(sum(f.size + f.thumb_size), 0) from file f
    where f.space_id = ${spaceId} and f.gone_at is null)`;
const keptByPerson = (userId: string) =>
  sql<number>`(select coalesce(sum(f.size + f.thumb_size), 0) from file f
    where f.uploader_id = ${userId} and f.gone_at is null)`;

/** Bytes that a space holds, beside a row that has its id. */
export const storedIn = (spaceId: SQL) => keptInSpace(spaceId).as('stored');

/** SQL: whether so much more may be kept: in the space, and of the actor where that is a guest. Decides in the insert itself. */
async function hasRoom(ctx: Ctx, spaceId: number | null, size: number): Promise<SQL> {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const inSpace = spaceId === null ? sql`1` : sql`${keptInSpace(spaceId)} + ${size} <= ${spaceStorage}`;
  if (ctx.actor!.kind !== 'guest') return inSpace;
  return sql`${inSpace} and ${keptByPerson(ctx.actor!.id)} + ${size} <= ${guestStorage}`;
}

/** Why an upload was not booked: no room, said with how much there is; null when that is not the reason. */
async function full(ctx: Ctx, spaceId: number | null, size: number, field: string): Promise<Refusal | null> {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const [row] = await ctx.db
    .select({
      space: keptInSpace(spaceId ?? 0).as('in_space'),
      person: keptByPerson(ctx.actor!.id).as('by_person'),
    })
    .from(sql`(select 1)`);
  const says = (key: 'file.space-full' | 'file.guest-full', used: number, of: number) =>
    new Refusal('too-large', {
      key,
      params: { used: fileSize(used, ctx.locale), size: fileSize(of, ctx.locale) },
      field,
    });
  if (spaceId !== null && row!.space + size > spaceStorage)
    return says('file.space-full', row!.space, spaceStorage);
  if (ctx.actor!.kind === 'guest' && row!.person + size > guestStorage)
    return says('file.guest-full', row!.person, guestStorage);
  return null;
}

/** Space Settings → General: how much room is used, and what there is. */
export async function storageOf(ctx: Ctx, spaceId: number) {
  const { spaceStorage, guestStorage } = await settings.read(ctx);
  const [reach, sums] = await ctx.db.batch([
    access.spaceQuery(ctx, spaceId),
    ctx.db.select({ used: keptInSpace(spaceId).as('used') }).from(sql`(select 1)`),
  ]);
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach).spaceRole);
  return { used: sums[0]!.used, size: spaceStorage, guest: guestStorage };
}

/** Without metadata; null when the picture cannot be followed (its bytes are unchanged then). */
function cleaned(bytes: Uint8Array, type: pictures.PictureType): Uint8Array | null {
  try {
    return pictures.withoutMetadata(bytes, type);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Adds the small picture, which the browser made, to an own picture that nothing uses yet. */
export async function thumbnail(ctx: Ctx, id: string, { body, size }: Omit<Upload, 'name'>): Promise<void> {
  const [row] = await ctx.db.select().from(file).where(ownUnused(ctx, id)).limit(1);
  if (!row) throw new Refusal('missing');
  if (!row.type.startsWith('image/') || !(size > 0)) throw new Refusal('invalid', { key: 'cover.kind' });
  if (size > fileLimits.thumb)
    throw new Refusal('too-large', {
      key: 'file.too-large',
      params: { size: fileSize(fileLimits.thumb, ctx.locale) },
    });
  const { head, chunks } = await blobs.open(body);
  const type = blobs.sniff(head);
  if (!pictures.isPicture(type) || !THUMBS.has(type)) throw new Refusal('invalid', { key: 'cover.kind' });
  const bytes = pictures.withoutMetadata(await blobs.whole(chunks, size), type);
  // The key belongs to the row before there is an object, and is the same for every try: none is forgotten.
  const key = `${row.key}-thumb`;
  await ctx.bucket.put(key, bytes);
  try {
    await ctx.commit([
      ctx.db.update(file).set({ thumbKey: key, thumbSize: bytes.length }).where(ownUnused(ctx, id)),
      guard(ctx),
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    // Used in the meantime: then the picture belongs to the row still. Or gone altogether.
    const [still] = await ctx.db.select({ id: file.id }).from(file).where(eq(file.id, id)).limit(1);
    if (!still) await ctx.bucket.delete(key);
    throw new Refusal('missing');
  }
}

const ownUnused = (ctx: Ctx, id: string) =>
  and(
    eq(file.id, id),
    eq(file.uploaderId, ctx.actor!.id),
    isNull(file.attachedAt),
    isNull(file.goneAt),
    // Who was removed from the space has no files there any more.
    sql`(space_id is null or space_id in (select m.space_id from membership m where m.user_id = ${ctx.actor!.id}))`,
  );

// --- Using --------------------------------------------------------------------------------------------------

/** The file's id in a cover's value; null for the name of a shipped one. */
export const coverFile = (cover: string): string | null => /^file:([a-z2-7]{16})$/.exec(cover)?.[1] ?? null;

/**
 * For the batch that gives a space its cover: ties an uploaded one to it, and lets go of the one before. Loses the race
 * (LostRace) unless it is the actor's own unused upload, or this space's already.
 */
export function useCover(ctx: Ctx, cover: string, spaceId: number | SQL): Statement[] {
  const id = coverFile(cover);
  return [
    ...(id
      ? [
          ctx.db.run(sql`
            update file set space_id = ${spaceId}, attached_at = coalesce(attached_at, ${ctx.now})
            where id = ${id} and kind = 'cover' and gone_at is null and template_id is null
              and (attached_at is not null and space_id = ${spaceId}
                or attached_at is null and uploader_id = ${ctx.actor!.id}
                and (space_id is null or space_id = ${spaceId}))`),
          guard(ctx),
        ]
      : []),
    ctx.db.run(sql`
      update file set gone_at = ${ctx.now}
      where space_id = ${spaceId} and kind = 'cover' and attached_at is not null and gone_at is null
        and id <> ${id ?? ''}`),
  ];
}

/** Refuses, in words, an uploaded cover that is not the actor's to use; what happens after is `useCover`'s business. */
export async function checkCover(ctx: Ctx, cover: string): Promise<void> {
  const id = coverFile(cover);
  if (!id) return;
  const [row] = await ctx.db.select({ kind: file.kind }).from(file).where(ownUnused(ctx, id)).limit(1);
  if (row?.kind !== 'cover') throw new Refusal('conflict', { key: 'cover.gone', field: 'cover' });
}

/**
 * The cover that a form chose: the picture that it carries itself (without scripts), else its radio.
 * @param spaceId of the space whose cover it becomes; none when that is only made now
 */
export async function chosenCover(ctx: Ctx, cover: string, [own]: File[], spaceId?: number): Promise<string> {
  if (!own) return cover;
  const given = { name: own.name, body: own.stream(), size: own.size };
  const made = spaceId
    ? await upload(ctx, spaceId, { kind: 'cover', ...given })
    : await uploadCover(ctx, given);
  return `file:${made.id}`;
}

/** `useCover` for a template: an own unused upload (or copy, see `copyCover`) becomes its cover. */
export function useCoverOfTemplate(ctx: Ctx, cover: string, templateId: string): Statement[] {
  const id = coverFile(cover);
  return [
    ...(id
      ? [
          ctx.db.run(sql`
            update file set template_id = ${templateId}, space_id = null, attached_at = coalesce(attached_at, ${ctx.now})
            where id = ${id} and kind = 'cover' and gone_at is null
              and (template_id = ${templateId} or template_id is null and attached_at is null
                and uploader_id = ${ctx.actor!.id})`),
          guard(ctx),
        ]
      : []),
    ctx.db.run(sql`
      update file set gone_at = ${ctx.now}
      where template_id = ${templateId} and gone_at is null and id <> ${id ?? ''}`),
  ];
}

/**
 * A cover that can be used once more: of an uploaded one that the actor sees (a space's, a template's) an own copy,
 * everything else as it is. Needs the right to create spaces, as an upload does.
 */
export async function copyCover(ctx: Ctx, cover: string): Promise<string> {
  const id = coverFile(cover);
  if (!id) return cover;
  allow(ctx, 'space.create');
  const row = await visible(ctx, id);
  if (row.kind !== 'cover') throw new Refusal('missing');
  if (row.uploaderId === ctx.actor!.id && row.attachedAt === null) return cover;
  const object = await ctx.bucket.get(row.key);
  if (!object) throw new Refusal('missing');
  const copy = await keep(ctx, 'cover', { name: row.name, body: object.body, size: row.size }, null);
  return `file:${copy.id}`;
}

/**
 * For the batch of a comment or a thread, behind its insert: hangs own, unused uploads of this space on it. Loses the
 * race (LostRace) unless every one of them is still there to be used.
 */
export function attach(
  ctx: Ctx,
  spaceId: number,
  ids: string[],
  to: { threadId: number | SQL; commentId: number | SQL | null },
): Statement[] {
  if (ids.length === 0) return [];
  if (ids.length > fileLimits.count) throw tooMany();
  return [
    ctx.db.run(sql`
      update file set thread_id = ${to.threadId}, comment_id = ${to.commentId}, attached_at = ${ctx.now}
      where id in (select value from json_each(${JSON.stringify(ids)})) and space_id = ${spaceId}
        and kind = 'attachment' and uploader_id = ${ctx.actor!.id} and attached_at is null and gone_at is null`),
    guard(ctx, ids.length),
  ];
}

/**
 * For the batch that deletes a comment, a thread (with all its comments' files) or a space, before the rows go: what hung
 * on it is seen by nobody from now on, and cron takes it out of R2.
 */
export const release = (
  ctx: Ctx,
  which: { commentId: number | SQL } | { threadId: number | SQL } | { spaceId: number | SQL },
): Statement =>
  ctx.db
    .update(file)
    .set({ goneAt: ctx.now })
    .where(
      and(
        isNull(file.goneAt),
        'commentId' in which
          ? sql`comment_id = ${which.commentId}`
          : 'threadId' in which
            ? sql`thread_id = ${which.threadId}`
            : sql`space_id = ${which.spaceId}`,
      ),
    );

// --- Showing ------------------------------------------------------------------------------------------------

const shown = {
  id: file.id,
  commentId: file.commentId,
  name: file.name,
  type: file.type,
  size: file.size,
  thumb: sql<number>`thumb_key is not null`.mapWith(Boolean),
};

/** The files of a thread's first text. For a batch, with the thread. */
export const ofThreadQuery = (ctx: Ctx, threadId: number) =>
  ctx.db
    .select(shown)
    .from(file)
    .where(and(eq(file.threadId, threadId), isNull(file.commentId), isNull(file.goneAt)))
    .orderBy(asc(file.createdAt), asc(file.id))
    .limit(50);

/**
 * The files of comments. For a batch.
 * @param commentIds a JSON list of their ids, or a subquery that selects them
 */
export const ofCommentsQuery = (ctx: Ctx, commentIds: string | SQL) =>
  ctx.db
    .select(shown)
    .from(file)
    .where(
      and(
        typeof commentIds === 'string'
          ? sql`comment_id in (select value from json_each(${commentIds}))`
          : sql`comment_id in (${commentIds})`,
        isNull(file.goneAt),
      ),
    )
    .orderBy(asc(file.createdAt), asc(file.id))
    .limit(1_000);

/** The names of own uploads, for the search's words about what is about to be written. */
export async function names(ctx: Ctx, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ name: file.name })
    .from(file)
    .where(
      and(
        sql`id in (select value from json_each(${JSON.stringify(ids)}))`,
        eq(file.uploaderId, ctx.actor!.id),
        isNull(file.goneAt),
      ),
    )
    .limit(50);
  return rows.map((row) => row.name);
}

/**
 * The file, if the actor sees it; else 404. An attachment is seen by the people of its space once it is attached, and
 * by its uploader before. Where guests do not see each other, a guest sees no file of another guest, and none in a thread
 * that another guest began. A template's cover is seen by who may use it or manage it. One query.
 */
async function visible(ctx: Ctx, id: string): Promise<FileRow> {
  const actor = ctx.actor;
  if (!actor) throw new Refusal('missing');
  const me = actor.id;
  const hides = access.hidesGuests(actor, { space: 's' });
  const seen = access.staffOrSelf(actor, 'u');
  const managesTemplates = can(actor, 'space.create') || can(actor, 'site.administer');
  const [row] = await ctx.db
    .select()
    .from(file)
    .where(
      and(
        eq(file.id, id),
        isNull(file.goneAt),
        sql`(
          exists (
            select 1 from membership m join space s on s.id = m.space_id
            where m.space_id = file.space_id and m.user_id = ${me} and s.deleted_at is null
              and (file.attached_at is not null or file.uploader_id = ${me})
              and (not ${hides} or file.kind = 'cover' or (
                exists (select 1 from user u where u.id = file.uploader_id and ${seen})
                and (file.thread_id is null or exists (select 1 from thread t join user u on u.id = t.author_id
                  where t.id = file.thread_id and ${seen})))))
          or file.template_id is not null and ${managesTemplates ? 1 : 0}
          or file.space_id is null and file.attached_at is null and file.uploader_id = ${me})`,
      ),
    )
    .limit(1);
  if (!row) throw new Refusal('missing');
  return row;
}

/** Types that a browser may be told; everything else is just bytes. */
const SAFE = new Set<string>([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/heic',
  'image/gif',
  'application/pdf',
]);

/**
 * A file as an answer. Covers and small pictures are shown in pages; everything else is a download, so that nothing
 * that somebody uploads ever runs on our origin. `sandbox` says it once more, should one open it all the same.
 */
export async function serve(ctx: Ctx, id: string, request: Request): Promise<Response> {
  const row = await visible(ctx, id);
  const thumb = new URL(request.url).searchParams.has('thumb');
  if (thumb && !row.thumbKey) throw new Refusal('missing');
  const cover = row.kind === 'cover';
  const headers = new Headers({
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    // Nobody else's cache keeps anything. A cover never changes under its address; the rest is asked for each time.
    'cache-control': cover && !thumb ? 'private, max-age=31536000, immutable' : 'private, no-store',
  });
  if (thumb) return inline(ctx, row.thumbKey!, headers, request);

  const tag = `"${row.id}"`;
  headers.set('content-type', SAFE.has(row.type) ? row.type : 'application/octet-stream');
  headers.set('content-disposition', cover ? 'inline' : attachment(blobs.safeName(row.name)));
  headers.set('etag', tag);
  headers.set('accept-ranges', 'bytes');
  const known = request.headers.get('if-none-match')?.split(',') ?? [];
  if (known.some((other) => other.trim() === '*' || other.trim().replace(/^W\//, '') === tag))
    return new Response(null, { status: 304, headers });

  const mayBePart = (request.headers.get('if-range') ?? tag) === tag;
  const part = mayBePart ? partOf(request.headers.get('range'), row.size) : null;
  if (part === 'nothing') {
    headers.set('content-range', `bytes */${row.size}`);
    headers.delete('content-disposition');
    return new Response(null, { status: 416, headers });
  }
  const length = part ? part.length : row.size;
  headers.set('content-length', String(length));
  if (part) headers.set('content-range', `bytes ${part.offset}-${part.offset + length - 1}/${row.size}`);
  const status = part ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const object = await ctx.bucket.get(row.key, part ? { range: part } : undefined);
  if (!object) {
    log(`file ${row.id}: its object is not in R2`);
    if (!cover) throw new Refusal('missing');
    // No space shows a broken picture, not even without scripts.
    return new Response(null, {
      status: 302,
      headers: { location: '/covers/harbour.svg', 'cache-control': 'private, no-store' },
    });
  }
  return new Response(object.body, { status, headers });
}

/** A small picture, whole. */
async function inline(ctx: Ctx, key: string, headers: Headers, request: Request): Promise<Response> {
  const object = await ctx.bucket.get(key);
  if (!object) throw new Refusal('missing');
  const bytes = new Uint8Array(await object.arrayBuffer());
  headers.set('content-type', blobs.sniff(bytes));
  headers.set('content-disposition', 'inline');
  headers.set('content-length', String(bytes.length));
  return new Response(request.method === 'HEAD' ? null : bytes, { headers });
}

/**
 * The part that one asks for (RFC 9110, 14): one range; several, or what we do not understand, is the whole.
 * `nothing`: it lies behind the end.
 */
function partOf(range: string | null, size: number): { offset: number; length: number } | 'nothing' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'nothing' : { offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== '' && Number(last) < offset) return null;
  if (offset >= size) return 'nothing';
  return { offset, length: Math.min(last === '' ? Infinity : Number(last) + 1, size) - offset };
}

// --- Purging ------------------------------------------------------------------------------------------------

/**
 * Cron: uploads that nothing used for a day are gone, and so is what lost its space; what is gone leaves R2, then the
 * table. In this order: a row that outlives its object is only asked for again, an object without a row stays for ever.
 */
export async function purge(ctx: Ctx): Promise<void> {
  await ctx.commit([
    ctx.db.run(sql`
      update file set gone_at = ${ctx.now}
      where attached_at is null and created_at < ${ctx.now - DAY} and gone_at is null`),
    ctx.db.run(sql`
      update file set gone_at = ${ctx.now}
      where space_id is null and template_id is null and attached_at is not null and gone_at is null`),
  ]);
  const gone = await ctx.db
    .select({ id: file.id, key: file.key, kind: file.kind })
    .from(file)
    .where(sql`gone_at is not null`)
    .orderBy(asc(file.goneAt))
    .limit(PURGE / 2);
  if (gone.length === 0) return;
  // Also the small picture of which the row has not heard: its key follows from the file's.
  await ctx.bucket.delete(gone.flatMap(({ key }) => [key, `${key}-thumb`]));
  await ctx.commit([
    ctx.db.run(sql`
      delete from file where id in (select value from json_each(${JSON.stringify(gone.map(({ id }) => id))}))`),
  ]);
}
