/** CSV (RFC 4180) that harms nobody who opens it in a spreadsheet (OWASP, "CSV injection"). */
import { normalize } from '../normalize';
import { shows } from '../text';

/**
 * Whether a spreadsheet could take a cell for a formula: its first character that shows something by itself (they trim some of
 * the others) is one of = + - @, in whatever width
 * (＝ and ﹣ too: they are folded when they are typed in), or it begins with a tab or a line break.
 */
function isFormula(text: string): boolean {
  if (/^[\t\r\n]/.test(text)) return true;
  for (const character of text)
    if (shows(character)) return '=+-@\u2212'.includes(normalize(character, 'NFKC'));
  return false;
}

/** A cell. What could be a formula gets an apostrophe in front, by which spreadsheets mean: words. */
const cell = (text: string): string => `"${isFormula(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;

/** A row, with its end. */
export const row = (cells: string[]): string => `${cells.map(cell).join(',')}\r\n`;
