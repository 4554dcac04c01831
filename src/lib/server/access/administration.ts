/** Only active users count, whatever other rows say. Rights may end during a request, so writes ask again in their own batch. */
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

/** A space, by id or column, or the site. */
type Where = number | SQL | 'site';

const ids = (where: Where, also: SQL = sql``): SQL =>
  where === 'site'
    ? sql`(select au.id from user au
        where au.administrator = 1 and au.status = 'active' and au.kind = 'user' ${also})`
    : sql`(select au.id from membership am join user au on au.id = am.user_id
        where am.space_id = ${where} and am.administrator = 1 and au.kind = 'user' and au.status = 'active' ${also})`;

export const activeAdministratorsOf = (where: Where): SQL => ids(where);

export const isActiveAdministratorOf = (where: Where, who: string | SQL): SQL =>
  sql`exists ${ids(where, sql`and au.id = ${who}`)}`;

/** SQL, for the actor's own row of `membership`. The actor is active, so no more rows are read. */
export const administersHere = ({ actor }: SignedIn): SQL =>
  actor.kind === 'user' ? sql`(membership.administrator = 1)` : sql`0`;

/** @param except somebody who does not count */
export const hasActiveAdministrator = (where: Where, except?: string): SQL =>
  sql`exists ${ids(where, except === undefined ? sql`` : sql`and au.id <> ${except}`)}`;

export const stillAdministersSite = (ctx: SignedIn): Statement =>
  must(ctx, isActiveAdministratorOf('site', ctx.actor.id));

/** Undoes the batch unless the actor may still create spaces. */
export const stillCreatesSpaces = (ctx: SignedIn): Statement => must(ctx, createsSpaces(ctx));

const createsSpaces = ({ actor }: SignedIn): SQL<number> =>
  sql`exists (select 1 from user au where au.id = ${actor.id} and au.kind = 'user' and au.status = 'active'
    and (au.administrator = 1 or case (select value from setting where key = 'spaceCreators')
      when '"everyone"' then 1 when '"administrators"' then 0 else au.can_create_spaces end = 1))`;

/** For the refusal of a batch with `stillCreatesSpaces`: forbidden, or else. */
export async function notCreating(ctx: SignedIn, otherwise: Refusal): Promise<Refusal> {
  const [now] = await ctx.db.select({ still: createsSpaces(ctx).as('still') }).from(sql`(select 1)`);
  return now!.still === 1 ? otherwise : new Refusal('forbidden');
}

/** Commits only if the actor administers the site at that moment; otherwise refuses (`forbidden`) and writes nothing. */
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
