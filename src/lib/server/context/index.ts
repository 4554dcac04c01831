/**
 * The context of one request, queue message or cron run: what the domain needs and nothing more.
 * Every write goes through `commit` as one batch, all or nothing. `context/create.ts` creates a context.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Locale } from '../../messages';
import { Refusal } from '../errors';
import type { Settings } from '../schema/settings';
import type { Config, MailNudge } from './config';

export type { Config, Env, MailConfig, MailNudge } from './config';

export type Db = DrizzleD1Database;
export type Statement = BatchItem<'sqlite'>;
/** The result of a statement. */
export type ResultOf<S> = S extends { _: { result: infer R } } ? R : never;

/** The signed-in person. */
export interface Actor {
  id: string;
  kind: 'user' | 'guest';
  email: string;
  name: string;
  administrator: boolean;
  canCreateSpaces: boolean;
  locale: string | null;
  timeZone: string | null;
  browserTimeZone: string | null;
}

/** Cookies by their short name; `__Host-` and Secure are added on https. Always HttpOnly, SameSite=Lax, Path=/. */
export interface CookieJar {
  get(name: CookieName): string | undefined;
  set(name: CookieName, value: string, maxAgeSeconds: number): void;
  delete(name: CookieName): void;
}
/**
 * `foyer`: the session; `foyer-step`: a second step is pending; `foyer-device`: this browser is known; `foyer-held`: a
 * post waits for its login; `foyer-kept`: this browser keeps cookies; `foyer-zone`: its time zone, set by a script of ours (so not HttpOnly).
 */
export type CookieName = 'foyer' | 'foyer-step' | 'foyer-device' | 'foyer-held' | 'foyer-kept' | 'foyer-zone';

/** Statements for one batch. Nested lists are flattened; null, false and undefined are left out. */
export type Batch = (Statement | Batch | null | false | undefined)[];

export interface CommitOptions {
  /**
   * Thrown instead of `LostRace` if a `must` of the batch fails. A function can look up the reason first. If it returns
   * null, nothing is wrong (the thing was done already), and `commit` returns `done: false`.
   */
  refusal?: Refusal | (() => Refusal | null | Promise<Refusal | null>);
  /**
   * What it means when a unique index refuses a row. `lost`: somebody else was faster, as when a `must` fails. `done`: the
   * thing was done already, and `commit` returns `done: false`. By default it is an error.
   */
  duplicate?: 'lost' | 'done';
  /** Does not count towards the limit on how much one person changes. */
  always?: boolean;
}

export interface Committed {
  /** False only if `refusal` returned null, or a duplicate means that it was done. */
  done: boolean;
  /** The result of a statement of the batch, if the batch was done. */
  of<S extends Statement>(statement: S): ResultOf<S>;
}

export interface Ctx {
  config: Config;
  db: Db;
  kv: KVNamespace;
  bucket: R2Bucket;
  queue: Queue<MailNudge>;
  cookies: CookieJar;
  actor: Actor | null;
  /** Hash of the current session's id. */
  sessionHash: string | null;
  /** Read in the same query as the session; null if nobody is signed in (see settings.read). */
  settings: Settings | null;
  /** The page's language. */
  locale: Locale;
  /** The language that the browser asks for; null if we do not have it. */
  askedLocale: Locale | null;
  /** The viewer's IANA time zone: chosen, else the browser's. */
  timeZone: string;
  /** The browser's, else where the request comes from, else UTC. */
  browserZone: string;
  ip: string;
  userAgent: string;
  /** Milliseconds UTC; one value for the whole request. */
  now: number;
  /** Statements that the next commit includes (the session's). */
  pending: Statement[];
  /** Reads what a page needs in one round trip; each result has the name of its query. */
  read<Q extends Record<string, Statement>>(queries: Q): Promise<{ [Name in keyof Q]: ResultOf<Q[Name]> }>;
  /**
   * The only way to write: one atomic batch. If a `must` in it fails, nothing is written, and it throws
   * `options.refusal`, else `LostRace`. It also limits how much one person changes (change-limit.ts).
   */
  commit(statements: Batch, options?: CommitOptions): Promise<Committed>;
  /** Runs after the next commit has succeeded, if possible after the answer was sent. */
  afterCommit(work: Deferred): void;
  /** Begins work that may continue after the answer was sent. */
  defer(work: Deferred): void;
}

/**
 * Work beside the request. Its context is the system's: no actor, so nothing in it counts as the actor's changes, and
 * no share in the statements that the request's next commit includes.
 */
export type Deferred = (system: Ctx) => PromiseLike<unknown>;

/** The context of a signed-in person, which verbs behind a login take. */
export type SignedIn = Ctx & { actor: Actor };

/** The context as that of a signed-in person; refuses (`missing`) if nobody is signed in. */
export function signedIn(ctx: Ctx): SignedIn {
  if (!ctx.actor) throw new Refusal('missing');
  return ctx as SignedIn;
}

/** Whether the message of the error or of its cause contains this (drizzle wraps D1's errors). */
export const says = (error: unknown, words: string): boolean =>
  error instanceof Error && (error.message.includes(words) || says(error.cause, words));

/** Whether a unique index refused a row of the batch: the thing exists already. */
export const isDuplicate = (error: unknown): boolean => says(error, 'UNIQUE constraint failed');

/**
 * A statement that undoes the whole batch unless the condition holds at this point of it; `commit` then refuses.
 *
 * D1 has no interactive transactions, and an UPDATE that changes no row is not an error. But an error rolls a batch back,
 * and json() of something that is not JSON is one. So a race is decided by one conditional write with `must(ctx, changed())`
 * behind it, and everything that depends on it is written plainly (docs/decisions/005-conditional-batches.md).
 */
export const must = (ctx: Pick<Ctx, 'db'>, condition: SQL): Statement =>
  ctx.db.get(sql`select json(case when ${condition} then '1' else 'no' end)`);

/** SQL: the statement right before changed exactly this many rows. */
export const changed = (rows = 1): SQL => sql`changes() = ${rows}`;
