/** What the page of a space says about its administrators. */
import { eq, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import * as access from '../access';
import type { SignedIn } from '../context';
import { space } from '../schema';

const TOLD = 30 * DAY;
const NAMED = 5;

export const query = (ctx: SignedIn, spaceId: number) =>
  ctx.db
    .select({
      names: sql<string>`(select json_group_array(name) from (select u.name from user u
        where u.id in ${access.activeAdministratorsOf(spaceId)} order by u.name, u.id limit ${NAMED + 1}))`.as(
        'names',
      ),
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
  const names = JSON.parse(row?.names ?? '[]') as string[];
  return {
    names: names.slice(0, NAMED),
    more: names.length > NAMED,
    appointed:
      row?.appointed && row.by && row.at && row.at > ctx.now - TOLD
        ? { name: row.appointed, by: row.by, became: row.became === 1, at: row.at }
        : null,
  };
}
