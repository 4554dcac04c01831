import { eq, sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { membership } from '../schema';
import { counted, ordered } from './order';

/** A guest. Does nothing for an account that is already in the space. */
export const join = (
  ctx: Ctx,
  spaceId: number,
  userId: string,
  { invitedBy, sponsorId }: { invitedBy: string; sponsorId?: string | null },
): Statement[] => [
  ctx.db
    .insert(membership)
    .values({
      spaceId,
      userId,
      invitedBy,
      sponsorId: sponsorId ?? invitedBy,
      joinedAt: ctx.now,
      lastReadAt: 0,
    })
    .onConflictDoNothing(),
  ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
  counted(ctx, sql`${spaceId}`),
];

/** A guest who becomes a user: nobody answers for them. */
export const asUser = (ctx: Ctx, userId: string): Statement[] => [
  ctx.db.update(membership).set({ sponsorId: null }).where(eq(membership.userId, userId)),
];
