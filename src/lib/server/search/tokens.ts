/**
 * A text as search sees it: words, runs of scripts that put no blanks between words, and signs. The index is made of these
 * atoms, what is typed is read as them, and the highlighter looks for them: one reading for all three.
 */
import { fold } from '../../fold';

/** Japanese, Chinese, Korean, Thai, Lao, Khmer, Burmese …: nothing says where a word ends, so what is typed is found anywhere in a run. */
export const UNSPACED =
  '(?=[\\p{L}\\p{N}\\p{M}])[' +
  'Han Hira Kana Hang Bopo Thai Laoo Khmr Mymr Tale Talu Lana Java Bali'
    .split(' ')
    .map((script) => `\\p{scx=${script}}`)
    .join('') +
  ']';
/** A letter, digit or vowel sign of a word between blanks. */
export const OF_WORD = `(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}])`;

const PICTURE = '\\p{ExtPict}[\\p{EMod}\\u20e3\\u{e0020}-\\u{e007f}]*';

const atoms = new RegExp(
  [
    `(?<run>(?:${UNSPACED})+)`,
    `(?<word>${OF_WORD}+)`,
    // One emoji, however many it is made of, or another sign that means something by itself.
    `(?<symbol>\\p{RI}\\p{RI}|${PICTURE}(?:\\u200d${PICTURE})*|(?![+<=>|~$^\`])[\\p{Sc}\\p{So}\\p{Sm}§°])`,
    // Signs that make another word of the word beside them. (C++, C#, R&D, $5, 100%, @Ann; .NET, but not the end of a sentence.)
    `(?<sign>[+#&@$%=~]|(?<!\\.)\\.(?=${OF_WORD}))`,
  ].join('|'),
  'gu',
);

export interface Atom {
  kind: 'run' | 'word' | 'symbol' | 'sign';
  text: string;
  /** Nothing stands between it and the atom before it. */
  glued: boolean;
  from: number;
  to: number;
}

/** The atoms of a folded text, in order. `R & D` is R&D, and `100 %` is 100%. */
export function atomsOf(folded: string): Atom[] {
  const found: Atom[] = [];
  for (const match of folded.matchAll(atoms)) {
    const [text] = match;
    const [kind] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    const before = found.at(-1);
    const gap = before ? folded.slice(before.to, match.index) : '';
    const glued =
      before !== undefined &&
      (gap === '' || (gap === ' ' && /^[&%]$/.test(text)) || (gap === ' ' && before.text === '&'));
    found.push({ kind: kind as Atom['kind'], text, glued, from: match.index, to: match.index + text.length });
  }
  return found;
}

export const charactersOf = (text: string): string[] => [...text];

/** Each two neighbours of a run. A single character is itself. */
export function pairsOf(run: string): string[] {
  const all = charactersOf(run);
  return all.length < 2 ? all : all.slice(1).map((character, i) => all[i]! + character);
}

/** A sign with what it touches, as one token; null: this pair tells nothing. */
export function touching(before: Atom, atom: Atom): string | null {
  if (!atom.glued || (before.kind !== 'sign' && atom.kind !== 'sign')) return null;
  if (before.kind === 'symbol' || atom.kind === 'symbol' || atom.text === '.') return null;
  const left = before.kind === 'run' ? charactersOf(before.text).at(-1)! : before.text;
  const right = atom.kind === 'run' ? charactersOf(atom.text)[0]! : atom.text;
  return left + right;
}

/** An emoji in a colour of skin is also the plain one. */
export const plainEmoji = (symbol: string): string | null =>
  /^(\p{ExtPict})\p{EMod}$/u.exec(symbol)?.[1] ?? null;

/** What stands in the index of a text: its words, and its signs beside them (in a column of their own, so that words stay neighbours). */
export function indexed(text: string): { words: string; signs: string } {
  const words: string[] = [];
  const signs: string[] = [];
  let before: Atom | undefined;
  for (const atom of atomsOf(fold(text))) {
    if (atom.kind === 'word') words.push(atom.text);
    else if (atom.kind === 'run') {
      words.push(...pairsOf(atom.text));
      // Each run ends with its last character alone, so that one character finds it too.
      const all = charactersOf(atom.text);
      if (all.length > 1) words.push(all.at(-1)!);
    } else if (atom.kind === 'symbol') {
      signs.push(atom.text);
      const plain = plainEmoji(atom.text);
      if (plain) signs.push(plain);
    }
    const pair = before && touching(before, atom);
    if (pair) signs.push(pair);
    before = atom;
  }
  return { words: words.join(' '), signs: signs.join(' ') };
}
