/** The stored words for reactions, and their names. Icon.svelte draws `reaction-<kind>`. */
import type { MessageKey } from './messages';

export const REACTIONS = [
  { kind: 'yes', name: 'reaction.yes' },
  { kind: 'heart', name: 'reaction.heart' },
  { kind: 'party', name: 'reaction.party' },
  { kind: 'smile', name: 'reaction.smile' },
  { kind: 'eyes', name: 'reaction.eyes' },
  { kind: 'done', name: 'reaction.done' },
] as const satisfies { kind: string; name: MessageKey }[];
