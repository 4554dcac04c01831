/** Who did what. Entries are written in the batch of the change. */
import { and, eq, gt, sql, type SQL } from 'drizzle-orm';
import { HOUR } from '../time';
import type { Ctx, SignedIn, Statement } from './context';
import { keyedBytes } from './crypto';
import { clientIpGroup } from './rate-limit';
import { auditEntry } from './schema';

export interface By {
  id: string | null;
  name: string;
}

/** Somebody who has not proved who they are. */
export const nobody: By = { id: null, name: '' };
/** The site itself, in cron. */
export const system: By = { id: null, name: 'Foyer' };

export const entry = (
  ctx: Ctx,
  action: string,
  subject: string | SQL,
  detail: Record<string, unknown> = {},
  spaceId: number | SQL | null = null,
  by: By = ctx.actor ?? nobody,
): Statement =>
  ctx.db.insert(auditEntry).values({
    at: ctx.now,
    action,
    actorId: by.id,
    actorName: by.name,
    subject,
    spaceId,
    detail,
    ip: ctx.ip,
  });

/** For a post that comes again after it has ended the actor's own right to send it. */
export async function hasDone(
  ctx: SignedIn,
  spaceId: number,
  action: string,
  subject: string,
): Promise<boolean> {
  const [found] = await ctx.db
    .select({ id: auditEntry.id })
    .from(auditEntry)
    .where(
      and(
        eq(auditEntry.actorId, ctx.actor.id),
        eq(auditEntry.spaceId, spaceId),
        eq(auditEntry.action, action),
        eq(auditEntry.subject, subject),
        gt(auditEntry.at, ctx.now - HOUR),
      ),
    )
    .limit(1);
  return found !== undefined;
}

/** When the newest of these happened to a subject. */
export const lastOf = (spaceId: SQL, actions: string[], subject: SQL): SQL<number | null> =>
  sql`(select e.at from audit_entry e where e.space_id = ${spaceId} and e.subject = ${subject}
    and e.action in (select value from json_each(${JSON.stringify(actions)})) order by e.at desc, e.id desc limit 1)`;

/** One statement. @param rows a select of `subject`, `space_id` and `detail` (JSON) */
export const entries = (ctx: Ctx, action: string | SQL, rows: SQL, by: By = ctx.actor ?? nobody): Statement =>
  ctx.db.run(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
    select ${ctx.now}, ${action}, ${by.id}, ${by.name}, subject, space_id, detail, ${ctx.ip}
    from (${rows})`);

/** A row that is sealed counts no more (audit-log/chain.ts). What comes after it in the same hour gets a row of its own. */
const open = (row: string): SQL => sql`${row} || (
  select iif(count(*) = 0, '', ' ' || count(*)) from audit_entry
  where (tally = ${row} or (tally > ${`${row} `} and tally < ${`${row}!`}))
    and id <= coalesce((select up_to from audit_seal order by after_id desc limit 1), 0))`;

/** One row per hour and subject, with a count, so that nobody can flood the audit. */
export const tally = (
  ctx: Ctx,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
  spaceId: number | SQL | null = null,
  by: By = ctx.actor ?? nobody,
): Statement => {
  const row = `${action} ${subject} ${by.id ?? ''} ${Math.floor(ctx.now / HOUR)}`;
  return ctx.db.run(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, last_at)
    values (${ctx.now}, ${action}, ${by.id}, ${by.name}, ${subject}, ${spaceId}, ${JSON.stringify(detail)},
      ${ctx.ip}, ${open(row)}, ${ctx.now})
    on conflict (tally) where tally is not null do update set count = count + 1, last_at = ${ctx.now}`);
};

/** Anybody can make up any number of names, so only the client IP address is stored, as one of 256 groups. */
export const unknownName = (ctx: Ctx): string => `unknown:${addressGroup(ctx)}`;

/** The subject of a locked client IP address. */
export const clientAddress = (ctx: Ctx): string => `address:${addressGroup(ctx)}`;

const addressGroup = (ctx: Ctx): number => keyedBytes(ctx.config.secret, 'audit', clientIpGroup(ctx.ip))[0]!;
