/** What greets a guest who is new in a space, until they have written something or put it away. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { rankOfGuests, viewerOf } from '../access';
import type { SignedIn } from '../context';
import { membership } from '../schema';

/** The others are a number. */
const COMPANIES = 3;

/** For a batch. Nobody else's companies are counted, and no rows read, for somebody who is not new. */
export const query = (ctx: SignedIn, spaceId: number) => {
  const others = sql`from membership m join user u on u.id = m.user_id
    where m.space_id = ${spaceId} and m.rank = ${rankOfGuests(viewerOf(ctx), { spaceId })}
      and m.user_id <> ${ctx.actor.id} and u.status = 'active'`;
  return ctx.db
    .select({
      inviter: sql<string | null>`(select i.name from user i where i.id = membership.invited_by)`.as(
        'inviter',
      ),
      companies: sql<string>`(select json_group_array(json_object('name', company, 'count', n)) from (
        select u.company, count(*) as n ${others} and u.company <> ''
        group by u.company order by n desc, u.company limit ${COMPANIES}))`.as('companies'),
      guests: sql<number>`(select count(*) ${others})`.as('guests'),
    })
    .from(membership)
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, ctx.actor.id),
        isNull(membership.greetedAt),
        ctx.actor.kind === 'guest' ? undefined : sql`0`,
      ),
    );
};

/** @param users of the company */
export function present([row]: Awaited<ReturnType<typeof query>>, users: number) {
  if (!row) return null;
  const companies = JSON.parse(row.companies) as { name: string; count: number }[];
  const named = companies.reduce((sum, { count }) => sum + count, 0);
  return { inviter: row.inviter, users, companies, others: row.guests - named };
}
