/** Marks overdue invitations as expired. */
import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { Ctx } from '../context';
import { recordRows, system } from '../events';
import { invitation } from '../schema';

/** The rest follows in the next minute. @returns how many */
export async function expireOverdue(ctx: Ctx, limit = 500): Promise<number> {
  const overdue = await ctx.db
    .select({ id: invitation.id, email: invitation.email, spaceId: invitation.spaceId })
    .from(invitation)
    .where(and(eq(invitation.status, 'invited'), lte(invitation.expiresAt, ctx.now)))
    .orderBy(asc(invitation.expiresAt))
    .limit(limit);
  if (overdue.length === 0) return 0;
  const json = JSON.stringify(overdue);
  await ctx.commit([
    // The audit first, by the same condition, so that both leave out what was resent meanwhile.
    recordRows(
      ctx,
      'invitation.expired',
      sql`select 'invitation:' || id as subject, space_id, json_object('email', email) as detail
        from invitation where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`,
      system,
    ),
    ctx.db.run(sql`
      update invitation set status = 'expired' where status = 'invited' and expires_at <= ${ctx.now}
        and id in (select json_extract(value, '$.id') from json_each(${json}))`),
  ]);
  return overdue.length;
}
