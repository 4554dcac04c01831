/** A list of people to invite, as somebody pastes or uploads it: from a spreadsheet, or our own export. */
import { fold } from '../../../fold';
import * as csv from '../../csv';
import { Refusal } from '../../errors';

export const MOST = { bytes: 1_000_000, lines: 2_000 };

const COLUMNS = ['email', 'space', 'language', 'message'] as const;
type Column = (typeof COLUMNS)[number];

export interface Line extends Record<Column, string> {
  /** In the file, where it was read. */
  n: number;
  /** Once it was sent, or refused. */
  outcome?: { result: 'sent' | 'sent-again' | 'already-active' | 'refused'; reason?: string; at?: number };
}

/** Blanks and signs do not matter. */
const plain = (heading: string): string => fold(heading).replace(/[^\p{L}\p{N}]/gu, '');
const headings: Record<Column, Set<string>> = {
  email: words(
    'email e-mails mail email-address email-addresses mail-address address メール メールアドレス Eメール 電子メール アドレス',
  ),
  space: words(
    'space spaces space-name space-id guest-space スペース スペース名 スペースID ゲストスペース 参加スペース',
  ),
  language: words('language locale lang 言語'),
  message: words('message text メッセージ 本文'),
};
function words(all: string): Set<string> {
  return new Set(all.split(' ').map(plain));
}

/** Where each column is. Null if the record is no heading: then they come in our own order. */
function columnsOf(cells: string[]): Partial<Record<Column, number>> | null {
  if (cells.some((cell) => cell.includes('@'))) return null;
  const headed = cells.map(plain);
  const found = COLUMNS.map(
    (column) => [column, headed.findIndex((heading) => headings[column].has(heading))] as const,
  );
  const there = found.filter(([, at]) => at >= 0);
  return there.length > 0 ? Object.fromEntries(there) : null;
}

/**
 * @param otherwise the space of lines that name none
 * @throws Refusal for the field `csv` if there is nothing in it, or too much
 */
export function linesOf(text: string, otherwise: string): Line[] {
  const records = csv.read(text);
  const named = records[0] && columnsOf(records[0].cells);
  const columns = named ?? { email: 0, space: 1, language: 2, message: 3 };
  // Of the export: all spaces of somebody in one cell.
  const several = named?.space !== undefined && /^spaces$/i.test(records[0]!.cells[named.space]!.trim());
  const lines = (named ? records.slice(1) : records).flatMap(({ line, cells }) => {
    const of = (column: Column) => cells[columns[column] ?? -1] ?? '';
    const spaces = several ? of('space').split('; ') : [of('space')];
    return spaces.map((space) => ({
      n: line,
      email: of('email'),
      space: space || otherwise,
      language: of('language'),
      message: of('message'),
    }));
  });
  if (lines.length === 0) throw new Refusal('invalid', { key: 'import.nothing', field: 'csv' });
  if (lines.length > MOST.lines)
    throw new Refusal('invalid', { key: 'import.too-many', params: { most: MOST.lines }, field: 'csv' });
  // Of one record there may be several: each gets a number of its own.
  return lines.map((line, i) => ({ ...line, n: i + 1 }));
}

/** @throws Refusal for the field `file` if it is too large, or not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST.bytes) throw new Refusal('invalid', { key: 'import.too-large', field: 'file' });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal('invalid', { key: 'import.not-utf8', field: 'file' });
  }
}
