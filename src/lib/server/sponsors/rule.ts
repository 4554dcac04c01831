import { sql, type SQL } from 'drizzle-orm';

/** SQL: `from … where …` with `su`: this person, if they may answer for guests of the space: an active user who is in it. */
const there = (spaceId: SQL, who: SQL): SQL => sql`from membership sm join user su on su.id = sm.user_id
  where sm.space_id = ${spaceId} and sm.user_id = ${who} and su.kind = 'user' and su.status = 'active'`;

export const answersIn = (spaceId: SQL, who: SQL): SQL<number> =>
  sql<number>`exists (select 1 ${there(spaceId, who)})`;

/** SQL: the name of whoever answers; null: nobody does. */
export const sponsorOf = (spaceId: SQL, who: SQL): SQL<string | null> =>
  sql<string | null>`(select su.name ${there(spaceId, who)})`;

/** SQL, of a row of `invitation`: who will answer for the guest. */
export const invitationsSponsor = (of = 'invitation'): SQL =>
  sql.raw(`coalesce(${of}.sponsor_id, ${of}.invited_by)`);
