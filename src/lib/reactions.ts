/** The reactions there are: the word that is stored, its face, and its name. */
import type { MessageKey } from './messages';

export const REACTIONS = [
  { kind: 'yes', face: '👍', name: 'reaction.yes' },
  { kind: 'heart', face: '❤️', name: 'reaction.heart' },
  { kind: 'party', face: '🎉', name: 'reaction.party' },
  { kind: 'smile', face: '😄', name: 'reaction.smile' },
  { kind: 'eyes', face: '👀', name: 'reaction.eyes' },
  { kind: 'done', face: '✅', name: 'reaction.done' },
] as const satisfies { kind: string; face: string; name: MessageKey }[];
