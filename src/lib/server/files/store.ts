/** Checks, cleans and stores a file. Pictures up to 20 MB, our limit in memory, lose their metadata (pictures/). */
import { eq, sql } from 'drizzle-orm';
import {
  categoryOf,
  CLEANED_UP_TO,
  fileLimits,
  fileSize,
  remainingMetadata,
  type RemainingMetadata,
} from '../../files';
import * as blobs from '../blobs';
import { changed, must, type Batch, type SignedIn } from '../context';
import { randomId, randomToken } from '../crypto';
import { Refusal } from '../errors';
import * as folded from '../folded';
import * as limits from '../limits';
import { log } from '../log';
import * as pictures from '../pictures';
import { file, type Parts } from '../schema';
import { fits, noRoom } from './quota';

/** `size` is the sender's claim; it must be exact. */
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
  thumb: boolean;
  metadata: RemainingMetadata | null;
}

export type Kind = 'attachment' | 'cover' | 'logo' | 'avatar';

/** Some browsers do not show other types. */
export const PICTURE_TYPES = new Set<string>(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);

const fieldOf = (kind: Kind) =>
  ({ attachment: 'files', cover: 'coverFile', logo: 'logo', avatar: 'picture' })[kind];

/** @param stillAllowed undoes the upload of somebody who has lost the right to it */
export async function store(
  ctx: SignedIn,
  kind: Kind,
  { name, body, size: claimed }: Upload,
  spaceId: number | null,
  stillAllowed?: Batch,
): Promise<UploadedFile> {
  const field = fieldOf(kind);
  // Before its bytes are taken; the write decides.
  checkSize(ctx, kind, claimed);
  const full = (await noRoom(ctx, spaceId, claimed, field)) ?? (await limits.exceeded(ctx, { upload: 1 }));
  if (full) throw full;
  const { type, size, chunks, metadata } = await check(ctx, kind, { name, body, size: claimed });
  const row = await reserve(ctx, { kind, spaceId, name, type, size }, stillAllowed);
  await blobs.streamTo(ctx.bucket, row.key, size, chunks).catch(async (error) => {
    // If this fails too, cron deletes the unused row with its object.
    await ctx.bucket.delete(row.key);
    await ctx.commit([ctx.db.delete(file).where(eq(file.id, row.id))], { always: true });
    if (error instanceof Refusal) throw error;
    log('an upload broke off', error);
    throw new Refusal('invalid', { key: 'file.size-wrong', field });
  });
  return { id: row.id, name: row.name, type, size, thumb: false, metadata };
}

interface Reserved {
  kind: Kind;
  spaceId: number | null;
  name: string;
  type: blobs.BlobType;
  size: number;
  /** Of a file that arrives in parts. */
  arriving?: { fingerprint: string; parts: Parts };
}

/** The row of a file that is about to arrive, if there is room for it. */
export async function reserve(
  ctx: SignedIn,
  { kind, spaceId, name, type, size, arriving }: Reserved,
  stillAllowed?: Batch,
): Promise<{ id: string; key: string; name: string }> {
  const row = { id: randomId(), key: randomToken(), name: blobs.safeName(name) };
  const arrives = arriving
    ? sql`'', ${arriving.fingerprint}, ${JSON.stringify(arriving.parts)}`
    : sql`null, null, null`;
  await ctx.commit(
    [
      stillAllowed,
      ctx.db.run(sql`
        insert into file (id, kind, space_id, name, folded, type, category, size, key, uploader_id, created_at,
          upload_id, fingerprint, parts)
        select ${row.id}, ${kind}, ${spaceId}, ${row.name}, ${folded.fileName(row.name)}, ${type},
          ${categoryOf(type, row.name)}, ${size}, ${row.key}, ${ctx.actor.id}, ${ctx.now}, ${arrives}
        where ${await fits(ctx, spaceId, size)}`),
      must(ctx, changed()),
      ...limits.count(ctx, { upload: 1 }),
    ],
    {
      refusal: async () =>
        (await noRoom(ctx, spaceId, size, fieldOf(kind))) ??
        (await limits.exceeded(ctx, { upload: 1 })) ??
        new Refusal('missing'),
    },
  );
  return row;
}

/** @throws Refusal for what cannot be stored. Reads a picture whole. */
export async function check(ctx: SignedIn, kind: Kind, { name, body, size }: Upload) {
  checkSize(ctx, kind, size);
  const source = await blobs.peek(body);
  const type = blobs.detectType(source.head);
  if (kind === 'cover' && !PICTURE_TYPES.has(type))
    throw new Refusal('invalid', { key: 'cover.kind', field: fieldOf(kind) });
  return { type, ...(await withoutMetadata(kind, name, type, size, source)) };
}

export function checkSize(ctx: SignedIn, kind: Kind, size: number): void {
  const [limit, field] = [fileLimits[kind === 'attachment' ? 'post' : kind], fieldOf(kind)];
  if (!(size > 0)) throw new Refusal('invalid', { key: 'file.empty', field });
  if (size > limit) throw tooLarge(ctx, limit, field);
}

export const tooLarge = (ctx: SignedIn, limit: number, field: string): Refusal =>
  new Refusal('too-large', { key: 'file.too-large', params: { size: fileSize(limit, ctx.locale) }, field });

async function withoutMetadata(
  kind: Kind,
  name: string,
  type: blobs.BlobType,
  size: number,
  { head, chunks }: blobs.Source,
): Promise<{ size: number; chunks: AsyncIterable<Uint8Array>; metadata: RemainingMetadata | null }> {
  if (!pictures.isPicture(type) || size > CLEANED_UP_TO)
    return { size, chunks, metadata: metadataIn(head, { name, type, size }) };
  const bytes = await blobs.readAll(chunks, size);
  const clean = cleaned(bytes, type);
  if (clean) return { size: clean.length, chunks: blobs.single(clean), metadata: null };
  if (kind !== 'attachment') throw new Refusal('invalid', { key: 'cover.broken', field: fieldOf(kind) });
  // It may be a picture all the same.
  return { size, chunks: blobs.single(bytes), metadata: 'place' };
}

/** What a file reveals that is stored as it came. */
export const metadataIn = (
  head: Uint8Array,
  file: { name: string; type: blobs.BlobType; size: number },
): RemainingMetadata | null => blobs.metadataOf(head) ?? remainingMetadata(file);

/** Null: the picture cannot be parsed, and its bytes are unchanged. */
function cleaned(bytes: Uint8Array, type: pictures.PictureType): Uint8Array | null {
  try {
    return pictures.withoutMetadata(bytes, type);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
