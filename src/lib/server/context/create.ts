/** Creates a context for a request, queue message, cron run or test. */
import { drizzle } from 'drizzle-orm/d1';
import { SQLiteRaw } from 'drizzle-orm/sqlite-core/query-builders/raw';
import { defaultLocale, type Locale } from '../../messages';
import { LostRace, Refusal } from '../errors';
import { log } from '../log';
import { configOf, type Config, type Env } from './config';
import {
  consequenceOf,
  isDuplicate,
  isUndone,
  must,
  says,
  sentenceOf,
  SESSION_ENDED,
  sessionLasts,
  type Batch,
  type CookieJar,
  type Committed,
  type Ctx,
  type Deferred,
  type Place,
  type Statement,
} from './index';

/** Limits what one person changes (change-limit.ts). */
export interface ChangeLimit {
  /** Counts a batch at its end, and undoes it beyond the limit. */
  counted(ctx: Ctx, actorId: string): Statement[];
  /** Whether it was `counted` that undid the batch. */
  undid(error: unknown): boolean;
  refusal(ctx: Ctx, actorId: string): Promise<Refusal>;
}

export interface Surroundings {
  env: Env;
  waitUntil: (work: Promise<unknown>) => void;
  config?: Config;
  cookies?: CookieJar;
  ip?: string;
  place?: Place;
  userAgent?: string;
  unattended?: boolean;
  locale?: Locale;
  timeZone?: string;
  now?: number;
  /** Null where no person acts. */
  changeLimit: ChangeLimit | null;
}

const noCookies: CookieJar = { get: () => undefined, set: () => {}, delete: () => {} };

export function createContext(from: Surroundings): Ctx {
  const db = drizzle(from.env.DB);
  const began = Date.now();
  const pending: Statement[] = [];
  const waiting: Deferred[] = [];
  const asSystem = () => createContext({ ...from, config: ctx.config, cookies: noCookies, now: ctx.now });
  const defer = (work: Deferred) =>
    from.waitUntil((async () => work(asSystem()))().catch((error) => log('deferred work failed', error)));

  const run = async (batch: Statement[]): Promise<unknown[]> => {
    if (batch.length === 0) return [];
    // drizzle's D1 batch binds parameters to a prepared statement, which its raw statements (db.run, db.get) lack.
    for (const raw of batch)
      if (raw instanceof SQLiteRaw) Object.assign(raw, { stmt: from.env.DB.prepare(raw.getQuery().sql) });
    return db.batch(batch as [Statement, ...Statement[]]);
  };

  let next: { batch: Statement[]; parts: number; results: Promise<unknown[]> } | null = null;
  /**
   * The parts of a page each ask for themselves. What they ask at the same time travels together. If that fails, each asks again alone:
   * an error or a refusal is for the part whose statement it is.
   */
  const together = async (statements: Statement[]): Promise<unknown[]> => {
    const mine = (next ??= begin());
    const first = mine.batch.length;
    mine.batch.push(...statements);
    mine.parts++;
    try {
      return (await mine.results).slice(first, first + statements.length);
    } catch (error) {
      if (mine.parts === 1) throw error;
      return run(statements);
    }
  };
  const begin = () => {
    const batch: Statement[] = [];
    const results = sameTime().then(() => {
      next = null;
      return run(batch);
    });
    return { batch, parts: 0, results };
  };

  const ctx: Ctx = {
    config: from.config ?? configOf(from.env),
    db,
    kv: from.env.KV,
    bucket: from.env.FILES,
    assets: from.env.ASSETS,
    queue: from.env.MAIL_QUEUE,
    rooms: from.env.FOYER_INLINE_MAIL === '1' ? null : (from.env.ROOMS ?? null),
    cookies: from.cookies ?? noCookies,
    actor: null,
    sessionHash: null,
    settings: null,
    locale: from.locale ?? defaultLocale,
    askedLocale: from.locale ?? null,
    timeZone: from.timeZone ?? 'UTC',
    browserZone: from.timeZone ?? 'UTC',
    ip: from.ip ?? '',
    place: from.place ?? {},
    userAgent: from.userAgent ?? '',
    unattended: from.unattended ?? false,
    outside: false,
    termsDue: false,
    now: from.now ?? began,
    elapsed: () => Date.now() - began,
    pending,
    async read(queries) {
      const names = Object.keys(queries);
      const results = await together(Object.values(queries));
      return Object.fromEntries(names.map((name, i) => [name, results[i]])) as never;
    },
    async commit(statements, { refusal, duplicate, always = false } = {}) {
      const batch = [...flat(statements), ...pending.splice(0)];
      const after = waiting.splice(0);
      // A body may take minutes to arrive.
      if (batch.length && ctx.actor && ctx.sessionHash)
        batch.unshift(must(ctx, sessionLasts(ctx), SESSION_ENDED));
      const limited = batch.length && !always && ctx.actor && from.changeLimit;
      if (limited) batch.push(...limited.counted(ctx, ctx.actor!.id));
      try {
        const results = await run(batch);
        for (const work of after) defer(work);
        for (const [i, statement] of batch.entries()) {
          const work = consequenceOf(statement);
          if (work) defer((system) => work(system, results[i] as never));
        }
        return committed(batch, results);
      } catch (error) {
        if (limited && limited.undid(error)) throw await limited.refusal(ctx, ctx.actor!.id);
        const sentence = sentenceOf(error);
        if (sentence) throw new Refusal('conflict', { key: sentence });
        if (duplicate === 'done' && isDuplicate(error)) return notDone;
        if (!lostRace(error) && !(duplicate === 'lost' && isDuplicate(error))) throw error;
        if (!refusal) throw new LostRace();
        const told = typeof refusal === 'function' ? await refusal() : refusal;
        if (told) throw told;
        return notDone;
      }
    },
    afterCommit: (work) => void waiting.push(work),
    defer,
  };
  return ctx;
}

/** As many turns as SvelteKit may take from one part's load to the next one's. They cost nothing. */
const TURNS = 10;

async function sameTime(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await null;
}

const flat = (batch: Batch): Statement[] =>
  batch.flatMap((part) => (Array.isArray(part) ? flat(part) : part ? [part] : []));

/** A `must` failed, or a row that the batch refers to was just deleted (foreign key). */
const lostRace = (error: unknown): boolean => isUndone(error) || says(error, 'FOREIGN KEY constraint failed');

const committed = (batch: Statement[], results: unknown[]): Committed => ({
  done: true,
  of: (statement) => {
    const place = batch.indexOf(statement);
    if (place < 0) throw new Error('the statement was not in the batch');
    return results[place] as never;
  },
});

const notDone: Committed = {
  done: false,
  of: () => {
    throw new Error('the batch was not committed');
  },
};
