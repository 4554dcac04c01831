/** Other people's words on their way into a mail: names, subjects, messages. */

/** One line: nothing in it can begin a new header (RFC 5322 §2.2), hide what follows, or turn it around. */
export { oneLine } from '../../text';

/** Several lines: control characters other than line breaks and tabs are gone, white space around it too. */
export const manyLines = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
