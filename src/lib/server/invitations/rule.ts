/**
 * Who may be invited: the one rule that is asked when an invitation is made, sent again, copied and taken. Whoever invites
 * must be allowed to at that moment, and a guest's address must be of a domain that the site allows. What only inviting
 * asks besides (limits, whose address it is) stands in send.ts.
 *
 * Everything is a condition in SQL, so that the write which hangs on it decides, whatever was read before.
 */
import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import * as access from '../access';
import { must, type Ctx, type SignedIn, type Statement } from '../context';
import { invitation, user } from '../schema';

/** Whether somebody may invite: into a space as its administrator, to the site (`null`) as an administrator of it. */
const mayInvite = (who: SQL, spaceId: SQL): SQL<number> => sql`iif(${spaceId} is null,
  ${access.isActiveAdministratorOf('site', who)},
  ${access.isActiveAdministratorOf(spaceId, who)}
    and exists (select 1 from space s where s.id = ${spaceId} and s.deleted_at is null))`;

/**
 * Whether a guest's address fits the rule of domains. `fitsDomains` of addresses.ts says the same.
 * @param rules other rules than those of the settings as they are
 */
export const domainFits = (email: SQL, rules?: string[]): SQL<number> => {
  const rule = sql`rtrim(lower(d.value), '.')`;
  const domain = sql`substr(${email}, instr(${email}, '@') + 1)`;
  const all = rules
    ? sql`from json_each(${JSON.stringify(rules)}) d where 1`
    : sql`from setting rules, json_each(rules.value) d where rules.key = 'allowedDomains'`;
  return sql`(not exists (select 1 ${all}) or exists (select 1 ${all} and (${domain} = ${rule}
    or (${rule} like '*.%' and substr(${domain}, 1 - length(${rule})) = substr(${rule}, 2)))))`;
};

/** What a new rule of domains would do. */
export interface DomainEffect {
  /** Open invitations that could not be taken any more. */
  invitations: number;
  /** Guests of some space whose address does not fit. They stay. */
  guests: number;
}

/** What would change for people who are invited or here, if these were the rules; null when nothing would. */
export async function effectOfDomains(ctx: Ctx, rules: string[]): Promise<DomainEffect | null> {
  const fits = domainFits(sql`email`, rules);
  const {
    invitations: [invitations],
    guests: [guests],
  } = await ctx.read({
    invitations: ctx.db
      .select({ count: sql<number>`count(*)` })
      .from(invitation)
      .where(
        and(eq(invitation.status, 'invited'), isNotNull(invitation.spaceId), takeable(ctx), sql`not ${fits}`),
      ),
    guests: ctx.db
      .select({
        outside: sql<number>`count(*)`,
        newly: sql<number>`coalesce(sum(${domainFits(sql`email`)}), 0)`,
      })
      .from(user)
      .where(
        and(
          eq(user.kind, 'guest'),
          eq(user.status, 'active'),
          sql`not ${fits}`,
          sql`exists (select 1 from membership m where m.user_id = user.id)`,
        ),
      ),
  });
  if (invitations!.count + guests!.newly === 0) return null;
  return { invitations: invitations!.count, guests: guests!.outside };
}

const column = (of: string, name: string) => sql.raw(`${of}.${name}`);

/** Whether whoever sent this invitation may invite still. @param of the table's name or alias */
export const inviterMay = (of = 'invitation'): SQL<number> =>
  mayInvite(column(of, 'invited_by'), column(of, 'space_id'));

/** Whether the address of this invitation may be invited still. Users of the company have no rule. */
export const domainMay = (of = 'invitation'): SQL<number> =>
  sql`(${column(of, 'space_id')} is null or ${domainFits(column(of, 'email'))})`;

/** Whether somebody can send a new link at all. */
export const anybodyMay = (of = 'invitation'): SQL<number> => sql`iif(${column(of, 'space_id')} is null,
  ${access.hasActiveAdministrator('site')}, ${access.hasActiveAdministrator(column(of, 'space_id'))})`;

/** Whether an invitation can be taken now. */
export const takeable = (ctx: Ctx, of = 'invitation'): SQL<number> =>
  sql`(${column(of, 'status')} = 'invited' and ${column(of, 'expires_at')} > ${ctx.now}
    and ${inviterMay(of)} and ${domainMay(of)})`;

/** Undoes the batch unless the actor may invite at this very moment. */
export const actorMay = (ctx: SignedIn, spaceId: number | null): Statement =>
  must(ctx, mayInvite(sql`${ctx.actor.id}`, sql`${spaceId}`));

/** Undoes the batch unless this invitation, in this version, can be taken at this very moment. */
export const stillTakeable = (ctx: Ctx, id: string, version: number): Statement =>
  must(
    ctx,
    sql`exists (select 1 from invitation where id = ${id} and version = ${version} and ${takeable(ctx)})`,
  );
