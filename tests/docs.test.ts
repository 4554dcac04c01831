// The docs list what the code has.
import { getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import asvs from '../docs/asvs.md?raw';
import deploy from '../docs/deploy.md?raw';
import security from '../docs/security.md?raw';
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

describe('docs/asvs.md', () => {
  const tests = import.meta.glob(['/src/**/*.test.ts', '/tests/**/*.{test,spec}.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }) as Record<string, string>;
  const STATES = ['met', 'partly', 'not met', 'does not apply'] as const;
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const linesOf = (text: string) =>
    text.split('\n').flatMap((line) => {
      if (!/^\| \d+\.\d+\.\d+ /.test(line)) return [];
      const [id, words, state, shown] = cellsOf(line);
      return [{ id: id!, words: words!, state: state!, shown: shown! }];
    });
  const lines = linesOf(asvs);

  it('names tests that exist, by words that stand in them', () => {
    const wrong = lines.flatMap(({ id, shown }) =>
      [...shown.matchAll(/`([\w./-]+\.(?:test|spec)\.ts)`: (“[^“”]+”(?:, “[^“”]+”)*)/g)].flatMap(
        ([, file, names]) => {
          const found = Object.keys(tests).filter((path) => path.endsWith(`/${file}`));
          if (found.length !== 1) return [`${id}: ${file} is ${found.length} files`];
          const text = tests[found[0]!]!.replaceAll("\\'", "'");
          return [...names!.matchAll(/“([^“”]+)”/g)]
            .filter(([, name]) => !text.includes(name!))
            .map(([, name]) => `${id}: ${file} has no “${name}”`);
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has each requirement once, with a state, and what is met with a test', () => {
    expect(lines.length).toBeGreaterThan(100);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    for (const { id, state, shown } of lines) {
      expect(STATES, id).toContain(state);
      expect(shown.length, id).toBeGreaterThan(5);
      if (state === 'met') expect(shown, id).toMatch(/\.(test|spec)\.ts`: “/);
    }
  });

  it('is summed up in docs/security.md: its counts, and every line that is not met', () => {
    const counts = [...security.matchAll(/^\| (V\d+|all)\b.*$/gm)].map(([line, chapter]) => [
      chapter,
      ...cellsOf(line).slice(1).map(Number),
    ]);
    const chapters = [...new Set(lines.map(({ id }) => `V${id.split('.')[0]}`))];
    const sum = (of: string) =>
      STATES.map(
        (state) =>
          lines.filter(
            (line) => line.state === state && (of === 'all' || `${line.id}.`.startsWith(`${of.slice(1)}.`)),
          ).length,
      );
    expect(counts).toEqual([...chapters, 'all'].map((of) => [of, ...sum(of)]));
    const open = lines.filter(({ state }) => state === 'partly' || state === 'not met');
    expect(linesOf(security).map(({ id, state }) => [id, state])).toEqual(
      open.map(({ id, state }) => [id, state]),
    );
  });
});
