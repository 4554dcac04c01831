/** An archived space: everybody in it reads on and nobody writes, until it is brought back. `notArchived` of access/ stops the writes. */
import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import * as access from './access';
import { changed, must, type Batch, type SignedIn } from './context';
import { Refusal } from './errors';
import { record } from './events';
import { space } from './schema';

/** For space administrators. What is so already is no error. */
export async function set(ctx: SignedIn, spaceId: number, on: boolean): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  await ctx.commit([access.stillAdministers(ctx, spaceId, { archived: true }), ...change(ctx, spaceId, on)], {
    refusal: async () => {
      const { archivedAt } = await access.requireAdministrator(ctx, spaceId);
      return (archivedAt !== null) === on ? null : new Refusal('missing');
    },
  });
}

/** For administrators of the site, who need not be in the space. */
export async function setForSite(ctx: SignedIn, spaceId: number, on: boolean): Promise<void> {
  await access.commitForSite(ctx, change(ctx, spaceId, on), {
    refusal: async () =>
      (await ctx.db.$count(space, and(isThere(spaceId), is(on)))) > 0 ? null : new Refusal('missing'),
  });
}

const is = (on: boolean) => (on ? isNotNull : isNull)(space.archivedAt);
const isThere = (spaceId: number) => and(eq(space.id, spaceId), isNull(space.deletedAt));

const change = (ctx: SignedIn, spaceId: number, on: boolean): Batch => [
  ctx.db
    .update(space)
    .set({ archivedAt: on ? ctx.now : null, archivedBy: on ? ctx.actor.id : null })
    .where(and(isThere(spaceId), is(!on))),
  must(ctx, changed()),
  on ? record(ctx, { kind: 'space.archived', spaceId }) : record(ctx, { kind: 'space.unarchived', spaceId }),
];
