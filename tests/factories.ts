/**
 * People, spaces, invitations and browsers for tests inside workerd. What a test is about goes through the domain's
 * own verbs; only accounts that merely have to exist are written directly.
 * Storage is isolated per file, not per test: everybody gets an address of their own.
 */
import { env } from 'cloudflare:workers';
import { and, desc, eq, sql } from 'drizzle-orm';
import * as accounts from '../src/lib/server/accounts';
import {
  type Config,
  type CookieJar,
  type CookieName,
  type Env,
  type MailNudge,
  type SignedIn,
} from '../src/lib/server/context';
import { createContext } from '../src/lib/server/context/create';
import { randomId } from '../src/lib/server/crypto';
import * as folded from '../src/lib/server/folded';
import * as invitations from '../src/lib/server/invitations';
import * as memberships from '../src/lib/server/memberships';
import * as outbox from '../src/lib/server/mail/outbox';
import * as transport from '../src/lib/server/mail/transport';
import type { Locale } from '../src/lib/messages';
import * as passwords from '../src/lib/server/passwords';
import * as rateLimit from '../src/lib/server/rate-limit';
import { actorOf, resume } from '../src/lib/server/sessions';
import { invitation, mailboxEntry, user, type Settings } from '../src/lib/server/schema';
import * as settings from '../src/lib/server/settings';
import { presets } from '../src/lib/server/settings';
import { defaultOptions } from '../src/lib/space-options';
import * as spaces from '../src/lib/server/spaces';
import * as verification from '../src/lib/server/verification';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const ORIGIN = 'http://localhost:8787';
/** Everybody's password unless a test sets another. It fits both presets of the credential policy. */
export const PASSWORD = 'quiet harbour 27 lamps';
export const bindings = env as unknown as Env;

export type User = typeof user.$inferSelect;

export const config: Config = {
  origin: ORIGIN,
  // As the Worker of tests/routes.test.ts has it: links and mails made here are good there.
  secret: [bindings.FOYER_SECRET!],
  setupToken: 'set-up-token',
  mail: { transport: 'mailbox', domain: 'foyer.example' },
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

// --- Contexts -----------------------------------------------------------------------------------------------

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

/** Typed as signed in, so that tests can call every verb; the actor of a browser without a session is null all the same. */
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
  /** What the browser asks for. */
  locale?: Locale;
  timeZone?: string;
  env?: Partial<Env>;
  config?: Partial<Config>;
}

/** A request's context as hooks would make it, without the request. */
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
    waitUntil: (work) => void working.push(work),
    cookies: jar.cookies,
    ip: from.ip ?? someIp(),
    userAgent: 'Test browser',
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

/** The next request of a browser: its session decides who it is. */
export async function visit(jar: Jar, from: Surroundings = {}): Promise<TestCtx> {
  const ctx = testContext({ ...from, jar });
  await resume(ctx);
  return ctx;
}

let ips = 0;
/** Every request from another address, so that no test uses up another's failures. */
export const someIp = (): string => `10.${(++ips >> 16) & 255}.${(ips >> 8) & 255}.${ips & 255}`;

// --- People and spaces --------------------------------------------------------------------------------------

let people = 0;
export const someEmail = (name = 'p', domain = 'partner.example'): string => `${name}${++people}@${domain}`;

let hash: Promise<string> | undefined;

async function makeAccount(row: Partial<User> & Pick<User, 'kind' | 'email'>): Promise<User> {
  const now = Date.now() - 30 * DAY;
  const made: typeof user.$inferInsert = {
    id: randomId(),
    emailOriginal: row.email,
    name: row.email.split('@')[0]!,
    passwordHash: await (hash ??= passwords.hash(PASSWORD)),
    emailVerifiedAt: now,
    loginCount: 1,
    createdAt: now,
    updatedAt: now,
    ...row,
  };
  made.folded ??= folded.person(made);
  const [stored] = await testContext().db.insert(user).values(made).returning();
  return stored!;
}

/** A user, by default with the right to create spaces. */
export const makeUser = (row: Partial<User> = {}): Promise<User> =>
  makeAccount({ kind: 'user', email: someEmail('user', 'foyer.example'), canCreateSpaces: true, ...row });

export const makeAdministrator = (row: Partial<User> = {}): Promise<User> =>
  makeUser({ administrator: true, ...row });

/** A guest who has signed up but is in no space. */
export const makeGuest = (row: Partial<User> = {}): Promise<User> =>
  makeAccount({ kind: 'guest', email: someEmail('guest'), ...row });

export const spaceForm = {
  name: 'Harbour Bridge',
  cover: 'harbour',
  ...defaultOptions,
};

/** A space of this creator, with users of the company as members. */
export const makeSpace = (
  creator: User,
  form: Partial<spaces.SpaceForm> = {},
  members: User[] = [],
): Promise<number> =>
  spaces.create(
    as(creator),
    { ...spaceForm, ...form },
    members.map((m) => ({ id: m.id, administrator: false })),
    randomId(),
  );

/** For rows that were written past the domain: recomputes order and numbers of a space's people, as cron does. */
export async function settlePeople(spaceId: number): Promise<void> {
  const ctx = testContext({ now: spaceId * MINUTE });
  await ctx.commit(memberships.tidy(ctx));
}

/** The account of an address, as it stands now. */
export async function account(email: string): Promise<User | undefined> {
  const [row] = await testContext().db.select().from(user).where(eq(user.email, email));
  return row;
}

