/** What tests observe from outside the domain: whole tables, round trips, failing batches, refusals. */
import { expect } from 'vitest';
import type { MessageKey } from '../src/lib/messages';
import type { RefusalKind } from '../src/lib/server/errors';
import { bindings } from './contexts';

/** For `rejects.toMatchObject`: a refusal of this kind (and sentence). */
export const refusal = (kind: RefusalKind, key?: MessageKey) => ({
  name: 'Refusal',
  kind,
  ...(key ? { detail: expect.objectContaining({ key }) } : {}),
});

const db = bindings.DB;

export async function tables(): Promise<string[]> {
  const { results } = await db
    .prepare(
      `select name from sqlite_master where type = 'table'
        and name not like 'sqlite_%' and name not like '\\_cf%' escape '\\' and name not like 'd1_%'`,
    )
    .all<{ name: string }>();
  return results.map((row) => row.name);
}

/** Every row of every table. */
export async function dump(): Promise<Record<string, unknown[]>> {
  const names = await tables();
  const rows = await db.batch(names.map((name) => db.prepare(`select * from "${name}"`)));
  return Object.fromEntries(names.map((name, i) => [name, rows[i]!.results]));
}

/** How many rows match a condition. */
export async function count(table: string, where = '1', ...values: unknown[]): Promise<number> {
  const row = await db
    .prepare(`select count(*) as n from "${table}" where ${where}`)
    .bind(...values)
    .first<{ n: number }>();
  return row!.n;
}

/** The audit's entries of an action, the details of those that hold a text. */
export async function audited(action: string, holds = ''): Promise<Record<string, unknown>[]> {
  const { results } = await db
    .prepare(`select * from audit_entry where action = ? and subject || detail like ? order by id`)
    .bind(action, `%${holds}%`)
    .all<{ detail: string }>();
  return results.map((row) => ({ ...row, detail: JSON.parse(row.detail) }));
}

/** Runs something while writes to a table fail, in the middle of their batch. */
export async function whileFailing(table: string, when: string, run: () => Promise<unknown>): Promise<void> {
  const words = `begin select raise(abort, 'the disk is on fire'); end`;
  await db.batch([
    db.prepare(`create trigger fail_insert before insert on "${table}" when ${when} ${words}`),
    db.prepare(`create trigger fail_update before update on "${table}" when ${when} ${words}`),
  ]);
  try {
    await run();
  } finally {
    await db.batch([db.prepare('drop trigger fail_insert'), db.prepare('drop trigger fail_update')]);
  }
}

/**
 * Counts D1's round trips; a batch is one. `inARow` is the longest chain of consecutive trips, where parallel ones count once.
 */
export function countingD1(): {
  DB: D1Database;
  trips: () => number;
  inARow: () => number;
  /** Rows that batches read, as D1 counts (and bills) them. */
  rowsRead: () => number;
} {
  let trips = 0;
  let rowsRead = 0;
  let ended = 0;
  const trip = async <T>(run: () => Promise<T>): Promise<T> => {
    trips++;
    const place = ended + 1;
    try {
      return await run();
    } finally {
      ended = Math.max(ended, place);
    }
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => counted(target.bind(...values));
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) =>
          trip(async () => (value as (...p: unknown[]) => unknown).apply(target, parameters));
      },
    });
    originals.set(proxy, statement);
    return proxy;
  };
  const DB = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (query: string) => counted(target.prepare(query));
      if (name === 'batch')
        return (statements: D1PreparedStatement[]) =>
          trip(async () => {
            const results = await target.batch(statements.map((s) => originals.get(s) ?? s));
            for (const { meta } of results) rowsRead += meta.rows_read;
            return results;
          });
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { DB, trips: () => trips, inARow: () => ended, rowsRead: () => rowsRead };
}

/** All at once. @returns how many succeeded, and why the others failed */
export async function parallel<T>(count: number, run: (i: number) => Promise<T>) {
  const all = await Promise.allSettled(Array.from({ length: count }, (_, i) => run(i)));
  return {
    done: all.filter((r) => r.status === 'fulfilled').map((r) => r.value),
    refused: all.filter((r) => r.status === 'rejected').map((r) => r.reason as Error),
  };
}

/** Seeded random whole numbers below a bound (mulberry32), so that a failing run can be repeated. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
