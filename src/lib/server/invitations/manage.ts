import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { invitation, isOpenInvitation, loginChallenge } from '../schema';
import { urlOf } from './links';
import { actorMayInvite, stillAcceptable } from './rule';
import { sendAgain } from './guests';
import { sendUserAgain } from './users';

async function manage(ctx: SignedIn, spaceId: number | null, id: string) {
  const target = spaceId === null ? null : await access.requireAdministrator(ctx, spaceId);
  if (!target) allow(ctx, 'site.administer');
  const [found] = await ctx.db
    .select()
    .from(invitation)
    .where(
      and(
        eq(invitation.id, id),
        spaceId === null ? isNull(invitation.spaceId) : eq(invitation.spaceId, spaceId),
      ),
    );
  if (!found) throw new Refusal('missing');
  return { found, target };
}

export async function resend(
  ctx: SignedIn,
  spaceId: number | null,
  id: string,
  requestKey?: string,
): Promise<void> {
  const { found, target } = await manage(ctx, spaceId, id);
  if (target) await sendAgain(ctx, found, target, requestKey);
  else await sendUserAgain(ctx, found, {}, requestKey);
}

/** A separate link, which requires a code mailed to the invited address. */
export async function copyLink(ctx: SignedIn, spaceId: number | null, id: string): Promise<string> {
  const { found } = await manage(ctx, spaceId, id);
  await ctx.commit(
    [
      actorMayInvite(ctx, spaceId),
      stillAcceptable(ctx, id, found.version),
      record(ctx, {
        kind: 'invitation.link-copied',
        subject: `invitation:${id}`,
        detail: { email: found.email, version: found.version },
        spaceId,
      }),
    ],
    { refusal: new Refusal('conflict', { key: 'invitation.changed' }) },
  );
  return urlOf(ctx, id, found.version, 'copy');
}

/** Its links stop working at once. A second time changes nothing. */
export async function cancel(ctx: SignedIn, spaceId: number | null, id: string): Promise<void> {
  const { found } = await manage(ctx, spaceId, id);
  await ctx.commit(
    [
      // Also in an archived space: it takes access away.
      spaceId === null
        ? access.stillAdministersSite(ctx)
        : access.stillAdministers(ctx, spaceId, { archived: true }),
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(and(eq(invitation.id, id), sql`(${isOpenInvitation()} or status = 'declined')`)),
      must(ctx, changed()),
      outbox.dropWaiting(ctx, [id]),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, id)),
      record(ctx, {
        kind: 'invitation.cancelled',
        subject: `invitation:${id}`,
        detail: { email: found.email },
        spaceId,
      }),
    ],
    {
      refusal: async () => {
        const now = await manage(ctx, spaceId, id);
        // Cancelled twice is fine; accepted meanwhile is not.
        return now.found.status === 'cancelled'
          ? null
          : new Refusal('conflict', { key: 'invitation.changed' });
      },
    },
  );
}
