/**
 * The context of one request, queue message or cron run: what the domain needs and nothing more.
 * The only reader of the environment. Every write goes through `commit`: one batch, all or nothing.
 */
import { sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import { SQLiteRaw } from 'drizzle-orm/sqlite-core/query-builders/raw';
import type { Locale } from '../messages';
import { defaultLocale } from '../messages';
import * as bound from './bound';
import { randomId, type Secret } from './crypto';
import { LostRace } from './errors';
import { log } from './log';
import { weakness } from './secrets';
import * as schema from './schema';

/** The variables, secrets and bindings of wrangler.toml and docs/deploy.md. */
export interface Env {
  DB: D1Database;
  KV: KVNamespace;
  FILES: R2Bucket;
  MAIL_QUEUE: Queue<MailNudge>;
  ASSETS: Fetcher;
  ORIGIN?: string;
  FOYER_SECRET?: string;
  /** The secret before it was changed: what it made is still accepted. */
  FOYER_SECRET_PREVIOUS?: string;
  SETUP_TOKEN?: string;
  MAIL_TRANSPORT?: string;
  MAIL_DOMAIN?: string;
  MAILCHANNELS_API_KEY?: string;
  MAILCHANNELS_BASE_URL?: string;
  DKIM_DOMAIN?: string;
  DKIM_SELECTOR?: string;
  DKIM_PRIVATE_KEY?: string;
  /** Set by `npm start`, `npm run dev` and the tests, never in wrangler.toml. */
  FOYER_LOCAL?: string;
  /** `demo`: the site is not healthy before the seed is done. Local only. */
  FOYER_SEED?: string;
  /** `vite dev` runs no queue consumer: mails are delivered by the request itself. Local only. */
  FOYER_INLINE_MAIL?: string;
}

/** The queue's only message: "deliver mail <id>". The outbox row is the truth. */
export interface MailNudge {
  mailId: string;
}

export type MailConfig =
  | { transport: 'mailbox'; domain: string }
  | {
      transport: 'mailchannels';
      domain: string;
      apiKey: string;
      baseUrl?: string;
      dkim?: { domain: string; selector: string; privateKey: string };
    };

export interface Config {
  /** `https://guests.example.com`: no trailing slash. Every link in a mail starts with it. */
  origin: string;
  secret: Secret;
  setupToken: string | null;
  mail: MailConfig;
  /** The origin is http://localhost and the local variable is set. A request's Host is checked besides. */
  local: boolean;
  seed: boolean;
  inlineMail: boolean;
}

/** What is missing in the configuration, in words for the maintainer. The site answers 503 until it is there. */
export class Misconfigured extends Error {}

/** Reads and checks the environment; throws `Misconfigured`. Fails closed: there is no default secret or transport. */
export function readConfig(env: Env): Config {
  let origin: URL;
  try {
    origin = new URL(env.ORIGIN ?? '');
  } catch {
    throw new Misconfigured('ORIGIN is not set to the address of the site, as in https://guests.example.com');
  }
  const local = env.FOYER_LOCAL === '1' && origin.protocol === 'http:' && origin.hostname === 'localhost';
  if (!local && origin.protocol !== 'https:') throw new Misconfigured('ORIGIN must begin with https://');
  return {
    origin: origin.origin,
    secret: readSecret(env),
    setupToken: readSetupToken(env),
    mail: readMailConfig(env, local),
    local,
    seed: local && env.FOYER_SEED === 'demo',
    inlineMail: local && env.FOYER_INLINE_MAIL === '1',
  };
}

function readSecret({ FOYER_SECRET: current, FOYER_SECRET_PREVIOUS: previous }: Env): Secret {
  if (!current) throw new Misconfigured('the secret FOYER_SECRET is missing');
  const weak = weakness(current, 32);
  if (weak) throw new Misconfigured(`the secret FOYER_SECRET ${weak}: make one with openssl rand -base64 32`);
  if (!previous || previous === current) return [current];
  // What a guessable secret made, anybody can make: it is not accepted any longer.
  const weakBefore = weakness(previous, 32);
  if (weakBefore) throw new Misconfigured(`the secret FOYER_SECRET_PREVIOUS ${weakBefore}: delete it`);
  return [current, previous];
}

function readSetupToken({ SETUP_TOKEN: token }: Env): string | null {
  if (!token) return null;
  const weak = weakness(token, 20);
  if (weak)
    throw new Misconfigured(
      `SETUP_TOKEN ${weak}: make one with openssl rand -hex 24, or delete it once the site is set up`,
    );
  return token;
}

function readMailConfig(env: Env, local: boolean): MailConfig {
  const domain = env.MAIL_DOMAIN;
  if (!domain) throw new Misconfigured('MAIL_DOMAIN is not set');
  if (env.MAIL_TRANSPORT === 'mailbox') {
    if (!local) throw new Misconfigured('MAIL_TRANSPORT=mailbox works only on http://localhost');
    return { transport: 'mailbox', domain };
  }
  if (env.MAIL_TRANSPORT !== 'mailchannels') throw new Misconfigured('MAIL_TRANSPORT must be mailchannels');
  if (!env.MAILCHANNELS_API_KEY) throw new Misconfigured('the secret MAILCHANNELS_API_KEY is missing');
  const { DKIM_DOMAIN, DKIM_SELECTOR, DKIM_PRIVATE_KEY } = env;
  return {
    transport: 'mailchannels',
    domain,
    apiKey: env.MAILCHANNELS_API_KEY,
    baseUrl: env.MAILCHANNELS_BASE_URL,
    dkim:
      DKIM_DOMAIN && DKIM_SELECTOR && DKIM_PRIVATE_KEY
        ? { domain: DKIM_DOMAIN, selector: DKIM_SELECTOR, privateKey: DKIM_PRIVATE_KEY }
        : undefined,
  };
}

export type Db = DrizzleD1Database<typeof schema>;
export type Statement = BatchItem<'sqlite'>;

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
  zoneSeen: string | null;
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
  /** Read in the same query as the session; null for the anonymous (see settings.read). */
  settings: schema.Settings | null;
  /** The page's language. */
  locale: Locale;
  /** What the browser asks for; null when that is none of ours. */
  askedLocale: Locale | null;
  /** The viewer's IANA time zone: chosen, else the browser's. */
  timeZone: string;
  /** The browser's, else where the request comes from, else UTC. */
  browserZone: string;
  ip: string;
  userAgent: string;
  /** Milliseconds UTC; one value for the whole request. */
  now: number;
  requestId: string;
  /** Statements that ride in the next commit (the session's own). */
  pending: Statement[];
  /**
   * The one way to write: one atomic batch. Throws LostRace when a `guard` in it fails, and refuses what a person writes
   * beyond all measure (bound.ts); then nothing was written.
   * @param more `always`: what nobody may be kept from
   */
  commit(
    statements: (Statement | Statement[] | null | false | undefined)[],
    more?: { always?: boolean },
  ): Promise<unknown[]>;
  /** Runs once the next commit has succeeded, after the answer where the platform lets it. */
  afterCommit(run: () => Promise<unknown>): void;
  /** Work that may go on after the answer was sent. */
  defer(work: Promise<unknown>): void;
}

