/**
 * Who may be invited, the same when making, resending, copying and accepting. In SQL, so that the write itself decides. What only
 * inviting checks is in reasons.ts.
 */
import { sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import { must, type Batch, type Ctx, type SignedIn, type Statement } from '../context';
import { domainFits } from '../settings';

/** Without a space, of the site. */
const mayInvite = (who: SQL, spaceId: SQL): SQL<number> => sql`iif(${spaceId} is null,
  ${access.isActiveAdministratorOf('site', who)},
  ${access.isActiveAdministratorOf(spaceId, who)}
    and exists (select 1 from space s where s.id = ${spaceId} and s.deleted_at is null))`;

const column = (of: string, name: string) => sql.raw(`${of}.${name}`);

export const inviterMayInvite = (of = 'invitation'): SQL<number> =>
  mayInvite(column(of, 'invited_by'), column(of, 'space_id'));

/** Invitations of users have no rule of domains. */
export const domainStillAllowed = (of = 'invitation'): SQL<number> =>
  sql`(${column(of, 'space_id')} is null or ${domainFits(column(of, 'email'))})`;

/** Whether anybody can send a new link. */
export const somebodyMayInvite = (
  of = 'invitation',
): SQL<number> => sql`iif(${column(of, 'space_id')} is null,
  ${access.hasActiveAdministrator('site')}, ${access.hasActiveAdministrator(column(of, 'space_id'))})`;

/** Acceptable, if its inviter may invite. */
export const standing = (ctx: Ctx, of = 'invitation'): SQL<number> =>
  sql`(${column(of, 'status')} = 'invited' and ${column(of, 'expires_at')} > ${ctx.now} and ${domainStillAllowed(of)}
    and (${column(of, 'access_ends_at')} is null or ${column(of, 'access_ends_at')} > ${ctx.now}))`;

export const acceptable = (ctx: Ctx, of = 'invitation'): SQL<number> =>
  sql`(${standing(ctx, of)} and ${inviterMayInvite(of)})`;

export const actorMayInvite = (ctx: SignedIn, spaceId: number | null): Batch => [
  must(ctx, mayInvite(sql`${ctx.actor.id}`, sql`${spaceId}`)),
  access.notArchived(ctx, spaceId),
];

export const stillAcceptable = (ctx: Ctx, id: string, version: number): Statement =>
  must(
    ctx,
    sql`exists (select 1 from invitation where id = ${id} and version = ${version} and ${acceptable(ctx)})`,
  );
