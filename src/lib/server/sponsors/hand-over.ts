/** Whoever goes hands the guests they answer for to somebody else. */
import { eq, sql } from 'drizzle-orm';
import type { Ctx, Statement } from '../context';
import { recordRows } from '../events';
import { isOpenInvitation, user } from '../schema';
import { answersIn } from './rule';

/** Guests that are counted. Of more, the words say so. */
export const COUNTED = 1_000;
const SPACES = 20;
const OFFERED = 20;

/** How many guests somebody answers for, and who runs their spaces. For a batch. */
export const ofUser = (ctx: Ctx, userId: string) => ({
  guests: ctx.db.select({ count: sql<number>`count(*)`.as('guests_count') }).from(
    sql`(select 1 from membership m join space s on s.id = m.space_id and s.deleted_at is null
        where m.sponsor_id = ${userId} limit ${sql.raw(String(COUNTED + 1))})`,
  ),
  // In most of these spaces first.
  offered: ctx.db
    .select({ id: user.id, name: user.name, email: user.email })
    .from(
      sql`(select distinct space_id from membership where sponsor_id = ${userId} limit ${sql.raw(String(SPACES))}) there
        join membership am on am.space_id = there.space_id and am.administrator = 1`,
    )
    .innerJoin(user, eq(user.id, sql`am.user_id`))
    .where(sql`${user.kind} = 'user' and ${user.status} = 'active' and ${user.id} <> ${userId}`)
    .groupBy(user.id)
    .orderBy(sql`count(*) desc`, user.name, user.id)
    .limit(OFFERED),
});

/**
 * In the spaces that the new one is in. For the batch of the end; the others are without a sponsor from then on.
 */
export const handOver = (ctx: Ctx, from: string, to: string): Statement[] => [
  // The audit first, by the same condition.
  recordRows(
    ctx,
    'space.guest-access-changed',
    sql`select 'user:' || user_id as subject, space_id, json_object('sponsor', ${to}) as detail
      from membership where sponsor_id = ${from} and ${answersIn(sql`membership.space_id`, sql`${to}`)}`,
  ),
  ctx.db.run(sql`
    update membership set sponsor_id = ${to} where sponsor_id = ${from} and ${answersIn(sql`membership.space_id`, sql`${to}`)}`),
  ctx.db.run(sql`
    update invitation set sponsor_id = ${to}
    where sponsor_id = ${from} and ${isOpenInvitation()} and ${answersIn(sql`invitation.space_id`, sql`${to}`)}`),
];
