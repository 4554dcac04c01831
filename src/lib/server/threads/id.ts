/**
 * Ids of threads and comments grow with time and are random within a millisecond, so that they are in order, and nobody can count
 * from their own what they do not see (docs/decisions/027-ids-that-count-nothing.md).
 */
import { sql, type SQL } from 'drizzle-orm';

const SINCE = Date.UTC(2026, 0, 1);
/** Ids of a millisecond. With 15 digits until the year 2149. */
const EACH = 256;
const TRIES = 16;

/** SQL: a free one. @param step of several rows of one statement */
export const newId = (table: 'thread' | 'comment', now: number, step: SQL = sql`0`): SQL<number> => {
  const first = Math.max(1, now - SINCE) * EACH;
  const drawn = [...crypto.getRandomValues(new Uint8Array(TRIES))].map((one) => first + one);
  const id = sql`drawn.value + ${step} * ${sql.raw(String(EACH))}`;
  return sql<number>`(select ${id} from json_each(${JSON.stringify(drawn)}) drawn
    where not exists (select 1 from ${sql.raw(table)} x where x.id = ${id}) limit 1)`;
};
