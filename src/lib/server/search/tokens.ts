/** Splits a text into words, runs of scripts without blanks, and signs, for index, query and highlighter alike. */
import { fold, foldWithMap, type Folded } from '../../fold';

/** Japanese, Chinese, Korean, Thai, Lao, Khmer, Burmese …: word ends are invisible, so a query may match anywhere in a run. */
const UNSPACED =
  '(?=[\\p{L}\\p{N}\\p{M}])[' +
  'Han Hira Kana Hang Bopo Thai Laoo Khmr Mymr Tale Talu Lana Java Bali'
    .split(' ')
    .map((script) => `\\p{scx=${script}}`)
    .join('') +
  ']';
/** A letter, digit or vowel sign; also the slash of ½, which is a number of its own. */
export const OF_WORD = `(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}]|(?<=[0-9])⁄)`;

const PICTURE = '\\p{ExtPict}[\\p{EMod}\\u20e3\\u{e0020}-\\u{e007f}]*';

const atoms = new RegExp(
  [
    `(?<run>(?:${UNSPACED})+)`,
    `(?<word>${OF_WORD}+)`,
    // One emoji, however many characters it has, or another sign with a meaning of its own.
    `(?<symbol>\\p{RI}\\p{RI}|${PICTURE}(?:\\u200d${PICTURE})*|(?![+<=>|~$^\`])[\\p{Sc}\\p{So}\\p{Sm}§°])`,
    // Signs that change a word: C++, C#, R&D, $5, 100%, @Ann, .NET, C--, --help; and signs between numbers: 1.2, 1,2, 1/2.
    `(?<sign>[+#&@$%=~]|(?<!\\.)\\.(?=${OF_WORD})|(?<=[\\p{L}\\p{N}\\p{M}]-{0,2})-|-(?=-{0,2}[\\p{L}\\p{N}\\p{M}])|(?<=[0-9])[,/:](?=[0-9]))`,
  ].join('|'),
  'gu',
);

export interface Atom {
  kind: 'run' | 'word' | 'symbol' | 'sign';
  text: string;
  /** Nothing separates it from the atom before it. */
  glued: boolean;
  from: number;
  to: number;
}

/** `R & D` is R&D, and `100 %` is 100%. */
export function atomsOf(folded: string): Atom[] {
  const found: Atom[] = [];
  for (const match of folded.matchAll(atoms)) {
    const [text] = match;
    const { run, word, symbol } = match.groups!;
    const kind =
      run !== undefined ? 'run' : word !== undefined ? 'word' : symbol !== undefined ? 'symbol' : 'sign';
    const before = found.at(-1);
    const gap = before ? folded.slice(before.to, match.index) : '';
    const glued =
      before !== undefined &&
      (gap === '' || (gap === ' ' && /^[&%]$/.test(text)) || (gap === ' ' && before.text === '&'));
    found.push({ kind, text, glued, from: match.index, to: match.index + text.length });
  }
  return found;
}

export const charactersOf = (text: string): string[] => [...text];

export function pairsOf(run: string): string[] {
  const all = charactersOf(run);
  return all.length < 2 ? all : all.slice(1).map((character, i) => all[i]! + character);
}

export function touching(before: Atom, atom: Atom): string | null {
  if (!atom.glued || (before.kind !== 'sign' && atom.kind !== 'sign')) return null;
  if (before.kind === 'symbol' || atom.kind === 'symbol' || atom.text === '.') return null;
  if ([before.text, atom.text].some((text) => /^[,/:]$/.test(text))) return null;
  const left = before.kind === 'run' ? charactersOf(before.text).at(-1)! : before.text;
  const right = atom.kind === 'run' ? charactersOf(atom.text)[0]! : atom.text;
  return left + right;
}

export function number(atoms: Atom[], at: number): string | null {
  const [before, sign, after] = [atoms[at - 1], atoms[at]!, atoms[at + 1]];
  if (sign.kind !== 'sign' || !/^[.,/:]$/.test(sign.text) || !sign.glued || !after?.glued) return null;
  if (before?.kind !== 'word' || after.kind !== 'word') return null;
  const left = before.text
    .slice(-40)
    .split(/[^0-9]/)
    .at(-1);
  const [right] = /^[0-9]+/.exec(after.text) ?? [];
  return left && right ? left + sign.text + right : null;
}

/** FTS5 splits at these, so their wide forms, which no folded text contains, replace them. */
export const inIndex = (token: string): string =>
  token.replace(/[-,/:]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

/** Fold to letters or digits: № ™ ℃ Ⅳ ㎏ ① ½. */
const LETTERED =
  '(?=[\\p{So}\\p{No}\\p{Nl}])[²³¹¼-¾\\u2070-\\u209f\\u2100-\\u218f\\u2460-\\u24ff\\u3200-\\u33ff\\u{1f100}-\\u{1f1e5}\\u{1f200}-\\u{1f2ff}]';
const lettered = new RegExp(LETTERED, 'u');
const letteredEnd = new RegExp(`${LETTERED}[\\ufe0e\\ufe0f]?$`, 'u');
const aroundLettered = new RegExp(`(${LETTERED})`, 'u');

/** Such a sign is complete: № is not the beginning of "noon". */
export const endsLettered = (text: string): boolean => letteredEnd.test(text.slice(-4));

/** 5㎏ is "5kg", and also "5" and "kg". */
export function readingsOf(text: string): Folded[] {
  if (!lettered.test(text)) return [foldWithMap(text)];
  const apart: Folded = { folded: '', start: [], end: [] };
  let from = 0;
  for (const part of text.split(aroundLettered)) {
    const map = foldWithMap(part);
    apart.folded += `${map.folded};`;
    for (const place of map.start) apart.start.push(from + place);
    for (const place of map.end) apart.end.push(from + place);
    from += part.length;
    apart.start.push(from);
    apart.end.push(from);
  }
  return [foldWithMap(text), apart];
}
const foldedApart = (text: string): string =>
  text
    .split(aroundLettered)
    .map((part) => `${fold(part)};`)
    .join('');

/** An emoji with a skin tone is also the plain one. */
const plainEmoji = (symbol: string): string | null => /^(\p{ExtPict})\p{EMod}$/u.exec(symbol)?.[1] ?? null;

/** Keeps words of two readings apart. Alone it is not a word of any text. */
const BREAK = '.';

/** Signs are in a separate column, so that words stay neighbours. */
export function indexed(text: string): { words: string; signs: string } {
  const words: string[] = [];
  const signs: string[] = [];
  const put = (folded: string) => {
    const atoms = atomsOf(folded);
    for (const [i, atom] of atoms.entries()) {
      if (atom.kind === 'word') words.push(atom.text);
      else if (atom.kind === 'run') {
        words.push(...pairsOf(atom.text));
        // Its last character alone, so that a single character finds each run.
        const all = charactersOf(atom.text);
        if (all.length > 1) words.push(all.at(-1)!);
      } else if (atom.kind === 'symbol') {
        signs.push(atom.text);
        const plain = plainEmoji(atom.text);
        if (plain) signs.push(plain);
      }
      const pair = i > 0 && touching(atoms[i - 1]!, atom);
      if (pair) signs.push(pair);
    }
    for (const i of atoms.keys()) {
      const both = number(atoms, i);
      if (both) signs.push(both);
    }
  };
  put(fold(text));
  if (lettered.test(text))
    for (const part of text.split(/\s+/u))
      if (lettered.test(part)) {
        words.push(BREAK);
        signs.push(BREAK);
        put(foldedApart(part));
      }
  return { words: words.join(' '), signs: inIndex(signs.join(' ')) };
}
