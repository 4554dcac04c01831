/** What could be read as a name without being one exactly. It is hidden, and notifies nobody. */
import { originalRange, type Folded } from '../../../fold';
import * as markdown from '../../markdown';
import { decoded } from '../../markdown/reading';
import { likenesses, likenessesIn } from '../likenesses';
import { isAddress } from './boundaries';
import { cutOut } from './cut';
import type { Form, Nameable } from './names';

export interface Found {
  from: number;
  to: number;
  who: Form[];
  like?: true;
}

export const byPlace = (x: Found, y: Found) => x.from - y.from || y.to - x.to;
type Likely = ReturnType<typeof likenesses<Nameable>>;

const likeThem = (people: Nameable[]) => ({
  who: people.map((person): Form => ({ form: '', person, byName: true })),
  like: true as const,
});

export function resembling(views: Folded[], names: Likely, plain: Found[]): Found[] {
  const ends = new Map(plain.map(({ from, to }) => [from, to]));
  const longest = new Map<number, Found & { nameTo: number }>();
  for (const view of views)
    for (const { people, ...place } of likenessesIn(view.folded, names)) {
      if (isAddress(view.folded, place.from, place.to, false)) continue;
      const [from, to] = originalRange(view, place.from, place.to);
      const [, nameTo] = originalRange(view, place.from, place.nameTo);
      if (nameTo <= (ends.get(from) ?? 0)) continue;
      if (nameTo <= (longest.get(from)?.nameTo ?? 0)) continue;
      longest.set(from, { from, to, nameTo, ...likeThem(people) });
    }
  return [...longest.values()];
}

/** Stands for "@…": a letter in nobody's name, so that no name spans it. */
const GONE = 'ꙮ ';

/** Where a guest's name can still be read after the cuts. Only the renderer knows, so the whole block is hidden. */
export function stillReadable(text: string, names: Likely, found: Found[]): Found[] {
  const guests = (people: Nameable[]) => people.every(({ guest }) => guest);
  const blocks: Found[] = [];
  for (let pass = 0; pass < 3; pass++) {
    const cut = cutOut(
      text,
      [...found, ...blocks].filter(({ who }) => guests(who.map(({ person }) => person))).sort(byPlace),
    );
    const before = blocks.length;
    for (const { words, from, to } of markdown.blocks(cut.text.replaceAll('@…', GONE))) {
      const those = words.flatMap((line) => {
        const { folded } = decoded(line);
        return [...likenessesIn(folded, names)]
          .filter(({ people, from, to }) => guests(people) && !isAddress(folded, from, to, false))
          .flatMap(({ people }) => people);
      });
      if (those.length > 0) blocks.push({ ...cut.origin(from, to), ...likeThem([...new Set(those)]) });
    }
    if (blocks.length === before) break;
  }
  return blocks;
}
