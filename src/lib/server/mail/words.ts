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

/**
 * Puts an invisible word joiner (U+2060) into a lone six-digit number: only the mail with the code holds one, so
 * neither a person nor a mail client ("copy code") takes something else for it. Looks the same.
 */
export const unlikeACode = (text: string): string =>
  text.replace(/\bhttps?:\/\/\S+|(?<!\d)(\d{3})(\d{3})(?!\d)/g, (found, head?: string, tail?: string) =>
    head
      ? `${head}\u2060${tail}`
      : // In an address a percent-encoded digit is the same digit (RFC 3986 §2.3), and the link goes on working.
        found.replace(/(?<!\d)(\d{5})(\d)(?!\d)/g, '$1%3$2'),
  );
