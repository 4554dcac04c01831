/** A space administrator sees the space as one of its guests does, read only. */
import { sql, type SQL } from 'drizzle-orm';
import type { Actor, SignedIn } from '../context';
import { Refusal } from '../errors';
import { isActiveAdministratorOf } from './administration';

/** A guest of no company who has written nothing. No id looks like this, so it works in a space without guests. */
export const ANYONE = 'anyone';

/**
 * A context that reads as the guest does and writes nothing, neither in their name nor in the administrator's. It proves
 * nothing: `spaceQuery` asks whether this person may look. @param guest from the address: an id, or `ANYONE`
 */
export function asGuest(ctx: SignedIn, guest: string): SignedIn {
  if (ctx.actor.kind !== 'user' || ctx.actor.viewedBy !== undefined) throw new Refusal('missing');
  const refuse = () => {
    throw new Refusal('forbidden', { key: 'viewing.read-only' });
  };
  return {
    ...ctx,
    actor: {
      ...{ id: guest, kind: 'guest', email: '', name: '', avatar: null },
      ...{ administrator: false, canCreateSpaces: false },
      ...{ locale: null, timeZone: null, browserTimeZone: null },
      viewedBy: ctx.actor.id,
    },
    sessionHash: null,
    pending: [],
    commit: async () => refuse(),
    afterCommit: refuse,
    defer: refuse,
  };
}

/** Whose membership leads to the space: a typical guest has none. */
export const reachedBy = ({ id, viewedBy }: Actor): string => viewedBy ?? id;

/** SQL: whether whoever looks administers the space now, and the guest is in it. Undefined without such a view. */
export function mayView({ id, viewedBy }: Actor, spaceId: number): SQL | undefined {
  if (viewedBy === undefined) return undefined;
  const administers = isActiveAdministratorOf(spaceId, viewedBy);
  if (id === ANYONE) return administers;
  return sql`${administers} and exists (select 1 from membership gm join user gu on gu.id = gm.user_id
    where gm.space_id = ${spaceId} and gm.user_id = ${id} and gu.kind = 'guest' and gu.status = 'active')`;
}
