/** The whole permission table. No I/O. It is asked after access/ has found the thing through a membership. */
import type { SpaceRole } from '../roles';
import type { Actor, Ctx } from './context';
import { Refusal } from './errors';

/** What somebody is about to do. All but the first two depend on the actor's role in the space. */
export type Action =
  | 'site.administer'
  | 'space.create'
  | 'space.view'
  | 'space.write'
  | 'space.administer'
  | 'space.leave'
  | 'space.leave-blocked'
  | 'text.edit'
  | 'text.delete'
  | 'thread.follow'
  | 'thread.close'
  | 'thread.pin';

const isUser = (actor: Actor) => actor.kind === 'user';
const inside = (spaceRole: SpaceRole) => spaceRole !== 'none';

const administers = (actor: Actor, spaceRole: SpaceRole) =>
  isUser(actor) && spaceRole === 'space-administrator';

/** `own`: of a thread or comment, whether the actor wrote it. */
const table: Record<Action, (actor: Actor, spaceRole: SpaceRole, own: boolean) => boolean> = {
  'site.administer': (actor) => isUser(actor) && actor.administrator,
  'space.create': (actor) => isUser(actor) && (actor.administrator || actor.canCreateSpaces),
  'space.view': (_actor, spaceRole) => inside(spaceRole),
  'space.write': (_actor, spaceRole) => inside(spaceRole),
  // Settings, members, guests, invitations, announcement. Never a guest, whatever the membership row says.
  'space.administer': administers,
  'space.leave': (_actor, spaceRole) => inside(spaceRole),
  // Where leaving is blocked. Space administrators could lift the block anyway.
  'space.leave-blocked': administers,
  // People edit only their own words.
  'text.edit': (_actor, spaceRole, own) => inside(spaceRole) && own,
  'text.delete': (actor, spaceRole, own) => (inside(spaceRole) && own) || administers(actor, spaceRole),
  'thread.follow': (_actor, spaceRole) => inside(spaceRole),
  'thread.close': (actor, spaceRole, own) => (inside(spaceRole) && own) || administers(actor, spaceRole),
  'thread.pin': administers,
};

export const actions = Object.keys(table) as Action[];

/** Whether the actor may do this. Without an actor, no. */
export const can = (
  actor: Actor | null,
  action: Action,
  spaceRole: SpaceRole = 'none',
  own = false,
): boolean => actor !== null && table[action](actor, spaceRole, own);

/** Refuses (`forbidden`) what the actor may not do. */
export function allow(
  ctx: Pick<Ctx, 'actor'>,
  action: Action,
  spaceRole: SpaceRole = 'none',
  own = false,
): void {
  if (!can(ctx.actor, action, spaceRole, own)) throw new Refusal('forbidden');
}
