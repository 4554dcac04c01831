/** Reads the site's configuration from the environment. */
import type { Secret } from '../crypto';
import type { Room } from '../room';
import { weakness } from '../secrets';

/** See wrangler.toml and docs/deploy.md. */
export interface Env {
  DB: D1Database;
  KV: KVNamespace;
  FILES: R2Bucket;
  MAIL_QUEUE: Queue<MailNudge>;
  ASSETS: Fetcher;
  /** Without it, open pages poll. */
  ROOMS?: DurableObjectNamespace<Room>;
  ORIGIN?: string;
  FOYER_SECRET?: string;
  FOYER_SECRET_PREVIOUS?: string;
  SETUP_TOKEN?: string;
  MAIL_TRANSPORT?: string;
  MAIL_DOMAIN?: string;
  MAILCHANNELS_API_KEY?: string;
  MAILCHANNELS_BASE_URL?: string;
  MAILCHANNELS_CUSTOMER_HANDLE?: string;
  MAIL_PER_DAY?: string;
  MAIL_PER_MONTH?: string;
  DKIM_DOMAIN?: string;
  DKIM_SELECTOR?: string;
  DKIM_PRIVATE_KEY?: string;
  SECURITY_CONTACT?: string;
  /** Set by `npm start`, `npm run dev` and the tests, never in wrangler.toml. */
  FOYER_LOCAL?: string;
  /** `demo`: unhealthy until the seed is done. Local only. */
  FOYER_SEED?: string;
  /** `vite dev` runs neither queue consumer nor rooms, so requests deliver mail themselves, and pages poll. Local only. */
  FOYER_INLINE_MAIL?: string;
}

/** Means "deliver mail <id>". The outbox row is the truth. */
export interface MailNudge {
  mailId: string;
}

/** How many mails the plan of the mail service includes. Only shown: beyond it the service refuses, or costs more. */
export interface MailPlan {
  day?: number;
  month?: number;
}

export type MailConfig =
  | { transport: 'mailbox'; domain: string; plan?: MailPlan }
  | {
      transport: 'mailchannels';
      domain: string;
      plan?: MailPlan;
      apiKey: string;
      baseUrl?: string;
      /** Reports about others' mails are ignored. */
      customerHandle?: string;
      dkim?: { domain: string; selector: string; privateKey: string };
    };

export interface Config {
  /** `https://guests.example.com`, without a trailing slash. Links in mails start with it. */
  origin: string;
  secret: Secret;
  setupToken: string | null;
  mail: MailConfig;
  /** An address for security.txt. */
  securityContact: string | null;
  /** The origin is http://localhost and the local variable is set. A request's Host is checked too. */
  local: boolean;
  seed: boolean;
  inlineMail: boolean;
}

/** What is missing, for the maintainer. The site answers 503 meanwhile. */
export class Misconfigured extends Error {}

const known = new WeakMap<Env, Config>();

/** `readConfig`, once in an isolate: its environment doesn't change. */
export function configOf(env: Env): Config {
  const config = known.get(env) ?? readConfig(env);
  known.set(env, config);
  return config;
}

/** Fails closed (`Misconfigured`): there is no default secret or transport. */
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
    securityContact: readSecurityContact(env),
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
  // Anybody could forge what a guessable secret made, so it is not accepted.
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

function readSecurityContact({ SECURITY_CONTACT: contact }: Env): string | null {
  if (!contact) return null;
  if (!/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(contact))
    throw new Misconfigured('SECURITY_CONTACT must begin with mailto: or https://');
  return contact;
}

function readPlan({ MAIL_PER_DAY, MAIL_PER_MONTH }: Env): MailPlan {
  const number = (name: string, value?: string) => {
    if (!value) return undefined;
    if (!/^[1-9]\d{0,8}$/.test(value)) throw new Misconfigured(`${name} must be a whole number`);
    return Number(value);
  };
  return { day: number('MAIL_PER_DAY', MAIL_PER_DAY), month: number('MAIL_PER_MONTH', MAIL_PER_MONTH) };
}

function readMailConfig(env: Env, local: boolean): MailConfig {
  const domain = env.MAIL_DOMAIN;
  if (!domain) throw new Misconfigured('MAIL_DOMAIN is not set');
  if (env.MAIL_TRANSPORT === 'mailbox') {
    if (!local) throw new Misconfigured('MAIL_TRANSPORT=mailbox works only on http://localhost');
    return { transport: 'mailbox', domain, plan: readPlan(env) };
  }
  if (env.MAIL_TRANSPORT !== 'mailchannels') throw new Misconfigured('MAIL_TRANSPORT must be mailchannels');
  if (!env.MAILCHANNELS_API_KEY) throw new Misconfigured('the secret MAILCHANNELS_API_KEY is missing');
  const { DKIM_DOMAIN, DKIM_SELECTOR, DKIM_PRIVATE_KEY } = env;
  return {
    transport: 'mailchannels',
    domain,
    plan: readPlan(env),
    apiKey: env.MAILCHANNELS_API_KEY,
    baseUrl: env.MAILCHANNELS_BASE_URL,
    customerHandle: env.MAILCHANNELS_CUSTOMER_HANDLE || undefined,
    dkim:
      DKIM_DOMAIN && DKIM_SELECTOR && DKIM_PRIVATE_KEY
        ? { domain: DKIM_DOMAIN, selector: DKIM_SELECTOR, privateKey: DKIM_PRIVATE_KEY }
        : undefined,
  };
}
