/** A guest asks for more time, and whoever answers for them, or runs the space, says yes or no. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { DAY } from '../../time';
import * as zones from '../../zones';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as paging from '../paging';
import { endedAccess, membership, space } from '../schema';

import * as settings from '../settings';
import { answersIn, sponsorOf } from '../sponsors';
import { endOf, setTerms, storedQuery, type Stored } from './terms';
import { changedMail, endMails } from './told';

/** From then on a guest may ask. */
export const ASK_BEFORE = 7 * DAY;
const ENDED = 20;
/** Days that are suggested where the site says none. */
const USUAL = 90;

const here = (table: typeof membership | typeof endedAccess, spaceId: number, userId: string) =>
  and(eq(table.spaceId, spaceId), eq(table.userId, userId));

/** Only once for each end, and not after a no. */
const mayAsk = (ctx: Ctx, { endsAt, askedAt, declinedAt }: Stored): boolean =>
  endsAt !== null && endsAt <= ctx.now + ASK_BEFORE && askedAt === null && declinedAt === null;

/** Twice is no error. Also at the moment at which cron ends the access. */
export async function askRenewal(ctx: SignedIn, spaceId: number): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const [stored] = await storedQuery(ctx, spaceId, ctx.actor.id);
    if (!stored) throw new Refusal('missing');
    if (!mayAsk(ctx, stored)) return;
    const mails = await endMails(ctx, spaceId, stored, stored.endsAt!, 'asked');
    const ask = (table: typeof membership | typeof endedAccess): Statement =>
      ctx.db
        .update(table)
        .set({ renewalAskedAt: ctx.now })
        .where(and(here(table, spaceId, ctx.actor.id), isNull(table.renewalAskedAt)));
    const present = (await ctx.db.$count(membership, here(membership, spaceId, ctx.actor.id))) > 0;
    const { done } = await ctx.commit(
      [
        ask(present ? membership : endedAccess),
        must(ctx, changed()),
        access.notArchived(ctx, spaceId),
        mails.statements,
        record(ctx, { kind: 'space.renewal-asked', subject: `user:${ctx.actor.id}`, spaceId }),
      ],
      { refusal: () => null },
    );
    if (done) return;
  }
}

/** Of the actor, newest first: spaces they can't reach any more since their access ended. For a batch. */
export const endedOfActor = (ctx: SignedIn, after: string | null = null) => {
  const last = paging.read(after, 'number', 'number');
  return ctx.db
    .select({
      id: sql<number>`${space.id}`.as('ended_space'),
      name: sql<string>`${space.name}`.as('ended_name'),
      endedAt: sql<number>`x.ended_at`.as('ended_at'),
      askedAt: sql<number | null>`x.renewal_asked_at`.as('ended_asked'),
      declinedAt: sql<number | null>`x.renewal_declined_at`.as('ended_declined'),
    })
    .from(
      // What cron has not written down yet is over as well.
      sql`(select space_id, ended_at, renewal_asked_at, renewal_declined_at from ended_access where user_id = ${ctx.actor.id}
        union all select space_id, ends_at, renewal_asked_at, renewal_declined_at from membership
        where user_id = ${ctx.actor.id} and ends_at <= ${ctx.now}) x`,
    )
    .innerJoin(space, and(eq(space.id, sql`x.space_id`), isNull(space.deletedAt), isNull(space.archivedAt)))
    .where(last ? sql`(x.ended_at, ${space.id}) < (${last[0]}, ${last[1]})` : undefined)
    .orderBy(sql`x.ended_at desc`, sql`${space.id} desc`)
    .limit(ENDED + 1);
};

export const pageOfEnded = (rows: Awaited<ReturnType<typeof endedOfActor>>) =>
  paging.paged(rows, ENDED, (row) => [row.endedAt, row.id]);

/** SQL: whether the actor answers for the guest, or runs the space. */
const mayAnswer = (ctx: SignedIn, spaceId: number, userId: string) => {
  const me = sql`${ctx.actor.id}`;
  const mine = (table: string) =>
    sql`exists (select 1 from ${sql.raw(table)} g where g.space_id = ${spaceId} and g.user_id = ${userId} and g.sponsor_id = ${me})`;
  return sql`(${access.isActiveAdministratorOf(spaceId, me)}
    or ${answersIn(sql`${spaceId}`, me)} and (${mine('membership')} or ${mine('ended_access')}))`;
};

