/**
 * Who may be invited, the same when making, resending, copying and accepting. In SQL, so that the write itself decides. What only
 * inviting checks is in reasons.ts.
 */
import { sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import { must, type Batch, type Ctx, type SignedIn, type Statement } from '../context';

/** Without a space, of the site. */
const mayInvite = (who: SQL, spaceId: SQL): SQL<number> => sql`iif(${spaceId} is null,
  ${access.isActiveAdministratorOf('site', who)},
  ${access.isActiveAdministratorOf(spaceId, who)}
    and exists (select 1 from space s where s.id = ${spaceId} and s.deleted_at is null))`;

/** `fitsDomains` in addresses.ts is the same rule. @param rules instead of the settings */
export const domainFits = (email: SQL, rules?: string[]): SQL<number> => {
  const rule = sql`rtrim(lower(d.value), '.')`;
  const domain = sql`substr(${email}, instr(${email}, '@') + 1)`;
  const all = rules
    ? sql`from json_each(${JSON.stringify(rules)}) d where 1`
    : sql`from setting rules, json_each(rules.value) d where rules.key = 'allowedDomains'`;
  return sql`(not exists (select 1 ${all}) or exists (select 1 ${all} and (${domain} = ${rule}
    or (${rule} like '*.%' and substr(${domain}, 1 - length(${rule})) = substr(${rule}, 2)))))`;
};

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

export const acceptable = (ctx: Ctx, of = 'invitation'): SQL<number> =>
  sql`(${column(of, 'status')} = 'invited' and ${column(of, 'expires_at')} > ${ctx.now}
    and ${inviterMayInvite(of)} and ${domainStillAllowed(of)})`;

export const actorMayInvite = (ctx: SignedIn, spaceId: number | null): Batch => [
  must(ctx, mayInvite(sql`${ctx.actor.id}`, sql`${spaceId}`)),
  access.notArchived(ctx, spaceId),
];

export const stillAcceptable = (ctx: Ctx, id: string, version: number): Statement =>
  must(
    ctx,
    sql`exists (select 1 from invitation where id = ${id} and version = ${version} and ${acceptable(ctx)})`,
  );
