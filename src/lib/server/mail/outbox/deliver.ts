/** A claim decides who sends a mail. These writes record what the mail server said, so they bypass ctx.commit. */
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { defaultLocale, isLocale } from '../../../messages';
import { DAY, MINUTE, SECOND } from '../../../time';
import type { Ctx, Statement } from '../../context';
import { unseal } from '../../crypto';
import { describeError, log } from '../../log';
import { mail } from '../../schema';
import { keptWhenFailed, render, unsubscribeLinkOf, type MailMessage } from '../messages';
import { noBrand, type Brand } from '../layout/brand';
import { readBrand } from './brand';
import { refundMails } from './counted';
import { send, type FailReason, type Outcome, type OutgoingMail, type RetryReason } from '../transport';

/** After this the outcome of a claimed mail is unknown. */
export const LEASE = 2 * MINUTE;
const FIRST_RETRY = 30 * SECOND;
const LONGEST_RETRY = 30 * MINUTE;
const GIVE_UP_AFTER = DAY;
/** A Worker may open six connections; the database needs the rest. */
const CONCURRENCY = 4;

type Mail = typeof mail.$inferSelect;

/** Values of `mail.failure`, each with a sentence `mail.failure.<value>`. */
export type Failure =
  | RetryReason
  | FailReason
  | 'gave-up'
  | 'unknown-outcome'
  | 'unreadable'
  | 'bounced'
  | 'too-late'
  | 'replaced'
  | 'withdrawn';

/** `busy`: another delivery is sending it. `gone`: no such mail. */
export type Delivery = 'sent' | 'queued' | 'failed' | 'dropped' | 'busy' | 'gone';

/** Only the caller whose update claims the row sends. If the lease ends while `sending`, it may or may not have been sent. */
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
        // While it is being sent, this is the end of its lease.
        lte(mail.nextAttemptAt, ctx.now),
      ),
    )
    .returning();
  if (!row) return currentState(ctx, id);
  if (outOfTries(row)) return finish(ctx, row, 'failed', 'unknown-outcome');
  if (row.dropAfterAt !== null && row.dropAfterAt <= ctx.now) return finish(ctx, row, 'dropped', 'too-late');
  const brand = await readBrand(ctx).catch((error: unknown) => {
    log(`mail ${id}: sent without the company’s logo and colour`, error);
    return noBrand;
  });
  let outgoing;
  try {
    outgoing = await unsealed(ctx, row, brand);
  } catch (error) {
    return finish(ctx, row, 'failed', 'unreadable', describeError(error).split('\n')[0]);
  }
  return recordOutcome(ctx, row, await send(ctx, outgoing, { timeoutMs }));
}

/** After an unknown outcome one more try; none for a code, since two code mails confuse. */
const outOfTries = (row: Pick<Mail, 'kind' | 'unknowns'>): boolean =>
  row.unknowns > (row.kind === 'code' ? 0 : 1);

async function currentState(ctx: Ctx, id: string): Promise<Delivery> {
  const [row] = await ctx.db.select({ status: mail.status }).from(mail).where(eq(mail.id, id));
  if (!row) return 'gone';
  return row.status === 'sending' ? 'busy' : row.status;
}

/** What it throws is final, so it reads nothing. */
async function unsealed(ctx: Ctx, row: Mail, brand: Brand): Promise<OutgoingMail> {
  const message = JSON.parse(await unseal(ctx.config.secret, 'mail', row.sealed ?? '')) as MailMessage;
  return {
    id: row.id,
    to: row.toEmail,
    ...(await render(message, isLocale(row.locale) ? row.locale : defaultLocale, brand)),
    resent: row.unknowns > 0,
    unsubscribe: unsubscribeLinkOf(message),
  };
}

async function recordOutcome(ctx: Ctx, row: Mail, result: Outcome): Promise<Delivery> {
  switch (result.outcome) {
    case 'sent':
      return finish(ctx, row, 'sent', null, null, result.statements);
    case 'failed':
      return finish(ctx, row, 'failed', result.reason, result.detail);
    case 'retry': {
      const backOff = Math.min(FIRST_RETRY * 2 ** Math.min(row.attempts - 1, 20), LONGEST_RETRY);
      if (ctx.now - (row.sentAgainAt ?? row.createdAt) >= GIVE_UP_AFTER)
        return finish(ctx, row, 'failed', 'gave-up', result.detail);
      const delay = Math.min(Math.max(backOff, result.afterMs ?? 0), GIVE_UP_AFTER);
      return retryLater(ctx, row, delay, result.reason, result.detail);
    }
    case 'unknown': {
      const counted = { ...row, unknowns: row.unknowns + 1 };
      if (outOfTries(counted)) return finish(ctx, counted, 'failed', 'unknown-outcome', result.detail);
      return retryLater(ctx, counted, LEASE, 'unknown-outcome', result.detail);
    }
  }
}

/** A later claim has another attempt number. */
const stillClaimed = (row: Mail) =>
  and(eq(mail.id, row.id), eq(mail.status, 'sending'), eq(mail.attempts, row.attempts));

async function retryLater(
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
    .where(stillClaimed(row));
  return 'queued';
}

/** Of a link or a code that would be dead by then, nothing is kept. */
const mayBeSentAgain = (row: Mail, status: Mail['status'], failure: Failure | null): boolean =>
  status === 'failed' && failure !== 'unreadable' && keptWhenFailed(row.kind);

async function finish(
  ctx: Ctx,
  row: Mail,
  status: 'sent' | 'failed' | 'dropped',
  failure: Failure | null,
  detail: string | null = null,
  statements: Statement[] = [],
): Promise<Delivery> {
  const mark = ctx.db
    .update(mail)
    .set({
      status,
      ...(!mayBeSentAgain(row, status, failure) && { sealed: null }),
      finishedAt: ctx.now,
      unknowns: row.unknowns,
      failure,
      failureDetail: shortened(detail),
    })
    .where(stillClaimed(row));
  const neverLeft = status !== 'sent' && row.unknowns === 0;
  await ctx.db.batch(
    neverLeft ? [refundMails(ctx, stillClaimed(row)!), mark, ...statements] : [mark, ...statements],
  );
  return status;
}

export const shortened = (detail: string | null): string | null =>
  detail === null ? null : [...detail].slice(0, 300).join('');

export async function deliverMany(ctx: Ctx, ids: string[]): Promise<string[]> {
  const startedAt = Date.now();
  const waiting = [...ids];
  const brokenOff: string[] = [];
  const work = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      // Claims count from now: behind slow mails, a lease from the start of the run would already be over.
      const current: Ctx = { ...ctx, now: ctx.now + (Date.now() - startedAt) };
      try {
        await deliver(current, id);
      } catch (error) {
        log(`mail ${id}: delivery broke off`, error);
        brokenOff.push(id);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return brokenOff;
}
