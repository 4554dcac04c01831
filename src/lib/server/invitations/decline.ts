import { and, eq, gt, sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn } from '../context';
import { nobody, record } from '../events';
import * as outbox from '../mail/outbox';
import { invitation, loginChallenge } from '../schema';
import { overMail } from './over';
import { findByToken, stateFrom } from './state';

/**
 * "This is not for me": the link is over at once. Only by the mailed link, which proves the mailbox: a copied one may be anybody's.
 * Where it can't be declined (any more), nothing happens, and the page says how it is.
 */
export async function decline(ctx: Ctx, token: string, reason: string): Promise<void> {
  const found = await findByToken(ctx, token);
  const { invitation: i } = found;
  const now = stateFrom(ctx, found);
  if (!('declinable' in now) || !now.declinable) return;
  const mail = await overMail(ctx, i, { what: 'declined', reason });
  await ctx.commit(
    [
      ctx.db
        .update(invitation)
        .set({ status: 'declined', declinedAt: ctx.now, declineReason: reason || null })
        .where(
          and(
            eq(invitation.id, i.id),
            eq(invitation.status, 'invited'),
            eq(invitation.version, i.version),
            gt(invitation.expiresAt, ctx.now),
          ),
        ),
      must(ctx, changed()),
      outbox.dropWaiting(ctx, [i.id]),
      ctx.db.delete(loginChallenge).where(eq(loginChallenge.invitationId, i.id)),
      mail?.statement,
      record(ctx, {
        kind: 'invitation.declined',
        subject: `invitation:${i.id}`,
        detail: { email: i.email },
        spaceId: i.spaceId,
        over: { id: i.id, kind: 'decline', inviterId: i.invitedBy },
        by: nobody,
      }),
    ],
    // Accepted, cancelled, sent again or declined in the meantime.
    { refusal: () => null },
  );
}

/** SQL, as JSON: which of these addresses have declined, and when. */
export const declinedQuery = (ctx: Ctx, spaceId: number | null, emails: string[]) =>
  ctx.db
    .select({ id: invitation.id, email: invitation.email, at: sql<number>`declined_at`.as('declined_at_') })
    .from(invitation)
    .where(
      and(
        spaceId === null ? sql`space_id is null` : eq(invitation.spaceId, spaceId),
        eq(invitation.status, 'declined'),
        sql`email in (select value from json_each(${JSON.stringify(emails)}))`,
      ),
    );

/** For the batch that invites them again: one row for each address stays in the list. */
export const forgetDeclined = (ctx: Ctx, spaceId: number | null, emails: string[]) =>
  ctx.db.run(sql`
    update invitation set status = 'cancelled' where space_id is ${spaceId} and status = 'declined'
      and email in (select value from json_each(${JSON.stringify(emails)}))`);

/** To be invited again. Empty if they have not declined. */
export async function declinedAddress(ctx: SignedIn, spaceId: number, id: string): Promise<string> {
  await access.requireAdministrator(ctx, spaceId);
  const [found] = await ctx.db
    .select({ email: invitation.emailOriginal })
    .from(invitation)
    .where(and(eq(invitation.id, id), eq(invitation.spaceId, spaceId), eq(invitation.status, 'declined')));
  return found?.email ?? '';
}
