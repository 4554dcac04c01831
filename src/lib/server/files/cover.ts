/** A cover is the name of a shipped picture, or `file:<id>` of an uploaded one. */
import { sql, type SQL } from 'drizzle-orm';
import { changed, must, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { allow } from '../policy';
import { file } from '../schema';
import { stillPuts } from './may';
import { check, store } from './store';
import { upload, uploadCover } from './upload';
import { findVisible, ownUnused } from './visible';

export const coverFile = (cover: string): string | null => /^file:([a-z2-7]{16})$/.exec(cover)?.[1] ?? null;

/** Releases the previous cover. Undoes the batch unless the actor may use this one. */
export function useCover(ctx: SignedIn, cover: string, spaceId: number | SQL): Statement[] {
  const id = coverFile(cover);
  return [
    ...(id
      ? [
          ctx.db.run(sql`
            update file set space_id = ${spaceId}, attached_at = coalesce(attached_at, ${ctx.now})
            where id = ${id} and kind = 'cover' and released_at is null and template_id is null
              and (attached_at is not null and space_id = ${spaceId}
                or attached_at is null and uploader_id = ${ctx.actor.id}
                and (space_id is null or space_id = ${spaceId}))`),
          must(ctx, changed()),
        ]
      : []),
    ctx.db.run(sql`
      update file set released_at = ${ctx.now}
      where space_id = ${spaceId} and kind = 'cover' and attached_at is not null and released_at is null
        and id <> ${id ?? ''}`),
  ];
}

export function useCoverOfTemplate(ctx: SignedIn, cover: string, templateId: string): Statement[] {
  const id = coverFile(cover);
  return [
    ...(id
      ? [
          ctx.db.run(sql`
            update file set template_id = ${templateId}, space_id = null, attached_at = coalesce(attached_at, ${ctx.now})
            where id = ${id} and kind = 'cover' and released_at is null
              and (template_id = ${templateId} or template_id is null and attached_at is null
                and uploader_id = ${ctx.actor.id})`),
          must(ctx, changed()),
        ]
      : []),
    ctx.db.run(sql`
      update file set released_at = ${ctx.now}
      where template_id = ${templateId} and released_at is null and id <> ${id ?? ''}`),
  ];
}

/** Gives the reason in words; `useCover` decides races. */
export async function checkCover(ctx: SignedIn, cover: string): Promise<void> {
  const id = coverFile(cover);
  if (!id) return;
  const [row] = await ctx.db.select({ kind: file.kind }).from(file).where(ownUnused(ctx, id)).limit(1);
  if (row?.kind !== 'cover') throw new Refusal('conflict', { key: 'cover.gone', field: 'cover' });
}

const givenIn = (own: File) => ({ name: own.name, body: own.stream(), size: own.size });

/** `chosenCover` refuses no picture that this lets pass, but for want of room. */
export const checkCoverFile = async (ctx: SignedIn, [own]: File[] = []): Promise<void> =>
  void (own && (await check(ctx, 'cover', givenIn(own))));

/** The picture in the form itself (without scripts), else the chosen radio. @param spaceId null while it is being created */
export async function chosenCover(
  ctx: SignedIn,
  cover: string,
  [own]: File[],
  spaceId?: number,
): Promise<string> {
  if (!own) return cover;
  const given = givenIn(own);
  const uploaded = spaceId
    ? await upload(ctx, spaceId, { kind: 'cover', ...given })
    : await uploadCover(ctx, given);
  return `file:${uploaded.id}`;
}

/** Needs the right to create spaces, as an upload does. */
export async function copyCover(ctx: SignedIn, cover: string): Promise<string> {
  const id = coverFile(cover);
  if (!id) return cover;
  allow(ctx, 'space.create');
  const row = await findVisible(ctx, id);
  if (row.kind !== 'cover') throw new Refusal('missing');
  if (row.uploaderId === ctx.actor.id && row.attachedAt === null) return cover;
  const object = await ctx.bucket.get(row.key);
  if (!object) throw new Refusal('missing');
  const copy = await store(
    ctx,
    'cover',
    { name: row.name, body: object.body, size: row.size },
    null,
    stillPuts(ctx, { kind: 'cover', spaceId: null }),
  );
  return `file:${copy.id}`;
}
