import { domainEnd, unspaced } from '../../../edges';
import type { Folded } from '../../../fold';

/** Of a folded name (100 characters in schemas.ts) or address (320). One letter can become three. */
export const LONGEST = 400;

export const charAt = (text: string, at: number) => String.fromCodePoint(text.codePointAt(at) ?? 0x20);
export const charBefore = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at - 1] ?? '') ? text.slice(at - 2, at) : (text[at - 1] ?? '');

const ofWord = /[\p{L}\p{N}]/u;
/** Small or circled signs behind a word that fold to a letter or digit: footnotes, trade marks. */
const appended = /[\p{No}\p{Nl}\p{So}\p{Lm}ªº]/u;

/** Japanese and Korean honorifics in Latin letters, written right after a name. */
const HONORIFIC = /^(?:san|sama|kun|chan|sensei|senpai|ssi|nim)(?![\p{L}\p{N}_])/u;

/** Only a letter behind underscores continues a name; a digit ends it unless it ends with one. `calls` decides who is meant. */
export function endsAt(text: string, map: Folded, to: number): boolean {
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

/** Without underscores that begin a word: they are markup. */
function before(text: string, at: number): string {
  const run = /_{1,8}$/.exec(text.slice(Math.max(0, at - 8), at))?.[0].length ?? 0;
  const outside = charBefore(text, at - run);
  return run > 0 && /[\p{L}\p{N}_]/u.test(outside) && !unspaced.test(outside) ? '_' : outside;
}

/** `info@hanako.example` names nobody; `Thanks@Hanako.See you` only lacks a blank. @param exact exactly a name */
export function isAddress(text: string, from: number, to: number, exact: boolean): boolean {
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

/** Not if it is escaped or part of something longer: `x@Ann`, `/@Ann`, `@Ann@b.example`, `\@Ann`, `@Ann2`. */
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
