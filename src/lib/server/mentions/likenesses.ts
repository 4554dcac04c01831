/** Whatever could be taken for a name after an @, however it is written. This only hides people; it notifies nobody. */
import { unspaced } from '../../edges';
import { foldWithMap, originalRange, type Folded } from '../../fold';
import { Forms } from './forms';

/** Also the @, because addresses contain one and no name spans another. */
const LETTERS = /[\p{L}\p{N}@]\p{M}*/gu;
const letter = /[\p{L}\p{M}]/u;
const digit = /\p{N}/u;

interface Letters {
  text: string;
  at: number[];
}

function lettersOf(folded: string): Letters {
  let text = '';
  const at: number[] = [];
  for (const { 0: found, index } of folded.matchAll(LETTERS)) {
    const kept = found.startsWith('@') ? '@' : found;
    text += kept;
    for (let i = 0; i < kept.length; i++) at.push(index + i);
  }
  return { text, at };
}

const bare = (folded: string): string => lettersOf(folded).text;

/** A name of several words, or this long, is recognised whatever letters follow: `Satos`, `Satoji`. */
const PLAIN = 4;
const isPlain = (folded: string) =>
  /[\p{L}\p{N}][^\p{L}\p{N}\p{M}]+[\p{L}\p{N}]/u.test(folded) || bare(folded).length >= PLAIN;

interface Writing<Person> {
  person: Person;
  plain: boolean;
}

interface Likenesses<Person> {
  forms: Forms<Writing<Person>>;
  longest: number;
}

/** The last of two or three words may come first. */
export function likenesses<Person>(
  people: Iterable<{ names: string[]; person: Person }>,
  longest: number,
): Likenesses<Person> {
  const forms = new Forms<Writing<Person>>();
  const add = (words: string, one: Writing<Person>) => {
    const form = bare(words);
    if (form && form.length <= longest) forms.add(form, one);
  };
  for (const { names, person } of people)
    for (const name of names) {
      const one = { person, plain: isPlain(name) };
      add(name, one);
      const words = name.split(' ');
      if (words.length === 2 || words.length === 3) add(words.at(-1)! + words.slice(0, -1).join(''), one);
    }
  return { forms, longest };
}

/** Titles before a name: `Dr.`, `Frau`, `คุณ`. */
const TITLE =
  /[^\p{L}\p{N}\p{M}@]{0,8}(?:(?:dr|prof|mrs?|ms|mx|miss|sir|herrn?|frau|mme|mlle|monsieur|madame|sra?|srta|senora?|sig|dott|ing|dear|pan[ia]?)(?![\p{L}\p{N}\p{M}])|\p{L}{1,5}\.(?=[^\p{L}\p{N}]|\p{L})|คุณ|นางสาว|นาย|นาง)/uy;
const TITLES = 3;

function* beginnings(folded: string, at: number): Generator<number> {
  yield at + 1;
  TITLE.lastIndex = at + 1;
  for (let i = 0; i < TITLES && TITLE.test(folded); i++) yield TITLE.lastIndex;
  TITLE.lastIndex = 0;
}

function endOfWord({ text, at }: Letters, to: number, plain: boolean): number | null {
  const isNext = (i: number) => at[i] === at[i - 1]! + 1;
  if (to >= text.length || !isNext(to)) return to;
  const [last, next] = [charBefore(text, to), charAt(text, to)];
  if (digit.test(next)) return digit.test(last) ? null : to;
  if (unspaced.test(last) || !letter.test(next) || unspaced.test(next)) return to;
  if (!plain) return null;
  let end = to;
  while (
    end < text.length &&
    isNext(end) &&
    letter.test(charAt(text, end)) &&
    !unspaced.test(charAt(text, end))
  )
    end += charAt(text, end).length;
  return end;
}

const charAt = (text: string, at: number) => String.fromCodePoint(text.codePointAt(at) ?? 0x20);
const charBefore = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at - 1] ?? '') ? text.slice(at - 2, at) : (text[at - 1] ?? '');

interface Likeness<Person> {
  from: number;
  to: number;
  nameTo: number;
  people: Person[];
}

export function* likenessesIn<Person>(text: string, names: Likenesses<Person>): Generator<Likeness<Person>> {
  const map: Folded = foldWithMap(text);
  const letters = lettersOf(map.folded);
  const signs: number[] = [];
  for (let i = letters.text.indexOf('@'); i >= 0; i = letters.text.indexOf('@', i + 1)) signs.push(i);
  for (const [i, sign] of signs.entries()) {
    const end = signs[i + 1 + names.forms.signs] ?? letters.text.length;
    let first = sign + 1;
    for (const begin of beginnings(map.folded, letters.at[sign]!)) {
      while (first < end && letters.at[first]! < begin) first++;
      const range = (to: number) => originalRange(map, letters.at[sign]!, letters.at[to - 1]! + 1);
      const most = Math.min(names.longest, end - first);
      const found = longestAt(letters, first, most, names, (to) => EMPTY_LINE.test(text.slice(...range(to))));
      if (!found) continue;
      const [from, nameTo] = range(found.nameTo);
      yield { from, to: range(found.to)[1], nameTo, people: found.people };
      break;
    }
  }
}

function longestAt<Person>(
  letters: Letters,
  from: number,
  most: number,
  names: Likenesses<Person>,
  apart: (to: number) => boolean,
) {
  for (const { length, who } of names.forms.at(letters.text, from, most)) {
    const to = from + length;
    if (apart(to)) continue;
    const fits = who.flatMap(({ person, plain }) => {
      const end = endOfWord(letters, to, plain);
      return end === null ? [] : [{ person, end }];
    });
    if (fits.length > 0)
      return {
        nameTo: to,
        to: Math.max(...fits.map(({ end }) => end)),
        people: [...new Set(fits.map(({ person }) => person))],
      };
  }
  return null;
}

/** The break between paragraphs, which no name spans. */
const EMPTY_LINE = /\u2029|(?:\r\n|\r(?!\n)|[\n\u2028])[ \t>]*[\n\r\u2028]/;

/** A name may span lines, as in wrapped mails, but not paragraphs. */
export const isApart = (words: string): boolean =>
  /\u2029|(?:\r\n|\r(?!\n)|[\n\u2028])[^]*[\n\r\u2028]/.test(words);
