import { sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { membership } from '../schema';
import { counted, ordered } from './order';

/** Does nothing for an account that is already in the space. */
export const join = (ctx: Ctx, spaceId: number, userId: string, invitedBy: string): Statement[] => [
  ctx.db
    .insert(membership)
    .values({ spaceId, userId, invitedBy, joinedAt: ctx.now, lastReadAt: 0 })
    .onConflictDoNothing(),
  ordered(ctx, sql`space_id = ${spaceId} and user_id = ${userId}`),
  counted(ctx, sql`${spaceId}`),
];
