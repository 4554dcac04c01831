/** A query as terms that must all be found. Nothing typed is an operator. */
import { fold } from '../../fold';
import { atomsOf, endsLettered, number, touching, type Atom } from './tokens';

const TYPED = { characters: 400, terms: 16 };

/** A word with its signs, or everything between quotation marks. */
export interface Term {
  atoms: Atom[];
  prefix: boolean;
}

export interface Sought {
  terms: Term[];
  cut: boolean;
}

/** Of keyboards everywhere; any of them ends what another began. */
const QUOTES = /["“”„‟«»‹›＂「」『』〝〞〟]/u;

/** Names have no phrases: quotation marks say nothing there. */
export const unquoted = (typed: string): string => typed.replaceAll(new RegExp(QUOTES, 'gu'), ' ').trim();

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

/** A full stop or dash between two words only joins them (addresses, file names). */
function meaningful(folded: string): Atom[] {
  const found: Atom[] = [];
  const all = atomsOf(folded);
  let joined = false;
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

/** Fractions written the other way: 1/2 is ½, and ½ is 1/2. Null without any. */
export function otherwise({ atoms, prefix }: Term): Term | null {
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

/** 1.2: its first number may be the end of a word. */
export const beginsInWord = (atoms: Atom[]): boolean =>
  /^[0-9]+$/.test(atoms[0]!.text) && atoms.length > 1 && number(atoms, 1) !== null;
