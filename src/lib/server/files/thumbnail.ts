import { eq } from 'drizzle-orm';
import { fileLimits, fileSize } from '../../files';
import * as blobs from '../blobs';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import * as limits from '../limits';
import * as pictures from '../pictures';
import { file } from '../schema';
import { requirePut, stillPuts } from './may';
import type { Upload } from './store';
import { ownUnused } from './visible';

const THUMBNAIL_TYPES = new Set<string>(['image/jpeg', 'image/png', 'image/webp']);

/** Derived from the file's key, so that no thumbnail is forgotten, even one missing in its row. */
export const thumbnailKey = (key: string): string => `${key}-thumb`;

export async function thumbnail(
  ctx: SignedIn,
  id: string,
  { body, size }: Omit<Upload, 'name'>,
): Promise<void> {
  const [row] = await ctx.db.select().from(file).where(ownUnused(ctx, id)).limit(1);
  if (!row || row.uploadId !== null) throw new Refusal('missing');
  if (!row.type.startsWith('image/') || !(size > 0)) throw new Refusal('invalid', { key: 'cover.kind' });
  if (size > fileLimits.thumb)
    throw new Refusal('too-large', {
      key: 'file.too-large',
      params: { size: fileSize(fileLimits.thumb, ctx.locale) },
    });
  await requirePut(ctx, row, 'part');
  const { head, chunks } = await blobs.peek(body);
  const type = blobs.detectType(head);
  if (!pictures.isPicture(type) || !THUMBNAIL_TYPES.has(type))
    throw new Refusal('invalid', { key: 'cover.kind' });
  const bytes = pictures.withoutMetadata(await blobs.readAll(chunks, size), type);
  const key = thumbnailKey(row.key);
  await ctx.bucket.put(key, bytes);
  await ctx.commit(
    [
      stillPuts(ctx, row),
      ctx.db.update(file).set({ thumbKey: key, thumbSize: bytes.length }).where(ownUnused(ctx, id)),
      must(ctx, changed()),
      ...limits.count(ctx, { part: 1 }),
    ],
    {
      refusal: async () => {
        const reached = await limits.exceeded(ctx, { part: 1 });
        if (reached) return reached;
        // A row used meanwhile keeps its key, and cron deletes the object with it.
        const [left] = await ctx.db.select({ id: file.id }).from(file).where(eq(file.id, id)).limit(1);
        if (!left) await ctx.bucket.delete(key);
        return new Refusal('missing');
      },
    },
  );
}