/** The page of a guest's access, for whoever answers for them or runs the space; 404 for everybody else. */
export async function accessOf(ctx: SignedIn, spaceId: number, userId: string) {
  const { reach, guests, may, sponsor } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    guests: storedQuery(ctx, spaceId, userId),
    may: ctx.db
      .select({ may: sql<number>`${mayAnswer(ctx, spaceId, userId)}`.as('may') })
      .from(sql`(select 1)`),
    sponsor: ctx.db
      .select({
        name: sponsorOf(
          sql`${spaceId}`,
          sql`(select coalesce((select sponsor_id from membership where space_id = ${spaceId} and user_id = ${userId}),
            (select sponsor_id from ended_access where space_id = ${spaceId} and user_id = ${userId})))`,
        ).as('sponsor_name'),
      })
      .from(sql`(select 1)`),
  });
  access.foundSpace(ctx, reach);
  const [stored] = guests;
  if (!stored || may[0]!.may !== 1) throw new Refusal('missing');
  const { accessDays } = await settings.read(ctx);
  return {
    spaceId,
    spaceName: stored.spaceName,
    guest: {
      id: stored.user.id,
      name: stored.user.name,
      company: stored.user.company,
      avatar: stored.user.avatar,
    },
    endsAt: stored.endsAt,
    ended: stored.ended === 1,
    askedAt: stored.askedAt,
    declinedAt: stored.declinedAt,
    sponsor: sponsor[0]!.name,
    day: zones.dayOf(ctx.timeZone, Math.max(ctx.now, stored.endsAt ?? 0) + (accessDays || USUAL) * DAY),
    today: zones.dayOf(ctx.timeZone, ctx.now),
  };
}

const answering = async (ctx: SignedIn, spaceId: number, userId: string) => {
  await access.requireSpace(ctx, spaceId);
  const [stored] = await storedQuery(ctx, spaceId, userId);
  const [now] = await ctx.db
    .select({ may: sql<number>`${mayAnswer(ctx, spaceId, userId)}`.as('may') })
    .from(sql`(select 1)`);
  if (!stored) throw new Refusal('missing');
  if (now!.may !== 1) throw new Refusal('forbidden');
  return stored;
};

/** Until the end of this day; empty: without an end. What has ended is renewed. */
export async function extend(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  accessEnds: string,
): Promise<void> {
  const stored = await answering(ctx, spaceId, userId);
  const endsAt = endOf(ctx, accessEnds, stored.endsAt);
  const mail = await changedMail(ctx, spaceId, stored, endsAt);
  await ctx.commit(
    [
      access.stillMember(ctx, spaceId),
      must(ctx, mayAnswer(ctx, spaceId, userId)),
      ...setTerms(ctx, spaceId, userId, { sponsorId: stored.sponsorId, endsAt }),
      mail?.statement,
      record(ctx, {
        kind: 'space.guest-access-changed',
        subject: `user:${userId}`,
        spaceId,
        detail: { sponsor: stored.sponsorId, accessEndsAt: endsAt },
      }),
    ],
    { refusal: async () => ((await answering(ctx, spaceId, userId)) ? null : new Refusal('missing')) },
  );
}

/** The end stays as it is, and the guest is told. */
export async function declineRenewal(ctx: SignedIn, spaceId: number, userId: string): Promise<void> {
  const stored = await answering(ctx, spaceId, userId);
  if (stored.askedAt === null) return;
  const mail = await changedMail(ctx, spaceId, stored, stored.endsAt, true);
  const decline = (table: typeof membership | typeof endedAccess): Statement =>
    ctx.db
      .update(table)
      .set({ renewalAskedAt: null, renewalDeclinedAt: ctx.now })
      .where(and(here(table, spaceId, userId), sql`renewal_asked_at is not null`));
  await ctx.commit(
    [
      access.stillMember(ctx, spaceId, { archived: true }),
      must(ctx, mayAnswer(ctx, spaceId, userId)),
      must(
        ctx,
        sql`exists (select 1 from membership where space_id = ${spaceId} and user_id = ${userId} and renewal_asked_at is not null
          union all select 1 from ended_access where space_id = ${spaceId} and user_id = ${userId} and renewal_asked_at is not null)`,
      ),
      decline(endedAccess),
      decline(membership),
      mail?.statement,
      record(ctx, { kind: 'space.renewal-declined', subject: `user:${userId}`, spaceId }),
    ],
    { refusal: () => null },
  );
}

/** Whoever's access has ended is taken off the list of the space. */
export async function forgetEnded(ctx: SignedIn, spaceId: number, userId: string): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  await ctx.commit(
    [
      access.stillAdministers(ctx, spaceId, { archived: true }),
      ctx.db.delete(endedAccess).where(here(endedAccess, spaceId, userId)),
      must(ctx, changed()),
      record(ctx, { kind: 'space.guest-removed', subject: `user:${userId}`, spaceId }),
    ],
    { refusal: () => null },
  );
}
