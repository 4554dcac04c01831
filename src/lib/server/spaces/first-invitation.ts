/** "Now invite your guests" greets the creator of a space, until somebody has been invited or the creator put it away. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { administersHere } from '../access';
import type { SignedIn } from '../context';
import { membership, space } from '../schema';

/** A row if it does. For a batch. */
export const query = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({ id: space.id })
    .from(space)
    .innerJoin(membership, and(eq(membership.spaceId, space.id), eq(membership.userId, ctx.actor.id)))
    .where(
      and(
        eq(space.id, spaceId),
        eq(space.createdBy, ctx.actor.id),
        eq(space.guestCount, 0),
        isNull(space.archivedAt),
        isNull(membership.greetedAt),
        administersHere(ctx),
        sql`not exists (select 1 from invitation i where i.space_id = ${spaceId})`,
      ),
    );
