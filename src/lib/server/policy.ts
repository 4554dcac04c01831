/** The permission table, without I/O. Ask it after access/ has found the thing through a membership. */
import type { SpaceRole } from '../roles';
import type { Actor, Ctx } from './context';
import { Refusal } from './errors';

/** A space as the actor finds it. */
export interface Place {
  spaceRole: SpaceRole;
  /** Not null: everybody reads on, and nobody writes. */
  archivedAt: number | null;
}

export const nowhere: Place = { spaceRole: 'none', archivedAt: null };

/** All but the first two depend on the actor's role in the space. */
export type Action =
  | 'site.administer'
  | 'space.create'
  | 'space.view'
  | 'space.write'
  | 'space.administer'
  | 'space.change'
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
  // Sees settings and people, takes access away, archives and deletes. Never a guest, whatever the membership row says.
  'space.administer': administers,
  // Settings, announcement, members, invitations.
  'space.change': administers,
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

/** Also in an archived space. Everything else writes in it. */
const whileArchived: ReadonlySet<Action> = new Set<Action>([
  'site.administer',
  'space.create',
  'space.view',
  'space.administer',
  'space.leave',
  'space.leave-blocked',
  'thread.follow',
  'text.seen-by',
  // Whom somebody may choose to write for. Writing itself is refused.
  'text.confide',
]);

export const actions = Object.keys(table) as Action[];

export const can = (
  actor: Actor | null,
  action: Action,
  { spaceRole, archivedAt }: Place = nowhere,
  own = false,
): boolean =>
  actor !== null &&
  (archivedAt === null || whileArchived.has(action)) &&
  // Who sees a space as a guest does only looks.
  (actor.viewedBy === undefined || action === 'space.view') &&
  table[action](actor, spaceRole, own);

/** Why the policy refused: whoever may do nothing because the space is archived is told so. */
export const refused = ({ archivedAt }: Place): Refusal =>
  archivedAt === null ? new Refusal('forbidden') : new Refusal('conflict', { key: 'archive.refused' });

export function allow(ctx: Pick<Ctx, 'actor'>, action: Action, place: Place = nowhere, own = false): void {
  if (!can(ctx.actor, action, place, own)) throw refused(place);
}
