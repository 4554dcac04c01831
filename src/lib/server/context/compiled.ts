/**
 * The reads of a page, whose SQL is written once in an isolate instead of at each request: building it takes a quarter of the
 * CPU of a page that asks thirty things (docs/performance.md).
 */
import { Column, fillPlaceholders, is, sql, type Query, type SQL } from 'drizzle-orm';
import type { Actor, Ctx, SignedIn, Statement } from './index';

/** What differs from request to request, by name. All of it becomes a parameter, so none of it can shape the SQL. */
type Values = Record<string, string | number | null>;
type Queries = Record<string, Statement>;
/** What may shape the SQL, with few values: there is one text for each. */
type Shape = object;

/** What a compiled read may know of its request. Anything else would be kept for the next one's. */
export type Asking = Pick<SignedIn, 'db' | 'now'> & {
  actor: Pick<Actor, 'id' | 'kind'> & { viewedBy: undefined };
};

interface Written {
  query: Query;
  mapResult: (result: unknown, isFromBatch?: boolean) => unknown;
}

/** Drizzle's own, which its types keep to themselves. */
type Prepared = Written & {
  getQuery(): Query;
  fields?: { field: Column | SQL.Aliased }[];
};

export interface Compiled<
  V extends Values,
  S extends Shape,
  Q extends Queries,
  Asker extends Ctx = SignedIn,
> {
  /** For `ctx.read`. */
  (ctx: Asker, values: V, shape: S): Q;
  /** Builds it anew, for shapes that have too many values to be kept. */
  anew(ctx: Asker, values: V, shape: S): Q;
}

let verifying = false;

/** Tests: each read is also built anew, and must be the same. */
export const verifyCompiled = (): void => void (verifying = true);

/**
 * @param build may use of its context only what `Asking` has, and of `values` nothing but their place in the SQL: no
 * arithmetic, no condition in code. What it decides by goes into `shape`, or is the actor's kind.
 */
export function compiled<V extends Values, S extends Shape, Q extends Queries, Asker extends Ctx = SignedIn>(
  build: (ctx: Asker, values: V, shape: S) => Q,
): Compiled<V, S, Q, Asker> {
  const written = new Map<string, Record<string, Written>>();

  const write = (ctx: Asker, values: V, shape: S): Record<string, Written> => {
    const place = (name: string) => sql.placeholder(name) as never;
    const places = Object.fromEntries(Object.keys(values).map((name) => [name, place(name)])) as unknown as V;
    const asking = onlyKnows<Asking>({
      db: ctx.db,
      now: place('now'),
      actor: onlyKnows({ id: place('me'), kind: ctx.actor?.kind as Actor['kind'], viewedBy: undefined }),
    });
    return mapped(build(asking as unknown as Asker, places, shape), writtenOf);
  };

  const keep = (ctx: Asker, values: V, shape: S): Q => {
    // Whoever sees a space as a guest does asks more than that guest (access/viewing.ts): their SQL is kept for nobody.
    if (ctx.actor?.viewedBy !== undefined) return build(ctx, values, shape);
    const key = `${ctx.actor?.kind} ${JSON.stringify(shape)}`;
    let found = written.get(key);
    if (!found) {
      if (written.size >= MOST) written.clear();
      written.set(key, (found = write(ctx, values, shape)));
    }
    const all = { ...values, now: ctx.now, me: ctx.actor?.id ?? null };
    const bound = mapped(found, (one) => statementOf(ctx, one, all));
    if (verifying) verify(bound, build(ctx, values, shape));
    return bound as unknown as Q;
  };
  return Object.assign(keep, { anew: build });
}

const MOST = 40;

const preparedOf = (statement: Statement): Prepared =>
  (statement as unknown as { _prepare(): Prepared })._prepare();

function writtenOf(statement: Statement): Written {
  const prepared = preparedOf(statement);
  // D1 gives the rows of a batch by the names of their columns. Expressions are named by their own text.
  const names = (prepared.fields ?? [])
    .map(({ field }) => (is(field, Column) ? field.name : field.fieldAlias))
    .filter(Boolean);
  if (new Set(names).size < names.length) throw new Error(`two columns have the same name: ${names.join()}`);
  return { query: prepared.getQuery(), mapResult: prepared.mapResult.bind(prepared) };
}

/** What drizzle's batch asks of a statement. */
function statementOf({ db }: Pick<Ctx, 'db'>, { query, mapResult }: Written, values: Values) {
  const { $client } = db as typeof db & { $client: D1Database };
  const prepared = {
    stmt: $client.prepare(query.sql),
    getQuery: () => ({ ...query, params: fillPlaceholders(query.params, values) }),
    mapResult,
  };
  return { _prepare: () => prepared };
}

const mapped = <From, To>(from: Record<string, From>, to: (one: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(from).map(([name, one]) => [name, to(one)]));

/** Throws if anything else is asked of it. */
const onlyKnows = <Known extends object>(known: Known): Known =>
  new Proxy(known, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name) as unknown;
      throw new Error(
        `a compiled read may not depend on ${String(name)}: hand it over as a value or a shape`,
      );
    },
  });

function verify(bound: Record<string, { _prepare(): unknown }>, anew: Queries): void {
  for (const [name, statement] of Object.entries(anew)) {
    const query = ({ _prepare }: { _prepare(): unknown }) => {
      const { sql: text, params } = (_prepare() as Prepared).getQuery();
      return JSON.stringify([text, params]);
    };
    const [is, should] = [query(bound[name]!), query({ _prepare: () => preparedOf(statement) })];
    if (is !== should) throw new Error(`compiled, ${name} is not what it would be anew:\n${is}\n${should}`);
  }
}
