/** What a new rule of allowed domains would change. */
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Ctx } from '../context';
import { invitation, user } from '../schema';
import { acceptable } from './rule';
import { domainFits } from '../settings';

interface DomainEffect {
  /** Open ones that could no longer be accepted. */
  invitations: number;
  /** Their address does not fit. They stay. */
  guests: number;
}

export async function effectOfDomains(ctx: Ctx, rules: string[]): Promise<DomainEffect | null> {
  const fits = domainFits(sql`email`, rules);
  const {
    invitations: [invitations],
    guests: [guests],
  } = await ctx.read({
    invitations: ctx.db
      .select({ count: sql<number>`count(*)` })
      .from(invitation)
      .where(
        and(
          eq(invitation.status, 'invited'),
          isNotNull(invitation.spaceId),
          acceptable(ctx),
          sql`not ${fits}`,
        ),
      ),
    guests: ctx.db
      .select({
        outside: sql<number>`count(*)`,
        newly: sql<number>`coalesce(sum(${domainFits(sql`email`)}), 0)`,
      })
      .from(user)
      .where(
        and(
          eq(user.kind, 'guest'),
          eq(user.status, 'active'),
          sql`not ${fits}`,
          sql`exists (select 1 from membership m where m.user_id = user.id)`,
        ),
      ),
  });
  if (invitations!.count + guests!.newly === 0) return null;
  return { invitations: invitations!.count, guests: guests!.outside };
}
