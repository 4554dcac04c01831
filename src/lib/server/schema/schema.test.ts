import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { as, bindings, testContext } from '../../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../../tests/factories';
import { joinSpace } from '../../../../tests/invitations';
import { tables } from '../../../../tests/helpers';
import { randomId } from '../crypto';
import * as files from '../files';
import * as memberships from '../memberships';
import * as threads from '../threads';
import * as schema from '.';

const names = (list: readonly SQLiteTable[]) => list.map((table) => getTableName(table)).sort();
const all = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [value as SQLiteTable] : []));

describe('every table', () => {
  it('is in exactly one of the two lists, of the site or of a space', async () => {
    const said = names([...schema.siteTables, ...schema.spaceTables]);
    expect(said).toEqual(names(all));
    // The full-text index has no such columns: a token in each row says whose it is (search/entries.ts).
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
        `select l.name, l."unique" as one, (select group_concat(coalesce(i.name, '')) from pragma_index_info(l.name) i) as columns
         from pragma_index_list(?) l where l.origin = 'c' order by l.name`,
      )
        .bind(name)
        .all();
      expect(indexed, name).toEqual(
        indexes
          .map(({ config }) => ({
            name: config.name,
            one: Number(config.unique),
            columns: config.columns.map((c) => ('name' in c ? c.name : '')).join(','),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    }
  });
});

describe('the lists', () => {
  it('have what refers to another table before that table, so that rows can be deleted in this order', () => {
    for (const list of [schema.siteTables, schema.spaceTables] as const) {
      const order = list.map((table: SQLiteTable) => getTableName(table));
      for (const table of list as readonly SQLiteTable[])
        for (const { reference } of getTableConfig(table).foreignKeys) {
          const [own, other] = [getTableName(table), getTableName(reference().foreignTable)];
          if (order.includes(other)) expect(order.indexOf(other), own).toBeGreaterThan(order.indexOf(own));
        }
    }
  });
});

describe('a table of a space', () => {
  const inSpace = schema.spaceTables.filter((table) => table !== schema.space) as SQLiteTable[];

  it('has the id of the space in each row, and an index that finds them', () => {
    // Rows without a space are the site's (schema/index.ts).
    const ofBoth = [schema.invitation, schema.file, schema.notification].map(getTableName) as string[];
    for (const table of inSpace) {
      const { name, columns, indexes, primaryKeys } = getTableConfig(table);
      const column = columns.find((c) => c.name === 'space_id');
      expect(column?.notNull, name).toBe(!ofBoth.includes(name));
      const found = [
        ...indexes.filter(({ config }) => !config.where).map(({ config }) => config.columns[0]),
        ...primaryKeys.map((key) => key.columns[0]),
      ];
      expect(found, name).toContain(column);
    }
  });

  it('has the id of its own space after people lived in two', async () => {
    const [ava, ben, gil] = [await makeUser({ name: 'Ava' }), await makeUser(), await makeGuest()];
    const spaces = [await makeSpace(ava, {}, [ben]), await makeSpace(ava, { severalThreads: false }, [ben])];
    for (const spaceId of spaces) {
      await joinSpace(ava, spaceId, gil);
      if (spaceId === spaces[0])
        await threads.begin(as(ben), spaceId, {
          title: 'Piles',
          body: '@Ava',
          requestKey: randomId(),
          everybody: true,
        });
      const { id } = (await bindings.DB.prepare('select id from thread where space_id = ?')
        .bind(spaceId)
        .first<{ id: number }>())!;
      const upload = { kind: 'attachment', name: 'a.txt', body: new Uint8Array(3), size: 3 } as const;
      const file = await files.upload(as(gil), spaceId, upload);
      const said = { body: '@Ava look', fileIds: [file.id], requestKey: randomId() };
      const commentId = await threads.addComment(as(gil), spaceId, id, said);
      await threads.edit(as(gil), spaceId, id, commentId, { body: 'Look', editedAt: 0 });
      const begun = spaceId === spaces[0] ? ben : ava;
      await threads.edit(as(begun), spaceId, id, null, { title: 'Piers', body: 'Now', editedAt: 0 });
      for (const on of [commentId, null]) await threads.react(as(ava), spaceId, id, on, 'yes', true);
      for (const follower of [ava, ben]) await threads.follow(as(follower), spaceId, id, true);
      await threads.markRead(as(gil), spaceId, id, Date.now());
    }
    const lou = await makeGuest();
    for (const spaceId of spaces) await joinSpace(ava, spaceId, lou);
    await bindings.DB.prepare('update membership set ends_at = 1 where user_id = ?').bind(lou.id).run();
    await memberships.endOverdue(testContext());
    for (const table of inSpace) {
      const { name, columns } = getTableConfig(table);
      const { results } = await bindings.DB.prepare(
        `select distinct space_id from "${name}" order by 1`,
      ).all();
      expect(results, name).toEqual(spaces.map((space_id) => ({ space_id })));
      if (!columns.some((c) => c.name === 'thread_id')) continue;
      const astray = `select count(*) as n from "${name}" x join thread t on t.id = x.thread_id where x.space_id <> t.space_id`;
      expect(await bindings.DB.prepare(astray).first(), name).toEqual({ n: 0 });
    }
  });
});
