/** CSV (RFC 4180) that is safe to open in a spreadsheet (OWASP, "CSV injection"). */
import { normalize } from '../normalize';
import { shows } from '../text';

/** Spreadsheets skip leading white space and fold full-width characters, so the first visible character decides. */
function looksLikeFormula(text: string): boolean {
  if (/^[\t\r\n]/.test(text)) return true;
  for (const character of text)
    if (shows(character)) return '=+-@\u2212'.includes(normalize(character, 'NFKC'));
  return false;
}

/** A leading apostrophe marks the cell as text. */
const cell = (text: string): string => `"${looksLikeFormula(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;

export const row = (cells: string[]): string => `${cells.map(cell).join(',')}\r\n`;
