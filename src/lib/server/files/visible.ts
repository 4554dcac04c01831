/** Two ways to a file: for everybody who may see it, and for its uploader while nothing uses it. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { can } from '../policy';
import { file } from '../schema';

/** 404 unless the actor may see the file. Before it is attached, only its uploader may. */
export async function findVisible(ctx: SignedIn, id: string): Promise<typeof file.$inferSelect> {
  const { actor } = ctx;
  const uploader = { from: sql`from user u where u.id = file.uploader_id`, shows: access.person('u') };
  const itsThread = {
    from: sql`from thread t join user u on u.id = t.author_id where t.id = file.thread_id`,
    shows: { text: 't', author: 'u' },
  };
  // A version may be by somebody else than the text.
  const itsComment = {
    from: sql`from comment c join user u on u.id = c.author_id where c.id = file.comment_id`,
    shows: { text: 'c', author: 'u' },
  };
  const itself = { audienceOf: 'file' };
  const seesUploader = can(actor, 'site.administer')
    ? sql`1`
    : sql`exists (select 1 from user u where u.id = file.uploader_id and ${access.seesSomewhere(ctx, actor, 'u')})`;
  const managesTemplates = can(actor, 'space.create') || can(actor, 'site.administer');
  const [row] = await ctx.db
    .select()
    .from(file)
    .where(
      and(
        eq(file.id, id),
        isNull(file.releasedAt),
        isNull(file.uploadId),
        sql`(
          exists (
            select 1 from membership m join space s on s.id = m.space_id
            where m.space_id = file.space_id and m.user_id = ${actor.id} and s.deleted_at is null and ${access.lasting(ctx, 'm')}
              and (file.attached_at is not null or file.uploader_id = ${actor.id})
              and (file.kind = 'cover' or ${access.visibleTo(actor, { space: 's' }, itself, uploader, itsThread, itsComment)}))
          or file.kind = 'avatar' and file.attached_at is not null and ${seesUploader}
          or file.template_id is not null and ${managesTemplates ? 1 : 0}
          or file.space_id is null and file.attached_at is null and file.uploader_id = ${actor.id})`,
      ),
    )
    .limit(1);
  if (!row) throw new Refusal('missing');
  return row;
}

/** Whole, or still arriving. People removed from its space have no uploads there any more. */
export const ownUnused = (ctx: SignedIn, id: string) =>
  and(
    eq(file.id, id),
    eq(file.uploaderId, ctx.actor.id),
    isNull(file.attachedAt),
    isNull(file.releasedAt),
    sql`(space_id is null or space_id in (select m.space_id from membership m
      where m.user_id = ${ctx.actor.id} and ${access.lasting(ctx, 'm')}))`,
  );
