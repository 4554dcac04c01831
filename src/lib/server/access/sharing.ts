import { eq, sql } from 'drizzle-orm';
import type { Archived, Company, Readers } from '../../people';
import type { SignedIn } from '../context';
import { space, user } from '../schema';
import { isPresent } from './reach';
import { guestsOf, viewerOf } from './visibility';

/** Who reads what is written in a space. Where guests are hidden, a guest only sees themselves. For a batch. */
export const sharedQuery = (ctx: SignedIn, spaceId: number) => {
  const guests = guestsOf(viewerOf(ctx), { space: 'space' }, sql`coalesce(user.company, '')`);
  return (
    ctx.db
      .select({
        count: guests.count.as('count'),
        companies: guests.companies.as('companies'),
        more: guests.more.as('more'),
        users: sql<number>`${space.userCount}`.as('users'),
        archivedAt: sql<number | null>`space.archived_at`.as('archived_at'),
        // Guests know by name only the people of their space: an administrator of the site need not be there.
        archivedBy: sql<string | null>`(select u.name from user u where u.id = space.archived_by
          and ${ctx.actor.kind === 'guest' ? isPresent(spaceId, 'u') : sql`1`})`.as('archived_by'),
        // Who is invited is nothing that a guest may learn.
        awaits: (ctx.actor.kind === 'guest'
          ? sql<number>`0`
          : sql<number>`exists (select 1 from invitation i where i.space_id = ${space.id}
            and i.status = 'invited' and i.expires_at > ${ctx.now})`
        ).as('awaits'),
      })
      .from(space)
      // A typical guest (viewing.ts) has no row.
      .leftJoin(user, eq(user.id, ctx.actor.id))
      .where(eq(space.id, spaceId))
  );
};

type Row = Awaited<ReturnType<typeof sharedQuery>>[number];

export const shared = ([row]: Row[]): Readers & { peopleCount: number; archived: Archived | null } => ({
  guestCount: row?.count ?? 0,
  guestCompanies: (JSON.parse(row?.companies ?? '[]') as Company[]).filter(({ name }) => name !== ''),
  moreCompanies: row?.more ?? 0,
  awaitsGuests: row?.awaits === 1,
  archived: row?.archivedAt ? { at: row.archivedAt, by: row.archivedBy } : null,
  peopleCount: (row?.users ?? 0) + (row?.count ?? 0),
});
