import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as memberships from '../memberships';
import * as paging from '../paging';
import { allow } from '../policy';
import { user } from '../schema';
import * as sessions from '../sessions';
import * as sponsors from '../sponsors';
import * as verification from '../verification';
import { endAddressChanges } from './password';

const PAGE = 100;

/** Users. For guests, see guests/. */
export async function list(
  ctx: SignedIn,
  { after = '', search = '' }: { after?: string; search?: string } = {},
) {
  allow(ctx, 'site.administer');
  const [last] = paging.read(after, 'text') ?? [''];
  const rows = await ctx.db
    .select({
      id: user.id,
      email: user.email,
      name: user.name,
      avatar: user.avatar,
      status: user.status,
      administrator: user.administrator,
      canCreateSpaces: user.canCreateSpaces,
      lastLoginAt: user.lastLoginAt,
    })
    .from(user)
    .where(and(eq(user.kind, 'user'), isNull(user.erasedAt), gt(user.email, last), folded.isPerson(search)))
    .orderBy(asc(user.email))
    .limit(PAGE + 1);
  return paging.paged(rows, PAGE, (row) => [row.email]);
}

/** SQL: the site always keeps an administrator. */
const anotherAdministrator = (id: string) => access.hasActiveAdministrator('site', id);

type Wanted = Partial<Pick<typeof user.$inferSelect, 'administrator' | 'canCreateSpaces' | 'status'>>;

/** SQL: something is not as wanted yet. */
const differs = (wanted: Wanted) =>
  or(...Object.entries(wanted).map(([column, value]) => ne(user[column as keyof Wanted], value)));

/** Null if it is as wanted already: nothing is recorded then. */
async function missingOrLast(ctx: SignedIn, userId: string, wanted: Wanted): Promise<Refusal | null> {
  const [there] = await ctx.db
    .select({ kind: user.kind, differs: sql<number>`${differs(wanted)}`.as('differs') })
    .from(user)
    .where(and(eq(user.id, userId), isNull(user.erasedAt)));
  if (there?.differs === 0) return null;
  return there ? new Refusal('conflict', { key: 'users.last-administrator' }) : new Refusal('missing');
}

export async function setPermissions(
  ctx: SignedIn,
  userId: string,
  may: { administrator: boolean; canCreateSpaces: boolean },
): Promise<void> {
  await access.commitForSite(
    ctx,
    [
      ctx.db
        .update(user)
        .set({ ...may, updatedAt: ctx.now })
        .where(
          and(
            eq(user.id, userId),
            eq(user.kind, 'user'),
            differs(may),
            may.administrator ? undefined : or(eq(user.administrator, false), anotherAdministrator(userId)),
          ),
        ),
      must(ctx, changed()),
      record(ctx, { kind: 'account.permission-changed', subject: `user:${userId}`, detail: may }),
    ],
    { refusal: () => missingOrLast(ctx, userId, may) },
  );
}

export async function setSpaceCreators(ctx: SignedIn, shown: string[], allowed: string[]): Promise<void> {
  const ids = JSON.stringify(shown);
  const yes = JSON.stringify(allowed);
  await access.commitForSite(
    ctx,
    [
      ctx.db
        .update(user)
        .set({
          canCreateSpaces: sql`id in (select value from json_each(${yes}))`,
          updatedAt: ctx.now,
        })
        .where(
          and(
            eq(user.kind, 'user'),
            eq(user.administrator, false),
            sql`id in (select value from json_each(${ids}))`,
            sql`can_create_spaces <> (id in (select value from json_each(${yes})))`,
          ),
        ),
      must(ctx, sql`changes() > 0`),
      record(ctx, { kind: 'account.permission-changed', subject: 'site', detail: { allowed, shown } }),
    ],
    // All of them are so already.
    { refusal: () => null },
  );
}

/** For how many guests a user answers, and whom the form offers in their place. */
export async function guestsOfUser(ctx: SignedIn, userId: string) {
  allow(ctx, 'site.administer');
  const { guests, offered } = await ctx.read(sponsors.ofUser(ctx, userId));
  return { count: guests[0]!.count, most: sponsors.COUNTED, offered };
}

/**
 * Nobody inherits the spaces that the account leaves without an administrator.
 * @param handOverTo who answers for their guests from now on, as typed
 * @returns false if it was so already
 */
export async function setActive(
  ctx: SignedIn,
  userId: string,
  active: boolean,
  handOverTo = '',
): Promise<boolean> {
  allow(ctx, 'site.administer');
  if (userId === ctx.actor.id) throw new Refusal('conflict', { key: 'users.not-yourself' });
  const status = active ? 'active' : 'inactive';
  const [goes] = active
    ? []
    : await ctx.db
        .select({ id: user.id, name: user.name })
        .from(user)
        .where(and(eq(user.id, userId), eq(user.kind, 'user')));
  const to = goes ? await sponsors.foundOnSite(ctx, handOverTo, userId) : null;
  const told = goes ? await sponsors.lost(ctx, goes, null, to) : [];
  const { done } = await access.commitForSite(
    ctx,
    [
      ctx.db
        .update(user)
        .set({
          status,
          credentialEpoch: active ? undefined : sql`credential_epoch + 1`,
          updatedAt: ctx.now,
        })
        .where(
          and(
            eq(user.id, userId),
            differs({ status }),
            active ? undefined : or(eq(user.administrator, false), anotherAdministrator(userId)),
          ),
        ),
      must(ctx, changed()),
      ...(active
        ? []
        : [sessions.endAll(ctx, userId), verification.endAll(ctx, userId), endAddressChanges(ctx, userId)]),
      ...memberships.accountChanged(ctx, userId),
      ...(to === null ? [] : sponsors.handOver(ctx, userId, to)),
      ...told,
      record(ctx, {
        kind: active ? 'account.reactivated' : 'account.deactivated',
        subject: `user:${userId}`,
      }),
    ],
    { refusal: () => missingOrLast(ctx, userId, { status }) },
  );
  return done;
}
