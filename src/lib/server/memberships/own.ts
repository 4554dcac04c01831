import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { mayLeaveWhere } from '../access';
import type { SignedIn, Statement } from '../context';
import * as folded from '../folded';
import * as paging from '../paging';
import { membership, space } from '../schema';

export async function markRead(ctx: SignedIn, spaceId: number, until: number): Promise<void> {
  await ctx.commit([
    ctx.db
      .update(membership)
      .set({ lastReadAt: sql`max(last_read_at, ${Math.min(until, ctx.now)})` })
      .where(and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id))),
  ]);
}

/** For a batch. They know the space now, so it greets them no more. */
export const greeted = (ctx: SignedIn, spaceId: number): Statement =>
  ctx.db
    .update(membership)
    .set({ greetedAt: ctx.now })
    .where(
      and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id), isNull(membership.greetedAt)),
    );

export async function endGreeting(ctx: SignedIn, spaceId: number): Promise<void> {
  await ctx.commit([greeted(ctx, spaceId)]);
}

const OWN = 100;

/** By name, with whether they may leave. For a batch; `pageOfActor` reads it. */
export const ofActor = (ctx: SignedIn, after: string | null = null) => {
  const last = paging.read(after, 'text', 'number');
  return ctx.db
    .select({
      id: space.id,
      name: space.name,
      key: folded.spaceKey.as('key'),
      mayLeave: mayLeaveWhere(ctx).as('may_leave'),
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), sql`${space.deletedAt} is null`))
    .where(
      and(
        eq(membership.userId, ctx.actor.id),
        last ? sql`(${folded.spaceKey}, ${space.id}) > (${last[0]}, ${last[1]})` : undefined,
      ),
    )
    .orderBy(asc(folded.spaceKey), asc(space.id))
    .limit(OWN + 1);
};

export const pageOfActor = (found: Awaited<ReturnType<typeof ofActor>>) =>
  paging.paged(found, OWN, (row) => [row.key, row.id]);
