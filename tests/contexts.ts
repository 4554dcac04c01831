/** Requests inside workerd, without the request: their contexts, browsers and clock. */
import { env } from 'cloudflare:workers';
import {
  type Config,
  type CookieJar,
  type CookieName,
  type Env,
  type MailNudge,
  type Place,
  type SignedIn,
} from '../src/lib/server/context';
import * as changeLimit from '../src/lib/server/change-limit';
import { createContext } from '../src/lib/server/context/create';
import * as outbox from '../src/lib/server/mail/outbox';
import type { Locale } from '../src/lib/messages';
import { actorOf, resume } from '../src/lib/server/sessions';
import { user } from '../src/lib/server/schema';

export { DAY, HOUR, MINUTE } from '../src/lib/time';
export const ORIGIN = 'http://localhost:8787';
export const bindings = env as unknown as Env;

export type User = typeof user.$inferSelect;

export const config: Config = {
  origin: ORIGIN,
  // As the Worker of tests/routes.test.ts has it: links and mails made here are good there.
  secret: [bindings.FOYER_SECRET!],
  setupToken: 'set-up-token',
  mail: { transport: 'mailbox', domain: 'foyer.example' },
  securityContact: null,
  local: true,
  seed: false,
  inlineMail: false,
};

/** Mail that cannot be sent: nothing listens there. */
export const mailDown: Partial<Config> = {
  mail: {
    transport: 'mailchannels',
    domain: 'foyer.example',
    apiKey: 'key',
    baseUrl: 'http://127.0.0.1:9',
  },
};

/** The cookies of one browser: kept over requests by handing it to each. */
export class Jar extends Map<CookieName, string> {
  get cookies(): CookieJar {
    return {
      get: (name) => this.get(name),
      set: (name, value) => void this.set(name, value),
      delete: (name) => void this.delete(name),
    };
  }
}

/** `actor` is typed as signed in, so that tests can call every verb, but null without a session. */
export interface TestCtx extends SignedIn {
  jar: Jar;
  /** Waits for the work after the answer, and delivers the mails that the queue was nudged for. */
  settle(): Promise<void>;
}

export interface Surroundings {
  now?: number;
  actor?: User | null;
  /** The browser. A new one by default. */
  jar?: Jar;
  ip?: string;
  place?: Place;
  userAgent?: string;
  /** The page asks by itself. */
  unattended?: boolean;
  /** What the browser asks for. */
  locale?: Locale;
  timeZone?: string;
  env?: Partial<Env>;
  config?: Partial<Config>;
}

/** As hooks would make it, without the request. */
export function testContext(from: Surroundings = {}): TestCtx {
  const jar = from.jar ?? new Jar();
  const working: Promise<unknown>[] = [];
  const nudged: string[] = [];
  const queue = {
    send: async ({ mailId }: MailNudge) => void nudged.push(mailId),
    sendBatch: async (list: Iterable<{ body: MailNudge }>) => {
      for (const { body } of list) nudged.push(body.mailId);
    },
  } as unknown as Queue<MailNudge>;
  const ctx = createContext({
    env: { ...bindings, MAIL_QUEUE: queue, ...from.env },
    config: { ...config, ...from.config },
    changeLimit,
    waitUntil: (work) => void working.push(work),
    cookies: jar.cookies,
    ip: from.ip ?? someIp(),
    place: from.place,
    userAgent: from.userAgent ?? 'Test browser',
    unattended: from.unattended,
    now: from.now,
    locale: from.locale,
    timeZone: from.timeZone,
  });
  ctx.actor = from.actor ? actorOf(from.actor) : null;
  const settle = async () => {
    while (working.length || nudged.length) {
      await Promise.all(working.splice(0));
      await outbox.deliverMany(ctx, nudged.splice(0));
    }
  };
  return Object.assign(ctx as SignedIn, { jar, settle });
}

/** A context of somebody who is signed in, without the session. */
export const as = (actor: User, from: Surroundings = {}): TestCtx => testContext({ ...from, actor });

/** Something happens between a verb's reads and its first commit. */
export function meanwhile(ctx: TestCtx, happens: () => Promise<unknown>): TestCtx {
  const { commit } = ctx;
  ctx.commit = async (statements, options) => {
    ctx.commit = commit;
    await happens();
    return commit(statements, options);
  };
  return ctx;
}

/** The next request of a browser: its session decides who it is. */
export async function visit(jar: Jar, from: Surroundings = {}): Promise<TestCtx> {
  const ctx = testContext({ ...from, jar });
  await resume(ctx);
  return ctx;
}

let ips = 0;
/** Every request from another address, so that no test uses up another's failures. */
export const someIp = (): string => `10.${(++ips >> 16) & 255}.${(ips >> 8) & 255}.${ips & 255}`;
