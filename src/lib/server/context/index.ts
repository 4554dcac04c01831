/** The context of one request, queue message or cron run: all that the domain needs. */
import { sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Locale } from '../../messages';
import type { MessageKey } from '../../messages';
import { Refusal } from '../errors';
import type { Settings } from '../schema/settings';
import type { Config, Env, MailNudge } from './config';

export type { Config, Env, MailConfig, MailNudge } from './config';

export type Db = DrizzleD1Database;
export type Statement = BatchItem<'sqlite'>;
export type ResultOf<S> = S extends { _: { result: infer R } } ? R : never;

/** Of the queries of a read, by name. */
export type Rows<Q extends Record<string, Statement>> = { [Name in keyof Q]: ResultOf<Q[Name]> };

export interface Actor {
  id: string;
  kind: 'user' | 'guest';
  email: string;
  name: string;
  avatar: string | null;
  administrator: boolean;
  canCreateSpaces: boolean;
  locale: string | null;
  timeZone: string | null;
  browserTimeZone: string | null;
  /** The administrator who sees the space as this guest does (access/viewing.ts): nothing may be written, and nothing personal shown. */
  viewedBy?: string;
}

/** Short names; `__Host-` and Secure are added on https. Always HttpOnly, SameSite=Lax, Path=/. */
export interface CookieJar {
  get(name: CookieName): string | undefined;
  set(name: CookieName, value: string, maxAgeSeconds: number): void;
  delete(name: CookieName): void;
}
/**
 * `-step`: pending second step; `-trust`: a browser that skips it; `-news`: news.ts; `-typed`: typed-address.ts; `-device`: known browser; `-held`: post waiting for its login; `-kept`: cookies work; `-zone`:
 * time zone, set by our script (so not HttpOnly).
 */
export type CookieName =
  | 'foyer'
  | 'foyer-step'
  | 'foyer-trust'
  | 'foyer-device'
  | 'foyer-held'
  | 'foyer-kept'
  | 'foyer-news'
  | 'foyer-typed'
  | 'foyer-zone';

/** Nested lists are flattened; null, false and undefined are left out. */
export type Batch = (Statement | Batch | null | false | undefined)[];

export interface CommitOptions {
  /** Thrown instead of `LostRace`. Null: it was done already (`done: false`). */
  refusal?: Refusal | (() => Refusal | null | Promise<Refusal | null>);
  /** When a unique index refuses a row. `lost`: somebody else was faster; `done`: it was done already. By default an error. */
  duplicate?: 'lost' | 'done';
  always?: boolean;
}

export interface Committed {
  /** False if it was done already. */
  done: boolean;
  of<S extends Statement>(statement: S): ResultOf<S>;
}

/** `country` is its ISO code. */
export interface Place {
  city?: string;
  country?: string;
}

export interface Ctx {
  config: Config;
  db: Db;
  kv: KVNamespace;
  bucket: R2Bucket;
  /** The site's files, as the build made them. */
  assets: Fetcher;
  queue: Queue<MailNudge>;
  /** Where open pages hear of changes (live.ts). Null where there are none: then they poll. */
  rooms: Required<Env>['ROOMS'] | null;
  cookies: CookieJar;
  actor: Actor | null;
  sessionHash: string | null;
  /** Read with the session; null if nobody is signed in (see settings.read). */
  settings: Settings | null;
  /** The space that the actor was found to be in: an error page leads back there. */
  reached?: number;
  locale: Locale;
  askedLocale: Locale | null;
  timeZone: string;
  /** From the browser, else from the request's location, else UTC. */
  browserZone: string;
  ip: string;
  /** Where that is, as far as the platform knows. */
  place: Place;
  userAgent: string;
  /** The page asks by itself, with nobody in front of it: that is no use of the session. */
  unattended: boolean;
  /** There is a session, but its person may not use the site from this address (networks.ts). */
  outside: boolean;
  /** The session may do nothing but accept the terms (terms.ts). */
  termsDue: boolean;
  /** Milliseconds UTC, the same for the whole request. What happens later gets a context of its own. */
  readonly now: number;
  /** Milliseconds since `now`. */
  elapsed(): number;
  /** The next commit includes these. */
  pending: Statement[];
  read<Q extends Record<string, Statement>>(queries: Q): Promise<Rows<Q>>;
  /**
   * One atomic batch. A failed `must` undoes it and throws `options.refusal`, else `LostRace`. Limits changes (change-limit.ts).
   * Nothing is written for a session that has ended since the request came (`hasEnded`).
   */
  commit(statements: Batch, options?: CommitOptions): Promise<Committed>;
  /** After the next successful commit, and after the answer if possible. */
  afterCommit(work: Deferred): void;
  /** Begins work that may continue after the answer was sent. */
  defer(work: Deferred): void;
}

