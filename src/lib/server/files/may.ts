/** Who may put a file where: asked before its bytes are taken, and once more in the batch that writes it. */
import * as access from '../access';
import type { Batch, SignedIn } from '../context';
import * as limits from '../limits';
import { allow, type Action } from '../policy';
import type { Kind } from './store';

interface Place {
  kind: Kind;
  /** Null: in no space, or not yet. */
  spaceId: number | null;
}

const actionOf = (kind: Kind): Action => (kind === 'cover' ? 'space.change' : 'space.write');

/** @throws Refusal if the space is out of reach, archived, or the actor may not put this into it */
export function allowPut(ctx: SignedIn, kind: Kind, found: access.FoundSpace): void {
  allow(ctx, actionOf(kind), found);
}

/** The same, and whether a limit is reached. @param what the limit that its bytes count towards */
export async function requirePut(
  ctx: SignedIn,
  { kind, spaceId }: Place,
  what?: limits.Counted,
): Promise<void> {
  if (spaceId !== null) allowPut(ctx, kind, await access.requireSpace(ctx, spaceId));
  const reached = what && (await limits.exceeded(ctx, { [what]: 1 }));
  if (reached) throw reached;
}

/** Undoes the batch unless it still holds. */
export const stillPuts = (ctx: SignedIn, { kind, spaceId }: Place): Batch => [
  spaceId === null
    ? kind === 'cover' && access.stillCreatesSpaces(ctx)
    : kind === 'cover'
      ? access.stillAdministers(ctx, spaceId)
      : access.stillMember(ctx, spaceId),
];
