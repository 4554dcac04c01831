/**
 * Who reaches a space and what they see in it. Everything of a space is found through a membership of the actor, and
 * `visibleTo` is the one rule of who exists for whom: no other file knows `guests_hidden`.
 */
import { and, eq, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { SpaceRole } from '../roles';
import { must, type Ctx, type Statement } from './context';
import { Refusal } from './errors';
import { allow, can } from './policy';
import { membership, space, type Mention } from './schema';

type SpaceRow = typeof space.$inferSelect;

/** A space as its people reach it, with the actor's role in it. */
export type FoundSpace = SpaceRow & {
  spaceRole: SpaceRole;
  /** Whether other guests and what they wrote exist for the actor (`guestsHidden` is about guests alone). */
  seesGuests: boolean;
};

// --- Reaching a space ---------------------------------------------------------------------------------------

/** The one way to a space: through a membership of the actor; else 404. For a batch: see `spaceQuery`. */
export async function requireSpace(ctx: Ctx, spaceId: number): Promise<FoundSpace> {
  return foundSpace(ctx, await spaceQuery(ctx, spaceId));
}

/** The query of `requireSpace`, for the batch of a page; its rows go through `foundSpace`. */
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

/** Reaches a space and asks for the right to administer it (settings, members, guests). */
export async function requireAdministrator(ctx: Ctx, spaceId: number): Promise<FoundSpace> {
  const found = await requireSpace(ctx, spaceId);
  allow(ctx, 'space.administer', found.spaceRole);
  return found;
}

/** For `form`: only members of the route's space may post, … */
export const members = (ctx: Ctx, params: { id?: string }) => requireSpace(ctx, Number(params.id));
/** … only its administrators. */
export const administrators = (ctx: Ctx, params: { id?: string }) =>
  requireAdministrator(ctx, Number(params.id));

/** Whether the actor may leave: where that is blocked, only space administrators, who could lift the block anyway. */
export const mayLeave = (ctx: Ctx, found: FoundSpace): boolean =>
  can(ctx.actor, 'space.leave', found.spaceRole) &&
  (!found.blockJoining || found.spaceRole === 'space-administrator');

/**
 * Undoes the batch unless the actor is still in the space (and administers it, where asked): somebody who was removed
 * while they wrote has written nothing.
 */
export const stillIn = (ctx: Ctx, spaceId: number, asAdministrator = false): Statement =>
  must(
    ctx,
    sql`exists (select 1 from membership m join space s on s.id = m.space_id
      where m.space_id = ${spaceId} and m.user_id = ${ctx.actor?.id ?? ''} and s.deleted_at is null
        ${asAdministrator ? sql`and m.administrator = 1` : sql``})`,
  );

// --- Who exists for whom ------------------------------------------------------------------------------------

/** Who looks: known now, or columns of a query about many readers. */
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

/** SQL: 1 where other guests do not exist for the viewer. Reads no row for a user. */
export const hidesGuests = (viewer: Viewer, within: Within): SQL =>
  viewer.kind === 'user'
    ? sql`0`
    : viewer.kind === 'guest'
      ? sql`(${hiddenIn(within)})`
      : sql`(${viewer.kind} = 'guest' and ${hiddenIn(within)})`;

/** SQL: whether a person is of the company, or the viewer. */
export const staffOrSelf = (viewer: Viewer, person: Person): SQL => {
  const { kind, id } = columnsOf(person);
  return sql`(${kind} = 'user' or ${id} = ${viewer.id})`;
};

/**
 * SQL: whether something exists for the viewer, by everybody who had a part in it: the author of a comment and whoever
 * began its thread. Where guests are hidden, a guest sees the company and themselves.
 */
export const visibleTo = (viewer: Viewer, within: Within, ...people: Person[]): SQL =>
  viewer.kind === 'user'
    ? sql`1`
    : sql`(${sql.join(
        people.map((person) => staffOrSelf(viewer, person)),
        sql` and `,
      )} or not ${hidesGuests(viewer, within)})`;

/**
 * SQL: the `rank` of guests among a space's people (see `membership.rank`) for somebody who sees them; null where they are
 * hidden. As a value, so that not even the index is read.
 */
export const rankOfGuests = (ctx: Ctx, spaceId: number): SQL =>
  ctx.actor?.kind === 'user' ? sql`2` : sql`iif(${hidesGuests(viewerOf(ctx), { spaceId })}, null, 2)`;

/** Whether guests of this space are hidden from each other: what goes to all of them names none of them. */
export const hidesGuestsFromEachOther = ({ guestsHidden }: Pick<SpaceRow, 'guestsHidden'>): boolean =>
  guestsHidden;

/** The same rule for the mentions in a text: whether the reader may not read this one. In their own text they read all. */
export const hidesMention =
  (readerId: string, seesGuests: boolean, authorId: string | null) =>
  (m: Mention): boolean =>
    !seesGuests && authorId !== readerId && m.guest === true && m.id !== readerId;
