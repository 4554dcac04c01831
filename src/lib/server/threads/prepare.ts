import { foundSpace, shared, sharedQuery, spaceQuery } from '../access';
import type { SignedIn } from '../context';
import * as notifications from '../notifications';
import { can } from '../policy';

/** What the page before a new thread says: who reads it, and who will be told. */
export async function prepare(ctx: SignedIn, spaceId: number) {
  const { reach, guests, ...told } = await ctx.read({
    reach: spaceQuery(ctx, spaceId),
    guests: sharedQuery(ctx, spaceId),
    ...notifications.toldQueries(ctx, spaceId, null),
  });
  const found = foundSpace(ctx, reach);
  return {
    may: { confide: can(ctx.actor, 'text.confide', found.spaceRole) },
    space: { id: found.id, name: found.name },
    ...shared(guests),
    told: notifications.toldOf(ctx, found, null, told),
    toldCompany: notifications.toldInCompanyOf(ctx, found, told),
  };
}
