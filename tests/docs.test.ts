// The docs list what the code has.
import { getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import deploy from '../docs/deploy.md?raw';
import * as schema from '../src/lib/server/schema';

const docs = import.meta.glob(['/README.md', '/docs/**/*.md'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;
const files = Object.keys(
  import.meta.glob(['/*.*', '/LICENSE', '/_headers', '/{docs,drizzle,scripts,src,static,tests,vite}/**'], {
    query: '?url',
  }),
);
/** Mentioned in the docs, but not real: an example, and earlier code. */
const NO_FILES = ['de.ts', 'spaces.ts'];
/** A glob leaves out the file that it is in. */
const OWN = '/tests/docs.test.ts';

it('every file that the docs name exists', () => {
  const missing = Object.entries(docs).flatMap(([page, text]) =>
    [...text.matchAll(/`(\w[\w./-]*\.(?:ts|mjs|js|svelte|css|toml|json))`/g)]
      .map(([, name]) => name!)
      .filter(
        (name) => !NO_FILES.includes(name) && ![OWN, ...files].some((file) => file.endsWith(`/${name}`)),
      )
      .map((name) => `${page}: ${name}`),
  );
  expect(missing).toEqual([]);
});

it('every link within the docs leads to a file or folder', () => {
  const broken = Object.entries(docs).flatMap(([page, text]) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, link]) => decodeURI(new URL(link!, `file://${page}`).pathname))
      .filter(
        (path) => !files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)),
      )
      .map((path) => `${page}: ${path}`),
  );
  expect(broken).toEqual([]);
});

it('the backup in docs/deploy.md names every table of the schema, and no other', () => {
  const named = [...deploy.matchAll(/--table=\{([^}]*)\}/g)].flatMap(([, list]) => list!.split(','));
  const tables = Object.values(schema).flatMap((table) =>
    is(table, SQLiteTable) ? [getTableName(table)] : [],
  );
  // The local mailbox is empty in every deployment.
  expect(named.sort()).toEqual(tables.filter((name) => name !== 'mailbox_entry').sort());
});
