/**
 * Where an address ends in text without spaces. From Latin to a script without spaces within a domain label, the text has gone on
 * (`partner.exampleを見て`); a label entirely in such a script is a name (`例え.テスト`).
 */

/** Scripts without spaces between words. */
export const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]/u;

const WRITES_ON = new RegExp(
  `[.:。][\\p{Script=Latin}0-9-]{0,62}[\\p{Script=Latin}0-9](?=${unspaced.source})`,
  'u',
);

export function hostEnd(host: string): number {
  const found = WRITES_ON.exec(host);
  return found ? found.index + found[0].length : host.length;
}

/** Domain characters as typed. A middle dot counts only between two l's: `paral·lel.example`. */
const DOMAIN = /^(?:[\p{L}\p{M}\p{N}.。｡．-]|(?<=l)·(?=l)){0,1000}/iu;

export const domainEnd = (text: string): number => hostEnd(DOMAIN.exec(text)![0]);

const SCRIPTS = ['Latin', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);
const OTHER =
  /(?!\p{Script=Latin}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}|\p{Script=Common}|\p{Script=Inherited})\p{L}/u;

const scripts = (word: string): number =>
  SCRIPTS.filter((script) => script.test(word)).length + (OTHER.test(word) ? 1 : 0);

/** No top-level domain mixes scripts. */
export const hasTop = (domain: string): boolean => scripts(domain.split(/[.。｡．]/u).at(-1)!) <= 1;

/** Latin next to another script with spaces: two words, or a lookalike. */
export const mixesAlphabets = (word: string): boolean => SCRIPTS[0]!.test(word) && OTHER.test(word);

export function afterUnspaced(text: string): string {
  let last = '';
  for (const piece of text.split(unspaced)) last = piece;
  return last.replace(/^\p{M}+/u, '');
}
