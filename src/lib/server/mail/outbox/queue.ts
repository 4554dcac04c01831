import { sql, type SQL } from 'drizzle-orm';
import type { Locale } from '../../../messages';
import type { Ctx, Statement } from '../../context';
import { randomId, seal } from '../../crypto';
import type { ThrottleKey } from '../../rate-limit';
import { mail } from '../../schema';
import { droppedWhenRemoved, type MailMessage } from '../messages';
import { refundMails } from './counted';
import { deliver, deliverMany, type Failure } from './deliver';

/** sendBatch takes 100 messages; a value bound in D1 must stay well below 2 MB. */
const CHUNK_ROWS = 100;
const CHUNK_BYTES = 1_400_000;

export interface QueuedMail {
  /** Of the form that asks for it, so that a second post makes no second mail. */
  id?: string;
  to: string;
  locale: Locale;
  message: MailMessage;
  /** Of which it speaks; absent if of none, or of several. */
  spaceId?: number | null;
  userId?: string;
  invitationId?: string;
  dropAfterAt?: number;
  /** Given back if the mail never leaves. */
  countedOn?: ThrottleKey[];
  nudge?: boolean;
}

export async function queue(ctx: Ctx, item: QueuedMail): Promise<{ id: string; statement: Statement }> {
  const row = await newRow(ctx, item);
  if (item.nudge !== false) ctx.afterCommit((system) => nudge(system, row.id));
  return { id: row.id, statement: ctx.db.insert(mail).values(row) };
}

export async function queueMany(
  ctx: Ctx,
  list: QueuedMail[],
): Promise<{ ids: string[]; statements: Statement[] }> {
  const rows = await Promise.all(list.map((item) => newRow(ctx, item)));
  const toNudge = rows.filter((_row, i) => list[i]!.nudge !== false).map((row) => row.id);
  if (toNudge.length) ctx.afterCommit((system) => nudgeMany(system, toNudge));
  const field = (name: string) => sql.raw(`value ->> '$.${name}'`);
  const statements = jsonChunks(rows.map((row) => JSON.stringify(row))).map((json) =>
    ctx.db.run(sql`
      insert into ${mail} (id, kind, to_email, locale, sealed, status, next_attempt_at, drop_after_at, space_id, user_id, invitation_id, counted_on, created_at)
      select ${field('id')}, ${field('kind')}, ${field('toEmail')}, ${field('locale')}, ${field('sealed')}, ${field('status')},
        ${field('nextAttemptAt')}, ${field('dropAfterAt')}, ${field('spaceId')}, ${field('userId')}, ${field('invitationId')}, ${field('countedOn')}, ${field('createdAt')}
      from json_each(${json})`),
  );
  return { ids: rows.map((row) => row.id), statements };
}

const newRow = async (ctx: Ctx, item: QueuedMail) => ({
  id: item.id ?? randomId(),
  kind: item.message.kind,
  toEmail: item.to,
  locale: item.locale,
  sealed: await seal(ctx.config.secret, 'mail', JSON.stringify(item.message)),
  status: 'queued' as const,
  nextAttemptAt: ctx.now,
  dropAfterAt: item.dropAfterAt ?? null,
  spaceId: item.spaceId ?? null,
  userId: item.userId ?? null,
  invitationId: item.invitationId ?? null,
  countedOn: item.countedOn ? JSON.stringify(item.countedOn.flat()) : null,
  createdAt: ctx.now,
});

function jsonChunks(rows: string[]): string[] {
  const chunks: string[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = new TextEncoder().encode(row).length + 1;
    const last = chunks.at(-1);
    if (!last || last.length === CHUNK_ROWS || bytes + size > CHUNK_BYTES) {
      chunks.push([row]);
      bytes = size;
    } else {
      last.push(row);
      bytes += size;
    }
  }
  return chunks.map((chunk) => `[${chunk.join(',')}]`);
}

/** Drops waiting mails whose links are dead. Comes before statements that count new ones. */
export const dropWaiting = (ctx: Ctx, invitationIds: string[]): Statement[] =>
  dropOfInvitations(ctx, sql`select value from json_each(${JSON.stringify(invitationIds)})`);

