/** Other people's words on their way into a mail: names, subjects, messages. */

/** Line and paragraph separators, every control character, and what turns the reading direction around. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** One line without control characters: nothing in it can begin a new header (RFC 5322 §2.2) or hide what follows. */
export const oneLine = (text: string): string =>
  text.toWellFormed().replace(UNSAFE, ' ').replace(/\s+/g, ' ').trim();

/** Several lines: control characters other than line breaks and tabs are gone, white space around it too. */
export const manyLines = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