/**
 * Work beside the request. Its context is the system's: no actor, so nothing in it counts as the actor's changes, and
 * no share in the statements that the request's next commit includes.
 */
export type Deferred = (system: Ctx) => PromiseLike<unknown>;

type Consequence = (system: Ctx, result: never) => PromiseLike<unknown>;
const consequences = new WeakMap<Statement, Consequence>();

/** What is done once the statement has been committed, after the answer if possible. Its failure undoes nothing. */
export function followed<S extends Statement>(
  statement: S,
  by: (system: Ctx, result: ResultOf<S>) => PromiseLike<unknown>,
): S {
  consequences.set(statement, by);
  return statement;
}

export const consequenceOf = (statement: Statement): Consequence | undefined => consequences.get(statement);

export type SignedIn = Ctx & { actor: Actor };

export function signedIn(ctx: Ctx): SignedIn {
  if (!ctx.actor) throw new Refusal('missing');
  return ctx as SignedIn;
}

/** Also looks at the cause, because drizzle wraps D1's errors. */
export const says = (error: unknown, words: string): boolean =>
  error instanceof Error && (error.message.includes(words) || says(error.cause, words));

export const isDuplicate = (error: unknown): boolean => says(error, 'UNIQUE constraint failed');

/**
 * Undoes the batch unless the condition holds. An UPDATE that changes no row is no error in D1, but json() of non-JSON is. So one
 * conditional write with `must(ctx, changed())` behind it decides a race, and the statements that depend on it need no conditions
 * (docs/decisions/005-conditional-batches.md).
 * @param sentence what the commit then refuses with, instead of its own `refusal`: one rule says the same wherever it stops a write
 */
export const must = (ctx: Pick<Ctx, 'db'>, condition: SQL, sentence?: MessageKey): Statement =>
  ctx.db.get(
    sentence
      ? sql`select json_extract('1', case when ${condition} then '$' else ${sentence} end)`
      : sql`select json(case when ${condition} then '1' else 'no' end)`,
  );

/** What a request learns whose session ends while it runs. */
export const SESSION_ENDED = 'login.ended' satisfies MessageKey;

export const hasEnded = (thrown: unknown): boolean =>
  thrown instanceof Refusal && thrown.detail.key === SESSION_ENDED;

/** SQL: whether the request's session is still there, and its person active. */
export const sessionLasts = ({ sessionHash, actor }: Ctx): SQL =>
  sql`exists (select 1 from session s join user u on u.id = s.user_id
    where s.id_hash = ${sessionHash} and s.user_id = ${actor?.id ?? null} and u.status = 'active')`;

/** Whether a `must` undid the batch. */
export const isUndone = (error: unknown): boolean => says(error, 'malformed JSON');

/** The sentence of the `must` that failed: SQLite quotes it as a path that it can't read. */
export const sentenceOf = (error: unknown): MessageKey | null =>
  error instanceof Error
    ? ((/JSON path[^']*'([a-z-]+\.[a-z-]+)'/.exec(error.message)?.[1] as MessageKey | undefined) ??
      sentenceOf(error.cause))
    : null;

/** SQL: the statement just before changed exactly this many rows. */
export const changed = (rows = 1): SQL => sql`changes() = ${rows}`;
