import { fold, foldWithMap, originalRange } from '../../../fold';
import { decoded, isMarked, reading } from '../../markdown/reading';
import type { Mention, Place } from '../../schema';
import { isApart, likenesses } from '../likenesses';
import { endsAt, isAddress, LONGEST } from './boundaries';
import { byPlace, stillReadable, resembling, type Found } from './lookalikes';
import { MARKS } from './markup';
import { formsOfAddress, Names, type Nameable } from './names';

/** Most texts cannot, so no people are read for them. */
export const mayName = (text: string): boolean => SIGN.test(text);
const SIGN =
  /[@＠﹫]|&(?:#0{0,5}(?:64|65312|65131)|#x0{0,4}(?:40|ff20|fe6b)|commat);|%(?:40|ef%(?:bc%a0|b9%ab))/i;

/** In order: names as typed, as rendered, and lookalikes. */
function places(text: string, people: Nameable[]): Found[] {
  if (!mayName(text) || people.length === 0) return [];
  const names = new Names(people);
  const marked = isMarked(text);
  const views = [decoded(text), ...(marked ? [reading(text)] : [])];
  const found = [...typed(text, names)];
  if (marked)
    for (const place of typed(views[1]!.folded, names)) {
      const [from, to] = originalRange(views[1]!, place.from, place.to);
      // The rendered text may hide a break between paragraphs.
      if (!isApart(text.slice(from, to))) found.push({ ...place, from, to });
    }
  found.sort(byPlace);
  let last = 0;
  const plain = found.filter(({ from, to }) => from >= last && (last = to) > 0);
  const likely = likenesses(
    people.map((person) => ({ names: [fold(person.name).trim(), ...formsOfAddress(person.email)], person })),
    LONGEST,
  );
  const all = [...plain, ...resembling(views, likely, plain)].sort(byPlace);
  return people.some(({ guest }) => guest)
    ? [...all, ...stillReadable(text, likely, all)].sort(byPlace)
    : all;
}

function* typed(text: string, names: Names): Generator<Found> {
  const map = foldWithMap(text);
  const { folded } = map;
  const signs: number[] = [];
  for (let at = folded.indexOf('@'); at >= 0; at = folded.indexOf('@', at + 1)) signs.push(at);
  let last = 0;
  for (const [i, at] of signs.entries()) {
    if (at < last) continue;
    // A name spans no more @ than it contains, which bounds the search to a few times the text.
    const most = Math.min(LONGEST, (signs[i + 1 + names.signs] ?? folded.length) - at - 1);
    const marks = MARKS.exec(folded.slice(at + 1, at + 9))?.[0] ?? '';
    const found = [...names.at(folded, at + 1, most)];
    if (marks) found.push(...names.at(folded, at + 1 + marks.length, most - marks.length));
    for (const { to, who } of found) {
      const [start, end] = originalRange(map, at, to);
      const exact = who.some(({ form }) => folded.endsWith(form, to));
      if (!endsAt(text, map, to) || isAddress(text, start, end, exact)) continue;
      if (isApart(text.slice(start, end))) continue;
      // Markup around the name alone is cut too.
      const close = /^[*_~]+$/.test(marks) ? [...marks].reverse().join('') : '';
      const marked = !names.is(folded.slice(at + 1, to)) && text.startsWith(close, end) ? close.length : 0;
      yield { from: start, to: end + marked, who };
      last = to + marked;
      break;
    }
  }
}

/** Each person once, with all places. */
export function find(text: string, people: Nameable[]): (Mention & { at: Place[] })[] {
  const found = new Map<string, Mention & { at: Place[] }>();
  for (const { from, to, who, like } of places(text, people))
    for (const { person, byName } of who) {
      const { id, name, email, guest, quiet } = person;
      const place: Place = like ? [from, to, 'like'] : [from, to];
      const before = found.get(id);
      if (before) before.at.push(place);
      else
        found.set(id, {
          id,
          name: byName ? name || email! : email!,
          ...(guest && { guest }),
          ...(quiet && { quiet }),
          at: [place],
        });
    }
  return [...found.values()];
}
