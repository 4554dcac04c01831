/** A space that nobody administers: an administrator of the site appoints a user or takes over, and the space is told. */
import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import * as access from './access';
import { changed, must, type Batch, type SignedIn, type Statement } from './context';
import { Refusal } from './errors';
import { record } from './events';
import * as memberships from './memberships';
import * as paging from './paging';
import { allow } from './policy';
import { membership, space, user } from './schema';

const LISTED = 100;

/** SQL: no administrator can sign in. A guest never counts, whatever the membership row says. */
export const nobodyAdministers = (spaceId: number | SQL): SQL =>
  sql`(not ${access.hasActiveAdministrator(spaceId)})`;

/** Administration: the space's active users, one of whom can be appointed. */
export async function candidates(ctx: SignedIn, spaceId: number, after: string) {
  allow(ctx, 'site.administer');
  const last = paging.read(after, 'text', 'text');
  const {
    found: [found],
    people,
  } = await ctx.read({
    found: ctx.db
      .select({
        id: space.id,
        name: space.name,
        needed: sql<number>`${nobodyAdministers(spaceId)}`.as('needed'),
      })
      .from(space)
      .where(and(eq(space.id, spaceId), isNull(space.deletedAt))),
    people: ctx.db
      .select({ id: user.id, name: user.name, email: user.email })
      .from(membership)
      .innerJoin(user, eq(user.id, membership.userId))
      .where(
        and(
          eq(membership.spaceId, spaceId),
          eq(user.kind, 'user'),
          eq(user.status, 'active'),
          last ? sql`(${user.name}, ${user.id}) > (${last[0]}, ${last[1]})` : undefined,
        ),
      )
      .orderBy(asc(user.name), asc(user.id))
      .limit(LISTED + 1),
  });
  if (!found) throw new Refusal('missing');
  return {
    space: { id: found.id, name: found.name },
    needed: found.needed === 1,
    ...paging.paged(people, LISTED, (row) => [row.name, row.id]),
  };
}

/** SQL statements that make a user of the space its administrator. */
const promote = (ctx: SignedIn, spaceId: number, userId: string): Statement[] => [
  ctx.db
    .update(membership)
    .set({ administrator: true })
    .where(
      and(
        eq(membership.spaceId, spaceId),
        eq(membership.userId, userId),
        sql`exists (select 1 from user where id = ${userId} and kind = 'user' and status = 'active')`,
      ),
    ),
  must(ctx, changed()),
];

const takeOver = (ctx: SignedIn, spaceId: number): Statement[] => [
  ctx.db.run(sql`
    insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
    values (${spaceId}, ${ctx.actor.id}, 1, null, ${ctx.now}, ${ctx.now})
    on conflict do update set administrator = 1`),
];

export const appoint = (ctx: SignedIn, spaceId: number, userId: string): Promise<void> =>
  putInCharge(ctx, spaceId, userId, promote(ctx, spaceId, userId));

/** An administrator of the site takes over a space without an administrator. */
export const become = (ctx: SignedIn, spaceId: number): Promise<void> =>
  putInCharge(ctx, spaceId, ctx.actor.id, takeOver(ctx, spaceId));

/** For the batch that leaves a space without an administrator: the new one is a user of the space, or the actor. Undone if it has another by then. */
export const succeed = (ctx: SignedIn, spaceId: number, userId: string): Batch =>
  inCharge(
    ctx,
    spaceId,
    userId,
    userId === ctx.actor.id ? takeOver(ctx, spaceId) : promote(ctx, spaceId, userId),
  );

/** By the actor: only the answer was lost. */
async function isInCharge(ctx: SignedIn, spaceId: number, userId: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ still: sql<number>`${access.isActiveAdministratorOf(spaceId, userId)}`.as('still') })
    .from(space)
    .where(
      and(
        eq(space.id, spaceId),
        eq(space.appointedAdministratorId, userId),
        eq(space.appointedBy, ctx.actor.id),
      ),
    );
  return row?.still === 1;
}

/** One conditional write: of two at the same time, one is appointed. */
const inCharge = (ctx: SignedIn, spaceId: number, userId: string, member: Statement[]): Batch => [
  ctx.db
    .update(space)
    .set({ appointedAdministratorId: userId, appointedBy: ctx.actor.id, appointedAt: ctx.now })
    .where(and(eq(space.id, spaceId), isNull(space.deletedAt), nobodyAdministers(spaceId))),
  must(ctx, changed()),
  ...member,
  ...memberships.accountChanged(ctx, userId),
  record(ctx, {
    kind: 'space.administrator-appointed',
    subject: `user:${userId}`,
    spaceId,
    detail: { became: userId === ctx.actor.id },
  }),
];

async function putInCharge(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  member: Statement[],
): Promise<void> {
  await access.commitForSite(ctx, inCharge(ctx, spaceId, userId, member), {
    refusal: async () => {
      const { needed } = await candidates(ctx, spaceId, '');
      if (await isInCharge(ctx, spaceId, userId)) return null;
      return new Refusal('conflict', {
        key: needed ? 'space-admin.not-appointed' : 'space-admin.has-administrator',
      });
    },
  });
}

const LEFT = 20;
const OFFERED = 50;

export interface Left {
  id: number;
  name: string;
  /** Active users of the space, in the order of its people. */
  candidates: { id: string; name: string; email: string }[];
}

/** Spaces that would have no administrator without this user, and who could be the next. Of more, only how many. */
export async function leftBy(ctx: SignedIn, userId: string): Promise<{ spaces: Left[]; more: number }> {
  allow(ctx, 'site.administer');
  const rows = await ctx.db.all<{ id: number; name: string; all: number; candidates: string }>(sql`
    with gone as (
      select s.id, s.name, count(*) over () as "all" from membership m join space s on s.id = m.space_id and s.deleted_at is null
      where m.user_id = ${userId} and ${access.isActiveAdministratorOf(sql`m.space_id`, userId)}
        and not ${access.hasActiveAdministrator(sql`m.space_id`, userId)}
      order by s.name, s.id limit ${LEFT})
    select gone.*, (select json_group_array(json_object('id', c.id, 'name', c.name, 'email', c.email)) from (
      select u.id, u.name, u.email from membership o join user u on u.id = o.user_id
      where o.space_id = gone.id and o.rank < 2 and u.kind = 'user' and u.status = 'active' and u.id not in (${userId}, ${ctx.actor.id})
      order by o.rank, o.name_key limit ${OFFERED}) c) candidates
    from gone`);
  return {
    spaces: rows.map(({ id, name, candidates }) => ({
      id,
      name,
      candidates: JSON.parse(candidates) as Left['candidates'],
    })),
    more: (rows[0]?.all ?? 0) - rows.length,
  };
}
