/** What cron does about access that ends. Whoever is overdue reaches nothing already (`access.lasting`). */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import { changed, must, type Ctx } from '../context';
import { LostRace } from '../errors';
import { record, system } from '../events';
import * as outbox from '../mail/outbox';
import { membership, space, user } from '../schema';
import { counted } from './order';
import { endMails } from './told';

/** Before the end, the last one first. */
const REMINDERS = [
  { told: 2, before: DAY },
  { told: 1, before: 7 * DAY },
] as const;

/** @param told which reminders they have had: as in the index `membership_ending` */
const dueQuery = (ctx: Ctx, told: number[], until: number, limit: number) =>
  ctx.db
    .select({
      user,
      spaceId: membership.spaceId,
      spaceName: sql<string>`${space.name}`.as('space_name'),
      sponsorId: membership.sponsorId,
      endsAt: membership.endsAt,
      endsTold: membership.endsTold,
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .innerJoin(user, eq(user.id, membership.userId))
    .where(
      sql`membership.ends_at is not null and membership.ends_at <= ${until}
        and membership.ends_told in (${sql.raw(told.join(','))})`,
    )
    .orderBy(asc(membership.endsAt))
    .limit(limit);

/** One that is lost to somebody who moved the end just now is no failure. */
async function unlessChanged(run: () => Promise<unknown>): Promise<void> {
  await run().catch((error: unknown) => {
    if (!(error instanceof LostRace)) throw error;
  });
}

/** Moves what is over to `ended_access`, each with its event and mails. The rest follows in the next minute. @returns how many */
export async function endOverdue(ctx: Ctx, limit = 100): Promise<number> {
  const { overdue } = await ctx.read({ overdue: dueQuery(ctx, [0, 1, 2], ctx.now, limit) });
  for (const row of overdue) {
    const { spaceId, endsAt } = row;
    const userId = row.user.id;
    const here = sql`space_id = ${spaceId} and user_id = ${userId} and ends_at = ${endsAt}`;
    const mails = await endMails(ctx, spaceId, row, endsAt!, 'ended');
    await unlessChanged(() =>
      ctx.commit([
        ctx.db.run(sql`
          insert or replace into ended_access (space_id, user_id, invited_by, sponsor_id, ended_at, renewal_asked_at, renewal_declined_at,
            joined_at, last_read_at, greeted_at, muted, address)
          select space_id, user_id, invited_by, sponsor_id, ends_at, renewal_asked_at, renewal_declined_at,
            joined_at, last_read_at, greeted_at, muted, address
          from membership where ${here}`),
        ctx.db.delete(membership).where(here),
        must(ctx, changed()),
        counted(ctx, sql`${spaceId}`),
        outbox.dropOfRemoved(ctx, spaceId, userId),
        mails.statements,
        record(ctx, {
          kind: 'space.access-ended',
          subject: `user:${userId}`,
          spaceId,
          detail: { endedAt: endsAt },
          by: system,
        }),
      ]),
    );
  }
  return overdue.length;
}

/** Seven days and a day before, to both, once for each end. @returns how many */
export async function remindOfEnd(ctx: Ctx, limit = 100): Promise<number> {
  let reminded = 0;
  for (const { told, before } of REMINDERS) {
    const earlier = told === 2 ? [0, 1] : [0];
    const { rows } = await ctx.read({ rows: dueQuery(ctx, earlier, ctx.now + before, limit) });
    for (const row of rows) {
      const { spaceId, endsAt, endsTold } = row;
      if (endsAt! <= ctx.now) continue;
      const mails = await endMails(ctx, spaceId, row, endsAt!, 'soon');
      await unlessChanged(() =>
        ctx.commit([
          ctx.db
            .update(membership)
            .set({ endsTold: told })
            .where(
              sql`space_id = ${spaceId} and user_id = ${row.user.id} and ends_at = ${endsAt} and ends_told = ${endsTold}`,
            ),
          must(ctx, changed()),
          mails.statements,
        ]),
      );
      reminded++;
    }
  }
  return reminded;
}