/** Changes settings of the site, past the administration. */
export async function site(values: Partial<Settings>): Promise<void> {
  const ctx = testContext();
  await ctx.commit(
    Object.entries(values).map(([key, value]) => settings.put(ctx, key as keyof Settings, value as never)),
  );
}

export const documented = () => site({ policy: presets.documented });

// --- Invitations --------------------------------------------------------------------------------------------

export const inviteForm = {
  subject: 'Join us in Harbour Bridge',
  message: 'Hello,\n\nplease join us.',
  locale: 'en' as const,
};

/** Invites and delivers the mails. */
export async function invite(
  inviter: User,
  spaceId: number,
  addresses: string,
  from: Surroundings = {},
): Promise<invitations.Outcome[]> {
  const ctx = as(inviter, from);
  const outcomes = await invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses });
  await ctx.settle();
  return outcomes;
}

/** The newest invitation of an address (into a space). */
export async function invitationOf(email: string, spaceId?: number) {
  const [row] = await testContext()
    .db.select()
    .from(invitation)
    .where(and(eq(invitation.email, email), spaceId ? eq(invitation.spaceId, spaceId) : undefined))
    .orderBy(desc(invitation.createdAt), desc(invitation.version))
    .limit(1);
  return row!;
}

/** An inviter with a space and one open invitation to a new address. */
export async function invited(from: Surroundings & { email?: string } = {}) {
  const inviter = await makeUser();
  const spaceId = await makeSpace(inviter);
  const email = from.email ?? someEmail('new');
  await invite(inviter, spaceId, email, from);
  const { id } = await invitationOf(email, spaceId);
  return { inviter, spaceId, email, id, token: linkIn((await mailsTo(email))[0]!) };
}

/** Posts the form behind a link. */
export async function signUp(
  token: string,
  from: Surroundings & { name?: string; password?: string } = {},
): Promise<{ to: string | null; ctx: TestCtx }> {
  const ctx = from.jar ? await visit(from.jar, from) : testContext(from);
  const to = await invitations.signUp(ctx, token, {
    name: from.name ?? 'New Guest',
    password: from.password ?? PASSWORD,
  });
  await ctx.settle();
  return { to, ctx };
}

/**
 * Puts an existing guest into a space, by invitation and "Join": into more spaces in a minute, where a test wants it, than
 * anybody can be invited to in a day.
 */
export async function joinSpace(inviter: User, spaceId: number, guest: User): Promise<void> {
  const counter = testContext();
  await counter.commit([rateLimit.succeed(counter, rateLimit.key(counter, 'invite', `to:${guest.email}`))]);
  await invite(inviter, spaceId, guest.email);
  const { id, version } = await invitationOf(guest.email, spaceId);
  const ctx = as(guest);
  await invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
}

// --- Login --------------------------------------------------------------------------------------------------

/** Posts the login form. */
export async function login(
  email: string,
  from: Surroundings & { password?: string; next?: string; formKey?: string } = {},
): Promise<{ to: string; ctx: TestCtx; jar: Jar }> {
  const ctx = from.jar ? await visit(from.jar, from) : testContext(from);
  const to = await accounts.login(ctx, {
    email,
    password: from.password ?? PASSWORD,
    next: from.next ?? '/',
    formKey: from.formKey,
  });
  await ctx.settle();
  return { to, ctx, jar: ctx.jar };
}

/** Posts the form of /verify. */
export async function verify(
  jar: Jar,
  code: string,
  from: Surroundings & { formKey?: string } = {},
): Promise<string> {
  const ctx = await visit(jar, from);
  const passed = await verification.check(ctx, code, from.formKey);
  const to = await (passed.challenge.purpose === 'login'
    ? accounts.finishLogin(ctx, passed)
    : invitations.finishSignUp(ctx, passed));
  await ctx.settle();
  return to;
}

// --- Mail ---------------------------------------------------------------------------------------------------

/** The secrets that the local mailbox is sealed with. */
export const mailboxSecrets: [string, ...string[]] = [bindings.FOYER_SECRET!];

/** A cache, because test files ask for the same mails hundreds of times. */
const opened = new Map<string, transport.MailboxMail>();

/** The mails to an address that have arrived, newest first. */
export async function mailsTo(email: string): Promise<transport.MailboxMail[]> {
  const ctx = testContext({ config: { secret: mailboxSecrets } });
  const rows = await ctx.db
    .select({ id: mailboxEntry.id })
    .from(mailboxEntry)
    .orderBy(desc(mailboxEntry.sentAt), desc(sql`rowid`));
  const open = async (id: string) => {
    if (!opened.has(id)) opened.set(id, (await transport.mailboxEntry(ctx, id))!);
    return opened.get(id)!;
  };
  const all = await Promise.all(rows.map(({ id }) => open(id)));
  return all.filter((mail) => mail.to.toLowerCase() === email.toLowerCase());
}

/** The token of the link to sign up, or to choose a new password. */
export function linkIn(mail: transport.MailboxMail): string {
  const found = /^http:\/\/localhost:8787\/(?:signup|reset)\/(\S+)$/m.exec(mail.text);
  if (!found) throw new Error(`no link in: ${mail.text}`);
  return found[1]!;
}

function codeIn(mail: transport.MailboxMail): string {
  const found = /\b\d{6}\b/.exec(mail.text);
  if (!found) throw new Error(`no code in: ${mail.text}`);
  return found[0];
}

/** The code that was mailed last. */
export const codeTo = async (email: string): Promise<string> =>
  codeIn((await mailsTo(email)).find((mail) => /\b\d{6}\b/.test(mail.text))!);

/** A code that differs from this one. */
export const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