/** @param ids a select */
export const dropOfInvitations = (ctx: Ctx, ids: SQL): Statement[] =>
  drop(ctx, 'replaced', sql`mail.invitation_id in (${ids})`);

/** Drops waiting mails of a space that was put into the trash. */
export const dropOfSpace = (ctx: Ctx, spaceId: number): Statement[] =>
  // The second condition is for the index `mail_under_way_in_space`.
  drop(ctx, 'withdrawn', sql`mail.space_id = ${spaceId} and mail.status in ('queued', 'sending')`);

/** Drops waiting mails with words of a space that somebody has lost; also those of several spaces, which are in the portal. */
export const dropOfRemoved = (ctx: Ctx, spaceId: number, userId: string): Statement[] =>
  drop(
    ctx,
    'withdrawn',
    sql`mail.user_id = ${userId} and (mail.space_id = ${spaceId} or mail.space_id is null)
      and mail.kind in (select value from json_each(${JSON.stringify(droppedWhenRemoved)}))`,
  );

/** Drops waiting mails whose link is dead. @param ids a select */
export const dropReplaced = (ctx: Ctx, ids: SQL): Statement[] =>
  drop(ctx, 'replaced', sql`mail.id in (${ids})`);

/** What waits with words of spaces follows its reader to a new address; the rest speaks of the old one. */
export const redirect = (ctx: Ctx, userId: string, to: string): Statement =>
  ctx.db.run(sql`
    update mail set to_email = ${to} where user_id = ${userId} and status = 'queued'
      and kind in (select value from json_each(${JSON.stringify(droppedWhenRemoved)}))`);

/** Codes of a sign-up are mails to nobody known; once there is an account, they are its own. */
export const adopt = (ctx: Ctx, userId: string, to: string): Statement =>
  ctx.db.run(
    sql`update mail set user_id = ${userId} where kind = 'code' and user_id is null and to_email = ${to}`,
  );

/** Of a person who is erased: what waits is not sent, and no line stays. Also gives back what they counted. */
export const forget = (ctx: Ctx, which: SQL): Statement[] => [
  refundMails(ctx, sql`mail.status = 'queued' and ${which}`),
  ctx.db.run(sql`delete from mail where ${which}`),
];

/** Also gives back what they counted. */
function drop(ctx: Ctx, failure: Failure, which: SQL): Statement[] {
  const waiting = sql`mail.status = 'queued' and ${which}`;
  return [
    refundMails(ctx, waiting),
    ctx.db.run(sql`
      update mail set status = 'dropped', sealed = null, failure = ${failure}, finished_at = ${ctx.now}
      where ${waiting}`),
    // Failed before: nobody sends these again.
    ctx.db.run(
      sql`update mail set sealed = null where mail.status = 'failed' and mail.sealed is not null and ${which}`,
    ),
  ];
}

/**
 * Failed mails whose content is kept go out again; `changes()` says how many. Those with an unknown outcome are marked as possible
 * duplicates.
 */
export function requeue(ctx: Ctx, ids: string[]): Statement {
  ctx.afterCommit((system) => nudgeMany(system, ids));
  return ctx.db.run(sql`
    update mail set status = 'queued', next_attempt_at = ${ctx.now}, sent_again_at = ${ctx.now}, attempts = 0,
      unknowns = min(unknowns, 1), counted_on = null, failure = null, failure_detail = null, finished_at = null
    where mail.id in (select value from json_each(${JSON.stringify(ids)}))
      and mail.status = 'failed' and mail.sealed is not null`);
}

/** `vite dev` has no queue consumer, so mail is delivered at once there. @param delaySeconds before the next try */
export const nudge = (ctx: Ctx, id: string, delaySeconds = 0): Promise<unknown> =>
  ctx.config.inlineMail ? deliver(ctx, id) : ctx.queue.send({ mailId: id }, { delaySeconds });

async function nudgeMany(ctx: Ctx, ids: string[]): Promise<void> {
  if (ctx.config.inlineMail) return void (await deliverMany(ctx, ids));
  for (let i = 0; i < ids.length; i += CHUNK_ROWS)
    await ctx.queue.sendBatch(ids.slice(i, i + CHUNK_ROWS).map((mailId) => ({ body: { mailId } })));
}
