/** The stored places of mentions. Names are hidden and marked there. */
import { reading } from '../../markdown/reading';
import type { Mention } from '../../schema';
import { cutOut } from './cut';
import { find } from './find';
import { unmarked } from './markup';
import type { Nameable } from './names';

/** A place of a text with all whom it names. */
export interface Naming {
  from: number;
  to: number;
  who: Mention[];
  /** It is only similar to their name, so it is only hidden. */
  like: boolean;
}

/** The places of a text or of a thread's title, in order. Older rows have none, so the stored names are searched. */
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

/**
 * A text for a reader from whom some people are hidden: their mentions become `@…`. A place that also names somebody else of
 * the same name reveals nothing and stays.
 * @returns the text, and the remaining names at their new places
 */
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

/** The forms in which a text named people, to recognise them in another text: as typed, and as rendered. */
export const formsOf = (text: string, mentions: Mention[], part: 'at' | 'title' = 'at'): Nameable[] =>
  namings(text, mentions, part).flatMap(({ from, to, who }) => {
    const words = text.slice(from, to);
    const all = [words, words[0]! + unmarked(words.slice(1)), reading(words).folded];
    const forms = new Set(all.filter((form) => /^[@＠﹫]/.test(form)));
    return who.flatMap(({ id, guest }) =>
      [...forms].map((form) => ({ id, guest, name: form.slice(1), quiet: true })),
    );
  });
