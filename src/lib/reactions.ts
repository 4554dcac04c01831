/** The reactions there are: the word that is stored, its name, and its face: a line drawing of ours on 24 × 24. */
import type { MessageKey } from './messages';

const ring = 'M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z';

export const REACTIONS = [
  {
    kind: 'yes',
    name: 'reaction.yes',
    face: 'M7.5 11v9H4v-9zM7.5 11l3.7-8c1.7 0 2.6 1.3 2.2 2.9L12.7 9H18a2 2 0 0 1 2 2.4l-1.3 6.8a2.2 2.2 0 0 1-2.2 1.8h-9',
  },
  {
    kind: 'heart',
    name: 'reaction.heart',
    face: 'M12 20S4 15 4 9.2A4.2 4.2 0 0 1 12 7a4.2 4.2 0 0 1 8 2.2C20 15 12 20 12 20z',
  },
  {
    kind: 'party',
    name: 'reaction.party',
    face: 'M4 20l4.5-11 6.5 6.5zM13 4c.5 2-.3 3-1.5 4M20 11c-2-.5-3 .3-4 1.5M15.5 8.5 19 5M18 2v.01M21.5 7.5v.01M9.5 3v.01',
  },
  { kind: 'smile', name: 'reaction.smile', face: `${ring}M8.5 14c1.6 2.4 5.4 2.4 7 0M9 9.5v.01M15 9.5v.01` },
  {
    kind: 'eyes',
    name: 'reaction.eyes',
    face: 'M3 12c3-6 15-6 18 0-3 6-15 6-18 0zM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z',
  },
  { kind: 'done', name: 'reaction.done', face: `${ring}M8.5 12.5l2.5 2.5 4.5-5.5` },
] as const satisfies { kind: string; face: string; name: MessageKey }[];
