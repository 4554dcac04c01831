/**
 * A file too large for one request arrives in parts, through R2's multipart upload. Its row exists from the start, so storage and
 * cron know it; whoever begins again with the same file goes on where it stopped (docs/decisions/028-files-in-parts.md).
 */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { categoryOf, comesInParts, fileLimits, PART_SIZE } from '../../files';
import * as access from '../access';
import * as blobs from '../blobs';
import { changed, must, says, type SignedIn } from '../context';
import { hashBytes } from '../crypto';
import { Refusal } from '../errors';
import * as limits from '../limits';
import { file, type Parts } from '../schema';
import { allowPut, requirePut, stillPuts } from './may';
import { abort, NO_UPLOAD, remove } from './purge';
import { metadataIn, reserve, tooLarge, type UploadedFile } from './store';
import { refuseTooManyUnused, unusedQuery } from './upload';
import { ownUnused } from './visible';

/** A part that R2 does not have, or has anew. */
const OTHER_PART = '(10025)';

export interface Arrived {
  id: string;
  partSize: number;
  /** Numbers, from 1. */
  parts: number[];
}

type Row = typeof file.$inferSelect;
type Arriving = Row & { parts: Parts; uploadId: string };

/** @param fingerprint of name, time and first part: the same one goes on with the same upload */
export async function beginUpload(
  ctx: SignedIn,
  spaceId: number,
  { name, size, fingerprint }: { name: string; size: number; fingerprint: string },
): Promise<Arrived> {
  const { space, unused, begun } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    unused: unusedQuery(ctx),
    begun: ctx.db
      .select()
      .from(file)
      .where(
        and(
          eq(file.uploaderId, ctx.actor.id),
          eq(file.fingerprint, fingerprint),
          eq(file.spaceId, spaceId),
          eq(file.size, size),
          isNotNull(file.uploadId),
          isNull(file.releasedAt),
        ),
      )
      .limit(1),
  });
  allowPut(ctx, 'attachment', access.foundSpace(ctx, space));
  if (begun[0]?.uploadId) return arrived(begun[0] as Arriving);
  if (!comesInParts(size)) throw new Refusal('invalid', { key: 'file.size-wrong', field: 'files' });
  if (size > fileLimits.attachment) throw tooLarge(ctx, fileLimits.attachment, 'files');
  const parts: Parts = { size: PART_SIZE, arrived: {} };
  // One whose request was killed before it had R2's id takes its place.
  if (!begun[0]) refuseTooManyUnused(unused);
  const { id, key } =
    begun[0] ??
    (await reserve(
      ctx,
      {
        ...{ kind: 'attachment', type: 'application/octet-stream' },
        ...{ spaceId, name, size, arriving: { fingerprint, parts } },
      },
      stillPuts(ctx, { kind: 'attachment', spaceId }),
    ));
  const { uploadId } = await ctx.bucket.createMultipartUpload(key);
  const { done } = await ctx.commit(
    [
      ctx.db
        .update(file)
        .set({ uploadId })
        .where(and(ownUnused(ctx, id), eq(file.uploadId, ''))),
      must(ctx, changed()),
    ],
    { always: true, refusal: () => null },
  );
  if (done) return { id, partSize: parts.size, parts: [] };
  // A second request of the same file was faster, or it was cancelled.
  await abort(ctx, key, uploadId);
  return arrivedParts(ctx, id);
}

/** 404 unless it is the actor's own, and still arriving. */
async function arriving(ctx: SignedIn, id: string): Promise<Arriving> {
  const [row] = await ctx.db.select().from(file).where(ownUnused(ctx, id)).limit(1);
  if (!row?.uploadId) throw new Refusal('missing');
  return row as Arriving;
}

export const arrivedParts = async (ctx: SignedIn, id: string): Promise<Arrived> =>
  arrived(await arriving(ctx, id));

const arrived = ({ id, parts }: Arriving): Arrived => ({
  id,
  partSize: parts.size,
  parts: Object.keys(parts.arrived).map(Number),
});

const countOf = ({ size, parts }: Arriving): number => Math.ceil(size / parts.size);

