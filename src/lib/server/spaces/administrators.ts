/** Who administers a space, as its page and the administration say. */
import { eq, sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import * as access from '../access';
import type { SignedIn } from '../context';
import { space } from '../schema';

const TOLD = 30 * DAY;
const NAMED = 5;

/** SQL: those who can sign in, as a JSON list; `namedOf` reads it. @param most names; one more shows that there are others */
export const names = (spaceId: number | SQL, most = NAMED): SQL<string> =>
  sql<string>`(select json_group_array(name) from (select u.name from user u
    where u.id in ${access.activeAdministratorsOf(spaceId)} order by u.name, u.id limit ${most + 1}))`;

/** Of `names`, asked for as many. */
export function namedOf(list: string, most = NAMED): { names: string[]; more: boolean } {
  const all = JSON.parse(list) as string[];
  return { names: all.slice(0, most), more: all.length > most };
}

export const query = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({
      names: names(spaceId).as('names'),
      appointed: sql<string | null>`(select u.name from user u where u.id = appointed_administrator_id)`.as(
        'appointed',
      ),
      by: sql<string | null>`(select u.name from user u where u.id = appointed_by)`.as('appointer'),
      became: sql<number>`appointed_administrator_id = appointed_by`.as('became'),
      at: sql<number | null>`appointed_at`.as('told_at'),
    })
    .from(space)
    .where(eq(space.id, spaceId));

export function present(ctx: SignedIn, [row]: Awaited<ReturnType<typeof query>>) {
  return {
    ...namedOf(row?.names ?? '[]'),
    appointed:
      row?.appointed && row.by && row.at && row.at > ctx.now - TOLD
        ? { name: row.appointed, by: row.by, became: row.became === 1, at: row.at }
        : null,
  };
}
