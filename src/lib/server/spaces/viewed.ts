import { eq } from 'drizzle-orm';
import { foundSpace, spaceQuery } from '../access';
import type { SignedIn } from '../context';
import { user } from '../schema';

/** Whom an administrator sees the space as; null: a typical guest. @param ctx of `access.asGuest` */
export async function viewed(ctx: SignedIn, spaceId: number) {
  const { space, guests } = await ctx.read({
    space: spaceQuery(ctx, spaceId),
    guests: ctx.db
      .select({ name: user.name, company: user.company })
      .from(user)
      .where(eq(user.id, ctx.actor.id)),
  });
  foundSpace(ctx, space);
  const [guest] = guests;
  return guest ? { ...guest, guest: true as const } : null;
}
