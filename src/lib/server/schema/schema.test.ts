import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../../tests/helpers';
import * as schema from '.';

const names = (list: readonly SQLiteTable[]) => list.map((table) => getTableName(table)).sort();
const all = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [value as SQLiteTable] : []));

describe('every table', () => {
  it('is of the site or of a space, never of both', async () => {
    const said = names([...schema.siteTables, ...schema.spaceTables]);
    expect(said).toEqual(names(all));
    // The full-text index has no columns to speak of: a token in each row says whose it is (search/entries.ts).
    expect((await tables()).filter((name) => !name.startsWith('search_entry')).sort()).toEqual(said);
  });
});

describe('a table of a space', () => {
  it('stands behind those that refer to it', () => {
    const order = schema.spaceTables.map((table) => getTableName(table) as string);
    for (const table of schema.spaceTables)
      for (const { reference } of getTableConfig(table).foreignKeys) {
        const other = getTableName(reference().foreignTable);
        if (order.includes(other))
          expect(order.indexOf(other), `${getTableName(table)} → ${other}`).toBeGreaterThan(
            order.indexOf(getTableName(table)),
          );
      }
  });
});
