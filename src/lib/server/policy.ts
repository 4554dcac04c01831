/** The whole permission table. No I/O. First reach (a thing is found only through its members), then this. */
import type { Standing } from '../roles';
import type { Actor, Ctx } from './context';
import { Refusal } from './errors';

/** What somebody is about to do; the second word of a space's actions needs a standing in that space. */
export type Action =
  'site.administer' | 'space.create' | 'space.view' | 'space.write' | 'space.administer' | 'space.leave';

const isUser = (actor: Actor) => actor.kind === 'user';
const inside = (standing: Standing) => standing !== 'none';

const table: Record<Action, (actor: Actor, standing: Standing) => boolean> = {
  'site.administer': (actor) => isUser(actor) && actor.administrator,
  'space.create': (actor) => isUser(actor) && (actor.administrator || actor.canCreateSpaces),
  'space.view': (_actor, standing) => inside(standing),
  'space.write': (_actor, standing) => inside(standing),
  // Settings, members, guests, invitations, announcement. A guest never, whatever a row says.
  'space.administer': (actor, standing) => isUser(actor) && standing === 'space-administrator',
  'space.leave': (_actor, standing) => inside(standing),
};

export const actions = Object.keys(table) as Action[];

/** Whether the actor may; nobody may nothing. */
export const can = (actor: Actor | null, action: Action, standing: Standing = 'none'): boolean =>
  actor !== null && table[action](actor, standing);

/** Refuses (`forbidden`) what the actor may not do. */
export function allow(ctx: Pick<Ctx, 'actor'>, action: Action, standing: Standing = 'none'): void {
  if (!can(ctx.actor, action, standing)) throw new Refusal('forbidden');
}
