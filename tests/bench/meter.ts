/** Counts what a request asks of D1, and can make each answer later, as a database far away would. */

export interface Figures {
  /** Statements, alone or in batches. */
  queries: number;
  /** Calls that waited for another one to end: what distance costs. */
  roundTrips: number;
  rowsRead: number;
  rowsWritten: number;
}

export function metered(db: D1Database, delay: number): { DB: D1Database; figures: Figures } {
  const figures: Figures = { queries: 0, roundTrips: 0, rowsRead: 0, rowsWritten: 0 };
  /** Calls that have ended, in a row. */
  let ended = 0;
  const originals = new WeakMap<object, D1PreparedStatement>();

  const call = async <T>(queries: number, ask: () => Promise<T>): Promise<T> => {
    figures.queries += queries;
    const place = ended + 1;
    try {
      if (delay > 0) await new Promise((done) => setTimeout(done, delay));
      return await ask();
    } finally {
      ended = Math.max(ended, place);
      figures.roundTrips = ended;
    }
  };
  const count = ({ meta }: { meta: Record<string, unknown> }): void => {
    figures.rowsRead += Number(meta.rows_read ?? 0);
    figures.rowsWritten += Number(meta.rows_written ?? 0);
  };

  const counted = (statement: D1PreparedStatement, reads: boolean): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => counted(target.bind(...values), reads);
        if (name === 'all' || name === 'run')
          return () =>
            call(1, async () => {
              const result = await target[name]();
              count(result);
              return result;
            });
        if (name === 'raw' || name === 'first')
          return (...parameters: unknown[]) =>
            call(1, async () => {
              // Without their figures: what only reads is asked once more.
              if (reads) count(await target.all());
              return (target[name] as (...p: unknown[]) => Promise<unknown>)(...parameters);
            });
        return Reflect.get(target, name) as unknown;
      },
    });
    originals.set(proxy, statement);
    return proxy;
  };

  const DB = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare')
        return (query: string) => counted(target.prepare(query), /^\s*(select|with)\b/i.test(query));
      if (name === 'batch')
        return (statements: D1PreparedStatement[]) =>
          call(statements.length, async () => {
            const results = await target.batch(statements.map((one) => originals.get(one) ?? one));
            results.forEach(count);
            return results;
          });
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { DB, figures };
}
