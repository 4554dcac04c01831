/** Who a space is shared with, which every page in it says. */
import { eq, sql } from 'drizzle-orm';
import { foundSpace, hidesGuests, spaceQuery, viewerOf } from '../access';
import type { Ctx } from '../context';
import { space, user } from '../schema';

/** As the viewer sees it: where guests are hidden, a guest only sees themselves. For a batch. */
export const sharedQuery = (ctx: Ctx, spaceId: number) => {
  const blind = hidesGuests(viewerOf(ctx), { space: 'space' });
  return ctx.db
    .select({
      count: sql<number>`iif(${blind}, 1, ${space.guestCount})`.as('count'),
      companies: sql<string>`iif(${blind}, json_array(${user.company}), ${space.guestCompanies})`.as(
        'companies',
      ),
      more: sql<number>`iif(${blind}, 0, ${space.moreCompanies})`.as('more'),
      users: sql<number>`${space.userCount}`.as('users'),
    })
    .from(space)
    .innerJoin(user, eq(user.id, ctx.actor?.id ?? ''))
    .where(eq(space.id, spaceId));
};

export const shared = ([row]: { count: number; companies: string; more: number; users: number }[]) => ({
  guestCount: row?.count ?? 0,
  guestCompanies: (JSON.parse(row?.companies ?? '[]') as string[]).filter(Boolean),
  moreCompanies: row?.more ?? 0,
  peopleCount: (row?.users ?? 0) + (row?.count ?? 0),
});

/** A space as a page within it needs it: its name, and who it is shared with. One batch. */
export async function header(ctx: Ctx, spaceId: number) {
  const [reach, guests] = await ctx.db.batch([spaceQuery(ctx, spaceId), sharedQuery(ctx, spaceId)]);
  const { id, name } = foundSpace(ctx, reach);
  return { space: { id, name }, ...shared(guests) };
}
