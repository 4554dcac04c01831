/** What is too much for one batch goes on afterwards, and every minute, until nothing is left. Then the person gets their last mail. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as auditLog from '../../audit-log';
import { changed, must, type Ctx, type ResultOf, type Statement } from '../../context';
import { unseal } from '../../crypto';
import * as outbox from '../../mail/outbox';
import { system } from '../../events';
import { erasure, user } from '../../schema';
import * as settings from '../../settings';
import { ending, sealed, type LastMail } from './account';
import { piece } from './rows';

const PEOPLE = 5;
/** Batches for each of them in one run. */
const ROUNDS = 10;
const ENTRIES = 500;

type Erasure = typeof erasure.$inferSelect;

/** Null if the site's secret was changed: then the last mail is not sent. */
const lastMailOf = async (ctx: Ctx, { sealed }: Erasure): Promise<LastMail | null> =>
  sealed === null
    ? null
    : unseal(ctx.config.secret, 'erasure', sealed)
        .then((text) => JSON.parse(text) as LastMail)
        .catch(() => null);

/** Cron, or right after the commit that began it. @param userId only of this person */
export async function goOn(ctx: Ctx, userId?: string): Promise<void> {
  const due = await ctx.db
    .select()
    .from(erasure)
    .where(and(sql`done_at is null`, userId === undefined ? undefined : eq(erasure.userId, userId)))
    .orderBy(erasure.at)
    .limit(PEOPLE);
  for (const one of due) await finish(ctx, (await replayed(ctx, one)) ?? one);
}

/** After a restore somebody may be back who was erased (docs/erasure.md): again, without a second last mail. */
async function replayed(ctx: Ctx, { userId }: Erasure): Promise<Erasure | undefined> {
  const [back] = await ctx.db
    .select()
    .from(user)
    .where(and(eq(user.id, userId), isNull(user.erasedAt)));
  if (!back) return;
  const row = ctx.db
    .update(erasure)
    .set({ sealed: await sealed(ctx, back), mailedAt: ctx.now })
    .where(eq(erasure.userId, userId));
  await ctx.commit(ending(ctx, back, system, row));
  return (await ctx.db.select().from(erasure).where(eq(erasure.userId, userId)))[0];
}

async function finish(ctx: Ctx, one: Erasure): Promise<void> {
  const { userId } = one;
  const last = await lastMailOf(ctx, one);
  let place = { at: one.auditAt, id: one.auditId };
  for (let round = 0; ; round++) {
    if (round === ROUNDS) return;
    const more = await eraseMore(ctx, userId, last?.email ?? '', place);
    if (!more) break;
    place = more;
  }
  if (one.mailedAt === null) return last ? write(ctx, one, last) : end(ctx, userId);
  // No line about the last mail stays, once it was sent or given up.
  const waiting = sql`select 1 from mail where user_id = ${userId} and status in ('queued', 'sending')`;
  const [still] = await ctx.db.all(waiting);
  if (!still) await end(ctx, userId);
}

/** One batch. @returns where the next goes on; null if nothing is left */
async function eraseMore(
  ctx: Ctx,
  userId: string,
  email: string,
  place: auditLog.Place,
): Promise<auditLog.Place | null> {
  const { statements, isMore } = piece(ctx, userId);
  const audit = await auditLog.empty(ctx, { userId, email }, place, ENTRIES);
  const next = audit?.last ?? place;
  const committed = await ctx.commit(
    [
      ...statements,
      audit && [
        ...audit.statements,
        ctx.db
          .update(erasure)
          .set({
            auditAt: next.at,
            auditId: next.id,
            counts: sql`json_set(counts, '$.audit', coalesce(counts ->> '$.audit', 0) + ${audit.emptied})`,
          })
          .where(eq(erasure.userId, userId)),
      ],
    ],
    // An entry was sealed meanwhile: the next run takes it.
    { refusal: () => null },
  );
  if (!committed.done) return place;
  const changes = (of: Statement) => (committed.of(of) as ResultOf<Statement> as D1Result).meta.changes;
  // Until older seals are made anew, the audit waits.
  return audit === null || audit.last !== null || isMore(changes) ? next : null;
}

async function write(ctx: Ctx, { userId, kind, at }: Erasure, last: LastMail): Promise<void> {
  const [now] = await ctx.db
    .select({ counts: erasure.counts })
    .from(erasure)
    .where(eq(erasure.userId, userId));
  const mail = await outbox.queue(ctx, {
    to: last.to,
    locale: last.locale,
    message: {
      kind: 'erased',
      siteName: (await settings.read(ctx)).siteName,
      guest: kind === 'guest',
      counts: now!.counts,
      at,
      timeZone: last.zone ?? 'UTC',
    },
    userId,
  });
  await ctx.commit(
    [
      ctx.db
        .update(erasure)
        .set({ mailedAt: ctx.now })
        .where(and(eq(erasure.userId, userId), isNull(erasure.mailedAt))),
      must(ctx, changed()),
      mail.statement,
    ],
    // Another run was faster.
    { refusal: () => null },
  );
}

async function end(ctx: Ctx, userId: string): Promise<void> {
  await ctx.commit([
    outbox.forget(ctx, sql`mail.user_id = ${userId}`),
    // By which their entries of the audit were found.
    ctx.db.run(sql`update invitation set formerly_for = null where formerly_for = ${userId}`),
    ctx.db.update(erasure).set({ doneAt: ctx.now, sealed: null }).where(eq(erasure.userId, userId)),
  ]);
}
