/** For the batch of a text: the files that it takes, and those that a deletion leaves behind. */
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { fileLimits } from '../../files';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { file } from '../schema';

export const tooMany = (): Refusal =>
  new Refusal('invalid', { key: 'file.too-many', params: { max: fileLimits.count }, field: 'files' });

/** A text has at most so many. */
export function refuseTooMany(count: number): void {
  if (count > fileLimits.count) throw tooMany();
}

/**
 * Own, unused uploads of this space. Undoes the batch unless all can still be used.
 * They are shown in the order in which they were attached: a millisecond apart.
 */
export function attach(
  ctx: SignedIn,
  spaceId: number,
  ids: string[],
  to: { threadId: number | SQL; commentId: number | SQL | null },
): Statement[] {
  if (ids.length === 0) return [];
  refuseTooMany(ids.length);
  const list = JSON.stringify(ids);
  return [
    ctx.db.run(sql`
      update file set thread_id = ${to.threadId}, comment_id = ${to.commentId},
        attached_at = ${ctx.now} + (select key from json_each(${list}) where value = file.id),
        audience = ${access.audienceOf(to.threadId, to.commentId)}, owner_id = ${access.ownerWith(to.threadId, ctx.actor)}
      where id in (select value from json_each(${list})) and space_id = ${spaceId}
        and kind = 'attachment' and uploader_id = ${ctx.actor.id} and attached_at is null and released_at is null
        and upload_id is null`),
    must(ctx, changed(ids.length)),
  ];
}

/** Comes before the deletion. Cron removes the files from R2. */
export const release = (
  ctx: Ctx,
  which:
    | { ids: string[]; threadId: number; commentId: number | null }
    | { commentId: number | SQL }
    | { threadId: number | SQL }
    | { spaceId: number | SQL },
): Statement =>
  ctx.db
    .update(file)
    .set({ releasedAt: ctx.now })
    .where(
      and(
        isNull(file.releasedAt),
        'ids' in which
          ? sql`id in (select value from json_each(${JSON.stringify(which.ids)}))
              and thread_id = ${which.threadId} and comment_id is ${which.commentId}`
          : 'commentId' in which
            ? sql`comment_id = ${which.commentId}`
            : 'threadId' in which
              ? sql`thread_id = ${which.threadId}`
              : sql`space_id = ${which.spaceId}`,
      ),
    );

/** Its text, or a thread with all its comments, becomes visible to guests. */
export const open = (ctx: Ctx, of: { commentId: number } | { threadId: number }): Statement =>
  ctx.db
    .update(file)
    .set({ audience: null })
    .where('commentId' in of ? eq(file.commentId, of.commentId) : eq(file.threadId, of.threadId));
