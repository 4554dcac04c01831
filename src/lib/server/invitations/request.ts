import type { SignedIn } from '../context';
import { hashToken } from '../crypto';

/** Kept with what was sent. A second post with the same words has the same key: only its answer was lost. */
export const keyOf = (ctx: SignedIn, requestKey: string | undefined, ...words: unknown[]): string | null =>
  requestKey === undefined
    ? null
    : `${ctx.actor.id}:${requestKey}:${hashToken(JSON.stringify(words)).slice(0, 24)}`;

export const isRepeated = (key: string | null, found?: { requestKey: string | null }): boolean =>
  key !== null && found?.requestKey === key;
