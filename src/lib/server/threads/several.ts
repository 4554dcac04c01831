/**
 * Spaces that somebody has seen to have several threads. Nothing undoes that, so an isolate may remember it: the page of such a space
 * need not ask for the one thread that others have, which is half of what it would ask (docs/performance.md). Remembered by person,
 * because their ids are random: a restored database may use a space's number again.
 */
import type { SignedIn } from '../context';

const known = new Set<string>();
const MOST = 10_000;

const keyOf = ({ actor: { id, viewedBy } }: SignedIn, spaceId: number): string =>
  `${viewedBy ?? id} ${spaceId}`;

export const hasSeveral = (ctx: SignedIn, spaceId: number): boolean => known.has(keyOf(ctx, spaceId));

/** @param space as it was just read */
export function rememberSeveral(ctx: SignedIn, space: { id: number; severalThreads: boolean }): void {
  if (!space.severalThreads) return;
  if (known.size >= MOST) known.clear();
  known.add(keyOf(ctx, space.id));
}
