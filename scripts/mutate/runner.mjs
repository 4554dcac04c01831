// Runs in workerd instead of vitest's runner: each test once as it is, to find its places, then once per changed place until a
// test fails. The database is restored before every run.
import { env } from 'cloudflare:workers';
import { inject, TestRunner, vi } from 'vitest';

/** `chosen`: places still alive. `active`: a place changed from the start, also while modules load. */
const { chosen, active, patience, seconds } = inject('mutants');
// Not the clock: tests move it.
const over = performance.now() + seconds * 1_000;
const alive = new Set(chosen);
const tries = new Map();
let changed = active;
let reached = new Set();

globalThis.__mutant = (file, i) => {
  const id = `${file}#${i}`;
  reached.add(id);
  return id === changed;
};

export default class extends TestRunner {
  async runTask(test) {
    const run = TestRunner.getTestFn(test);
    if (active !== null) return run();
    if (performance.now() > over) return void (test.meta.mutants = { cut: true });
    // What hooks and modules reach belongs to no test.
    const outside = reached;
    reached = new Set();
    const before = alive.size ? await snapshot() : {};
    // Restoring many rows takes long, so such a run counts as several tries.
    const weight = 1 + Math.floor(Object.values(before ?? {}).flat().length / ROWS_AT_ONCE);
    const clock = vi.isFakeTimers() ? Date.now() : null;
    const again = async () => {
      await restore(before);
      if (clock !== null && vi.isFakeTimers()) vi.setSystemTime(clock);
      await run();
    };
    await run();
    const found = {
      outside: [...outside],
      reached: [...reached],
      killed: {},
      tired: [],
      repeats: before !== null || `more than ${MOST_ROWS} rows`,
    };
    test.meta.mutants = found;
    const candidates = found.reached.filter((id) => alive.has(id));
    if (candidates.length && before !== null) {
      for (const id of candidates) {
        const tried = tries.get(id) ?? 0;
        if (tried >= patience || performance.now() > over) {
          found.tired.push(id);
          continue;
        }
        changed = id;
        try {
          await again();
        } catch (error) {
          found.killed[id] = wordsOf(error);
        } finally {
          changed = null;
        }
        tries.set(id, tried + weight);
      }
      // Once more unchanged: a test that cannot be repeated proves nothing.
      try {
        await again();
        for (const id of Object.keys(found.killed)) alive.delete(id);
      } catch (error) {
        found.repeats = wordsOf(error);
      }
    }
    reached = new Set();
  }
}

function wordsOf(error) {
  const words = [];
  for (let one = error; one instanceof Error && words.length < 5; one = one.cause)
    words.push(
      one.message,
      one.actual?.message,
      one.actual?.cause?.message,
      one.actual?.cause?.cause?.message,
    );
  return words.filter(Boolean).join(' | ').slice(0, 600) || String(error);
}

const MOST_ROWS = 20_000;
/** A value bound in D1 must stay well below 2 MB. */
const ROWS_AT_ONCE = 1_000;
let tables;

/** Except the search index, which cannot be read back. */
async function snapshot() {
  if (!env.DB) return {};
  const { results } = await env.DB.prepare(
    `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_cf%' escape '\\'
       and name not like 'd1_%' and name not like 'search_entry%'`,
  ).all();
  tables = results.map(({ name }) => name);
  if (!tables.length) return {};
  const counts = await env.DB.prepare(
    `select ${tables.map((name) => `(select count(*) from "${name}")`).join(' + ')} as n`,
  ).first();
  if (counts.n > MOST_ROWS) return null;
  const rows = await env.DB.batch(tables.map((name) => env.DB.prepare(`select * from "${name}"`)));
  return Object.fromEntries(tables.map((name, i) => [name, rows[i].results]));
}

async function restore(rows) {
  if (!tables?.length) return;
  const clear = tables.map((name) => env.DB.prepare(`delete from "${name}"`));
  const fill = Object.entries(rows).flatMap(([name, list]) => {
    const columns = Object.keys(list[0] ?? {});
    const insert = `insert into "${name}" (${columns.map((column) => `"${column}"`).join(', ')})
      select ${columns.map((_, i) => `json_extract(value, '$[${i}]')`).join(', ')} from json_each(?)`;
    return chunks(list).map((part) =>
      env.DB.prepare(insert).bind(JSON.stringify(part.map((row) => columns.map((column) => row[column])))),
    );
  });
  await env.DB.batch([env.DB.prepare('pragma defer_foreign_keys = on'), ...clear, ...fill]);
}

const chunks = (list) =>
  Array.from({ length: Math.ceil(list.length / ROWS_AT_ONCE) }, (_, i) =>
    list.slice(i * ROWS_AT_ONCE, (i + 1) * ROWS_AT_ONCE),
  );
