import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { SignedIn } from '../context';
import { file } from '../schema';
import { inOrder, isCurrent } from './current';

const columns = {
  id: file.id,
  commentId: file.commentId,
  name: file.name,
  type: file.type,
  category: file.category,
  size: file.size,
  thumb: sql<number>`thumb_key is not null`.mapWith(Boolean),
};
const columnsFor = ({ actor }: SignedIn) => ({
  ...columns,
  version: actor.kind === 'guest' ? file.publicVersion : file.version,
});

export const ofThreadQuery = (ctx: SignedIn, threadId: number | SQL) =>
  ctx.db
    .select(columnsFor(ctx))
    .from(file)
    .where(and(eq(file.threadId, threadId), isNull(file.commentId), isCurrent()))
    .orderBy(inOrder())
    .limit(50);

export const ofCommentsQuery = (ctx: SignedIn, commentIds: string | SQL) =>
  ctx.db
    .select(columnsFor(ctx))
    .from(file)
    .where(
      and(
        typeof commentIds === 'string'
          ? sql`comment_id in (select value from json_each(${commentIds}))`
          : sql`comment_id in (${commentIds})`,
        isCurrent(),
      ),
    )
    .orderBy(inOrder())
    .limit(1_000);

export async function names(ctx: SignedIn, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ name: file.name })
    .from(file)
    .where(
      and(
        sql`id in (select value from json_each(${JSON.stringify(ids)}))`,
        eq(file.uploaderId, ctx.actor.id),
        isNull(file.releasedAt),
      ),
    )
    .limit(50);
  return rows.map((row) => row.name);
}
