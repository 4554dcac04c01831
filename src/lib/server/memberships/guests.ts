import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Batch, type CommitOptions, type Committed, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { invitation, isOpenInvitation, membership, space, user } from '../schema';
import * as settings from '../settings';
import { counted } from './order';

/** The account and its other spaces stay. Twice is no error. */
export async function removeGuest(ctx: SignedIn, spaceId: number, userId: string): Promise<void> {
  const { name } = await access.requireAdministrator(ctx, spaceId);
  await remove(ctx, { id: spaceId, name }, userId, (statements, options) =>
    ctx.commit([access.stillAdministers(ctx, spaceId, { archived: true }), statements], options),
  );
}

/** The same by an administrator of the site, who need not be in the space. @returns false if the guest was not in it */
export async function removeGuestForSite(ctx: SignedIn, spaceId: number, userId: string): Promise<boolean> {
  allow(ctx, 'site.administer');
  const [found] = await ctx.db
    .select({ id: space.id, name: space.name })
    .from(space)
    .where(and(eq(space.id, spaceId), isNull(space.deletedAt)));
  if (!found) throw new Refusal('missing');
  return remove(ctx, found, userId, (statements, options) => access.commitForSite(ctx, statements, options));
}

async function remove(
  ctx: SignedIn,
  { id: spaceId, name }: { id: number; name: string },
  userId: string,
  write: (statements: Batch, options: CommitOptions) => Promise<Committed>,
): Promise<boolean> {
  const site = await settings.read(ctx);
  const [guest] = await ctx.db
    .select()
    .from(user)
    .innerJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, spaceId)))
    .where(and(eq(user.id, userId), eq(user.kind, 'guest')));
  if (!guest) return false;
  const mail = await outbox.queue(ctx, {
    to: guest.user.emailOriginal,
    locale: language.ofPerson(guest.user),
    message: { kind: 'removed', siteName: site.siteName, spaceName: name, actorName: ctx.actor.name },
    userId,
  });
  const { done } = await write(
    [
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
  return done;
}
