/** The shipped covers: static/covers/<name>.svg, our own generated art. */
import type { MessageKey } from '$lib/messages';

export const covers: { name: string; label: MessageKey }[] = [
  { name: 'harbour', label: 'cover.harbour' },
  { name: 'arcade', label: 'cover.arcade' },
  { name: 'hills', label: 'cover.hills' },
  { name: 'lagoon', label: 'cover.lagoon' },
  { name: 'leaves', label: 'cover.leaves' },
  { name: 'lighthouse', label: 'cover.lighthouse' },
  { name: 'night', label: 'cover.night' },
  { name: 'orchard', label: 'cover.orchard' },
  { name: 'reeds', label: 'cover.reeds' },
  { name: 'stairs', label: 'cover.stairs' },
  { name: 'terraces', label: 'cover.terraces' },
  { name: 'windows', label: 'cover.windows' },
];
