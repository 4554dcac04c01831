import { and, eq, sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { endedAccess, membership } from '../schema';
import { counted, ordered } from './order';

/** What an invitation says. */
interface Invited {
  invitedBy: string;
  sponsorId?: string | null;
  accessEndsAt?: number | null;
}

/** A guest. Does nothing for an account that is already in the space. */
export const join = (
  ctx: Ctx,
  spaceId: number,
  userId: string,
  { invitedBy, sponsorId, accessEndsAt }: Invited,
): Statement[] => [
  ctx.db
    .insert(membership)
    .values({
      spaceId,
      userId,
      invitedBy,
      sponsorId: sponsorId ?? invitedBy,
      endsAt: accessEndsAt ?? null,
      joinedAt: ctx.now,
      lastReadAt: 0,
    })
    .onConflictDoNothing(),
  ctx.db.delete(endedAccess).where(and(eq(endedAccess.spaceId, spaceId), eq(endedAccess.userId, userId))),
  ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
  counted(ctx, sql`${spaceId}`),
];

/** A guest who becomes a user: nobody answers for them, and their access does not end. */
export const asUser = (ctx: Ctx, userId: string): Statement[] => [
  ctx.db
    .update(membership)
    .set({ sponsorId: null, endsAt: null, endsTold: 0, renewalAskedAt: null, renewalDeclinedAt: null })
    .where(eq(membership.userId, userId)),
  ctx.db.delete(endedAccess).where(eq(endedAccess.userId, userId)),
];
