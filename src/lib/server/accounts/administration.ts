import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import type { SpaceCreators } from '../../roles';
import * as access from '../access';
import * as administrators from '../administrators';
import { changed, must, type SignedIn, type Statement } from '../context';
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
import * as settings from '../settings';
import * as site from '../site';
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

/** The page of one user. */
export async function oneUser(ctx: SignedIn, id: string) {
  allow(ctx, 'site.administer');
  const { people, code } = await ctx.read({
    people: ctx.db
      .select()
      .from(user)
      .where(and(eq(user.id, id), eq(user.kind, 'user'), isNull(user.erasedAt))),
    code: verification.handedUntil(ctx, id),
  });
  const [person] = people;
  if (!person) throw new Refusal('missing');
  const { email, name, avatar, status, administrator, canCreateSpaces, lastLoginAt } = person;
  return {
    person: { id, email, name, avatar, status, administrator, canCreateSpaces, lastLoginAt },
    proof: verification.needsCode(person, await settings.read(ctx))
      ? ('code' as const)
      : ('password' as const),
    codeUntil: code[0]?.until ?? null,
  };
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

/** Of the users that were shown, those who become other than they are. */
function creators(ctx: SignedIn, shown: string[], allowed: string[]) {
  const ids = JSON.stringify(shown);
  const yes = JSON.stringify(allowed);
  const others = and(
    eq(user.kind, 'user'),
    eq(user.administrator, false),
    sql`id in (select value from json_each(${ids}))`,
    sql`can_create_spaces <> (id in (select value from json_each(${yes})))`,
  );
  const batch: Statement[] = [
    ctx.db
      .update(user)
      .set({ canCreateSpaces: sql`id in (select value from json_each(${yes}))`, updatedAt: ctx.now })
      .where(others),
    must(ctx, sql`changes() > 0`),
    ...record(ctx, { kind: 'account.permission-changed', subject: 'site', detail: { allowed, shown } }),
  ];
  return { others, batch };
}

/** For how many guests a user answers, and whom the form offers in their place. */
export async function guestsOfUser(ctx: SignedIn, userId: string) {
  allow(ctx, 'site.administer');
  const { guests, offered } = await ctx.read(sponsors.ofUser(ctx, userId));
  return { count: guests[0]!.count, most: sponsors.COUNTED, offered };
}

export async function setSpaceCreators(ctx: SignedIn, shown: string[], allowed: string[]): Promise<void> {
  // All of them are so already.
  await access.commitForSite(ctx, creators(ctx, shown, allowed).batch, { refusal: () => null });
}

/**
 * Who may create guest spaces, and which of the users on a page of the list are chosen.
 * @param form with the revision and the values that it showed
 */
export async function changeSpaceCreators(
  ctx: SignedIn,
  form: { who: SpaceCreators; shown: string[]; allowed: string[]; revision: number; was?: string },
): Promise<void> {
  const { form: merged, revision } = await site.merged<settings.Creators>(
    ctx,
    { spaceCreators: form.who },
    ({ spaceCreators }) => ({ spaceCreators }),
    settings.creatorFields,
    form,
  );
  if (merged.spaceCreators === (await settings.read(ctx)).spaceCreators)
    return setSpaceCreators(ctx, form.shown, form.allowed);
  const list = creators(ctx, form.shown, form.allowed);
  const [found] = await ctx.db
    .select({ count: sql<number>`count(*)` })
    .from(user)
    .where(list.others);
  await site.changeSettings(ctx, merged, revision, { then: found!.count > 0 ? list.batch : [] });
}

/** Only the last administrator can't be deactivated; otherwise the spaces have changed meanwhile. */
async function notDeactivated(
  ctx: SignedIn,
  userId: string,
  status: 'active' | 'inactive',
  successors: Successor[],
): Promise<Refusal | null> {
  const refusal = await missingOrLast(ctx, userId, { status });
  if (refusal?.kind !== 'conflict' || successors.length === 0) return refusal;
  const [row] = await ctx.db
    .select({ last: sql<number>`administrator = 1 and not ${anotherAdministrator(userId)}`.as('last') })
    .from(user)
    .where(eq(user.id, userId));
  return row?.last ? refusal : new Refusal('conflict', { key: 'users.successors-changed' });
}

/** Who runs a space after the account. */
export interface Successor {
  spaceId: number;
  userId: string;
}

/**
 * Nobody inherits the spaces that the account leaves without an administrator, unless `successors` say who.
 * @param handOverTo who answers for their guests from now on, as typed
 * @returns false if it was so already
 */
export async function setActive(
  ctx: SignedIn,
  userId: string,
  active: boolean,
  handOverTo = '',
  successors: Successor[] = [],
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
      ...(active ? [] : successors.map((one) => administrators.succeed(ctx, one.spaceId, one.userId))),
    ],
    { refusal: () => notDeactivated(ctx, userId, status, successors) },
  );
  return done;
}
