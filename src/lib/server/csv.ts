/** CSV (RFC 4180) that harms nobody who opens it in a spreadsheet (OWASP, "CSV injection"). */
import { normalize } from '../normalize';

/** What is not seen, or seen as a blank. Spreadsheets trim some of it, and take what follows for a formula. */
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Whether a spreadsheet could take a cell for a formula: its first visible character is one of = + - @, in whatever width
 * (＝ and ﹣ too: they are folded when they are typed in), or it begins with a tab or a line break.
 */
function isFormula(text: string): boolean {
  if (/^[\t\r\n]/.test(text)) return true;
  for (const character of text)
    if (!UNSEEN.test(character)) return '=+-@\u2212'.includes(normalize(character, 'NFKC'));
  return false;
}

/** A cell. What could be a formula gets an apostrophe in front, by which spreadsheets mean: words. */
const cell = (text: string): string => `"${isFormula(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;

/** A row, with its end. */
export const row = (cells: string[]): string => `${cells.map(cell).join(',')}\r\n`;
