/** A space that nobody administers: an administrator of the site appoints a user or takes over, and the space is told. */
import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import * as access from './access';
import { changed, must, type SignedIn, type Statement } from './context';
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

export const appoint = (ctx: SignedIn, spaceId: number, userId: string): Promise<void> =>
  putInCharge(ctx, spaceId, userId, [
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
  ]);

/** An administrator of the site takes over a space without an administrator. */
export const become = (ctx: SignedIn, spaceId: number): Promise<void> =>
  putInCharge(ctx, spaceId, ctx.actor.id, [
    ctx.db.run(sql`
      insert into membership (space_id, user_id, administrator, invited_by, joined_at, last_read_at)
      values (${spaceId}, ${ctx.actor.id}, 1, null, ${ctx.now}, ${ctx.now})
      on conflict do update set administrator = 1`),
  ]);

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
async function putInCharge(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  member: Statement[],
): Promise<void> {
  const { actor } = ctx;
  await access.commitForSite(
    ctx,
    [
      ctx.db
        .update(space)
        .set({ appointedAdministratorId: userId, appointedBy: actor.id, appointedAt: ctx.now })
        .where(and(eq(space.id, spaceId), isNull(space.deletedAt), nobodyAdministers(spaceId))),
      must(ctx, changed()),
      ...member,
      ...memberships.accountChanged(ctx, userId),
      record(ctx, {
        kind: 'space.administrator-appointed',
        subject: `user:${userId}`,
        spaceId,
        detail: { became: userId === actor.id },
      }),
    ],
    {
      refusal: async () => {
        const { needed } = await candidates(ctx, spaceId, '');
        if (await isInCharge(ctx, spaceId, userId)) return null;
        return new Refusal('conflict', {
          key: needed ? 'space-admin.not-appointed' : 'space-admin.has-administrator',
        });
      },
    },
  );
}
