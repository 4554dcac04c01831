/**
 * Whom a text names: one grammar for marking, notifying and hiding. What is recognised is stored with its places, and names
 * are later hidden or marked at these places. A name in code, in a link or in a quotation is a name too, and is hidden like
 * any other. So is text that becomes a name only when it is rendered (`@**Ann** Lee`), but that notifies nobody. (For who is
 * notified and what is marked see `calls` and markdown/.)
 */
import { writingsOf } from '../../addresses';
import { domainEnd, unspaced } from '../../edges';
import { BETWEEN, foldWithMap, fold, joined, originalRange, sameWords, type Folded } from '../../fold';
import * as markdown from '../markdown';
import { decoded, isMarked, reading } from '../markdown/reading';
import type { Mention, Place } from '../schema';
import { Forms } from './forms';
import { isApart, likenesses, likenessesIn } from './likenesses';

/** Somebody whom a text may name. */
export interface Nameable {
  id: string;
  name: string;
  /** Empty if they cannot be named by it. */
  email?: string;
  guest?: boolean;
  /** Somebody who has left: hidden, but neither notified nor marked. */
  quiet?: boolean;
}

/** Whether a text can name anybody. Most cannot, and then no people are read. */
export const mayName = (text: string): boolean => SIGN.test(text);
const SIGN =
  /[@＠﹫]|&(?:#0{0,5}(?:64|65312|65131)|#x0{0,4}(?:40|ff20|fe6b)|commat);|%(?:40|ef%(?:bc%a0|b9%ab))/i;

/** The length of a folded name (100 characters in schemas.ts) or address (320): a letter can become three. */
const LONGEST = 400;

/** A folded name or address, and whose it is. */
interface Form {
  form: string;
  person: Nameable;
  byName: boolean;
}

interface Found {
  from: number;
  to: number;
  who: Form[];
  /** It is only similar to their name. */
  like?: true;
}

/** Addresses in the forms in which they are compared: an international one has two. */
const formsOfAddress = (email = ''): string[] => writingsOf(email).map((form) => fold(form).trim());

const charAt = (text: string, at: number) => String.fromCodePoint(text.codePointAt(at) ?? 0x20);
const charBefore = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at - 1] ?? '') ? text.slice(at - 2, at) : (text[at - 1] ?? '');

/** What separates the words of a name, by the number of letters before it. */
function joinsOf(words: string): Map<number, string> {
  const joins = new Map<number, string>();
  let without = 0;
  for (const { index, 0: join } of words.matchAll(BETWEEN)) {
    joins.set(index - without, join);
    without += join.length;
  }
  return joins;
}

/**
 * Whether what is written is a name with the same letters: its words may be separated as in the name, by one sign or by
 * nothing. In scripts without blanks there may be a blank.
 */
function writes(written: string, form: string): boolean {
  const own = joinsOf(form);
  const letters = joined(form);
  return [...joinsOf(written)].every(([at, join]) => {
    const there = own.get(at);
    if (there !== undefined) return join === there || join.length === 1;
    return join === ' ' && unspaced.test(charBefore(letters, at)) && unspaced.test(charAt(letters, at));
  });
}

/** Whom a text may name, by name or address, as it is and with its words joined differently. */
class Names {
  readonly #exact = new Forms<Form>();
  readonly #joined = new Forms<Form>();

  constructor(people: Nameable[]) {
    for (const person of people) {
      const name = fold(person.name).trim();
      for (const form of new Set([name, ...formsOfAddress(person.email)])) {
        if (!form || form.length > LONGEST) continue;
        const one = { form, person, byName: form === name };
        this.#exact.add(form, one);
        // In an address every sign counts.
        const letters = joined(form);
        if (!form.includes('@') && (letters !== form || unspaced.test(form))) this.#joined.add(letters, one);
      }
    }
  }

  /** The largest number of @ in one of them. */
  get signs(): number {
    return this.#exact.signs;
  }

  is(form: string): boolean {
    return this.#exact.has(form);
  }

