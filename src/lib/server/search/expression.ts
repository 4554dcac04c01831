import { beginsInWord, otherwise, type Term } from './terms';
import { charactersOf, inIndex, number, pairsOf, touching } from './tokens';

/** Quoted, so that no character is an operator. */
const phrase = (tokens: string[], prefix = false) =>
  `"${tokens.join(' ').replaceAll('"', ' ')}"${prefix ? '*' : ''}`;

/** What everybody in a space may search, and everything. */
const COLUMNS = {
  open: { words: 'words', signs: 'signs' },
  all: { words: '{words all_words}', signs: '{signs all_signs}' },
};
export type Columns = keyof typeof COLUMNS;

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
