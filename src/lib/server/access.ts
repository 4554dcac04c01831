/**
 * Who can reach a space, and what they see in it. Everything in a space is found through a membership of the actor.
 * `visibleTo` decides who is visible to whom; no other file decides by `guests_hidden` (tests/architecture.test.ts).
 */
import { and, eq, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { SpaceRole } from '../roles';
import { must, type Ctx, type Statement } from './context';
import { Refusal } from './errors';
import { allow, can } from './policy';
import { membership, space, type Mention } from './schema';

type SpaceRow = typeof space.$inferSelect;

/** A space that the actor may enter, with their role in it. */
export type FoundSpace = SpaceRow & {
  spaceRole: SpaceRole;
  /** Whether the actor sees other guests and what they wrote. Users always do. */
  seesGuests: boolean;
};

// --- Reaching a space ---------------------------------------------------------------------------------------

/** Finds a space through a membership of the actor, or refuses with 404. In a batch, use `spaceQuery`. */
export async function requireSpace(ctx: Ctx, spaceId: number): Promise<FoundSpace> {
  return foundSpace(ctx, await spaceQuery(ctx, spaceId));
}

/** The query of `requireSpace`, for the batch of a page; `foundSpace` checks its rows. */
export const spaceQuery = (ctx: Ctx, spaceId: number) =>
  ctx.db
    .select({ space, administrator: membership.administrator })
    .from(membership)
    .innerJoin(space, eq(space.id, membership.spaceId))
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, ctx.actor?.id ?? ''),
        isNull(space.deletedAt),
      ),
    );

/** What `spaceQuery` found, or 404. */
export function foundSpace(ctx: Ctx, [row]: { space: SpaceRow; administrator: boolean }[]): FoundSpace {
  if (!row || !ctx.actor) throw new Refusal('missing');
  const spaceRole: SpaceRole =
    ctx.actor.kind === 'guest' ? 'guest' : row.administrator ? 'space-administrator' : 'member';
  return { ...row.space, spaceRole, seesGuests: spaceRole !== 'guest' || !row.space.guestsHidden };
}

/** Finds a space and requires the right to administer it (settings, members, guests). */
export async function requireAdministrator(ctx: Ctx, spaceId: number): Promise<FoundSpace> {
  const found = await requireSpace(ctx, spaceId);
  allow(ctx, 'space.administer', found.spaceRole);
  return found;
}

/** For `form`: only people in the route's space may post. */
export const membersOnly = (ctx: Ctx, params: { id?: string }) => requireSpace(ctx, Number(params.id));
/** For `form`: only administrators of the route's space may post. */
export const administratorsOnly = (ctx: Ctx, params: { id?: string }) =>
  requireAdministrator(ctx, Number(params.id));

/** Whether the actor may leave. If leaving is blocked, only space administrators may: they could lift the block anyway. */
export const mayLeave = (ctx: Ctx, found: FoundSpace): boolean =>
  can(ctx.actor, 'space.leave', found.spaceRole) &&
  (!found.blockJoining || found.spaceRole === 'space-administrator');

/**
 * Undoes the batch unless the actor is still in the space (or still administers it), so that somebody who was removed
 * in the meantime writes nothing.
 */
export const stillIn = (ctx: Ctx, spaceId: number, asAdministrator = false): Statement =>
  must(
    ctx,
    sql`exists (select 1 from membership m join space s on s.id = m.space_id
      where m.space_id = ${spaceId} and m.user_id = ${ctx.actor?.id ?? ''} and s.deleted_at is null
        ${asAdministrator ? sql`and m.administrator = 1` : sql``})`,
  );

// --- Who exists for whom ------------------------------------------------------------------------------------

/** Who is reading: one known person, or columns of a query about many readers. */
export interface Viewer {
  id: string | SQL;
  kind: 'user' | 'guest' | SQL;
}

/** The viewer of a request. */
export const viewerOf = (ctx: Ctx): Viewer => ctx.actor ?? { id: '', kind: 'guest' };

/** The space: an alias of its row in the query, or its id. */
export type Within = { space: 's' | 'space' } | { spaceId: number | SQL };

/** A person in a query: the alias of their row, or its columns. */
export type Person = 'u' | 'a' | 'w' | 'b' | { kind: SQL | SQLWrapper; id: SQL | SQLWrapper };

const hiddenIn = (within: Within): SQL =>
  'space' in within
    ? sql.raw(`${within.space}.guests_hidden`)
    : sql`coalesce((select guests_hidden from space where id = ${within.spaceId}), 1)`;

const columnsOf = (person: Person) =>
  typeof person === 'string' ? { kind: sql.raw(`${person}.kind`), id: sql.raw(`${person}.id`) } : person;

/** SQL: 1 if other guests are hidden from the viewer. Reads no row if the viewer is a user. */
export const hidesGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user'
    ? sql`0`
    : viewer.kind === 'guest'
      ? sql`(${hiddenIn(within)})`
      : sql`(${viewer.kind} = 'guest' and ${hiddenIn(within)})`;

/** SQL: whether a person works for the company or is the viewer. */
export const staffOrSelf = (viewer: Viewer, person: Person): SQL => {
  const { kind, id } = columnsOf(person);
  return sql`(${kind} = 'user' or ${id} = ${viewer.id})`;
};

/**
 * SQL: whether the viewer may see something that these people took part in (the author of a comment and the author of
 * its thread). Where guests are hidden, a guest sees users and themselves.
 */
export const visibleTo = (viewer: Viewer, within: Within, ...people: Person[]): SQL =>
  viewer.kind === 'user'
    ? sql`1`
    : sql`(${sql.join(
        people.map((person) => staffOrSelf(viewer, person)),
        sql` and `,
      )} or not ${hidesGuests(viewer, within)})`;

/**
 * SQL: the `rank` of guests (see `membership.rank`) if the viewer sees them, else null. Compared with null, not even
 * the index is read.
 */
export const rankOfGuests = (ctx: Ctx, spaceId: number): SQL =>
  ctx.actor?.kind === 'user' ? sql`2` : sql`iif(${hidesGuests(viewerOf(ctx), { spaceId })}, null, 2)`;

/** Whether guests of this space are hidden from each other. Then nothing that all of them read may name one of them. */
export const hidesGuestsFromEachOther = ({ guestsHidden }: Pick<SpaceRow, 'guestsHidden'>): boolean =>
  guestsHidden;

/** The same rule for mentions in a text: whether this one is hidden from the reader. In their own texts nothing is. */
export const hidesMention =
  (readerId: string, seesGuests: boolean, authorId: string | null) =>
  (m: Mention): boolean =>
    !seesGuests && authorId !== readerId && m.guest === true && m.id !== readerId;
