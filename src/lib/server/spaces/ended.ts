import { eq } from 'drizzle-orm';
import type { SignedIn } from '../context';
import * as memberships from '../memberships';
import { space } from '../schema';
import * as trash from '../trash';

/** The name of a space that the actor has just left or deleted; null for every other space. */
export async function nameOfEnded(
  ctx: SignedIn,
  how: 'left' | 'deleted',
  spaceId: number,
): Promise<string | null> {
  const ended =
    how === 'deleted' ? await trash.hasPut(ctx, spaceId) : await memberships.hasEnded(ctx, spaceId);
  if (!ended) return null;
  const [row] = await ctx.db.select({ name: space.name }).from(space).where(eq(space.id, spaceId));
  return row?.name ?? null;
}
