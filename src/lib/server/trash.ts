/** Deleted spaces can be restored from the trash for 14 days. */
import { and, asc, eq, gte, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { DAY } from '../time';
import * as access from './access';
import { normalize } from '../normalize';
import { changed, must, type Ctx, type Statement, type SignedIn } from './context';
import { Refusal } from './errors';
import { record, system } from './events';
import * as files from './files';
import * as outbox from './mail/outbox';
import { comment, file, space, spaceTables, thread } from './schema';
import * as search from './search';

const KEEP_DAYS = 14;
/** Rows per batch, and per run; the rest follows a minute later. */
const PIECE = 2_000;
const ROWS_A_RUN = 10_000;

/** When a space leaves the trash for good. */
export const goneAt = (deletedAt: number): number => deletedAt + KEEP_DAYS * DAY;

/** By the actor, and it is still in the trash. */
export async function hasPut(ctx: SignedIn, spaceId: number): Promise<boolean> {
  const mine = and(eq(space.id, spaceId), eq(space.deletedBy, ctx.actor.id), isNotNull(space.deletedAt));
  return (await ctx.db.$count(space, mine)) > 0;
}

/** @param typed the space's name, to confirm */
export async function putSpace(ctx: SignedIn, spaceId: number, typed: string): Promise<void> {
  const found = await access.requireAdministrator(ctx, spaceId);
  const plain = (name: string) => normalize(name, 'NFKC').replace(/\s+/g, ' ').trim();
  if (plain(typed) !== plain(found.name))
    throw new Refusal('invalid', { key: 'trash.wrong-name', field: 'typed' });
  await ctx.commit(
    [
      access.stillAdministers(ctx, spaceId, { archived: true }),
      ctx.db
        .update(space)
        .set({ deletedAt: ctx.now, deletedBy: ctx.actor.id })
        .where(and(eq(space.id, spaceId), isNull(space.deletedAt))),
      must(ctx, changed()),
      outbox.dropOfSpace(ctx, spaceId),
      record(ctx, {
        kind: 'space.deleted',
        detail: { name: found.name },
        spaceId,
      }),
    ],
    { refusal: async () => ((await hasPut(ctx, spaceId)) ? null : new Refusal('missing')) },
  );
}

/** With everything in it. Twice is no error. */
export async function restore(ctx: SignedIn, spaceId: number): Promise<void> {
  await access.commitForSite(
    ctx,
    [
      ctx.db
        .update(space)
        .set({ deletedAt: null, deletedBy: null })
        .where(
          and(
            eq(space.id, spaceId),
            // Older ones are already being purged.
            gte(space.deletedAt, ctx.now - KEEP_DAYS * DAY),
          ),
        ),
      must(ctx, changed()),
      record(ctx, { kind: 'space.restored', spaceId }),
    ],
    {
      refusal: async () =>
        (await ctx.db.$count(space, and(eq(space.id, spaceId), isNull(space.deletedAt))))
          ? null
          : new Refusal('conflict', { key: 'trash.gone' }),
    },
  );
}

/** A bounded number of rows per run. Files leave R2 with other unused files. */
export async function purge(ctx: Ctx): Promise<void> {
  const [due] = await ctx.db
    .select({ id: space.id, name: space.name })
    .from(space)
    .where(and(isNotNull(space.deletedAt), lt(space.deletedAt, ctx.now - KEEP_DAYS * DAY)))
    .orderBy(asc(space.deletedAt))
    .limit(1);
  if (!due) return;
  let left = ROWS_A_RUN;
  for (const table of spaceTables) {
    if (table === space) continue;
    for (let piece = PIECE; piece === PIECE; left -= piece) {
      if (left <= 0) return;
      piece = await purgePiece(ctx, due.id, table as Exclude<typeof table, typeof space>);
    }
  }
  await ctx.commit([
    stillDue(ctx, due.id),
    ctx.db.delete(space).where(eq(space.id, due.id)),
    record(ctx, {
      kind: 'space.purged',
      detail: { name: due.name },
      spaceId: due.id,
      by: system,
    }),
  ]);
}

async function purgePiece(
  ctx: Ctx,
  spaceId: number,
  table: Exclude<(typeof spaceTables)[number], typeof space>,
): Promise<number> {
  const rows = await ctx.db
    .select({ id: sql<number>`rowid` })
    .from(table as typeof comment)
    .where(eq(table.spaceId, spaceId))
    .limit(PIECE);
  const ids = rows.map((row) => row.id);
  // Their rows go once their objects have left R2.
  if (ids.length > 0 && table === file)
    await ctx.commit([stillDue(ctx, spaceId), files.releaseOfSpace(ctx, spaceId, PIECE)]);
  else if (ids.length > 0)
    await ctx.commit([
      stillDue(ctx, spaceId),
      table === comment && search.drop(ctx, { comments: ids }),
      table === thread && search.drop(ctx, { threads: ids }),
      ctx.db.delete(table).where(sql`rowid in (select value from json_each(${JSON.stringify(ids)}))`),
    ]);
  return ids.length;
}

/** Undoes a step unless the space is still in the trash, for long enough. */
const stillDue = (ctx: Ctx, spaceId: number): Statement =>
  must(
    ctx,
    sql`exists (select 1 from space where id = ${spaceId} and deleted_at < ${ctx.now - KEEP_DAYS * DAY})`,
  );
