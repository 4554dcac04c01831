import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { administersHere, lasting, mayLeaveWhere } from '../access';
import { changed, must, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import * as folded from '../folded';
import * as notifications from '../notifications/portal';
import * as paging from '../paging';
import { membership, space, user } from '../schema';
import { sponsorOf } from '../sponsors';

const inviter = alias(user, 'inviter');

export async function markRead(ctx: SignedIn, spaceId: number, until: number): Promise<void> {
  const at = Math.min(until, ctx.now);
  await ctx.commit([
    ctx.db
      .update(membership)
      .set({ lastReadAt: sql`max(last_read_at, ${at})` })
      .where(isActors(ctx, spaceId)),
    notifications.readSpace(ctx, spaceId, at),
  ]);
}

/** For a batch. They know the space now, so it greets them no more. */
export const greeted = (ctx: SignedIn, spaceId: number): Statement =>
  ctx.db
    .update(membership)
    .set({ greetedAt: ctx.now })
    .where(
      and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id), isNull(membership.greetedAt)),
    );

export async function endGreeting(ctx: SignedIn, spaceId: number): Promise<void> {
  await ctx.commit([greeted(ctx, spaceId)]);
}

/** A muted space sends no mail but to those who are named; what waits for a mail is left out when it is due. */
export async function mute(ctx: SignedIn, spaceId: number, on: boolean): Promise<void> {
  await ctx.commit(
    [ctx.db.update(membership).set({ muted: on }).where(isActors(ctx, spaceId)), must(ctx, changed())],
    { refusal: new Refusal('missing') },
  );
}

const isActors = (ctx: SignedIn, spaceId: number) =>
  and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id), lasting(ctx));

const OWN = 100;

/** By name, with since when, by whose invitation, and whether they may leave. For a batch; `pageOfActor` reads it. @param muted only those */
export const ofActor = (ctx: SignedIn, after: string | null = null, { muted = false } = {}) => {
  const last = paging.read(after, 'text', 'number');
  return ctx.db
    .select({
      id: space.id,
      name: space.name,
      key: folded.spaceKey.as('key'),
      joinedAt: membership.joinedAt,
      /** Null for what they made themselves. */
      inviter: sql<string | null>`inviter.name`.as('inviter'),
      inviterIsGuest: sql<number>`inviter.kind = 'guest'`.mapWith(Boolean).as('inviter_is_guest'),
      /** Of a guest. Whoever answers is in the space, so that the guest may know of them. */
      sponsor: sponsorOf(sql`membership.space_id`, sql`membership.sponsor_id`).as('sponsor_name'),
      endsAt: membership.endsAt,
      renewalAskedAt: membership.renewalAskedAt,
      renewalDeclinedAt: membership.renewalDeclinedAt,
      administers: administersHere(ctx).mapWith(Boolean).as('administers'),
      muted: membership.muted,
      mayLeave: mayLeaveWhere(ctx).as('may_leave'),
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), sql`${space.deletedAt} is null`))
    .leftJoin(inviter, and(eq(inviter.id, membership.invitedBy), ne(inviter.id, membership.userId)))
    .where(
      and(
        eq(membership.userId, ctx.actor.id),
        lasting(ctx),
        muted ? eq(membership.muted, true) : undefined,
        last ? sql`(${folded.spaceKey}, ${space.id}) > (${last[0]}, ${last[1]})` : undefined,
      ),
    )
    .orderBy(asc(folded.spaceKey), asc(space.id))
    .limit(OWN + 1);
};

export const pageOfActor = (found: Awaited<ReturnType<typeof ofActor>>) =>
  paging.paged(found, OWN, (row) => [row.key, row.id]);
