/** What a text has attached now: the newest version of each of its files. */
import { sql, type SQL } from 'drizzle-orm';

/**
 * SQL: whether a file is what a text has attached now. Versions that it replaced are read in versions.ts alone: whoever may read a
 * text that was opened to guests may not know what its files were called before.
 * @param of the name or alias of its row
 */
export const isCurrent = (of = 'file'): SQL =>
  sql.raw(
    `(${of}.kind = 'attachment' and ${of}.attached_at is not null and ${of}.released_at is null and ${of}.replaced_at is null)`,
  );

/** SQL: a text's files in their order: each where its first version stood. */
export const inOrder = (of = 'file', way: 'asc' | 'desc' | '' = ''): SQL =>
  sql.raw(`coalesce(${of}.first_at, ${of}.attached_at) ${way}, ${of}.created_at ${way}, ${of}.id ${way}`);
