/**
 * The outbox: a mail is written in the same batch as the change that causes it, and delivered afterwards. The row is
 * the truth, the queue only a nudge, cron the safety net. Props are sealed at rest and erased once delivered.
 *
 * Its own writes are single statements and batches outside ctx.commit: they follow from what the mail server said,
 * and must not carry along (or wait for) what the request has pending.
 */
import { and, asc, desc, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import type { Locale, MessageKey } from '../../messages';
import { defaultLocale, isLocale } from '../../messages';
import type { Ctx, Statement } from '../context';
import { randomId, seal, unseal } from '../crypto';
import { describeError, log } from '../log';
import { mail, mailboxEntry } from '../schema';
import { render, unsubscribeOf, type MailMessage } from './messages';
import { reaches, send, type FailReason, type Outcome, type RetryReason } from './transport';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** Who claimed a mail has this long to say how it went; then its outcome is unknown. */
const LEASE = 2 * MINUTE;
const FIRST_RETRY = 30 * SECOND;
const LONGEST_RETRY = 30 * MINUTE;
const GIVE_UP_AFTER = DAY;
const KEEP = 30 * DAY;
/** A queue's sendBatch takes 100; a bound value of D1 stays well under 2 MB. */
const CHUNK_ROWS = 100;
const CHUNK_BYTES = 1_400_000;

type Mail = typeof mail.$inferSelect;

/** Why a mail was not delivered: the words in `mail.failure`, each with a sentence `mail.failure.<word>`. */
export type Failure =
  RetryReason | FailReason | 'gave-up' | 'unknown-outcome' | 'unreadable' | 'too-late' | 'replaced';

export interface QueuedMail {
  to: string;
  locale: Locale;
  message: MailMessage;
  userId?: string;
  invitationId?: string;
  /** Dropped unsent after this. */
  dropAfterAt?: number;
  /** false: the caller delivers it. */
  nudge?: boolean;
}

/** The row of a mail, as a statement for the batch of the change. Once that is committed the queue is nudged. */
export async function queue(ctx: Ctx, item: QueuedMail): Promise<{ id: string; statement: Statement }> {
  const row = await newRow(ctx, item);
  if (item.nudge !== false) ctx.afterCommit(() => nudge(ctx, row.id));
  return { id: row.id, statement: ctx.db.insert(mail).values(row) };
}

/** Many mails as few statements. */
export async function queueMany(
  ctx: Ctx,
  list: QueuedMail[],
): Promise<{ ids: string[]; statements: Statement[] }> {
  const rows = await Promise.all(list.map((item) => newRow(ctx, item)));
  const toNudge = rows.filter((_row, i) => list[i]!.nudge !== false).map((row) => row.id);
  if (toNudge.length) ctx.afterCommit(() => nudgeMany(ctx, toNudge));
  const field = (name: string) => sql.raw(`value ->> '$.${name}'`);
  const statements = inChunks(rows.map((row) => JSON.stringify(row))).map((json) =>
    ctx.db.run(sql`
      insert into ${mail} (id, kind, to_email, locale, sealed, status, next_attempt_at, drop_after_at, user_id, invitation_id, created_at)
      select ${field('id')}, ${field('kind')}, ${field('toEmail')}, ${field('locale')}, ${field('sealed')}, ${field('status')},
        ${field('nextAttemptAt')}, ${field('dropAfterAt')}, ${field('userId')}, ${field('invitationId')}, ${field('createdAt')}
      from json_each(${json})`),
  );
  return { ids: rows.map((row) => row.id), statements };
}

const newRow = async (ctx: Ctx, item: QueuedMail) => ({
  id: randomId(),
  kind: item.message.kind,
  toEmail: item.to,
  locale: item.locale,
  sealed: await seal(ctx.config.secret, 'mail', JSON.stringify(item.message)),
  status: 'queued' as const,
  nextAttemptAt: ctx.now,
  dropAfterAt: item.dropAfterAt ?? null,
  userId: item.userId ?? null,
  invitationId: item.invitationId ?? null,
  createdAt: ctx.now,
});

/** JSON arrays of at most CHUNK_ROWS rows and CHUNK_BYTES bytes. */
function inChunks(rows: string[]): string[] {
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

/** The statement that drops what still waits for these invitations, before a new mail is queued: its link is dead. */
export const dropWaiting = (ctx: Ctx, invitationIds: string[]): Statement =>
  ctx.db.run(sql`
    update mail set status = 'dropped', sealed = null, failure = 'replaced', finished_at = ${ctx.now}
    where status = 'queued' and invitation_id in (select value from json_each(${JSON.stringify(invitationIds)}))`);

/**
 * Asks the queue to deliver a mail; where no consumer runs (`vite dev`), delivers it.
 * @param delaySeconds for a mail that has just failed and may not be tried before its back-off is over
 */
export const nudge = (ctx: Ctx, id: string, delaySeconds = 0): Promise<unknown> =>
  ctx.config.inlineMail ? deliver(ctx, id) : ctx.queue.send({ mailId: id }, { delaySeconds });

/** The same for many. */
export async function nudgeMany(ctx: Ctx, ids: string[]): Promise<void> {
  if (ctx.config.inlineMail) return void (await deliverMany(ctx, ids));
  for (let i = 0; i < ids.length; i += CHUNK_ROWS)
    await ctx.queue.sendBatch(ids.slice(i, i + CHUNK_ROWS).map((mailId) => ({ body: { mailId } })));
}

/** `busy`: somebody else is sending it right now. `gone`: there is no such mail. */
export type Delivery = 'sent' | 'queued' | 'failed' | 'dropped' | 'busy' | 'gone';

/**
 * Delivers a mail if it is due, and tells where it stands. Whoever's conditional UPDATE claims the row is the one who
 * sends; for everybody else (a redelivered queue message, cron beside the queue) nothing happens.
 * The claim is a lease: a row still "sending" when it ran out was sent or not, nobody knows.
 */
export async function deliver(
  ctx: Ctx,
  id: string,
  { timeoutMs = 15 * SECOND }: { timeoutMs?: number } = {},
): Promise<Delivery> {
  const leaseUntil = ctx.now + LEASE;
  const [row] = await ctx.db
    .update(mail)
    .set({
      status: 'sending',
      attempts: sql`attempts + 1`,
      unknowns: sql`unknowns + (status = 'sending')`,
      leaseUntil,
      nextAttemptAt: leaseUntil,
    })
    .where(
      and(
        eq(mail.id, id),
        inArray(mail.status, ['queued', 'sending']),
        // Of a row that is being sent: the end of its lease.
        lte(mail.nextAttemptAt, ctx.now),
      ),
    )
    .returning();
  if (!row) return standing(ctx, id);
  if (outOfTries(row)) return finish(ctx, row, 'failed', 'unknown-outcome');
  if (row.dropAfterAt !== null && row.dropAfterAt <= ctx.now) return finish(ctx, row, 'dropped', 'too-late');
  let outgoing;
  try {
    outgoing = await open(ctx, row);
  } catch (error) {
    return finish(ctx, row, 'failed', 'unreadable', describeError(error).split('\n')[0]);
  }
  return record(ctx, row, await send(ctx, outgoing, { timeoutMs }));
}

/** After an unknown outcome a mail is sent at most once more; a code never, since a second code mail confuses. */
const outOfTries = (row: Pick<Mail, 'kind' | 'unknowns'>): boolean =>
  row.unknowns > (row.kind === 'code' ? 0 : 1);

async function standing(ctx: Ctx, id: string): Promise<Delivery> {
  const [row] = await ctx.db.select({ status: mail.status }).from(mail).where(eq(mail.id, id));
  if (!row) return 'gone';
  return row.status === 'sending' ? 'busy' : row.status;
}

/** Unseals the props and renders them. */
async function open(ctx: Ctx, row: Mail) {
  const message = JSON.parse(await unseal(ctx.config.secret, 'mail', row.sealed ?? '')) as MailMessage;
  return {
    id: row.id,
    to: row.toEmail,
    fromName: message.siteName,
    ...(await render(message, isLocale(row.locale) ? row.locale : defaultLocale)),
    resent: row.unknowns > 0,
    unsubscribe: unsubscribeOf(message),
  };
}

async function record(ctx: Ctx, row: Mail, result: Outcome): Promise<Delivery> {
  switch (result.outcome) {
    case 'sent':
      return finish(ctx, row, 'sent', null, null, result.together);
    case 'failed':
      return finish(ctx, row, 'failed', result.reason, result.detail);
    case 'retry': {
      const backOff = Math.min(FIRST_RETRY * 2 ** Math.min(row.attempts - 1, 20), LONGEST_RETRY);
      if (ctx.now - row.createdAt >= GIVE_UP_AFTER)
        return finish(ctx, row, 'failed', 'gave-up', result.detail);
      const delay = Math.min(Math.max(backOff, result.afterMs ?? 0), GIVE_UP_AFTER);
      return again(ctx, row, delay, result.reason, result.detail);
    }
    case 'unknown': {
      const unsure = { ...row, unknowns: row.unknowns + 1 };
      if (outOfTries(unsure)) return finish(ctx, unsure, 'failed', 'unknown-outcome', result.detail);
      return again(ctx, unsure, LEASE, 'unknown-outcome', result.detail);
    }
  }
}

/** Only the claim that is still ours is recorded: a later one has its own attempt number. */
const ours = (row: Mail) =>
  and(eq(mail.id, row.id), eq(mail.status, 'sending'), eq(mail.attempts, row.attempts));

async function again(
  ctx: Ctx,
  row: Mail,
  delay: number,
  failure: Failure,
  detail: string,
): Promise<Delivery> {
  await ctx.db
    .update(mail)
    .set({
      status: 'queued',
      nextAttemptAt: ctx.now + delay,
      unknowns: row.unknowns,
      failure,
      failureDetail: shortened(detail),
    })
    .where(ours(row));
  return 'queued';
}

/** The end of a mail: its props are erased. */
async function finish(
  ctx: Ctx,
  row: Mail,
  status: 'sent' | 'failed' | 'dropped',
  failure: Failure | null,
  detail: string | null = null,
  together: Statement[] = [],
): Promise<Delivery> {
  const mark = ctx.db
    .update(mail)
    .set({
      status,
      sealed: null,
      finishedAt: ctx.now,
      unknowns: row.unknowns,
      failure,
      failureDetail: shortened(detail),
    })
    .where(ours(row));
  await ctx.db.batch([mark, ...together]);
  return status;
}

const shortened = (detail: string | null): string | null =>
  detail === null ? null : [...detail].slice(0, 300).join('');

/**
 * Delivers several mails, a few at a time. Each claim counts from its own moment and not from the beginning of the
 * batch: behind slow ones a lease would be over before it began.
 * @returns the mails at which our own work broke off
 */
export async function deliverMany(ctx: Ctx, ids: string[]): Promise<string[]> {
  const began = Date.now();
  const waiting = [...ids];
  const brokenOff: string[] = [];
  // A Worker may have six connections open at a time.
  const lane = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      const later: Ctx = { ...ctx, now: ctx.now + (Date.now() - began) };
      try {
        await deliver(later, id);
      } catch (error) {
        log(`mail ${id}: delivery broke off`, error);
        brokenOff.push(id);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return brokenOff;
}

/** Cron: delivers what is due – the queue lost it, its time to try again has come, or its lease ran out. */
export async function sendDue(ctx: Ctx, limit = 200): Promise<number> {
  const due = await ctx.db
    .select({ id: mail.id })
    .from(mail)
    // In plain words, so that SQLite sees that the partial index mail_due fits.
    .where(and(sql`status in ('queued', 'sending')`, lte(mail.nextAttemptAt, ctx.now)))
    // What must not come late (codes) first.
    .orderBy(sql`drop_after_at is null`, asc(mail.nextAttemptAt))
    .limit(limit);
  await deliverMany(
    ctx,
    due.map((row) => row.id),
  );
  return due.length;
}

/** Cron: forgets mails a month after their end, a bounded number at a time. */
export async function purge(ctx: Ctx, limit = 500): Promise<void> {
  const before = ctx.now - KEEP;
  await ctx.db.batch([
    ctx.db
      .delete(mail)
      .where(
        inArray(
          mail.id,
          ctx.db.select({ id: mail.id }).from(mail).where(lt(mail.finishedAt, before)).limit(limit),
        ),
      ),
    ctx.db
      .delete(mailboxEntry)
      .where(
        inArray(
          mailboxEntry.id,
          ctx.db
            .select({ id: mailboxEntry.id })
            .from(mailboxEntry)
            .where(lt(mailboxEntry.sentAt, before))
            .limit(limit),
        ),
      ),
  ]);
}

/** Where a mail stands, for a page. */
export const deliveryState = (row: Pick<Mail, 'status'>): 'queued' | 'sent' | 'failed' | 'dropped' =>
  row.status === 'sending' ? 'queued' : row.status;

/** Failures that say something of the way out, and not of one mail or its address. */
const OF_THE_WAY = ['config', 'unreachable', 'server-error', 'gave-up', 'unknown-outcome'];

/** Whether mail leaves, as far as anybody knows: the mail server answers, and the newest mail did not fail because of it. */
export async function works(ctx: Ctx): Promise<boolean> {
  const failures = JSON.stringify(OF_THE_WAY);
  const ofTheWay = sql`failure in (select value from json_each(${failures}))`;
  const [reachable, [[finished], [waiting]]] = await Promise.all([
    reaches(ctx),
    ctx.db.batch([
      ctx.db
        .select({ at: mail.finishedAt, sent: sql<number>`status = 'sent'`.as('was_sent') })
        .from(mail)
        .where(sql`finished_at is not null and (status = 'sent' or (status = 'failed' and ${ofTheWay}))`)
        .orderBy(desc(mail.finishedAt))
        .limit(1),
      ctx.db
        .select({ at: sql<number>`lease_until - ${LEASE}`.as('tried_at') })
        .from(mail)
        .where(sql`status in ('queued', 'sending') and ${ofTheWay}`)
        .orderBy(desc(mail.nextAttemptAt))
        .limit(1),
    ]),
  ]);
  if (!reachable) return false;
  if (waiting && waiting.at >= (finished?.at ?? 0)) return false;
  return !finished || finished.sent === 1;
}

/** The sentence that says why the last try failed; null when none did. */
export const failureKey = (row: Pick<Mail, 'failure'>): MessageKey | null =>
  row.failure === null ? null : `mail.failure.${row.failure as Failure}`;
