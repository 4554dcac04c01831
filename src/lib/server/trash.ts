/** Deleted spaces: 14 days in the trash, where an administrator of the site can restore them, then gone for good. */
import { and, asc, desc, eq, gte, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import * as access from './access';
import { normalize } from '../normalize';
import * as administrators from './administrators';
import { changed, must, type Ctx, type Statement } from './context';
import { Refusal } from './errors';
import { record } from './events';
import * as files from './files';
import * as folded from './folded';
import * as paging from './paging';
import { allow } from './policy';
import { comment, space, thread, user } from './schema';
import * as search from './search';

const DAY = 24 * 3_600_000;
const KEEP_DAYS = 14;
/** Comments of a purged space that go in one batch; the rest follows a minute later. */
const CHUNK = 2_000;
const LISTED = 100;

/**
 * "Delete Space": out of everybody's reach at once, into the trash.
 * @param typed the space's name, typed to confirm
 */
export async function putSpace(ctx: Ctx, spaceId: number, typed: string): Promise<void> {
  const found = await access.requireAdministrator(ctx, spaceId);
  const plain = (name: string) => normalize(name, 'NFKC').replace(/\s+/g, ' ').trim();
  if (plain(typed) !== plain(found.name))
    throw new Refusal('invalid', { key: 'trash.wrong-name', field: 'typed' });
  await ctx.commit(
    [
      access.stillIn(ctx, spaceId, true),
      ctx.db
        .update(space)
        .set({ deletedAt: ctx.now, deletedBy: ctx.actor!.id })
        .where(and(eq(space.id, spaceId), isNull(space.deletedAt))),
      must(ctx, changed()),
      record(ctx, {
        kind: 'space.deleted',
        subject: `space:${spaceId}`,
        detail: { name: found.name },
        spaceId,
      }),
    ],
    { refusal: new Refusal('missing') },
  );
}

/** Administration → "Space Management": every space by name and size (never what is in it), and the trash. */
export async function overview(
  ctx: Ctx,
  filter: { search: string; after: string; trash?: string; without?: boolean },
) {
  allow(ctx, 'site.administer');
  const last = paging.read(filter.after, 'text', 'number');
  const lastGone = paging.read(filter.trash, 'number', 'number');
  const without = administrators.nobodyAdministers(sql`${space.id}`);
  // Aliases: a batch gives rows as objects, in which two columns of one name (or one text) are one.
  const [rows, trash, alone] = await ctx.db.batch([
    ctx.db
      .select({
        id: space.id,
        name: space.name,
        cover: space.cover,
        createdAt: space.createdAt,
        creator: sql<string>`${user.name}`.as('creator'),
        without: sql<number>`${without}`.as('without_administrator'),
        users: space.userCount,
        guests: space.guestCount,
        stored: files.storedIn(sql`${space.id}`),
      })
      .from(space)
      .innerJoin(user, eq(user.id, space.createdBy))
      .where(
        and(
          isNull(space.deletedAt),
          filter.without ? without : undefined,
          folded.isSpace(filter.search),
          last ? sql`(${space.name}, ${space.id}) > (${last[0]}, ${last[1]})` : undefined,
        ),
      )
      .orderBy(asc(space.name), asc(space.id))
      .limit(LISTED + 1),
    ctx.db
      .select({
        id: space.id,
        name: space.name,
        cover: space.cover,
        deletedAt: space.deletedAt,
        deletedBy: sql<string>`${user.name}`.as('deleted_by_name'),
        users: space.userCount,
        guests: space.guestCount,
        stored: files.storedIn(sql`${space.id}`),
      })
      .from(space)
      .innerJoin(user, eq(user.id, space.deletedBy))
      .where(
        and(
          isNotNull(space.deletedAt),
          lastGone ? sql`(${space.deletedAt}, ${space.id}) < (${lastGone[0]}, ${lastGone[1]})` : undefined,
        ),
      )
      .orderBy(desc(space.deletedAt), desc(space.id))
      .limit(LISTED + 1),
    ctx.db
      .select({ id: space.id })
      .from(space)
      .where(and(isNull(space.deletedAt), administrators.nobodyAdministers(sql`space.id`)))
      .limit(1),
  ]);
  const gone = paging.paged(trash, LISTED, (row) => [row.deletedAt!, row.id]);
  return {
    ...paging.paged(rows, LISTED, (row) => [row.name, row.id]),
    /** Somewhere is a space that nobody administers. */
    someWithout: alone.length > 0,
    trashNext: gone.next,
    trash: gone.rows.map(({ deletedAt, ...row }) => ({
      ...row,
      deletedAt: deletedAt!,
      goneAt: deletedAt! + KEEP_DAYS * DAY,
    })),
  };
}

/** Takes a space out of the trash: everything is as it was. Done twice is done once. */
export async function restore(ctx: Ctx, spaceId: number): Promise<void> {
  allow(ctx, 'site.administer');
  await ctx.commit(
    [
      ctx.db
        .update(space)
        .set({ deletedAt: null, deletedBy: null })
        .where(
          and(
            eq(space.id, spaceId),
            // What is older is being taken apart already.
            gte(space.deletedAt, ctx.now - KEEP_DAYS * DAY),
          ),
        ),
      must(ctx, changed()),
      record(ctx, { kind: 'space.restored', subject: `space:${spaceId}`, spaceId }),
    ],
    { refusal: new Refusal('conflict', { key: 'trash.gone' }) },
  );
}

/** Cron: what lay in the trash for 14 days goes, a bounded piece a run; its files leave R2 with the other unused ones. */
export async function purge(ctx: Ctx): Promise<void> {
  const [due] = await ctx.db
    .select({ id: space.id, name: space.name })
    .from(space)
    .where(and(isNotNull(space.deletedAt), lt(space.deletedAt, ctx.now - KEEP_DAYS * DAY)))
    .orderBy(asc(space.deletedAt))
    .limit(1);
  if (!due) return;
  const comments = ctx.db
    .select({ id: comment.id })
    .from(comment)
    .innerJoin(thread, eq(thread.id, comment.threadId))
    .where(eq(thread.spaceId, due.id))
    .limit(CHUNK);
  const some = (await comments).map((c) => c.id);
  const ids = JSON.stringify(some);
  if (some.length > 0)
    await ctx.commit([
      ...stillDue(ctx, due.id),
      ...search.drop(ctx, { comments: some }),
      ctx.db.run(sql`update file set released_at = ${ctx.now} where released_at is null
        and comment_id in (select value from json_each(${ids}))`),
      ctx.db.run(sql`delete from comment where id in (select value from json_each(${ids}))`),
    ]);
  if (some.length === CHUNK) return;
  await ctx.commit([
    ...stillDue(ctx, due.id),
    files.release(ctx, { spaceId: due.id }),
    ...search.drop(ctx, { space: due.id }),
    ctx.db.delete(space).where(and(eq(space.id, due.id), isNotNull(space.deletedAt))),
    record(ctx, {
      kind: 'space.purged',
      subject: `space:${due.id}`,
      detail: { name: due.name },
      spaceId: due.id,
      by: null,
    }),
  ]);
}

/** Undoes a piece of the purge unless the space lies in the trash still, and for long enough. */
const stillDue = (ctx: Ctx, spaceId: number): Statement[] => [
  ctx.db
    .update(space)
    .set({ deletedAt: sql`deleted_at` })
    .where(and(eq(space.id, spaceId), lt(space.deletedAt, ctx.now - KEEP_DAYS * DAY))),
  must(ctx, changed()),
];
