import { and, eq, sql, type SQL } from 'drizzle-orm';
import { foundSpace, rankOfGuests, spaceQuery, viewerOf } from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as folded from '../folded';
import { afterKey, inOrder } from '../memberships/order';
import * as paging from '../paging';
import { membership, user } from '../schema';

const PEOPLE = 50;

export const inOrderQuery = (ctx: SignedIn, spaceId: number, which: SQL | undefined, limit: number) =>
  ctx.db
    .select({
      id: user.id,
      name: user.name,
      company: user.company,
      kind: user.kind,
      rank: membership.rank,
      nameKey: membership.nameKey,
    })
    .from(membership)
    .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
    .where(and(eq(membership.spaceId, spaceId), which))
    .orderBy(...inOrder)
    .limit(limit);

export const presentPerson = ({
  kind,
  rank,
  nameKey: _,
  ...person
}: Awaited<ReturnType<typeof inOrderQuery>>[number]) => ({
  ...person,
  guest: kind === 'guest',
  administrator: rank === 0,
});

export async function people(
  ctx: SignedIn,
  spaceId: number,
  filter: { find?: string; after?: string | null } = {},
) {
  const find = (filter.find ?? '').trim().slice(0, 100);
  const last = paging.read(filter.after, 'number', 'text', 'text');
  const me = ctx.actor.id;
  const rows = await ctx.read({
    space: spaceQuery(ctx, spaceId),
    people: inOrderQuery(
      ctx,
      spaceId,
      and(
        sql`(${membership.rank} < 2 or ${membership.rank} = ${rankOfGuests(viewerOf(ctx), { spaceId })} or ${membership.userId} = ${me})`,
        folded.isCalled(find),
        last ? afterKey(last) : undefined,
      ),
      PEOPLE + 1,
    ),
  });
  if (!foundSpace(ctx, rows.space).showPeople) throw new Refusal('missing');
  const page = paging.paged(rows.people, PEOPLE, (p) => [p.rank, p.nameKey, p.id]);
  return { rows: page.rows.map(presentPerson), next: page.next, find };
}
