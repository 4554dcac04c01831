/**
 * What a test is about goes through the domain's verbs; accounts that merely have to exist are written directly. Storage is
 * isolated per file, not per test, so everybody gets an address of their own.
 */
import { eq } from 'drizzle-orm';
import { randomId } from '../src/lib/server/crypto';
import * as folded from '../src/lib/server/folded';
import * as memberships from '../src/lib/server/memberships';
import * as passwords from '../src/lib/server/passwords';
import { user, type Settings } from '../src/lib/server/schema';
import * as settings from '../src/lib/server/settings';
import { presets } from '../src/lib/server/settings';
import { defaultOptions } from '../src/lib/space-options';
import * as spaces from '../src/lib/server/spaces';
import { MINUTE, DAY, type User, testContext, as } from './contexts';

/** Everybody's password unless a test sets another. It fits both presets of the credential policy. */
export const PASSWORD = 'quiet harbour 27 lamps';

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

/** After direct writes: recomputes order and counts of a space's people, as cron does. */
export async function settlePeople(spaceId: number): Promise<void> {
  const ctx = testContext({ now: spaceId * MINUTE });
  await ctx.commit(memberships.tidy(ctx));
}

/** As it is now. */
export async function account(email: string): Promise<User | undefined> {
  const [row] = await testContext().db.select().from(user).where(eq(user.email, email));
  return row;
}

/** Directly, not through the administration. */
export async function site(values: Partial<Settings>): Promise<void> {
  const ctx = testContext();
  await ctx.commit(
    Object.entries(values).map(([key, value]) => settings.put(ctx, key as keyof Settings, value as never)),
  );
}

export const documented = () => site({ policy: presets.documented });