  /** Who may be named at a place of a folded text: the longest first, exact ones before those that are joined differently. */
  at(folded: string, from: number, most: number): { to: number; who: Form[] }[] {
    const found = this.#exact.at(folded, from, most).map(({ length, who }) => ({
      to: from + length,
      who,
    }));
    if (this.#joined.begin(folded[from] ?? '')) {
      const stretch = folded.slice(from, from + most);
      const joins = joinsOf(stretch);
      const letters = joined(stretch);
      for (const { length, who } of this.#joined.at(letters, 0, letters.length)) {
        let to = length;
        for (const [at, join] of joins) if (at < length) to += join.length;
        const written = stretch.slice(0, to);
        const those = who.filter(({ form }) => form !== written && writes(written, form));
        if (those.length > 0) found.push({ to: from + to, who: those });
      }
    }
    return found.sort((a, b) => b.to - a.to);
  }
}

const ofWord = /[\p{L}\p{N}]/u;
/** Small or circled signs behind a word that fold to a letter or a digit: a footnote, a trade mark. */
const appended = /[\p{No}\p{Nl}\p{So}\p{Lm}ªº]/u;
/** Markup that a reader does not see: `@**Ann**`, `@[Ann](/x)`. */
const MARKS = /^[*_~`\\[<!]{1,8}/;
/** Japanese and Korean honorifics in Latin letters, written right after a name. */
const HONORIFIC = /^(?:san|sama|kun|chan|sensei|senpai|ssi|nim)(?![\p{L}\p{N}_])/u;

/**
 * Whether a name may end there: wherever a reader takes it for the name. Underscores are skipped: only a letter behind them
 * continues the word. A digit ends the name unless the name ends with a digit. (`calls` decides who is really meant.)
 */
function endsAt(text: string, map: Folded, to: number): boolean {
  const { folded } = map;
  if (to >= folded.length) return true;
  // Not within a letter: ß folds to ss.
  if (map.start[to] === map.start[to - 1]) return false;
  if (/\p{M}/u.test(charAt(folded, to))) return false;
  const behind = to + /^_*/.exec(folded.slice(to, to + LONGEST))![0].length;
  if (behind >= folded.length) return true;
  const last = charBefore(folded, to);
  const next = charAt(folded, behind);
  if (!ofWord.test(last) || !ofWord.test(next) || unspaced.test(last) || unspaced.test(next)) return true;
  if (appended.test(charAt(text, map.start[behind]!))) return true;
  if (/\p{Nd}/u.test(next)) return behind > to || !/\p{N}/u.test(last);
  return HONORIFIC.test(folded.slice(behind, behind + 12));
}

/** What comes before a place, without underscores that begin a word, which are markup. */
function before(text: string, at: number): string {
  const run = /_{1,8}$/.exec(text.slice(Math.max(0, at - 8), at))?.[0].length ?? 0;
  const outside = charBefore(text, at - run);
  return run > 0 && /[\p{L}\p{N}_]/u.test(outside) && !unspaced.test(outside) ? '_' : outside;
}

/**
 * `info@hanako.example` is somebody else's address, neither Hanako nor Hanako Example. As in addresses, a host has no blank
 * and continues after its dot. `Thanks@Hanako.See you` just lacks a blank.
 * @param exact what is written is exactly a name
 */
function isAddress(text: string, from: number, to: number, exact: boolean): boolean {
  const outside = before(text, from);
  if (!/[\p{L}\p{N}._%+-]/u.test(outside) || unspaced.test(outside)) return false;
  const form = text.slice(from + 1, to);
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(form)) return false;
  const all = form + text.slice(to, to + 70);
  const host = all.slice(0, domainEnd(all));
  const behind = host.slice(form.length);
  const goesOn = /^[\p{L}\p{N}\p{M}-]{0,63}\.[\p{L}\p{N}]{2}/u.test(behind);
  if (!goesOn && (exact || !/[\p{L}\p{N}]\.[\p{L}\p{N}]{2}/u.test(form))) return false;
  const top = host.replace(/[.-]$/, '').split('.').at(-1)!;
  return !/^\p{Lu}\p{Ll}/u.test(top) && !(unspaced.test(form) && unspaced.test(top));
}

/** A name without markup. (Names may contain such signs, so this is used only if it is not a name as it is.) */
export const unmarked = (typed: string): string => typed.replace(MARKS, '').replace(/[*_~]{1,8}$/, '');

/** Whether a name stands in code or in a link, or only reads as a name once it is rendered: `@`Ann``, `@[Ann](/x)`, `@Ann&nbsp;Lee`. */
export const isLaidAside = (typed: string, name: string): boolean =>
  (/^[*_~]*[`\\[<!]/.test(typed) && !sameWords(typed, name)) ||
  (isMarked(unmarked(typed)) && ![typed, unmarked(typed)].some((words) => sameWords(words, name)));

