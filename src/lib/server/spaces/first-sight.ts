/** What greets a guest who is new in a space, until they have written something or put it away. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Readers } from '../../people';
import type { SignedIn } from '../context';
import { membership, user } from '../schema';

/** The others are a number. */
const COMPANIES = 3;

/** For a batch. */
export const query = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({
      inviter: sql<string | null>`(select i.name from user i where i.id = membership.invited_by)`.as(
        'inviter',
      ),
      company: user.company,
    })
    .from(membership)
    .innerJoin(user, eq(user.id, membership.userId))
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, ctx.actor.id),
        isNull(membership.greetedAt),
        // Whether a guest has put it away is their own affair.
        ctx.actor.kind === 'guest' && ctx.actor.viewedBy === undefined ? undefined : sql`0`,
      ),
    );

/** @param readers among them the guest, whom the greeting does not count; @param users of the company */
export function present([row]: Awaited<ReturnType<typeof query>>, readers: Readers, users: number) {
  if (!row) return null;
  const companies = readers.guestCompanies
    .map(({ name, count }) => ({ name, count: name === row.company ? count - 1 : count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, COMPANIES);
  const named = companies.reduce((sum, { count }) => sum + count, 0);
  return { inviter: row.inviter, own: row.company, users, companies, others: readers.guestCount - 1 - named };
}