/** The same part again changes nothing. */
export async function uploadPart(
  ctx: SignedIn,
  id: string,
  number: number,
  { body, size }: { body: ReadableStream<Uint8Array> | Uint8Array; size: number },
): Promise<void> {
  const row = await arriving(ctx, id);
  const last = countOf(row);
  if (number > last) throw new Refusal('missing');
  await requirePut(ctx, row, 'part');
  const expected = number < last ? row.parts.size : row.size - (last - 1) * row.parts.size;
  if (size !== expected) throw new Refusal('invalid', { key: 'file.size-wrong' });
  const { chunks } = await blobs.peek(body);
  const bytes = await blobs.readAll(chunks, expected);
  const hash = await hashBytes(bytes);
  const before = row.parts.arrived[number];
  if (before?.hash === hash) return;
  if (before) throw new Refusal('conflict', { key: 'file.changed' });
  const { etag } = await uploadOf(ctx, row).uploadPart(number, bytes).catch(forget(ctx, row));
  const place = `$.arrived."${number}"`;
  await ctx.commit(
    [
      stillPuts(ctx, row),
      ctx.db.run(sql`
        update file set parts = json_set(parts, ${place}, json(${JSON.stringify({ etag, hash })})), created_at = ${ctx.now}
        where ${ownUnused(ctx, id)} and upload_id = ${row.uploadId} and json_type(parts, ${place}) is null`),
      must(ctx, changed()),
      ...limits.count(ctx, { part: 1 }),
    ],
    {
      always: true,
      refusal: async () => {
        const refused = await limits.exceeded(ctx, { part: 1 });
        if (refused) return refused;
        // The same part arrived twice at a time, and nobody knows which R2 kept: it is sent again.
        await ctx.commit(
          [
            ctx.db.run(sql`
              update file set parts = json_remove(parts, ${place})
              where ${ownUnused(ctx, id)} and upload_id = ${row.uploadId}`),
            must(ctx, changed()),
          ],
          { always: true, refusal: new Refusal('missing') },
        );
        return new Refusal('unavailable', { key: 'file.incomplete' });
      },
    },
  );
}

/** Again is the same file: only an answer was lost. */
export async function completeUpload(ctx: SignedIn, id: string): Promise<UploadedFile> {
  const [row] = await ctx.db
    .select()
    .from(file)
    .where(and(ownUnused(ctx, id), eq(file.kind, 'attachment')))
    .limit(1);
  if (!row || row.uploadId === '') throw new Refusal('missing');
  if (row.uploadId !== null) {
    await requirePut(ctx, row);
    await join(ctx, row as Arriving);
  }
  const object = await ctx.bucket.get(row.key, { range: { offset: 0, length: blobs.HEAD_BYTES } });
  if (object?.size !== row.size) throw new Refusal('invalid', { key: 'file.size-wrong' });
  const head = new Uint8Array(await object.arrayBuffer());
  const { name, size } = row;
  const type = blobs.detectType(head);
  if (row.uploadId !== null)
    await ctx.commit(
      [
        stillPuts(ctx, row),
        ctx.db
          .update(file)
          .set({
            ...{ type, category: categoryOf(type, name), createdAt: ctx.now },
            ...{ uploadId: null, fingerprint: null, parts: null },
          })
          .where(and(ownUnused(ctx, id), eq(file.uploadId, row.uploadId))),
        must(ctx, changed()),
      ],
      {
        refusal: async () => {
          const whole = and(ownUnused(ctx, id), isNull(file.uploadId));
          return (await ctx.db.$count(file, whole)) > 0 ? null : new Refusal('missing');
        },
      },
    );
  return {
    id,
    name,
    type,
    size,
    thumb: row.thumbKey !== null,
    metadata: metadataIn(head, { name, type, size }),
  };
}

async function join(ctx: SignedIn, row: Arriving): Promise<void> {
  const parts = Array.from({ length: countOf(row) }, (_, i) => ({
    partNumber: i + 1,
    etag: row.parts.arrived[i + 1]?.etag ?? '',
  }));
  if (parts.some(({ etag }) => etag === '')) throw new Refusal('conflict', { key: 'file.incomplete' });
  await uploadOf(ctx, row)
    .complete(parts)
    .catch(async (error) => {
      // By a second request, or by one that was killed before it could say so.
      if (await ctx.bucket.head(row.key)) return;
      if (!says(error, OTHER_PART)) return forget(ctx, row)(error);
      await ctx.commit(
        [
          ctx.db
            .update(file)
            .set({ parts: { ...row.parts, arrived: {} } })
            .where(and(ownUnused(ctx, row.id), eq(file.uploadId, row.uploadId))),
        ],
        { always: true },
      );
      throw new Refusal('conflict', { key: 'file.incomplete' });
    });
}

const uploadOf = (ctx: SignedIn, { key, uploadId }: Arriving): R2MultipartUpload =>
  ctx.bucket.resumeMultipartUpload(key, uploadId);

/** R2 ends uploads after seven days: whoever begins again begins anew. */
const forget =
  (ctx: SignedIn, { id }: Arriving) =>
  async (error: unknown): Promise<never> => {
    if (!says(error, NO_UPLOAD)) throw error;
    await cancelUpload(ctx, id);
    throw new Refusal('missing');
  };

/** Also one that has arrived whole, as long as nothing uses it. Its room is free at once. */
export async function cancelUpload(ctx: SignedIn, id: string): Promise<void> {
  const released = ctx.db
    .update(file)
    .set({ releasedAt: ctx.now })
    .where(and(ownUnused(ctx, id), eq(file.kind, 'attachment')))
    .returning({ id: file.id, key: file.key, uploadId: file.uploadId });
  const committed = await ctx.commit([released, must(ctx, changed())], { refusal: new Refusal('missing') });
  await remove(ctx, committed.of(released));
}
