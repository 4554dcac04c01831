import { and, eq, isNull, sql } from 'drizzle-orm';
import { fileLimits } from '../../files';
import { DAY } from '../../time';
import * as access from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { allow } from '../policy';
import { file } from '../schema';
import { tooMany } from './attach';
import { allowPut, stillPuts } from './may';
import { checkSize, store, type Upload, type UploadedFile } from './store';

const MAX_UNUSED = 100;

export async function upload(
  ctx: SignedIn,
  spaceId: number,
  { kind, ...given }: Upload & { kind: 'attachment' | 'cover' },
): Promise<UploadedFile> {
  const { space, unused } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    unused: unusedQuery(ctx),
  });
  allowPut(ctx, kind, access.foundSpace(ctx, space));
  refuseTooManyUnused(unused);
  return store(ctx, kind, given, spaceId, stillPuts(ctx, { kind, spaceId }));
}

export async function uploadCover(ctx: SignedIn, given: Upload): Promise<UploadedFile> {
  allow(ctx, 'space.create');
  refuseTooManyUnused(await unusedQuery(ctx));
  return store(ctx, 'cover', given, null, stillPuts(ctx, { kind: 'cover', spaceId: null }));
}

export function checkFiles(ctx: SignedIn, list: File[]): void {
  if (list.length > fileLimits.count) throw tooMany();
  for (const one of list) checkSize(ctx, 'attachment', one.size);
}

export async function uploadAll(ctx: SignedIn, spaceId: number, list: File[]): Promise<string[]> {
  checkFiles(ctx, list);
  const ids: string[] = [];
  for (const one of list) {
    const given = { name: one.name, size: one.size, body: one.stream() };
    ids.push((await upload(ctx, spaceId, { kind: 'attachment', ...given })).id);
  }
  return ids;
}

export const unusedQuery = (ctx: SignedIn) =>
  ctx.db
    .select({ count: sql<number>`count(*)` })
    .from(file)
    // Cron removes older ones.
    .where(
      and(isNull(file.attachedAt), sql`created_at > ${ctx.now - DAY}`, eq(file.uploaderId, ctx.actor.id)),
    );

export function refuseTooManyUnused([row]: { count: number }[]): void {
  if (row!.count >= MAX_UNUSED) throw new Refusal('throttled', { key: 'file.too-many-unused' });
}
