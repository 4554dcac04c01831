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

/** Of a table: commas, semicolons or tabs; whichever the first line has most of. */
const SEPARATORS = [',', ';', '\t'];

function separatorOf(text: string): string {
  const counts = new Map(SEPARATORS.map((one) => [one, 0]));
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n') {
      if ([...counts.values()].some((count) => count > 0)) break;
    } else if (counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return SEPARATORS.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best));
}

/**
 * What people paste or upload: records of trimmed cells, without empty ones, and each with the line that it begins in. Takes what is not
 * quite RFC 4180: records of any length, and a quote that never ends is a character. Linear.
 */
export function read(given: string): { line: number; cells: string[] }[] {
  const text = given.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const separator = separatorOf(text);
  const records: { line: number; cells: string[] }[] = [];
  let [cells, line, begun, at]: [string[], number, number, number] = [[], 1, 1, 0];
  const ends = (i: number) => i >= text.length || text[i] === separator || text[i] === '\n';
  // Behind it no quote can end.
  const lastQuote = text.lastIndexOf('"');
  while (at <= text.length) {
    let cell: string | null = null;
    if (text[at] === '"' && lastQuote > at) {
      let end = at + 1;
      while (end <= lastQuote && (text[end] !== '"' || text[end + 1] === '"'))
        end += text[end] === '"' ? 2 : 1;
      let next = end + 1;
      while (text[next] === ' ') next++;
      if (end <= lastQuote && ends(next)) {
        cell = text.slice(at + 1, end).replaceAll('""', '"');
        at = next;
      }
    }
    if (cell === null) {
      const start = at;
      while (!ends(at)) at++;
      cell = text.slice(start, at);
    }
    for (const character of cell) if (character === '\n') line++;
    // As `row` marks what a spreadsheet could take for a formula.
    cells.push(cell.trim().replace(/^'(?=[=+\-@\u2212])/, ''));
    if (text[at++] === separator) continue;
    if (cells.some(Boolean)) records.push({ line: begun, cells });
    begun = ++line;
    cells = [];
  }
  return records;
}
