import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { bindings } from '../../../../tests/factories';
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

  it('is made by the migrations as the schema has it', async () => {
    for (const table of all) {
      const { name, columns, indexes } = getTableConfig(table);
      const { results: made } = await bindings.DB.prepare(
        `select name, lower(type) as type, "notnull" as required from pragma_table_info(?) order by name`,
      )
        .bind(name)
        .all();
      expect(made, name).toEqual(
        columns
          .map((c) => ({ name: c.name, type: c.getSQLType(), required: Number(c.notNull) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
      const { results: indexed } = await bindings.DB.prepare(
        `select l.name, l."unique" as one, (select group_concat(i.name) from pragma_index_info(l.name) i) as columns
         from pragma_index_list(?) l where l.origin = 'c' order by l.name`,
      )
        .bind(name)
        .all();
      expect(indexed, name).toEqual(
        indexes
          .map(({ config }) => ({
            name: config.name,
            one: Number(config.unique),
            columns: config.columns.map((c) => (c as { name: string }).name).join(','),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    }
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
