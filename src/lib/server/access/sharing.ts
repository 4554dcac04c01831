import { eq, sql } from 'drizzle-orm';
import type { SignedIn } from '../context';
import { space, user } from '../schema';
import { guestsOf, viewerOf } from './visibility';

/** Where guests are hidden, a guest only sees themselves. For a batch. */
export const sharedQuery = (ctx: SignedIn, spaceId: number) => {
  const guests = guestsOf(viewerOf(ctx), { space: 'space' }, user.company);
  return ctx.db
    .select({
      count: guests.count.as('count'),
      companies: guests.companies.as('companies'),
      more: guests.more.as('more'),
      users: sql<number>`${space.userCount}`.as('users'),
    })
    .from(space)
    .innerJoin(user, eq(user.id, ctx.actor.id))
    .where(eq(space.id, spaceId));
};

export const shared = ([row]: { count: number; companies: string; more: number; users: number }[]) => ({
  guestCount: row?.count ?? 0,
  guestCompanies: (JSON.parse(row?.companies ?? '[]') as string[]).filter(Boolean),
  moreCompanies: row?.more ?? 0,
  peopleCount: (row?.users ?? 0) + (row?.count ?? 0),
});
