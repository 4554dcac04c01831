import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { foundSpace, person, spaceQuery, viewerOf, visibleTo } from '../access';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { can } from '../policy';
import { membership, user } from '../schema';
import { lastVisit } from '../sessions';

const inviter = alias(user, 'inviter');

/** One of the people of a space, for those who see them there. Contact and history are for the company only. */
export async function card(ctx: SignedIn, spaceId: number, personId: string) {
  const rows = await ctx.read({
    space: spaceQuery(ctx, spaceId),
    people: ctx.db
      .select({
        // A batch tells columns apart by their names.
        id: sql<string>`user.id`.as('person_id'),
        name: sql<string>`user.name`.as('person_name'),
        company: sql<string>`user.company`.as('person_company'),
        avatar: sql<string | null>`user.avatar`.as('person_avatar'),
        kind: sql<'user' | 'guest'>`user.kind`.as('person_kind'),
        email: user.emailOriginal,
        rank: membership.rank,
        joinedAt: membership.joinedAt,
        lastVisitAt: lastVisit.as('last_visit_at'),
        invitedAt: sql<number | null>`(select max(i.created_at) from invitation i
          where i.accepted_by = user.id and i.space_id = membership.space_id)`.as('invited_at'),
        inviter: inviter.name,
        inviterKind: inviter.kind,
      })
      .from(membership)
      .innerJoin(user, and(eq(user.id, membership.userId), eq(user.status, 'active')))
      .leftJoin(inviter, eq(inviter.id, membership.invitedBy))
      .where(
        and(
          eq(membership.spaceId, spaceId),
          eq(membership.userId, personId),
          visibleTo(viewerOf(ctx), { spaceId }, person('user')),
        ),
      ),
  });
  const found = foundSpace(ctx, rows.space);
  const [row] = rows.people;
  if (!row || !found.showPeople) throw new Refusal('missing');
  return {
    space: { id: found.id, name: found.name },
    card: {
      id: row.id,
      name: row.name,
      company: row.company,
      avatar: row.avatar,
      guest: row.kind === 'guest',
      administrator: row.rank === 0,
      own: row.id === ctx.actor.id && ctx.actor.viewedBy === undefined,
      viewAs:
        row.kind === 'guest' && can(ctx.actor, 'space.administer', found)
          ? `/spaces/${found.id}/as/${row.id}`
          : null,
      inside:
        ctx.actor.kind === 'user'
          ? {
              email: row.email,
              lastVisitAt: row.lastVisitAt,
              joinedAt: row.joinedAt,
              invitedAt: row.invitedAt,
              inviter:
                row.inviter === null ? null : { name: row.inviter, guest: row.inviterKind === 'guest' },
            }
          : null,
    },
  };
}
