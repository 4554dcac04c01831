// The docs list what the code has.
import { getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import deploy from '../docs/deploy.md?raw';
import * as schema from '../src/lib/server/schema';

it('the backup in docs/deploy.md names every table of the schema, and no other', () => {
  const named = [...deploy.matchAll(/--table=\{([^}]*)\}/g)].flatMap(([, list]) => list!.split(','));
  const tables = Object.values(schema).flatMap((table) =>
    is(table, SQLiteTable) ? [getTableName(table)] : [],
  );
  // The local mailbox is empty in every deployment.
  expect(named.sort()).toEqual(tables.filter((name) => name !== 'mailbox_entry').sort());
});
