import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { nobodyAdministers } from '../administrators';
import type { SignedIn } from '../context';
import * as files from '../files';
import * as folded from '../folded';
import * as paging from '../paging';
import { allow } from '../policy';
import { space, user } from '../schema';
import { goneAt } from '../trash';
import * as administrators from './administrators';

const LISTED = 100;
/** Administrators of a space. */
const NAMED = 3;

const withoutQuery = (ctx: SignedIn) =>
  ctx.db
    .select({ id: space.id })
    .from(space)
    .where(and(isNull(space.deletedAt), nobodyAdministers(sql`space.id`)))
    .limit(1);

/** Whether some space has no administrator: whoever deactivates an account may have to appoint one. */
export async function someWithout(ctx: SignedIn): Promise<boolean> {
  allow(ctx, 'site.administer');
  const { alone } = await ctx.read({ alone: withoutQuery(ctx) });
  return alone.length > 0;
}

/** Every space by name, size and who answers for it, never its content, and the trash. */
export async function list(
  ctx: SignedIn,
  filter: { search: string; after: string; trash?: string; without?: boolean },
) {
  allow(ctx, 'site.administer');
  const last = paging.read(filter.after, 'text', 'number');
  const lastGone = paging.read(filter.trash, 'number', 'number');
  const without = nobodyAdministers(sql`${space.id}`);
  // Aliases: D1 returns a batch's rows as objects, in which columns of the same name become one.
  const { rows, trash, alone } = await ctx.read({
    rows: ctx.db
      .select({
        id: space.id,
        name: space.name,
        cover: space.cover,
        createdAt: space.createdAt,
        creator: sql<string>`${user.name}`.as('creator'),
        archivedAt: space.archivedAt,
        without: sql<number>`${without}`.as('without_administrator'),
        administrators: administrators.names(sql`${space.id}`, NAMED).as('administrators'),
        /** Of its threads and comments; null if nothing was ever written. */
        activeAt: sql<
          number | null
        >`(select max(last_activity_at) from thread where space_id = ${space.id})`.as('active_at'),
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
    trash: ctx.db
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
    alone: withoutQuery(ctx),
  });
  const { rows: listed, next } = paging.paged(rows, LISTED, (row) => [row.name, row.id]);
  const gone = paging.paged(trash, LISTED, (row) => [row.deletedAt!, row.id]);
  return {
    rows: listed.map((row) => ({
      ...row,
      administrators: administrators.namedOf(row.administrators, NAMED),
    })),
    next,
    someWithout: alone.length > 0,
    trashNext: gone.next,
    trash: gone.rows.map(({ deletedAt, ...row }) => ({
      ...row,
      deletedAt: deletedAt!,
      goneAt: goneAt(deletedAt!),
    })),
  };
}