/** Everything that differs between a request, a queue message, a cron run and a test. */
export interface Surroundings {
  env: Env;
  waitUntil: (work: Promise<unknown>) => void;
  config?: Config;
  cookies?: CookieJar;
  ip?: string;
  userAgent?: string;
  /** What the browser asks for. */
  locale?: Locale;
  timeZone?: string;
  now?: number;
  /** Whoever acts here is made up (the seed): what they write is not counted. */
  madeUp?: boolean;
}

const noCookies: CookieJar = { get: () => undefined, set: () => {}, delete: () => {} };

export function createContext(from: Surroundings): Ctx {
  const db = drizzle(from.env.DB, { schema });
  const pending: Statement[] = [];
  const waiting: (() => Promise<unknown>)[] = [];
  const defer = (work: Promise<unknown>) =>
    from.waitUntil(work.catch((error) => log('deferred work failed', error)));
  const ctx: Ctx = {
    config: from.config ?? readConfig(from.env),
    db,
    kv: from.env.KV,
    bucket: from.env.FILES,
    queue: from.env.MAIL_QUEUE,
    cookies: from.cookies ?? noCookies,
    actor: null,
    sessionHash: null,
    settings: null,
    locale: from.locale ?? defaultLocale,
    askedLocale: from.locale ?? null,
    timeZone: from.timeZone ?? 'UTC',
    browserZone: from.timeZone ?? 'UTC',
    ip: from.ip ?? '',
    userAgent: from.userAgent ?? '',
    now: from.now ?? Date.now(),
    requestId: randomId(),
    pending,
    async commit(statements, { always = false } = {}) {
      const batch = [...statements.flat().filter((s) => !!s), ...pending.splice(0)];
      const after = waiting.splice(0);
      if (batch.length === 0) return [];
      const counted = !always && !from.madeUp ? ctx.actor?.id : undefined;
      // At the end: callers read the results of their own statements by place.
      if (counted) batch.push(...bound.bounded(ctx, counted));
      // drizzle's D1 batch binds parameters to a prepared statement, and its raw ones (db.run, db.get) bring none.
      for (const raw of batch)
        if (raw instanceof SQLiteRaw) Object.assign(raw, { stmt: from.env.DB.prepare(raw.getQuery().sql) });
      try {
        const results = await db.batch(batch as [Statement, ...Statement[]]);
        for (const run of after) defer(run());
        return results;
      } catch (error) {
        if (counted && says(error, bound.PASSED)) throw await bound.refusal(ctx, counted);
        throw says(error, 'malformed JSON') ? new LostRace() : error;
      }
    },
    afterCommit: (run) => void waiting.push(run),
    defer,
  };
  return ctx;
}

/** Whether the error, or what caused it (drizzle wraps D1's errors), says this. */
const says = (error: unknown, words: string): boolean =>
  error instanceof Error && (error.message.includes(words) || says(error.cause, words));

/** A unique index refused a row of the batch: the thing exists already. */
export const isDuplicate = (error: unknown): boolean => says(error, 'UNIQUE constraint failed');

/** What a row of the batch hangs on is gone: a foreign key leads nowhere. */
export const isOrphan = (error: unknown): boolean => says(error, 'FOREIGN KEY constraint failed');

/**
 * A statement that undoes the whole batch unless the statement before it changed exactly `rows` rows.
 * D1 has no interactive transactions and a zero-row UPDATE fails nothing; but an error in a batch rolls all
 * of it back, and json() of no JSON is one. So a race is decided by one conditional write, and everything
 * that hangs on it is written plainly behind the guard (docs/decisions/005-guarded-batches.md).
 */
export const guard = (ctx: Pick<Ctx, 'db'>, rows = 1): Statement =>
  ctx.db.get(sql`select json(case when changes() = ${rows} then '1' else 'lost the race' end)`);
