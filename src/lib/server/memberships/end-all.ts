import { eq, sql } from 'drizzle-orm';
import { followed, type Ctx, type Statement } from '../context';
import * as live from '../live';
import { membership } from '../schema';
import { counted } from './order';

/** Of somebody who is erased: also where they are the only administrator. Comes after their account's end, so that nobody counts them. */
export const endAll = (ctx: Ctx, userId: string): Statement[] => [
  counted(ctx, sql`select space_id from membership where user_id = ${userId}`),
  followed(
    ctx.db.delete(membership).where(eq(membership.userId, userId)).returning({ id: membership.spaceId }),
    (system, spaces) => live.lookIn(system, spaces, userId),
  ),
];
