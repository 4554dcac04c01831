/** The stored places of mentions. */
import { reading } from '../../markdown/reading';
import type { Mention } from '../../schema';
import { cutOut } from './cut';
import { find } from './find';
import { unmarked } from './markup';
import type { Nameable } from './names';

export interface Naming {
  from: number;
  to: number;
  who: Mention[];
  like: boolean;
}

/** In order. Older rows have no places, so the stored names are searched. */
function namings(text: string, mentions: Mention[], part: 'at' | 'title'): Naming[] {
  const known =
    part === 'at' && mentions.some((m) => !m.at)
      ? find(text, mentions).map(({ id, at }) => ({ ...mentions.find((m) => m.id === id)!, at }))
      : mentions;
  const byPlace = new Map<string, Naming>();
  for (const mention of known)
    for (const [from, to, like] of mention[part] ?? []) {
      // A text that was cut off may end inside a name.
      if (from >= text.length) continue;
      const key = `${from} ${to}`;
      const same = byPlace.get(key);
      if (same) same.who.push(mention);
      else
        byPlace.set(key, { from, to: Math.min(to, text.length), who: [mention], like: like !== undefined });
    }
  return [...byPlace.values()].sort((a, b) => a.from - b.from || b.to - a.to);
}

/** Mentions become `@…`. A place that also names somebody else of that name reveals nothing, and stays. */
export function without(
  text: string,
  mentions: Mention[],
  hidden: (mention: Mention) => boolean,
  part: 'at' | 'title' = 'at',
): { text: string; namings: Naming[] } {
  const all = namings(text, mentions, part).map((one) => ({
    ...one,
    who: one.who.filter((m) => !hidden(m)),
  }));
  const cut = cutOut(
    text,
    all.filter(({ who }) => who.length === 0),
  );
  const kept: Naming[] = [];
  let next = 0;
  let by = 0;
  for (const one of all) {
    if (one.who.length === 0) continue;
    for (; (cut.cuts[next]?.to ?? Infinity) <= one.from; next++)
      by += 2 - (cut.cuts[next]!.to - cut.cuts[next]!.from);
    if ((cut.cuts[next]?.from ?? Infinity) >= one.to)
      kept.push({ ...one, from: one.from + by, to: one.to + by });
  }
  return { text: cut.text, namings: kept };
}

/** As typed and as rendered, to recognise these names in another text. */
export const formsOf = (text: string, mentions: Mention[], part: 'at' | 'title' = 'at'): Nameable[] =>
  namings(text, mentions, part).flatMap(({ from, to, who }) => {
    const words = text.slice(from, to);
    const all = [words, words[0]! + unmarked(words.slice(1)), reading(words).folded];
    const forms = new Set(all.filter((form) => /^[@＠﹫]/.test(form)));
    return who.flatMap(({ id, guest }) =>
      [...forms].map((form) => ({ id, guest, name: form.slice(1), quiet: true })),
    );
  });
