/** The table of what is done to many at once: to whom it applies, and the verb for one of them. Each row is a commit of its own. */
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { Many } from '../../../many';
import type { MessageKey } from '../../../messages';
import * as accounts from '../../accounts';
import type { SignedIn } from '../../context';
import * as invitations from '../../invitations';
import * as memberships from '../../memberships';
import { membership, space } from '../../schema';

/** As the rows of guests and invitations have it. */
export const states = ['active', 'inactive', 'invited', 'expired', 'declined'] as const;
export type State = (typeof states)[number];

export interface Subject {
  id: string;
  /** Of an invitation. */
  spaceId: number | null;
}

interface Done {
  /** False if it was so already. */
  changed: boolean;
  /** There is more to do with this one: the next step goes on. */
  more?: boolean;
  /** How many commits that took. */
  work?: number;
}

export interface Action {
  on: readonly State[];
  /** SQL about `chosen.id`: what else it needs. */
  also?: SQL;
  /** What it means if the verb finds nothing there: the actor may not, rather than that it has gone. */
  hidden?: MessageKey;
  /** @param key of the whole run: the verb repeats nothing */
  act(ctx: SignedIn, subject: Subject, key: string): Promise<Done>;
}

export const actions: Record<Many, Action> = {
  // Only who runs the space invites to it (security.md).
  resend: {
    on: ['invited', 'expired'],
    hidden: 'many.not-your-space',
    act: async (ctx, { id, spaceId }, key) => {
      await invitations.resend(ctx, spaceId, id, key);
      return { changed: true };
    },
  },
  cancel: {
    on: ['invited', 'expired', 'declined'],
    act: async (ctx, { id }) => ({ changed: await invitations.cancelForSite(ctx, id) }),
  },
  deactivate: {
    on: ['active'],
    act: async (ctx, { id }) => ({ changed: await accounts.setActive(ctx, id, false) }),
  },
  reactivate: {
    on: ['inactive'],
    act: async (ctx, { id }) => ({ changed: await accounts.setActive(ctx, id, true) }),
  },
  remove: {
    on: ['active', 'inactive'],
    also: sql`exists (select 1 from membership m join space s on s.id = m.space_id and s.deleted_at is null where m.user_id = chosen.id)`,
    act: removeEverywhere,
  },
};

/** Spaces of one guest in a step. */
const AT_ONCE = 25;

async function removeEverywhere(ctx: SignedIn, { id }: Subject): Promise<Done> {
  const spaces = await ctx.db
    .select({ id: membership.spaceId })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .where(eq(membership.userId, id))
    .limit(AT_ONCE + 1);
  let changed = false;
  for (const space of spaces.slice(0, AT_ONCE))
    changed = (await memberships.removeGuestForSite(ctx, space.id, id)) || changed;
  return { changed, more: spaces.length > AT_ONCE, work: spaces.length };
}
