/** Counts what a request asks of D1, and can make each answer later, as a database far away would. */

export interface Figures {
  /** Statements, alone or in batches. */
  queries: number;
  /** Calls that waited for another one to end: what distance costs. */
  roundTrips: number;
  rowsRead: number;
  rowsWritten: number;
  /** The statements with the most rows. */
  heaviest: { rows: number; query: string }[];
}

const HEAVIEST = 5;

/** Can be sent in a header. */
const shown = (query: string): string => query.replace(/[^ -~]+/g, ' ').slice(0, 400);

export function metered(db: D1Database, delay: number): { DB: D1Database; figures: Figures } {
  const figures: Figures = {
    queries: 0,
    roundTrips: 0,
    rowsRead: 0,
    rowsWritten: 0,
    heaviest: [],
  };
  /** Calls that have ended, in a row. */
  let ended = 0;
  const originals = new WeakMap<object, { statement: D1PreparedStatement; query: string }>();

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
  const count = ({ meta }: { meta: Record<string, unknown> }, query: string): void => {
    const [read, written] = [Number(meta.rows_read ?? 0), Number(meta.rows_written ?? 0)];
    figures.rowsRead += read;
    figures.rowsWritten += written;
    figures.heaviest.push({ rows: read + written, query: shown(query) });
    figures.heaviest.sort((a, b) => b.rows - a.rows).splice(HEAVIEST);
  };

  const counted = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const reads = /^\s*(select|with)\b/i.test(query);
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => counted(target.bind(...values), query);
        if (name === 'all' || name === 'run')
          return () =>
            call(1, async () => {
              const result = await target[name]();
              count(result, query);
              return result;
            });
        if (name === 'raw' || name === 'first')
          return (...parameters: unknown[]) =>
            call(1, async () => {
              // Without their figures: what only reads is asked once more.
              if (reads) count(await target.all(), query);
              return (target[name] as (...p: unknown[]) => Promise<unknown>)(...parameters);
            });
        return Reflect.get(target, name) as unknown;
      },
    });
    originals.set(proxy, { statement, query });
    return proxy;
  };

  const DB = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (query: string) => counted(target.prepare(query), query);
      if (name === 'batch')
        return (statements: D1PreparedStatement[]) =>
          call(statements.length, async () => {
            const results = await target.batch(statements.map((one) => originals.get(one)?.statement ?? one));
            results.forEach((result, i) => count(result, originals.get(statements[i]!)?.query ?? ''));
            return results;
          });
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { DB, figures };
}
