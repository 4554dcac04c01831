/**
 * Where an address ends that stands in a text without a blank beside it: one rule for pasted lists, related links and
 * Markdown. Where a label of a domain goes from Latin letters to a script without blanks, somebody writes on
 * (`partner.exampleを見て`); a label that is wholly in such a script is a name (`例え.テスト`).
 */

/** Scripts that put no space between words: whatever stands beside them may be another word. */
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

/** What a domain consists of, as it is typed. The dot in the middle belongs between two l: `paral·lel.example`. */
const DOMAIN = /^(?:[\p{L}\p{M}\p{N}.。｡．-]|(?<=l)·(?=l)){0,1000}/iu;

/** Where the domain of a mail address ends, whatever stands behind it. */
export const domainEnd = (text: string): number => hostEnd(DOMAIN.exec(text)![0]);

const SCRIPTS = ['Latin', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);
const OTHER =
  /(?!\p{Script=Latin}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}|\p{Script=Common}|\p{Script=Inherited})\p{L}/u;

const scripts = (word: string): number =>
  SCRIPTS.filter((script) => script.test(word)).length + (OTHER.test(word) ? 1 : 0);

/** Whether the last label of a domain can be one: no domain of the top mixes scripts. */
export const hasTop = (domain: string): boolean => scripts(domain.split(/[.。｡．]/u).at(-1)!) <= 1;

/** Latin letters together with those of a script that has blanks: two words, or one made to look like another. */
export const mixesAlphabets = (word: string): boolean => SCRIPTS[0]!.test(word) && OTHER.test(word);

/** What stands behind the last letter of a script without blanks; all of it when there is none. */
export function afterUnspaced(text: string): string {
  let last = '';
  for (const piece of text.split(unspaced)) last = piece;
  return last.replace(/^\p{M}+/u, '');
}
