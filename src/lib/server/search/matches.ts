import { originalRange } from '../../fold';
import { beginsInWord, otherwise, type Term } from './terms';
import { number, OF_WORD, readingsOf } from './tokens';

/** Words and signs are in separate columns, so only the text shows whether they stand together as typed. */
export const isLoose = (term: Term): boolean => {
  const { atoms } = term;
  return (
    otherwise(term) !== null ||
    (atoms.length > 1 && atoms.some(({ kind }, i) => kind === 'symbol' || number(atoms, i) !== null))
  );
};

/** 🇩🇪🇫🇷 does not contain 🇪🇫: halves of flags become private-use characters of the same length. */
const paired = (folded: string): string =>
  folded.replace(/\p{RI}\p{RI}/gu, (flag) =>
    Array.from(flag, (letter, i) =>
      String.fromCodePoint(0xf0000 + 32 * i + letter.codePointAt(0)! - 0x1f1e6),
    ).join(''),
  );

/** What may be between two words is bounded and contains no letter, so the pattern never backtracks far. */
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

export function says(text: string, terms: Term[]): boolean {
  const readings = readingsOf(text).map(({ folded }) => paired(folded));
  return terms.every((term) => readings.some((folded) => pattern(term).test(folded)));
}
