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
    | { threadId: number | SQL },
): Statement =>
  ctx.db
    .update(file)
    .set({ releasedAt: ctx.now })
    .where(
      and(
        isNull(file.releasedAt),
        'ids' in which
          ? // With all their versions.
            sql`coalesce(original_id, id) in (select coalesce(f.original_id, f.id) from file f
                where f.id in (select value from json_each(${JSON.stringify(which.ids)})))
              and thread_id = ${which.threadId} and comment_id is ${which.commentId}`
          : 'commentId' in which
            ? sql`comment_id = ${which.commentId}`
            : sql`thread_id = ${which.threadId}`,
      ),
    );

/** Of a space that goes, so many at a time. They no longer name it, so that its row can go without touching theirs. */
export const releaseOfSpace = (ctx: Ctx, spaceId: number, limit: number): Statement =>
  ctx.db.run(sql`
    update file set released_at = coalesce(released_at, ${ctx.now}), space_id = null
    where id in (select id from file where space_id = ${spaceId} limit ${limit})`);

/** Its text, or a thread with all its comments, becomes visible to guests. Versions from before stay with the company. */
export const open = (ctx: Ctx, of: { commentId: number } | { threadId: number }): Statement =>
  ctx.db
    .update(file)
    .set({ audience: null })
    .where(
      and(
        'commentId' in of ? eq(file.commentId, of.commentId) : eq(file.threadId, of.threadId),
        isNull(file.replacedAt),
      ),
    );

/**
 * An own, unused upload takes the place of a file in its text, for whoever that is. Undoes the batch unless both are still there.
 * @param originalId of the first version
 * @param requestKey fails as a duplicate if it has made a version before
 */
export function replace(
  ctx: SignedIn,
  spaceId: number,
  id: string,
  originalId: string,
  requestKey: string,
): Statement[] {
  const isVersion = (row: string) =>
    sql`(${sql.raw(row)}.id = ${originalId} or ${sql.raw(row)}.original_id = ${originalId})`;
  return [
    ctx.db.run(sql`
      update file set thread_id = o.thread_id, comment_id = o.comment_id, audience = o.audience, owner_id = o.owner_id,
        first_at = coalesce(o.first_at, o.attached_at), version = o.version + 1,
        public_version = iif(o.audience is null, o.public_version + 1, 1),
        original_id = ${originalId}, attached_at = ${ctx.now}, request_key = ${requestKey}
      from (select * from file f where ${isVersion('f')} and f.space_id = ${spaceId} and f.thread_id is not null
        and f.replaced_at is null and f.released_at is null) o
      where file.id = ${id} and file.space_id = ${spaceId} and file.kind = 'attachment'
        and file.uploader_id = ${ctx.actor.id} and file.attached_at is null and file.released_at is null
        and file.upload_id is null`),
    must(ctx, changed()),
    ctx.db.run(sql`
      update file set replaced_at = ${ctx.now}
      where ${isVersion('file')} and id <> ${id} and replaced_at is null and released_at is null`),
    must(ctx, changed()),
  ];
}
