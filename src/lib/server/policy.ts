/** The whole permission table. No I/O. First reach (a thing is found only through its members), then this. */
import type { Standing } from '../roles';
import type { Actor, Ctx } from './context';
import { Refusal } from './errors';

/** What somebody is about to do; the second word of a space's actions needs a standing in that space. */
export type Action =
  | 'site.administer'
  | 'space.create'
  | 'space.view'
  | 'space.write'
  | 'space.administer'
  | 'space.leave'
  | 'text.edit'
  | 'text.delete'
  | 'thread.close'
  | 'thread.pin';

const isUser = (actor: Actor) => actor.kind === 'user';
const inside = (standing: Standing) => standing !== 'none';

const administers = (actor: Actor, standing: Standing) => isUser(actor) && standing === 'space-administrator';

/** `own`: of a thread or comment, whether the actor wrote it. */
const table: Record<Action, (actor: Actor, standing: Standing, own: boolean) => boolean> = {
  'site.administer': (actor) => isUser(actor) && actor.administrator,
  'space.create': (actor) => isUser(actor) && (actor.administrator || actor.canCreateSpaces),
  'space.view': (_actor, standing) => inside(standing),
  'space.write': (_actor, standing) => inside(standing),
  // Settings, members, guests, invitations, announcement. A guest never, whatever a row says.
  'space.administer': administers,
  'space.leave': (_actor, standing) => inside(standing),
  // Nobody's words are changed but by themselves.
  'text.edit': (_actor, standing, own) => inside(standing) && own,
  'text.delete': (actor, standing, own) => (inside(standing) && own) || administers(actor, standing),
  'thread.close': (actor, standing, own) => (inside(standing) && own) || administers(actor, standing),
  'thread.pin': administers,
};

export const actions = Object.keys(table) as Action[];

/** Whether the actor may; nobody may nothing. */
export const can = (actor: Actor | null, action: Action, standing: Standing = 'none', own = false): boolean =>
  actor !== null && table[action](actor, standing, own);

/** Refuses (`forbidden`) what the actor may not do. */
export function allow(
  ctx: Pick<Ctx, 'actor'>,
  action: Action,
  standing: Standing = 'none',
  own = false,
): void {
  if (!can(ctx.actor, action, standing, own)) throw new Refusal('forbidden');
}
