/** A typed query: terms that must all be found, as an FTS5 expression and as places in a text. Nothing typed is an operator. */
import { fold, originalRange } from '../../fold';
import {
  atomsOf,
  charactersOf,
  endsLettered,
  inIndex,
  number,
  OF_WORD,
  pairsOf,
  readingsOf,
  touching,
  type Atom,
} from './tokens';

/** The limits of a query. If there is more, the page says so (`cut`). */
const TYPED = { characters: 400, terms: 16 };

/** One search term: a word with its signs, or everything between quotation marks. */
export interface Term {
  atoms: Atom[];
  /** Its last word may be unfinished. */
  prefix: boolean;
}

export interface Sought {
  terms: Term[];
  /** More was typed than is searched for. */
  cut: boolean;
}

/** Quotation marks of all countries' keyboards; any of them ends what another began. */
const QUOTES = /["“”„‟«»‹›＂「」『』〝〞〟]/u;

/** @param typed what somebody typed, of any length */
export function termsOf(typed: string): Sought {
  const parts = typed.slice(0, TYPED.characters).split(QUOTES);
  const terms: Term[] = [];
  for (const [i, part] of parts.entries()) {
    const folded = fold(part).trim();
    const pieces =
      i % 2 === 1 ? [meaningful(folded)] : folded.split(' ').flatMap((word) => apart(meaningful(word)));
    for (const [j, atoms] of pieces.entries()) {
      const words = atoms.filter(({ kind }) => kind === 'word' || kind === 'run');
      if (words.length === 0 && !atoms.some(({ kind }) => kind === 'symbol') && !hasPair(atoms)) continue;
      // The last word may be unfinished, except after a closing quotation mark. A single letter is only itself.
      const end = atoms.at(-1)!;
      const unfinished =
        i === parts.length - 1 &&
        j === pieces.length - 1 &&
        end.kind === 'word' &&
        !endsLettered(part.trimEnd());
      terms.push({ atoms, prefix: unfinished && (end.text.length > 1 || words.length > 1) });
    }
  }
  return {
    terms: terms.slice(0, TYPED.terms),
    cut: terms.length > TYPED.terms || /\S/.test(typed.slice(TYPED.characters)),
  };
}

/** The atoms to search for. A full stop or a dash between two words only joins them (addresses, file names). */
function meaningful(folded: string): Atom[] {
  const found: Atom[] = [];
  const all = atomsOf(folded);
  let joined = false;
  /** It follows a word without a separator. */
  let worded = false;
  for (const [i, atom] of all.entries()) {
    if (!atom.glued) worded = false;
    const joins =
      (atom.text === '.' && atom.glued && !number(all, i)) ||
      (atom.text === '-' && worded && isWord(all.slice(i).find(({ text, glued }) => text !== '-' || !glued)));
    if (!joins) found.push(joined ? { ...atom, glued: false } : atom);
    joined = joins;
    if (atom.kind === 'word' || atom.kind === 'run') worded = true;
  }
  return found;
}

const isWord = (atom: Atom | undefined): boolean =>
  atom !== undefined && atom.glued && (atom.kind === 'word' || atom.kind === 'run');

/** Without quotation marks, Japanese runs with a sign between them are searched one by one. */
function apart(atoms: Atom[]): Atom[][] {
  const pieces: Atom[][] = [];
  for (const [i, atom] of atoms.entries())
    if (i > 0 && (atom.glued || (atom.kind !== 'run' && atoms[i - 1]!.kind !== 'run')))
      pieces.at(-1)!.push(atom);
    else pieces.push([atom]);
  return pieces;
}

const hasPair = (list: Atom[]) => list.some((atom, i) => i > 0 && touching(list[i - 1]!, atom) !== null);

/** The term with its fractions written the other way: 1/2 is ½, and ½ is 1/2. Null if it has none. */
function otherwise({ atoms, prefix }: Term): Term | null {
  const written: Atom[] = [];
  const text = (at: number) => atoms[at]?.text ?? '';
  const isNumber = (at: number) => atoms[at]?.glued === true && number(atoms, at) !== null;
  for (let i = 0; i < atoms.length; i++) {
    const atom = atoms[i]!;
    const [, above, below] = /^([0-9])⁄([0-9]|10)$/.exec(atom.text) ?? [];
    if (above !== undefined)
      written.push(
        { ...atom, text: above },
        { ...atom, kind: 'sign', text: '/', glued: true },
        { ...atom, text: below!, glued: true },
      );
    else if (
      /^[0-9]\/(?:[0-9]|10)$/.test(text(i) + text(i + 1) + text(i + 2)) &&
      isNumber(i + 1) &&
      !isNumber(i) &&
      !isNumber(i - 1) &&
      !isNumber(i + 3)
    ) {
      written.push({ ...atom, text: `${atom.text}⁄${text(i + 2)}`, to: atoms[i + 2]!.to });
      i += 2;
    } else written.push(atom);
  }
  return written.length === atoms.length ? null : { atoms: written, prefix };
}

// --- For the index -------------------------------------------------------------------------------------------

/** A quoted phrase, in which no character is an operator. */
const phrase = (tokens: string[], prefix = false) =>
  `"${tokens.join(' ').replaceAll('"', ' ')}"${prefix ? '*' : ''}`;

/** Columns of the index: those that everybody in a space may search, and all. */
const COLUMNS = {
  open: { words: 'words', signs: 'signs' },
  all: { words: '{words all_words}', signs: '{signs all_signs}' },
};
export type Columns = keyof typeof COLUMNS;

/** A term as expressions of FTS5. */
function expressionsOf({ atoms, prefix }: Term, columns: Columns): string[] {
  const column = COLUMNS[columns];
  const tokens: string[] = [];
  let open = false;
  for (const [i, atom] of atoms.entries()) {
    const last = !atoms.slice(i + 1).some(({ kind }) => kind === 'word' || kind === 'run');
    if (atom.kind === 'word') {
      // The first number of 1.2 may be the end of a word (v1.2).
      if (i > 0 || !beginsInWord(atoms)) tokens.push(atom.text);
      open = prefix;
    } else if (atom.kind === 'run') {
      const all = charactersOf(atom.text);
      tokens.push(...pairsOf(atom.text));
      // If another word follows, the run has ended, as in the index.
      if (!last && all.length > 1) tokens.push(all.at(-1)!);
      open = last && all.length < 2;
    }
  }
  const found = tokens.length > 0 ? [`${column.words} : ${phrase(tokens, open)}`] : [];
  let pairs: string[] = [];
  const close = (open = false) => {
    if (pairs.length > 0) found.push(`${column.signs} : ${phrase(pairs.map(inIndex), open)}`);
    pairs = [];
  };
  for (const [i, atom] of atoms.entries()) {
    const pair = i > 0 ? touching(atoms[i - 1]!, atom) : null;
    if (pair) pairs.push(pair);
    else close();
    if (pair && i === atoms.length - 1 && atom.kind === 'word') close(prefix);
    if (atom.kind === 'symbol') found.push(`${column.signs} : ${phrase([atom.text])}`);
    const both = number(atoms, i);
    if (both) found.push(`${column.signs} : ${phrase([inIndex(both)], prefix && i === atoms.length - 2)}`);
  }
  close();
  return found;
}

/** The FTS5 expression for all terms; null if there is nothing to search for. */
export function expression(terms: Term[], columns: Columns): string | null {
  const every = terms.flatMap((term) => {
    const other = otherwise(term);
    const one = expressionsOf(term, columns);
    if (!other) return one;
    return [one, expressionsOf(other, columns)].map((way) => `(${way.join(' AND ')})`).join(' OR ');
  });
  const all = [...new Set(every)];
  return all.length > 0 ? all.map((one) => `(${one})`).join(' AND ') : null;
}

/** The index has words and signs in separate columns, so only the text shows whether they stand together as typed. */
export const isLoose = (term: Term): boolean => {
  const { atoms } = term;
  return (
    otherwise(term) !== null ||
    (atoms.length > 1 && atoms.some(({ kind }, i) => kind === 'symbol' || number(atoms, i) !== null))
  );
};

/** 1.2: its first number may be the end of a word. */
const beginsInWord = (atoms: Atom[]): boolean =>
  /^[0-9]+$/.test(atoms[0]!.text) && atoms.length > 1 && number(atoms, 1) !== null;

// --- For texts -----------------------------------------------------------------------------------------------

/**
 * Flags are pairs of letters: 🇩🇪🇫🇷 does not contain 🇪🇫. First and second letters become different private-use characters
 * of the same length, so that places do not move.
 */
const paired = (folded: string): string =>
  folded.replace(/\p{RI}\p{RI}/gu, (flag) =>
    Array.from(flag, (letter, i) =>
      String.fromCodePoint(0xf0000 + 32 * i + letter.codePointAt(0)! - 0x1f1e6),
    ).join(''),
  );

/**
 * A term as a pattern for folded text. What may be between two words contains no letter and is bounded, so the pattern
 * never backtracks far.
 */
function pattern(term: Term): RegExp {
  const other = otherwise(term);
  return new RegExp(other ? `${sourceOf(term)}|${sourceOf(other)}` : sourceOf(term), 'gu');
}

function sourceOf({ atoms, prefix }: Term): string {
  let source = '';
  for (const [i, atom] of atoms.entries()) {
    const before = atoms[i - 1];
    const literal = RegExp.escape(paired(atom.text));
    if (before) {
      const signs = before.kind === 'sign' || atom.kind === 'sign';
      const loose = [before.text, atom.text].some((text) => text === '&' || text === '%');
      if (signs && atom.glued) source += loose ? ' ?' : '';
      else if (before.kind === 'symbol' || atom.kind === 'symbol') source += atom.glued ? '' : ' ?';
      else if (before.kind === 'run' || atom.kind === 'run')
        source += atom.glued ? '' : '[^\\p{L}\\p{N}\\p{M}]{0,200}';
      else source += '[^\\p{L}\\p{N}\\p{M}]{1,200}';
    }
    const starts =
      i === 0 && beginsInWord(atoms)
        ? '(?<![0-9])'
        : atom.kind === 'word' && before?.kind !== 'word'
          ? `(?<!${OF_WORD})`
          : '';
    const ends =
      atom.kind === 'word' ? (i === atoms.length - 1 && prefix ? `${OF_WORD}*` : `(?!${OF_WORD})`) : '';
    // A part of a joined emoji is not an emoji of its own.
    const joined =
      atom.kind === 'symbol' ? ['(?<!\\u200d)', '(?!\\p{EMod}?[\\u200d\\u{e0020}-\\u{e007f}])'] : ['', ''];
    source += starts + joined[0] + literal + joined[1] + ends;
  }
  return source;
}

/** Where a text contains the terms: from and to, in order, without overlaps. */
export function placesOf(text: string, terms: Term[]): [number, number][] {
  const found: [number, number][] = [];
  for (const map of readingsOf(text))
    for (const term of terms)
      for (const match of paired(map.folded).matchAll(pattern(term)))
        if (match[0]) found.push(originalRange(map, match.index, match.index + match[0].length));
  found.sort((a, b) => a[0] - b[0]);
  const apart: [number, number][] = [];
  for (const [from, to] of found) {
    const before = apart.at(-1);
    if (before && from <= before[1]) before[1] = Math.max(before[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

/** Whether a text contains all terms. */
export function says(text: string, terms: Term[]): boolean {
  const readings = readingsOf(text).map(({ folded }) => paired(folded));
  return terms.every((term) => readings.some((folded) => pattern(term).test(folded)));
}
