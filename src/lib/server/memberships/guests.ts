import { and, eq, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { invitation, isOpenInvitation, membership, user } from '../schema';
import * as settings from '../settings';
import { counted } from './order';

/** The account and its other spaces stay. Twice is no error. */
export async function removeGuest(ctx: SignedIn, spaceId: number, userId: string): Promise<void> {
  const found = await access.requireAdministrator(ctx, spaceId);
  const site = await settings.read(ctx);
  const [guest] = await ctx.db
    .select()
    .from(user)
    .innerJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
    .where(and(eq(user.id, userId), eq(user.kind, 'guest')));
  if (!guest) return;
  const mail = await outbox.queue(ctx, {
    to: guest.user.emailOriginal,
    locale: language.ofPerson(guest.user),
    message: { kind: 'removed', siteName: site.siteName, spaceName: found.name, actorName: ctx.actor.name },
    userId,
  });
  await ctx.commit(
    [
      access.stillAdministers(ctx, spaceId, { archived: true }),
      ctx.db.delete(membership).where(and(eq(membership.spaceId, spaceId), eq(membership.userId, userId))),
      must(ctx, changed()),
      counted(ctx, sql`${spaceId}`),
      outbox.dropOfRemoved(ctx, spaceId, userId),
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(
          and(eq(invitation.spaceId, spaceId), eq(invitation.email, guest.user.email), isOpenInvitation()),
        ),
      mail.statement,
      record(ctx, {
        kind: 'space.guest-removed',
        subject: `user:${userId}`,
        spaceId,
        detail: { email: guest.user.email },
      }),
    ],
    // Somebody else removed them first.
    { refusal: () => null },
  );
}
