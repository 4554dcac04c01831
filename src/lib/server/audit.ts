/** Who did what. Entries are written in the batch of the change. */
import { sql, type SQL } from 'drizzle-orm';
import { HOUR } from '../time';
import type { Ctx, Statement } from './context';
import { keyedBytes } from './crypto';
import { clientIpGroup } from './rate-limit';
import { auditEntry } from './schema';

export interface By {
  id: string | null;
  name: string;
}

export const entry = (
  ctx: Ctx,
  action: string,
  subject: string | SQL,
  detail: Record<string, unknown> = {},
  spaceId: number | SQL | null = null,
  actor: By | null = ctx.actor,
): Statement =>
  ctx.db.insert(auditEntry).values({
    at: ctx.now,
    action,
    actorId: actor?.id ?? null,
    actorName: actor?.name ?? 'Foyer',
    subject,
    spaceId,
    detail,
    ip: ctx.ip,
  });

/** One statement. @param rows a select of `subject`, `space_id` and `detail` (JSON) */
export const entries = (ctx: Ctx, action: string | SQL, rows: SQL): Statement =>
  ctx.db.run(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
    select ${ctx.now}, ${action}, ${ctx.actor?.id ?? null}, ${ctx.actor?.name ?? 'Foyer'}, subject, space_id, detail, ${ctx.ip}
    from (${rows})`);

/** Somebody who has not proved who they are. */
export const nobody: By = { id: null, name: '' };

/** One row per hour and subject, with a count, so that nobody can flood the audit. */
export const tally = (
  ctx: Ctx,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
  actor: By | null = ctx.actor,
): Statement => {
  const row = `${action} ${subject} ${actor?.id ?? ''} ${Math.floor(ctx.now / HOUR)}`;
  return ctx.db.run(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, detail, ip, tally, last_at)
    values (${ctx.now}, ${action}, ${actor?.id ?? null}, ${actor?.name ?? 'Foyer'}, ${subject}, ${JSON.stringify(detail)},
      ${ctx.ip}, ${row}, ${ctx.now})
    on conflict (tally) where tally is not null do update set count = count + 1, last_at = ${ctx.now}`);
};

/** Anybody can make up any number of names, so only the client IP address is stored, as one of 256 groups. */
export const unknownName = (ctx: Ctx): string =>
  `unknown:${keyedBytes(ctx.config.secret, 'audit', clientIpGroup(ctx.ip))[0]}`;
