/**
 * Who administers a space or the site now: only active users of the company count, whatever other rows say. Rights that a
 * request began with may have ended, so a write asks again in its own batch.
 */
import { sql, type SQL } from 'drizzle-orm';
import {
  must,
  type Batch,
  type CommitOptions,
  type Committed,
  type SignedIn,
  type Statement,
} from '../context';
import { Refusal } from '../errors';
import { allow } from '../policy';

/** A space, by its id or a column, or the site. */
type Where = number | SQL | 'site';

const ids = (where: Where, also: SQL = sql``): SQL =>
  where === 'site'
    ? sql`(select au.id from user au
        where au.administrator = 1 and au.status = 'active' and au.kind = 'user' ${also})`
    : sql`(select au.id from membership am join user au on au.id = am.user_id
        where am.space_id = ${where} and am.administrator = 1 and au.kind = 'user' and au.status = 'active' ${also})`;

/** SQL: the ids of the active administrators of a space or of the site, for a list of them. */
export const activeAdministratorsOf = (where: Where): SQL => ids(where);

/** SQL: whether somebody is an active administrator of a space or of the site. */
export const isActiveAdministratorOf = (where: Where, who: string | SQL): SQL =>
  sql`exists ${ids(where, sql`and au.id = ${who}`)}`;

/**
 * SQL: whether the actor administers the space of this row of `membership`, which is their own. The actor is active, so no more
 * rows are read.
 */
export const administersHere = ({ actor }: SignedIn): SQL =>
  actor.kind === 'user' ? sql`(membership.administrator = 1)` : sql`0`;

/** SQL: whether a space or the site has an active administrator. @param except somebody who does not count */
export const hasActiveAdministrator = (where: Where, except?: string): SQL =>
  sql`exists ${ids(where, except === undefined ? sql`` : sql`and au.id <> ${except}`)}`;

/** Undoes the batch unless the actor still administers the site. */
export const stillAdministersSite = (ctx: SignedIn): Statement =>
  must(ctx, isActiveAdministratorOf('site', ctx.actor.id));

/**
 * Commits what an administrator of the site does, if the actor is one at that very moment; else refuses (`forbidden`), and
 * nothing is written.
 */
export function commitForSite(
  ctx: SignedIn,
  statements: Batch,
  { refusal, ...options }: CommitOptions = {},
): Promise<Committed> {
  allow(ctx, 'site.administer');
  return ctx.commit([stillAdministersSite(ctx), ...statements], {
    ...options,
    refusal: async () => {
      const [now] = await ctx.db
        .select({ still: sql<number>`${isActiveAdministratorOf('site', ctx.actor.id)}`.as('still') })
        .from(sql`(select 1)`);
      if (now!.still !== 1 || !refusal) return new Refusal('forbidden');
      return typeof refusal === 'function' ? refusal() : refusal;
    },
  });
}
