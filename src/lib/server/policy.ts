/** The permission table, without I/O. Ask it after access/ has found the thing through a membership. */
import type { SpaceRole } from '../roles';
import type { Actor, Ctx } from './context';
import { Refusal } from './errors';

/** All but the first two depend on the actor's role in the space. */
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
  | 'text.confide'
  | 'text.open'
  | 'text.seen-by'
  | 'file.replace'
  | 'thread.follow'
  | 'thread.close'
  | 'thread.pin';

const isUser = (actor: Actor) => actor.kind === 'user';
const inside = (spaceRole: SpaceRole) => spaceRole !== 'none';

const administers = (actor: Actor, spaceRole: SpaceRole) =>
  isUser(actor) && spaceRole === 'space-administrator';

const table: Record<Action, (actor: Actor, spaceRole: SpaceRole, own: boolean) => boolean> = {
  'site.administer': (actor) => isUser(actor) && actor.administrator,
  'space.create': (actor) => isUser(actor) && (actor.administrator || actor.canCreateSpaces),
  'space.view': (_actor, spaceRole) => inside(spaceRole),
  'space.write': (_actor, spaceRole) => inside(spaceRole),
  // Settings, members, guests, invitations, announcement. Never a guest, whatever the membership row says.
  'space.administer': administers,
  'space.leave': (_actor, spaceRole) => inside(spaceRole),
  // Space administrators could lift the block anyway.
  'space.leave-blocked': administers,
  'text.edit': (_actor, spaceRole, own) => inside(spaceRole) && own,
  'text.delete': (actor, spaceRole, own) => (inside(spaceRole) && own) || administers(actor, spaceRole),
  // Writing only for the company, and making that visible to guests.
  'text.confide': (actor, spaceRole) => isUser(actor) && inside(spaceRole),
  'text.open': (actor, spaceRole, own) =>
    isUser(actor) && ((inside(spaceRole) && own) || administers(actor, spaceRole)),
  // Who it was; that somebody of the company has seen it is for everybody.
  'text.seen-by': (actor, spaceRole) => isUser(actor) && inside(spaceRole),
  // By a new version, which keeps the old one.
  'file.replace': (actor, spaceRole, own) => (inside(spaceRole) && own) || administers(actor, spaceRole),
  'thread.follow': (_actor, spaceRole) => inside(spaceRole),
  'thread.close': (actor, spaceRole, own) => (inside(spaceRole) && own) || administers(actor, spaceRole),
  'thread.pin': administers,
};

export const actions = Object.keys(table) as Action[];

export const can = (
  actor: Actor | null,
  action: Action,
  spaceRole: SpaceRole = 'none',
  own = false,
): boolean => actor !== null && table[action](actor, spaceRole, own);

export function allow(
  ctx: Pick<Ctx, 'actor'>,
  action: Action,
  spaceRole: SpaceRole = 'none',
  own = false,
): void {
  if (!can(ctx.actor, action, spaceRole, own)) throw new Refusal('forbidden');
}
