import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Batch, type CommitOptions, type Committed, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import * as outbox from '../mail/outbox';
import { allow } from '../policy';
import { invitation, isOpenInvitation, loginChallenge } from '../schema';
import { urlOf, type Invitation } from './links';
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
  const now = async () => (await manage(ctx, spaceId, id)).found;
  await end(ctx, found, now, (statements, options) =>
    ctx.commit(
      [
        // Also in an archived space: it takes access away.
        spaceId === null
          ? access.stillAdministersSite(ctx)
          : access.stillAdministers(ctx, spaceId, { archived: true }),
        statements,
      ],
      options,
    ),
  );
}

/** The same by an administrator of the site, who need not be in the space. @returns false if it was cancelled already */
export async function cancelForSite(ctx: SignedIn, id: string): Promise<boolean> {
  allow(ctx, 'site.administer');
  const found = await byId(ctx, id);
  if (!found || found.spaceId === null) throw new Refusal('missing');
  const now = async () => (await byId(ctx, id)) ?? found;
  return end(ctx, found, now, (statements, options) => access.commitForSite(ctx, statements, options));
}

async function byId(ctx: SignedIn, id: string) {
  const [found] = await ctx.db.select().from(invitation).where(eq(invitation.id, id));
  return found;
}

async function end(
  ctx: SignedIn,
  { id, email, spaceId }: Invitation,
  now: () => Promise<Invitation>,
  write: (statements: Batch, options: CommitOptions) => Promise<Committed>,
): Promise<boolean> {
  const { done } = await write(
    [
      ctx.db
        .update(invitation)
        .set({ status: 'cancelled' })
        .where(and(eq(invitation.id, id), sql`(${isOpenInvitation()} or status = 'declined')`)),
      must(ctx, changed()),
      outbox.dropWaiting(ctx, [id]),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, id)),
      record(ctx, { kind: 'invitation.cancelled', subject: `invitation:${id}`, detail: { email }, spaceId }),
    ],
    {
      refusal: async () => {
        const { status } = await now();
        // Cancelled twice is fine; accepted meanwhile is not.
        return status === 'cancelled' ? null : new Refusal('conflict', { key: 'invitation.changed' });
      },
    },
  );
  return done;
}