/** All places at which a text names somebody, in order: as it was typed, as it renders, and what is similar to a name. */
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
  return people.some(({ guest }) => guest) ? [...all, ...left(text, likely, all)].sort(byPlace) : all;
}

const byPlace = (x: Found, y: Found) => x.from - y.from || y.to - x.to;
type Likely = ReturnType<typeof likenesses<Nameable>>;

const likeThem = (people: Nameable[]) => ({
  who: people.map((person): Form => ({ form: '', person, byName: true })),
  like: true as const,
});

/** What could be taken for a name but is not exactly one; the longest at each place. */
function resembling(views: Folded[], names: Likely, plain: Found[]): Found[] {
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

/**
 * Blocks in which a guest's name can still be read after all of these places are cut and the text is rendered. Only the
 * renderer knows what it makes of a text, so such a block is hidden completely.
 */
function left(text: string, names: Likely, found: Found[]): Found[] {
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

function* typed(text: string, names: Names): Generator<Found> {
  const map = foldWithMap(text);
  const { folded } = map;
  const signs: number[] = [];
  for (let at = folded.indexOf('@'); at >= 0; at = folded.indexOf('@', at + 1)) signs.push(at);
  let last = 0;
  for (const [i, at] of signs.entries()) {
    if (at < last) continue;
    // No name spans more @ than it contains, so all that is searched is a few times the text.
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

/** Whom a text names, each person once, with all places. */
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

// --- Reading stored places -----------------------------------------------------------------------------------

/** A place of a text with all whom it names. */
export interface Naming {
  from: number;
  to: number;
  who: Mention[];
  /** It is only similar to their name, so it is only hidden. */
  like: boolean;
}

/**
 * The places of a text, in order. Older rows have no places, so they are searched by the stored name.
 * @param part the text itself, or a thread's title
 */
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

interface Stretch {
  from: number;
  to: number;
}

/** A text with "@…" for some ranges, which are in order but may overlap; and the original places of what is left. */
function cutOut(text: string, stretches: Stretch[]) {
  const cuts: Stretch[] = [];
  for (const { from, to } of stretches) {
    const last = cuts.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else cuts.push({ from, to });
  }
  let out = '';
  let last = 0;
  /** How much shorter the text is up to here. */
  const by: { at: number; less: number; cut: Stretch }[] = [];
  for (const cut of cuts) {
    out += `${text.slice(last, cut.from)}@…`;
    last = cut.to;
    by.push({ at: out.length, less: last - out.length, cut });
  }
  const origin = (from: number, to: number): Stretch => {
    const before = (at: number) => by.findLast((one) => at > one.at - 2);
    const place = (at: number, end: 'from' | 'to') => {
      const one = before(at);
      return one && at < one.at ? one.cut[end] : at + (one?.less ?? 0);
    };
    return { from: place(from, 'from'), to: place(to, 'to') };
  };
  return { text: out + text.slice(last), cuts, origin };
}

/**
 * A text for a reader from whom some people are hidden: their mentions become `@…`. A place that also names somebody else
 * (with the same name) reveals nothing and stays.
 * @returns the text, and whom it still names, at the new places
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

/**
 * Whether a place really addresses somebody, and is not part of something longer or escaped: `x@Ann`, `/@Ann`,
 * `@Ann@b.example`, `\@Ann`, `@Ann2`.
 */
export function calls(text: string, { from, to }: { from: number; to: number }): boolean {
  const outside = before(text, from);
  if (outside && !unspaced.test(outside) && /[\p{L}\p{N}_./+@＠﹫-]/u.test(outside)) return false;
  if (/(?<!\\)(?:\\\\)*\\$/.test(text.slice(Math.max(0, from - 20), from))) return false;
  const form = text.slice(from + 1, to);
  const behind = text.slice(to, to + 70);
  if (/^[@＠﹫]/.test(behind)) return false;
  const goesOn = /^(?:_+([\p{L}\p{N}])|\p{Nd})/u.exec(behind);
  if (goesOn && !unspaced.test(charBefore(text, to)) && !unspaced.test(goesOn[1] ?? '')) return false;
  return !(/[@＠﹫]/.test(form) && /^(?:_*[^\W_]|-|\.[\w-])/.test(behind));
}
