import { foundSpace, shared, sharedQuery, spaceQuery } from '../access';
import type { SignedIn } from '../context';

export async function header(ctx: SignedIn, spaceId: number) {
  const { reach, guests } = await ctx.read({
    reach: spaceQuery(ctx, spaceId),
    guests: sharedQuery(ctx, spaceId),
  });
  const { id, name } = foundSpace(ctx, reach);
  return { space: { id, name }, ...shared(guests) };
}
