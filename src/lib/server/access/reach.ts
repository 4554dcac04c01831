/** Who can reach a space. Everything in it is found through a membership of the actor. */
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { SpaceRole } from '../../roles';
import { must, type Batch, type Ctx, type Statement, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { allow, can } from '../policy';
import { membership, space } from '../schema';
import { administersHere, isActiveAdministratorOf } from './administration';
import { mayView, reachedBy } from './viewing';
import { person, readerIn, visibleTo, type Reader, type Viewer } from './visibility';

/**
 * SQL, of a row of `membership`: whether it has not ended by the clock. Every query that reaches something through a membership of the
 * actor asks (tests/architecture.test.ts), so that nobody has to wait for cron. @param of its name or alias
 */
export const lasting = ({ now }: Pick<Ctx, 'now'>, of = 'membership'): SQL =>
  sql`(${sql.raw(of)}.ends_at is null or ${sql.raw(of)}.ends_at > ${now})`;

type SpaceRow = typeof space.$inferSelect;

export type FoundSpace = SpaceRow & {
  spaceRole: SpaceRole;
  /** By the actor. */
  muted: boolean;
  /** Of the actor's own access. */
  endsAt: number | null;
  reader: Reader;
};

/** 404 without a membership of the actor. In a batch, use `spaceQuery`. */
export async function requireSpace(ctx: SignedIn, spaceId: number): Promise<FoundSpace> {
  return foundSpace(ctx, await spaceQuery(ctx, spaceId));
}

/** `requireSpace` for the batch of a page; `foundSpace` checks its rows. */
export const spaceQuery = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({
      space,
      administers: sql<number>`${administersHere(ctx)}`.as('administers'),
      muted: membership.muted,
      endsAt: membership.endsAt,
    })
    .from(membership)
    .innerJoin(space, eq(space.id, membership.spaceId))
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, reachedBy(ctx.actor)),
        isNull(space.deletedAt),
        lasting(ctx),
        mayView(ctx.actor, spaceId),
      ),
    );

interface Reached {
  space: SpaceRow;
  administers: number;
  muted: boolean;
  endsAt: number | null;
}

export function foundSpace(ctx: SignedIn, [row]: Reached[]): FoundSpace {
  if (!row) throw new Refusal('missing');
  ctx.reached = row.space.id;
  const spaceRole: SpaceRole =
    ctx.actor.kind === 'guest' ? 'guest' : row.administers === 1 ? 'space-administrator' : 'member';
  const muted = row.muted && ctx.actor.viewedBy === undefined;
  return { ...row.space, spaceRole, muted, endsAt: row.endsAt, reader: readerIn(ctx.actor, row.space) };
}

export async function requireAdministrator(ctx: SignedIn, spaceId: number): Promise<FoundSpace> {
  const found = await requireSpace(ctx, spaceId);
  allow(ctx, 'space.administer', found);
  return found;
}

export const membersOnly = (ctx: SignedIn, params: { id?: string }) => requireSpace(ctx, Number(params.id));
export const administratorsOnly = (ctx: SignedIn, params: { id?: string }) =>
  requireAdministrator(ctx, Number(params.id));

export const mayLeave = (ctx: SignedIn, found: FoundSpace): boolean =>
  can(ctx.actor, found.blockJoining ? 'space.leave-blocked' : 'space.leave', found);

/** SQL: `mayLeave` for rows of `space` with the actor's own `membership`. */
export const mayLeaveWhere = (ctx: SignedIn): SQL<number> =>
  sql<number>`(space.block_joining = 0 or ${administersHere(ctx)})`;

/** Of what writes nothing that others read, or takes access away: allowed in an archived space too. */
type Also = { archived?: true };

/** Undoes the batch unless the actor is still in the space, and it is not archived. */
export const stillMember = (ctx: SignedIn, spaceId: number, { archived }: Also = {}): Batch => [
  must(ctx, isMember(ctx, spaceId)),
  !archived && notArchived(ctx, spaceId),
];

/** Undoes the batch unless the actor still administers the space, and it is not archived. */
export const stillAdministers = (ctx: SignedIn, spaceId: number, { archived }: Also = {}): Batch => [
  must(ctx, sql`${isMember(ctx, spaceId)} and ${isActiveAdministratorOf(spaceId, sql`${ctx.actor.id}`)}`),
  !archived && notArchived(ctx, spaceId),
];

/** Undoes the batch if the space is archived, and says so. */
export const notArchived = (ctx: Pick<Ctx, 'db'>, spaceId: number | SQL | null): Statement =>
  must(
    ctx,
    sql`not exists (select 1 from space s where s.id = ${spaceId} and s.archived_at is not null)`,
    'archive.refused',
  );

const isMember = (ctx: SignedIn, spaceId: number): SQL =>
  sql`exists (select 1 from membership m join space s on s.id = m.space_id
    where m.space_id = ${spaceId} and m.user_id = ${ctx.actor.id} and s.deleted_at is null and ${lasting(ctx, 'm')})`;

/** SQL: whether somebody is among the people of the space now. Posts and reactions outlive that. @param of the alias of their account */
export const isPresent = (spaceId: number | SQL, of = 'user'): SQL<number> =>
  sql<number>`(${sql.raw(of)}.status = 'active' and exists (select 1 from membership here
    where here.space_id = ${spaceId} and here.user_id = ${sql.raw(of)}.id))`;

/** SQL: whether the viewer sees somebody among the people of any space, or it is themselves. @param of the alias of their account */
export const seesSomewhere = (ctx: Pick<Ctx, 'now'>, viewer: Viewer, of: string): SQL =>
  sql`(${sql.raw(of)}.id = ${viewer.id} or ${sql.raw(of)}.status = 'active' and exists (
    select 1 from membership theirs join membership mine on mine.space_id = theirs.space_id and mine.user_id = ${viewer.id}
    join space s on s.id = theirs.space_id
    where theirs.user_id = ${sql.raw(of)}.id and s.deleted_at is null and ${lasting(ctx, 'mine')}
      and ${visibleTo(viewer, { space: 's' }, person(of))}))`;
