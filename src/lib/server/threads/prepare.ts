import { foundSpace, requireSpace, shared, sharedQuery, spaceQuery, type FoundSpace } from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as notifications from '../notifications';
import { can } from '../policy';

/** What the page before a new thread says: who reads it, and who will be told. */
export async function prepare(ctx: SignedIn, spaceId: number) {
  const { reach, guests, ...told } = await ctx.read({
    reach: spaceQuery(ctx, spaceId),
    guests: sharedQuery(ctx, spaceId),
    ...notifications.toldQueries(ctx, spaceId, null),
  });
  const found = withSeveral(foundSpace(ctx, reach));
  return {
    may: {
      write: can(ctx.actor, 'space.write', found),
      confide: can(ctx.actor, 'text.confide', found),
    },
    space: { id: found.id, name: found.name },
    ...shared(guests),
    told: notifications.toldOf(ctx, found, null, told),
    toldCompany: notifications.toldInCompanyOf(ctx, found, told),
  };
}

/** Who may post the form for a new thread. */
export const whereSeveral = async (ctx: SignedIn, params: { id?: string }) =>
  withSeveral(await requireSpace(ctx, Number(params.id)));

/** Where the space's page is its one thread, there is no page for another. */
export function withSeveral(found: FoundSpace): FoundSpace {
  if (!found.severalThreads) throw new Refusal('missing');
  return found;
}
