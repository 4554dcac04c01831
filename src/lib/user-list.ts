/** A list of users as spreadsheets and people write it: name, e-mail address, role; in any order, with or without a heading. */
import { parseAddress, type Address } from './addresses';
import { fold } from './fold';
import type { MessageKey } from './messages';
import { oneLine } from './text';

export const limitsOfImport = { rows: 100, characters: 50_000, name: 100 };

export const importRoles = ['user', 'creator', 'administrator'] as const;
export type ImportRole = (typeof importRoles)[number];

export interface UserRow {
  /** As it was typed, so that it can be mended. */
  typed: string;
  line: number;
  name: string;
  address: Address | null;
  role: ImportRole;
  wrong: MessageKey | null;
}

const words = (...all: string[]) => new Set(all.map(fold));
const roles: [ImportRole, Set<string>][] = [
  ['administrator', words('administrator', 'admin', '管理者')],
  ['creator', words('creator', 'create guest spaces', 'ゲストスペースの作成')],
  ['user', words('user', 'member', 'ユーザー', 'メンバー')],
];
const heads = {
  name: words('name', 'display name', '名前', '表示名', '氏名'),
  email: words('e-mail', 'email', 'mail', 'e-mail address', 'email address', 'メール', 'メールアドレス'),
  role: words('role', 'roles', '役割', '権限'),
};

/** The records of RFC 4180, also with semicolons or tabs. A quotation mark that nobody closes ends with its line. */
function* records(text: string): Generator<{ line: number; typed: string; cells: string[] }> {
  let line = 1;
  for (let at = 0; at < text.length;) {
    const [from, first] = [at, line];
    const cells = [''];
    let quoted = false;
    /** Nothing but blanks in this cell so far: a quotation mark begins it. */
    let blank = true;
    while (at < text.length) {
      const sign = text[at]!;
      if (quoted) {
        if (sign === '"' && text[at + 1] === '"') at++;
        else if (sign === '"') {
          quoted = false;
          at++;
          continue;
        } else if (sign === '\n') {
          // Names and addresses have no line breaks.
          break;
        }
        cells[cells.length - 1] += sign;
      } else if (sign === '\n' || sign === '\r') break;
      else if (sign === '"' && blank) {
        cells[cells.length - 1] = '';
        quoted = true;
        blank = false;
      } else if (sign === ',' || sign === ';' || sign === '\t') {
        cells.push('');
        blank = true;
      } else {
        cells[cells.length - 1] += sign;
        blank &&= sign === ' ';
      }
      at++;
    }
    const typed = text.slice(from, at);
    while (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (cells.some((cell) => cell.trim() !== '')) yield { line: first, typed, cells };
  }
}

type Head = keyof typeof heads;

const columnsOf = (cells: string[]): (Head | undefined)[] | null => {
  const found = cells.map((cell) =>
    (Object.keys(heads) as Head[]).find((head) => heads[head].has(fold(cell.trim()))),
  );
  return found.includes('email') ? found : null;
};

/** @returns one more than `rows` of a longer list, so that it is noticed */
export function readUsers(text: string): UserRow[] {
  const rows: UserRow[] = [];
  let columns: (Head | undefined)[] | null = null;
  for (const { line, typed, cells } of records(text)) {
    const head: (Head | undefined)[] | null = rows.length === 0 && !columns ? columnsOf(cells) : null;
    if (head) {
      columns = head;
      continue;
    }
    rows.push({ typed, line, ...rowOf(cells, columns) });
    if (rows.length > limitsOfImport.rows) break;
  }
  return rows;
}

function rowOf(cells: string[], columns: (Head | undefined)[] | null): Omit<UserRow, 'typed' | 'line'> {
  // Our own export marks cells that look like a formula.
  const clean = cells.map((cell) => oneLine(cell.replace(/^'(?=[=+@-])/, '')));
  const at = (head: Head) => (columns ? columns.indexOf(head) : -1);
  const emailAt = columns ? at('email') : clean.findIndex((cell) => cell.includes('@'));
  const email = clean[emailAt] ?? '';
  const address = parseAddress(email);
  const roleOf = (cell: string) => roles.find(([, all]) => all.has(fold(cell)))?.[0];
  const roleAt = columns ? at('role') : clean.findIndex((cell, i) => i !== emailAt && roleOf(cell));
  const typedRole = clean[roleAt] ?? '';
  const role = typedRole === '' ? 'user' : roleOf(typedRole);
  const others = clean.filter((cell, i) => i !== emailAt && i !== roleAt && cell !== '');
  const name = columns ? (clean[at('name')] ?? '') : (others[0] ?? '');
  const wrong: MessageKey | null = !address
    ? 'address.malformed'
    : role === undefined || (!columns && others.length > 1)
      ? 'users.import-role-unknown'
      : [...name].length > limitsOfImport.name
        ? 'users.import-name-long'
        : null;
  return { name, address, role: role ?? 'user', wrong };
}
